import { beforeAll, describe, expect, it } from "vitest";
import { initAutomergeNode } from "../../node/automerge.ts";
import { makeHousehold, type Household } from "../../test/household.ts";
import { boxKeyPair } from "../crypto/box.ts";
import { initCrypto } from "../crypto/init.ts";
import { headerLeaf, makeRelayPart, parseHeader } from "../entry/header.ts";
import { signCheckpoint } from "../log/checkpoint.ts";
import { CompactRange } from "../log/compact.ts";
import type { EntriesItem } from "../wire/messages.ts";
import { advance, emptyLogState } from "./log-state.ts";
import { LogTail, type TailFault } from "./tail.ts";
import { originOf } from "../log/origin.ts";

type Full = Exclude<EntriesItem, Uint8Array>;

let home: Household;
let items: readonly Full[];
beforeAll(async () => {
  await Promise.all([initAutomergeNode(), initCrypto()]);
  home = makeHousehold();
  items = home.items.filter((i): i is Full => !(i instanceof Uint8Array));
});

const origin = (): string => originOf(home.relay, home.log);
const accept = (tail: LogTail, from: number, run: readonly EntriesItem[], note: string | null = null) =>
  tail.accept(from, run, note, origin(), home.logKey);
const whole = (): LogTail => {
  const done = accept(LogTail.empty(home.log), 0, items, home.note);
  if (!done.ok) throw new Error(done.error.code);
  return done.value.tail;
};
/** A checkpoint of the relay over these entries. */
function noteOver(run: readonly Full[]): string {
  const range = CompactRange.empty();
  for (const { a, r } of run) range.append(headerLeaf(a, r));
  return signCheckpoint({ origin: origin(), size: run.length, root: range.root(), time: 1 }, home.builder.logKey.secretKey);
}
const faultOf = (result: { ok: true } | { ok: false; error: TailFault }): string | undefined => (result.ok ? undefined : result.error.code);
const header = (item: Full) => {
  const parsed = parseHeader(item.a, item.r);
  if (!parsed.ok) throw new Error(parsed.error.code);
  return parsed.value;
};
const swap = (at: number, change: (item: Full) => EntriesItem): EntriesItem[] => items.map((item, i) => (i === at ? change(item) : item));
const flip = (bytes: Uint8Array, at: number): Uint8Array => Uint8Array.from(bytes, (b, i) => (i === at ? b ^ 1 : b));
/** Where the signature stands in an author part. */
const signatureAt = (item: Full): number => {
  const { signature } = header(item).author;
  return item.a.findIndex((_, i) => signature.every((b, j) => item.a[i + j] === b));
};
const again = (item: Full, change: Partial<ReturnType<typeof header>["relay"]>): Full => ({
  ...item,
  r: makeRelayPart({ ...header(item).relay, ...change }),
});

describe("the verified end of a log", () => {
  it("[L4] is the same in one run, entry by entry, and after a restart in between", () => {
    let tail = LogTail.empty(home.log);
    for (const [i, item] of items.entries()) {
      const next = accept(tail, i, [item], i === items.length - 1 ? home.note : null);
      if (!next.ok) throw new Error(next.error.code);
      const restored = LogTail.restore(home.log, next.value.tail.dump(), origin(), home.logKey);
      if (!restored) throw new Error("a tail");
      tail = restored;
    }
    expect(tail.dump()).toEqual(whole().dump());
    expect(tail.verified?.checkpoint.size).toBe(items.length);
  });

  it("[L4] is the same where only the leaves of a channel are known, up to that channel's chain", () => {
    const hidden = items.map((item) => (header(item).author.channel === "expenses" ? header(item).leaf : item));
    const done = accept(LogTail.empty(home.log), 0, hidden, home.note);
    expect(done.ok && done.value.tail.root()).toEqual(whole().root());
  });

  it.each<readonly [string, () => readonly EntriesItem[], string]>([
    ["a hole", () => items.filter((_, i) => i !== 20), "relay-sequence"],
    ["two entries turned round", () => [...items.slice(0, 20), ...items.slice(20, 22).reverse(), ...items.slice(22)], "relay-sequence"],
    ["a leaf in place of an entry that is read", () => swap(20, (i) => header(i).leaf), "relay-chain"],
    ["another channel sequence", () => swap(20, (i) => again(i, { channelSeq: 999 })), "relay-chain"],
    ["another previous leaf", () => swap(20, (i) => again(i, { previous: new Uint8Array(32) })), "relay-chain"],
    ["time that falls", () => swap(20, (i) => again(i, { time: 1 })), "relay-time"],
    ["a body that is not the one", () => swap(20, (i) => ({ ...i, b: flip(i.b ?? new Uint8Array(1), 0) })), "relay-body"],
    ["an author's signature that does not fit", () => swap(20, (i) => ({ ...i, a: flip(i.a, signatureAt(i)) })), "relay-signature"],
    ["a header that is none", () => swap(20, (i) => ({ ...i, r: Uint8Array.of(1) })), "relay-header"],
  ])("[L2] finds %s", (_name, run, code) => {
    const done = accept(LogTail.empty(home.log), 0, run(), home.note);
    expect(faultOf(done)).toBe(code);
    if (!done.ok && code !== "relay-sequence") expect(done.error.evidence.length).toBeGreaterThan(0);
  });

  it("[L5] finds a checkpoint over another root, of another size, by another key or name", () => {
    const { size, time } = whole().verified?.checkpoint ?? { size: 0, time: 0 };
    const root = whole().root();
    const note = (change: Partial<{ size: number; root: Uint8Array; origin: string }>, key = home.builder.logKey.secretKey): string => {
      const checkpoint = { origin: origin(), size, root, time, ...change };
      return signCheckpoint(checkpoint, key);
    };
    const told = (text: string): string | undefined => faultOf(accept(LogTail.empty(home.log), 0, items, text));
    expect(told(note({}))).toBeUndefined();
    expect(told(note({ root: new Uint8Array(32) }))).toBe("relay-fork");
    expect(told(note({ size: size - 1 }))).toBe("relay-checkpoint");
    expect(told(note({ origin: originOf("other.example", home.log) }))).toBe("relay-checkpoint");
    expect(told("not a note")).toBe("relay-checkpoint");
  });

  it("[L2] tells a longer history that goes on from another beginning as a fork, whatever in it does not fit first; a wrong entry of this one as what it is", () => {
    const half = accept(LogTail.empty(home.log), 0, items.slice(0, 10), noteOver(items.slice(0, 10)));
    if (!half.ok) throw new Error("half");
    const beginning = items.slice(0, 10).map((item) => again(item, { time: 2 }));
    const after = (change: (item: Full) => Full): string | undefined => {
      const run = items.slice(10).map(change);
      return faultOf(accept(half.value.tail, 10, run, noteOver([...beginning, ...run])));
    };
    expect(after((item) => again(item, { previous: new Uint8Array(32) }))).toBe("relay-fork");
    expect(after((item) => again(item, { time: 1 }))).toBe("relay-fork");
    const wrong = items.slice(10).map((item) => again(item, { time: 1 }));
    expect(faultOf(accept(half.value.tail, 10, wrong, noteOver([...items.slice(0, 10), ...wrong])))).toBe("relay-time");
    expect(faultOf(accept(half.value.tail, 10, wrong))).toBe("relay-time");
  });

  it("[L2] finds at sign-in that the relay has less than before, or something else", () => {
    const tail = whole();
    const check = (size: number, note: string | null): string | undefined => tail.checkWelcome(size, note, origin(), home.logKey)?.code;
    const shorter = signCheckpoint({ origin: origin(), size: 5, root: new Uint8Array(32), time: 1 }, home.builder.logKey.secretKey);
    const other = signCheckpoint({ origin: origin(), size: tail.size, root: new Uint8Array(32), time: 1 }, home.builder.logKey.secretKey);
    expect(check(tail.size, home.note)).toBeUndefined();
    expect(check(5, shorter)).toBe("relay-rollback");
    expect(check(0, null)).toBe("relay-rollback");
    expect(check(tail.size, other)).toBe("relay-fork");
    expect(check(tail.size + 1, home.note)).toBe("relay-checkpoint");
  });

  it("[L2] a run that fails changes nothing", () => {
    const half = accept(LogTail.empty(home.log), 0, items.slice(0, 10));
    if (!half.ok) throw new Error("half");
    const before = half.value.tail.dump();
    expect(accept(half.value.tail, 10, swap(20, (i) => header(i).leaf).slice(10), home.note).ok).toBe(false);
    expect(half.value.tail.dump()).toEqual(before);
    expect(accept(half.value.tail, 10, items.slice(10), home.note).ok).toBe(true);
  });
});

describe("the state of a log", () => {
  it("[C10] pins relay and key by the founding statement, whose hash is the log", () => {
    const done = advance(emptyLogState(home.log), 0, items, home.note, []);
    expect(done.ok && done.value.state.charter?.log).toBe(home.log);
    expect(done.ok && done.value.steps.filter((s) => s.taken).length).toBe(home.builder.statements.length);
    const elsewhere = advance(emptyLogState("ab".repeat(32) as typeof home.log), 0, items, home.note, []);
    expect(faultOf(elsewhere)).toBe("relay-charter");
  });

  it("[C10] ends with a statement that breaks a rule", () => {
    const second = items.findIndex((item, i) => i > 0 && header(item).author.channel === "charter");
    const run = swap(second, (i) => ({ ...i, b: null }));
    expect(faultOf(advance(emptyLogState(home.log), 0, run, home.note, []))).toBe("relay-charter");
  });

  it("[K4] opens the wraps of whoever can, and knows a wrap that does not open from none", () => {
    const { id, box } = home.me.device;
    const keysWith = (openers: Parameters<typeof advance>[4]) => {
      const done = advance(emptyLogState(home.log), 0, items, home.note, openers);
      if (!done.ok) throw new Error(done.error.code);
      return done.value.state;
    };
    const mine = keysWith([{ recipient: id, pair: box }]);
    expect(mine.keys.size).toBeGreaterThan(0);
    expect([...mine.broken]).toEqual([]);
    const other = boxKeyPair(new Uint8Array(32).fill(5));
    const wrong = keysWith([{ recipient: id, pair: other }]);
    expect(wrong.keys.size).toBe(0);
    expect(wrong.broken.size).toBeGreaterThan(0);
    expect(keysWith([]).broken.size).toBe(0);
  });

  it("[L4] nothing comes before the founding statement", () => {
    expect(faultOf(advance(emptyLogState(home.log), 0, items.slice(1), null, []))).toBe("relay-charter");
  });
});
