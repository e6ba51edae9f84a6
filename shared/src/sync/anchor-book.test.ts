import { expect, it } from "vitest";
import type { LogId } from "../base/ids.ts";
import { MemoryStore } from "../vault/memory-store.ts";
import { AnchorBook } from "./anchor-book.ts";

const LOG = "ab".repeat(32) as LogId;

it("[L11] bounds an entry by the earliest anchor above it and by the latest that its author had seen, of believed keys, over restarts", async () => {
  const store = new MemoryStore();
  const book = await AnchorBook.load(LOG, store);
  const added = book.add([
    { seq: 11, size: 10, time: 100, key: "w" },
    { seq: 21, size: 20, time: 200, key: "w" },
    { seq: 21, size: 20, time: 150, key: "stranger" },
    { seq: 31, size: 30, time: 300, key: "w" },
  ]);
  await store.commit(added.writes);
  added.kept();
  expect(book.add([{ seq: 21, size: 20, time: 200, key: "w" }]).writes).toEqual([]);
  const again = await AnchorBook.load(LOG, store.reopened());
  const w = new Set(["w"]);
  expect([9, 10, 19, 20, 29, 30].map((seq) => again.bounds(w).notAfter(seq)?.time)).toEqual([100, 200, 200, 300, 300, undefined]);
  // A change that names a checkpoint of size n had seen every entry below n, the anchor itself among them.
  expect([11, 12, 21, 22, 32].map((size) => again.bounds(w).notBefore(size)?.time)).toEqual([undefined, 100, 100, 200, 300]);
  expect(again.bounds(new Set(["w", "stranger"])).notAfter(15)?.time).toBe(150);
  expect(again.bounds(new Set()).notAfter(5)).toBeUndefined();
});
