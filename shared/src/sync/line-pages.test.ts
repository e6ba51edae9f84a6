import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { toId, utf8 } from "../base/bytes.ts";
import type { ChangeHash, DeviceId, LogId, MemberId, RecordId, VaultKey } from "../base/ids.ts";
import { sha256 } from "../crypto/hash.ts";
import { seededRandom } from "../../test/random.ts";
import { MemoryStore } from "../vault/memory-store.ts";
import { prefix, type RowStore, type Write } from "../vault/row-store.ts";
import { SealedStore } from "../vault/sealed-store.ts";
import { encodeLinePage, PAGE_ENTRIES, pageOf, readLine, readLinePage, type Line } from "./line-page.ts";
import { makeLinePage, readAllLines, wholePages, withoutStalePages } from "./line-pages.ts";
import { historyRowCodec, keys, logged, provisional, type HistoryRowStored } from "./rows.ts";

const LOG = toId<LogId>(sha256(utf8("log")));
const OTHER = toId<LogId>(sha256(utf8("another log")));
const asIs = (text: string): string => text;
const pause = (): Promise<void> => Promise.resolve();

const id = <T extends MemberId | DeviceId | ChangeHash>(name: string): fc.Arbitrary<T> =>
  fc.nat(2).map((n) => toId<T>(sha256(utf8(`${name} ${String(n)}`))));
const record = fc.nat(3).map((n) => n.toString(16).padStart(32, "0") as RecordId);
const time = fc.integer({ min: 0, max: 2_000_000_000_000 });

const row: fc.Arbitrary<HistoryRowStored> = fc.record(
  {
    type: fc.constantFrom("act", "set-aside", "charter", "fault"),
    what: fc.constantFrom("message.sent", "expense.approve", "charter.join", "change.waiting"),
    member: id<MemberId>("member"),
    device: id<DeviceId>("device"),
    record,
    title: fc.string({ maxLength: 12 }),
    claimed: time,
    notAfter: time,
    hash: id<ChangeHash>("hash"),
    waited: fc.record(
      { device: id<DeviceId>("device"), member: id<MemberId>("member"), until: fc.tuple(fc.nat(9_000), time) },
      { requiredKeys: ["device", "until"] },
    ),
  },
  { requiredKeys: ["type", "what"] },
);

/** Places over four pages, and what is not logged. */
const place = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(fc.nat(4 * PAGE_ENTRIES - 1), fc.nat(2)).map(([seq, index]) => logged(seq, index)) },
  fc.nat(5).map(provisional),
  fc.constant("qfault"),
);

async function put(rows: RowStore, writes: readonly Write[]): Promise<void> {
  const kept = await rows.commit(writes);
  if (!kept.ok) throw new Error(kept.error.code);
}

/** What the rows say, one by one. */
async function fromRows(rows: RowStore): Promise<readonly (Line | undefined)[]> {
  const at = keys.histories(LOG).length;
  return (await rows.scan("history", prefix(keys.histories(LOG)))).map((r) => readLine(r.key.slice(at), r.value, asIs));
}

const write = (at: string, value: HistoryRowStored | null): Write => {
  const [table, key] = ["history" as const, keys.history(LOG, at)];
  return value ? { table, key, value: historyRowCodec.encode(value) } : { table, key, value: null };
};

describe("pages of the history's lines", () => {
  test("say what the rows say after any commits, whichever pages were made in between (property)", async () => {
    const commit = fc.record({
      writes: fc.array(fc.tuple(place, fc.option(row, { freq: 5 })), { minLength: 1, maxLength: 8 }),
      made: fc.array(fc.nat(4), { maxLength: 3 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(commit, { minLength: 1, maxLength: 8 }), async (commits) => {
        const rows = new MemoryStore();
        for (const { writes, made } of commits) {
          const lines = writes.map(([at, value]) => write(at, value));
          await put(rows, [...lines, ...withoutStalePages(LOG, lines)]);
          for (const page of made)
            await put(
              rows,
              [await makeLinePage(LOG, rows, page)].filter((w) => w !== undefined),
            );
          const read = await readAllLines(LOG, rows, asIs, pause);
          expect(read.lines).toEqual(await fromRows(rows));
          for (const page of read.missing) expect(await rows.get("cache", keys.linePage(LOG, page))).toBeUndefined();
        }
      }),
      { numRuns: 60 },
    );
  });

  test("are missing below the last stretch only, and none once they were made", async () => {
    const rows = new MemoryStore();
    const line: HistoryRowStored = { type: "act", what: "message.sent" };
    await put(rows, [write(logged(3, 0), line), write(logged(3 * PAGE_ENTRIES + 1, 0), line), write(provisional(1), line)]);
    expect((await readAllLines(LOG, rows, asIs, pause)).missing).toEqual([0, 1, 2]);
    for (const page of [0, 1, 2])
      await put(
        rows,
        [await makeLinePage(LOG, rows, page)].filter((w) => w !== undefined),
      );
    const read = await readAllLines(LOG, rows, asIs, pause);
    expect(read.missing).toEqual([]);
    expect(read.lines).toEqual(await fromRows(rows));
    // A line that comes late takes its page with it.
    const late = write(logged(3, 1), line);
    await put(rows, [late, ...withoutStalePages(LOG, [late])]);
    expect((await readAllLines(LOG, rows, asIs, pause)).missing).toEqual([0]);
  });

  test("a page that was changed or moved on the disk is as good as absent", async () => {
    const disk = new MemoryStore();
    const rows = new SealedStore(disk, sha256(utf8("vault")) as unknown as VaultKey, seededRandom("pages"));
    const line: HistoryRowStored = { type: "act", what: "message.sent", title: "Dentist" };
    await put(rows, [write(logged(3, 0), line), write(logged(PAGE_ENTRIES, 0), line), write(logged(2 * PAGE_ENTRIES, 0), line)]);
    for (const page of [0, 1])
      await put(
        rows,
        [await makeLinePage(LOG, rows, page)].filter((w) => w !== undefined),
      );
    const first = await disk.get("cache", keys.linePage(LOG, 0));
    await put(disk, [{ table: "cache", key: keys.linePage(LOG, 1), value: first ?? new Uint8Array() }]);
    const read = await readAllLines(LOG, rows, asIs, pause);
    expect(read.lines).toEqual(await fromRows(rows));
    expect(read.missing).toContain(1);
    // Bytes of a later version are not guessed at.
    await put(rows, [{ table: "cache", key: keys.linePage(LOG, 0), value: utf8("not a page") }]);
    expect((await readAllLines(LOG, rows, asIs, pause)).lines).toEqual(await fromRows(rows));
  });

  test("no page is made over a row that this code can't read", async () => {
    const rows = new MemoryStore();
    await put(rows, [write(logged(3, 0), { type: "act", what: "message.sent" })]);
    await put(rows, [{ table: "history", key: keys.history(LOG, logged(4, 0)), value: utf8("of a later version") }]);
    expect(await makeLinePage(LOG, rows, 0)).toBeUndefined();
  });

  test("of one log are not another's", async () => {
    const rows = new MemoryStore();
    await put(rows, [write(logged(3, 0), { type: "act", what: "message.sent" })]);
    await put(
      rows,
      [await makeLinePage(LOG, rows, 0)].filter((w) => w !== undefined),
    );
    expect((await readAllLines(OTHER, rows, asIs, pause)).lines).toEqual([]);
  });

  test("a page's columns that name what is not there are refused", () => {
    const lines: Line[] = [
      {
        ...{ id: logged(PAGE_ENTRIES, 0), time: 5, type: "act", what: "message.sent", title: "a" },
        ...{ member: undefined, device: undefined, record: undefined, waited: undefined },
      },
    ];
    const bytes = encodeLinePage(lines);
    expect(readLinePage(1, bytes, asIs)).toEqual(lines);
    for (let at = 0; at < bytes.length; at++) {
      const broken = bytes.slice();
      broken[at] = (broken[at] ?? 0) ^ 0x10;
      // Whatever it says then, it does not fail in another way.
      expect(() => readLinePage(1, broken, asIs)).not.toThrow();
    }
  });

  test("which pages become whole", () => {
    expect(wholePages(0, PAGE_ENTRIES - 1)).toEqual([]);
    expect(wholePages(0, PAGE_ENTRIES)).toEqual([0]);
    expect(wholePages(PAGE_ENTRIES - 1, 3 * PAGE_ENTRIES + 4)).toEqual([0, 1, 2]);
    expect(wholePages(PAGE_ENTRIES, PAGE_ENTRIES + 9)).toEqual([]);
    expect(pageOf(provisional(7))).toBeUndefined();
    expect(pageOf(logged(PAGE_ENTRIES, 3))).toBe(1);
  });
});
