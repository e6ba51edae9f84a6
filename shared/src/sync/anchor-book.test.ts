import { expect, it } from "vitest";
import type { LogId } from "../base/ids.ts";
import { MemoryStore } from "../vault/memory-store.ts";
import type { OuterBound } from "../entry/bounds.ts";
import { AnchorBook, type LoggedAnchor } from "./anchor-book.ts";

const of = (seq: number, size: number, time: number, key: string): LoggedAnchor => ({
  kind: "cosignature",
  name: key,
  seq,
  size,
  time,
  key,
});
const LOG = "ab".repeat(32) as LogId;

it("[L11] bounds an entry by the earliest anchor above it and by the latest that its author had seen, of believed keys, over restarts", async () => {
  const store = new MemoryStore();
  const book = await AnchorBook.load(LOG, store);
  const added = book.add([of(11, 10, 100, "w"), of(21, 20, 200, "w"), of(21, 20, 150, "stranger"), of(31, 30, 300, "w")]);
  await store.commit(added.writes);
  added.kept();
  expect(book.add([of(21, 20, 200, "w")]).writes).toEqual([]);
  const again = await AnchorBook.load(LOG, store.reopened());
  const w = new Set(["w"]);
  const times = (believed: ReadonlySet<string>, side: OuterBound["side"], seq: number, size?: number): readonly number[] =>
    again
      .bounds(believed)
      .of(seq, size)
      .filter((b) => b.side === side)
      .map((b) => b.at);
  expect([9, 10, 19, 20, 29, 30].map((seq) => times(w, "not-after", seq)[0])).toEqual([100, 200, 200, 300, 300, undefined]);
  // A change that names a checkpoint of size n had seen every entry below n, the anchor itself among them.
  expect([11, 12, 21, 22, 32].map((size) => times(w, "not-before", 99, size)[0])).toEqual([undefined, 100, 100, 200, 300]);
  // What one says never hides what another says.
  expect(times(new Set(["w", "stranger"]), "not-after", 15)).toEqual([200, 150]);
  expect(times(new Set(), "not-after", 5)).toEqual([]);
  expect(again.lastOf(w)).toBe(300);
  expect(again.lastOf(new Set(["stranger"]))).toBe(150);
});

it("[L11] keeps what an authority stamped apart from what a witness signed, with the name in its certificate", async () => {
  const store = new MemoryStore();
  const book = await AnchorBook.load(LOG, store);
  const key = `sha256:${"1f".repeat(32)}`;
  const added = book.add([
    { ...of(11, 10, 100, "w.example/witness+1+x"), name: "w.example/witness" },
    { kind: "timestamp", name: "Test TSA", seq: 11, size: 10, time: 90, key },
  ]);
  await store.commit(added.writes);
  added.kept();
  const again = await AnchorBook.load(LOG, store.reopened());
  const bounds = again.bounds(new Set([key, "w.example/witness+1+x"])).of(3, undefined);
  expect(bounds).toMatchObject([
    { kind: "cosignature", by: "w.example/witness", at: 100 },
    { kind: "timestamp", by: "Test TSA", at: 90, key },
  ]);
});
