import { beforeAll, describe, expect, test } from "vitest";
import { toId } from "../base/bytes.ts";
import type { BookId, Hex32 } from "../base/ids.ts";
import { ok } from "../base/result.ts";
import type { Channel } from "../base/channels.ts";
import { givenUpBy } from "../charter/rules/fork.ts";
import { hash } from "../crypto/hash.ts";
import { initCrypto } from "../crypto/init.ts";
import { ENTRY_KIND } from "../entry/header.ts";
import { openCheckpoint } from "../log/checkpoint.ts";
import { Family } from "../sample/family.ts";
import { Dice, seededRandom } from "../sample/seeded.ts";
import { MemoryStore } from "../vault/memory-store.ts";
import { isReadAlready, readBranch } from "./branch.ts";
import { partings, type OwnHistory, type Shown } from "./parting.ts";
import { entryRowCodec, keys } from "./rows.ts";
import { initAutomergeNode } from "../../node/automerge.ts";

beforeAll(() => Promise.all([initCrypto(), initAutomergeNode()]));

const bytes = (n: number): Uint8Array => hash("again", Uint8Array.of(n));

/** The same household each time, up to where its histories may part. */
function family(): Family {
  const random = seededRandom(new Uint8Array(32).fill(3));
  const made = new Family({ random, dice: new Dice(3), start: Date.UTC(2026, 0, 5), relay: "relay.example", names: ["Ada", "Ben"] });
  made.bringTogether();
  return made;
}

/** An entry of a channel; the same number in the same place is the same entry. */
function add(made: Family, channel: Channel, n: number): void {
  const { builder } = made;
  const by = made.first(made.a);
  const epoch = (builder.keys.get(channel)?.length ?? 1) - 1;
  const placement = { log: builder.log, kind: ENTRY_KIND.changes, channel, epoch, device: by.id };
  builder.append({ ...placement, book: toId<BookId>(bytes(0)), commitment: toId<Hex32>(bytes(n)) }, bytes(n), by);
}

type Act = readonly [channel: Channel, n: number];

function history(acts: readonly Act[]): Family {
  const made = family();
  for (const [channel, n] of acts) add(made, channel, n);
  return made;
}

async function ownOf({ builder }: Family): Promise<OwnHistory> {
  const rows = new MemoryStore();
  await rows.commit(
    builder.entries.map((e) => ({
      ...{ table: "entry" as const, key: keys.entry(builder.log, e.seq) },
      value: entryRowCodec.encode({ leaf: e.leaf, root: e.leaf, a: e.authorBytes, r: e.relayBytes, b: e.body }),
    })),
  );
  const { note } = builder.known();
  const opened = openCheckpoint(note, builder.origin, builder.logKey.publicKey);
  if (!opened.ok) throw new Error(opened.error.code);
  const own = { size: builder.size, verified: { checkpoint: opened.value, note } };
  return { log: builder.log, rows, own, pause: () => Promise.resolve() };
}

/** A relay that sends pages of two, the last with the checkpoint. It counts what it is asked. */
function shown({ builder }: Family): Shown & { asked: number } {
  const items = builder.wire();
  const line = {
    asked: 0,
    entry: (n: number) => {
      line.asked += 1;
      const item = items[n];
      if (!item) throw new Error("no such entry");
      return Promise.resolve(ok(item));
    },
    async *entries(from: number, to: number) {
      for (let at = from; at < to; at += 2) {
        await Promise.resolve();
        const end = Math.min(at + 2, items.length);
        line.asked += end - at;
        yield ok({
          t: "entries" as const,
          from: at,
          items: items.slice(at, end),
          note: end === items.length ? builder.known().note : null,
        });
      }
    },
  };
  return line;
}

const SAME: readonly Act[] = [
  ["messages", 1],
  ["expenses", 2],
  ["messages", 3],
];

const MANY = Array.from({ length: 60 }, (_, n): Act => ["messages", n + 100]);

async function read(mine: readonly Act[], theirs: readonly Act[]) {
  const [own, other] = [history(mine), history(theirs)];
  const branch = await readBranch(await ownOf(own), shown(other), other.builder.size);
  return { own, other, branch, common: family().builder.size };
}

describe("another history of a log", () => {
  test.each<readonly [string, readonly Act[], readonly Act[], number]>([
    ["longer", [...SAME, ["messages", 4]], [...SAME, ["messages", 5], ["messages", 6], ["expenses", 7]], 3],
    ["shorter", [...SAME, ["messages", 4], ["messages", 6], ["expenses", 7]], [...SAME, ["messages", 5]], 3],
    ["of one size", [...SAME, ["messages", 4]], [...SAME, ["messages", 5]], 3],
    // What differs is in another channel than what follows, so that the same entries stand in both again, also where halving looks first.
    ["met again", [["expenses", 4], ...MANY], [["expenses", 6], ...MANY, ["messages", 7]], 0],
    ["met again at their ends", [["expenses", 4], ...MANY], [["expenses", 6], ...MANY], 0],
  ])("[C8i] that is %s is verified from where the two part, and shown to be none of this device's", async (_name, mine, theirs, parts) => {
    const { own, other, branch, common } = await read(mine, theirs);
    if (!branch.ok) throw new Error(branch.error.code);
    const { builder } = other;
    expect(branch.value).toMatchObject({ shared: common + parts, size: builder.size, lacks: mine.length - parts });
    const root = toId<Hex32>(builder.known().root);
    expect(branch.value.root).toBe(root);
    const given = branch.value.fork && givenUpBy(own.builder.charter, { size: builder.size, root }, branch.value.fork);
    expect(given).toEqual({ size: own.builder.size, root: toId<Hex32>(own.builder.known().root) });
  });

  test("[C8i] that is the beginning of this device's, goes on from it, or does not hold, is none", async () => {
    const longer: readonly Act[] = [...SAME, ["messages", 4]];
    for (const [mine, theirs] of [
      [longer, SAME],
      [SAME, longer],
      [SAME, SAME],
    ] as const)
      expect((await read(mine, theirs)).branch).toMatchObject({ ok: false, error: { code: "other-history" } });
    const own = await ownOf(history(longer));
    const spoilt = history([...SAME, ["messages", 5], ["messages", 6]]);
    const last = spoilt.builder.entries.at(-1);
    if (last)
      spoilt.builder.entries[spoilt.builder.size - 1] = { ...last, authorBytes: last.authorBytes.map((x, i) => (i === 60 ? x ^ 1 : x)) };
    expect(await readBranch(own, shown(spoilt), spoilt.builder.size)).toMatchObject({ ok: false, error: { code: "other-history" } });
  });

  test("[C8i] is looked for by halving first, so that a long common beginning is not read", async () => {
    const begun = Array.from({ length: 200 }, (_, n): Act => ["messages", n]);
    const [own, other] = [history([...begun, ["messages", 201]]), history([...begun, ["messages", 202]])];
    const line = shown(other);
    const found = partings(await ownOf(own), line, other.builder.size);
    expect((await found.next()).value).toEqual(ok(other.builder.size - 1));
    expect(line.asked).toBeLessThan(12);
    await found.return(undefined);
  });

  test("[C8i] that was read is known again by its signed head, while this device has what it had", async () => {
    const { other, branch } = await read([...SAME, ["messages", 4]], [...SAME, ["messages", 5]]);
    if (!branch.ok) throw new Error(branch.error.code);
    const { size, note } = other.builder.known();
    const { own } = branch.value;
    expect(isReadAlready(branch.value, own, { size, note })).toBe(true);
    expect(isReadAlready(branch.value, { ...own, size: own.size + 1 }, { size, note })).toBe(false);
    expect(isReadAlready(branch.value, own, { size, note: own.verified?.note ?? null })).toBe(false);
    expect(isReadAlready(branch.value, own, { size, note: null })).toBe(false);
  });
});
