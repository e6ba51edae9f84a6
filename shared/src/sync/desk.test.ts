import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll, expect, test } from "vitest";
import { initAutomergeNode } from "../../node/automerge.ts";
import { together } from "../../test/people.ts";
import type { Millis } from "../base/ids.ts";
import { initCrypto } from "../crypto/init.ts";
import { MemoryStore } from "../vault/memory-store.ts";
import { BookDesk } from "./desk.ts";
import { OldHeaderBook } from "./old-headers.ts";

beforeAll(async () => {
  await Promise.all([initAutomergeNode(), initCrypto()]);
});

/** Long enough for a book that was let go to be really gone: automerge-repo works on the platform's timers. */
const LET_GO = 500;

test("[X9] a page of the log that touches more books than are kept open: each is there until its judging is swapped in, and after it", async () => {
  const { log, alice } = together();
  const rows = new MemoryStore();
  const desk = new BookDesk(log.log, rows, alice.phone.id, alice.random, await OldHeaderBook.load(log.log, rows));
  const now: Millis = log.next.time;
  const months = Array.from({ length: 20 }, (_, i) => ({
    channel: "messages" as const,
    period: `20${String(10 + i)}-01`,
    shard: 0,
  }));
  const judged = [];
  for (const name of months) {
    const book = await desk.open(name, log.charter, now);
    judged.push({ book, taken: desk.judge(book, [], log.charter, now) });
  }
  await sleep(LET_GO);
  for (const { book, taken } of judged) expect(desk.headsOf(desk.swap(book, taken.book))).toHaveLength(1);
  await sleep(LET_GO);
  for (const name of months) expect(desk.headsOf(await desk.open(name, log.charter, now))).toHaveLength(1);
  await desk.close();
});

test("[X9] a judging that is not swapped in holds its book no longer than until it is dropped", async () => {
  const { log, alice } = together();
  const rows = new MemoryStore();
  const desk = new BookDesk(log.log, rows, alice.phone.id, alice.random, await OldHeaderBook.load(log.log, rows));
  const now: Millis = log.next.time;
  const open = (year: number) => desk.open({ channel: "messages", period: `${String(year)}-01`, shard: 0 }, log.charter, now);
  const first = await open(2010);
  const { book } = desk.judge(first, [], log.charter, now);
  for (let year = 2011; year < 2020; year++) await open(year);
  expect(await open(2010)).toBe(first);
  desk.drop(first, book);
  for (let year = 2011; year < 2020; year++) await open(year);
  // Let go by then, and loaded anew.
  expect(await open(2010)).not.toBe(first);
  await desk.close();
});
