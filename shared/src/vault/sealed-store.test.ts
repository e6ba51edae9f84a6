import { beforeAll, describe, expect, it } from "vitest";
import { rowStoreContract } from "../../test/row-store-contract.ts";
import { seededRandom } from "../../test/random.ts";
import { fromUtf8, utf8 } from "../base/bytes.ts";
import type { VaultKey } from "../base/ids.ts";
import { initCrypto } from "../crypto/init.ts";
import { MemoryStore } from "./memory-store.ts";
import { DamagedRow, SealedStore } from "./sealed-store.ts";

const KEY = new Uint8Array(32).fill(6) as VaultKey;
const random = seededRandom("sealed store");
const sealed = (rows: MemoryStore, key = KEY): SealedStore => new SealedStore(rows, key, random);

beforeAll(async () => {
  await initCrypto();
});

rowStoreContract("sealed", () => {
  const rows = new MemoryStore();
  return Promise.resolve({ store: sealed(rows), reopen: () => Promise.resolve(sealed(rows.reopened())) });
});

describe("rows at rest", () => {
  it("[vault] hold nothing that can be read, and no two alike", async () => {
    const rows = new MemoryStore();
    const store = sealed(rows);
    const secret = "Can you take her at 15:00?";
    for (const key of ["a", "b"]) await store.commit([{ table: "record", key, value: utf8(secret) }]);
    const all = [...rows.bytes()].map((r) => Buffer.from(r.value).toString("latin1"));
    expect(all.some((bytes) => bytes.includes("15:00"))).toBe(false);
    expect(new Set(all).size).toBe(2);
    expect(fromUtf8((await store.get("record", "a")) ?? new Uint8Array())).toBe(secret);
  });

  it.each([
    ["changed", (v: Uint8Array) => Uint8Array.from(v, (b, i) => (i === v.length - 1 ? b ^ 1 : b))],
    ["cut short", (v: Uint8Array) => v.subarray(0, 10)],
    ["emptied", () => new Uint8Array()],
  ])("[vault] are found out when %s", async (_name, change) => {
    const rows = new MemoryStore();
    await sealed(rows).commit([{ table: "record", key: "a", value: utf8("x") }]);
    const value = await rows.get("record", "a");
    await rows.commit([{ table: "record", key: "a", value: change(value ?? new Uint8Array()) }]);
    await expect(sealed(rows).get("record", "a")).rejects.toBeInstanceOf(DamagedRow);
    await expect(sealed(rows).scan("record", {})).rejects.toBeInstanceOf(DamagedRow);
  });

  it("[vault] are bound to their place: not to be swapped between keys or tables", async () => {
    const rows = new MemoryStore();
    await sealed(rows).commit([{ table: "record", key: "a", value: utf8("x") }]);
    const value = (await rows.get("record", "a")) ?? new Uint8Array();
    await rows.commit([
      { table: "record", key: "b", value },
      { table: "draft", key: "a", value },
    ]);
    await expect(sealed(rows).get("record", "b")).rejects.toBeInstanceOf(DamagedRow);
    await expect(sealed(rows).get("draft", "a")).rejects.toBeInstanceOf(DamagedRow);
  });

  it("[vault] do not open under another vault's key", async () => {
    const rows = new MemoryStore();
    await sealed(rows).commit([{ table: "record", key: "a", value: utf8("x") }]);
    await expect(sealed(rows, new Uint8Array(32).fill(9) as VaultKey).get("record", "a")).rejects.toBeInstanceOf(DamagedRow);
  });
});
