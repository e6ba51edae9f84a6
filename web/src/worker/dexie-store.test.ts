import "fake-indexeddb/auto";
import Dexie from "dexie";
import { expect, it } from "vitest";
import { rowStoreContract } from "../../../shared/test/row-store-contract.ts";
import { DexieStore } from "./dexie-store.ts";

let count = 0;

async function opened(name: string): Promise<DexieStore> {
  const store = await DexieStore.open(name);
  if (!store.ok) throw new Error(store.error.code);
  return store.value;
}

rowStoreContract("the browser", async () => {
  const name = `contract ${String(count++)}`;
  return { store: await opened(name), reopen: () => opened(name) };
});

it("[store] a connection that the browser closed is opened again", async () => {
  const store = await opened("closed");
  await store.commit([{ table: "meta", key: "a", value: new Uint8Array([1]) }]);
  // What a browser does to a suspended tab: every connection to the database goes, without the page asking.
  const connections = Reflect.get(Dexie, "connections") as readonly Dexie[];
  for (const db of connections) if (db.name === "closed") db.close({ disableAutoOpen: true });
  expect(await store.get("meta", "a")).toEqual(new Uint8Array([1]));
  expect((await store.commit([{ table: "meta", key: "b", value: new Uint8Array([2]) }])).ok).toBe(true);
  await store.close();
});

it("[store] erasing takes everything", async () => {
  const store = await opened("erased");
  await store.commit([{ table: "secret", key: "k", value: new Uint8Array([1]) }]);
  await store.close();
  await DexieStore.erase("erased");
  const next = await opened("erased");
  expect(await next.get("secret", "k")).toBeUndefined();
  await next.close();
});
