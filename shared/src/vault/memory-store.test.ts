import { expect, it } from "vitest";
import { rowStoreContract } from "../../test/row-store-contract.ts";
import { coded } from "../base/result.ts";
import { MemoryStore } from "./memory-store.ts";

rowStoreContract("memory", () => {
  const store = new MemoryStore();
  return Promise.resolve({ store, reopen: () => Promise.resolve(store.reopened()) });
});

it("[store] a refused commit changes nothing", async () => {
  const store = new MemoryStore({ beforeCommit: () => coded("store-full") });
  expect(await store.commit([{ table: "meta", key: "a", value: new Uint8Array(1) }])).toEqual({ ok: false, error: { code: "store-full" } });
  expect(await store.scan("meta", {})).toEqual([]);
});
