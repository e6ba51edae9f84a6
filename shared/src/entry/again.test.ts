import { beforeAll, describe, expect, test } from "vitest";
import { toId } from "../base/bytes.ts";
import type { BookId, Hex32 } from "../base/ids.ts";
import { initCrypto } from "../crypto/init.ts";
import { signKeyPair } from "../crypto/sign.ts";
import { signCheckpoint } from "../log/checkpoint.ts";
import { originOf } from "../log/origin.ts";
import { MerkleTree } from "../log/tree.ts";
import { RELAY, together, type TestDevice, type TestLog } from "../../test/people.ts";
import { seededRandom } from "../../test/random.ts";
import { isAgainEntry, makeAgain, MAX_AGAIN, openAgain, type OldHeaders } from "./again.ts";
import { ENTRY_KIND, makeAuthorPart, makeRelayPart, parseAuthorPart, parseHeader, type Header, type Placement } from "./header.ts";

beforeAll(initCrypto);

const fill = <T extends Hex32>(n: number): T => toId<T>(new Uint8Array(32).fill(n));

/** An entry of changes as a relay had logged it at a place of a history given up. */
function logged({ charter, next }: TestLog, by: TestDevice, seq: number, change: Partial<Placement> = {}): Header {
  const placement = { log: charter.log, kind: ENTRY_KIND.changes, channel: "messages", epoch: 0, book: fill<BookId>(8), device: by.id };
  const a = makeAuthorPart({ ...placement, commitment: fill<Hex32>(seq), ...change } as Placement, new Uint8Array(9), by.sign.secretKey);
  const header = parseHeader(a, makeRelayPart({ seq, channelSeq: seq, previous: new Uint8Array(32), time: next.time + seq }));
  if (!header.ok) throw new Error(header.error.code);
  return header.value;
}

function scene(change: Partial<Placement> = {}) {
  const { log, alice, bob } = together();
  const headers = [logged(log, alice.phone, 0), logged(log, bob.phone, 1), logged(log, alice.phone, 2, change)];
  const tree = MerkleTree.of(headers.map((h) => h.leaf));
  const noteBy = (relay: string, key = log.relayKey): string =>
    signCheckpoint({ origin: originOf(relay, log.log), size: tree.size, root: tree.root(), time: log.next.time }, key.secretKey);
  const old: OldHeaders = {
    note: noteBy(RELAY),
    headers: headers.map(({ authorBytes: a, relayBytes: r, relay }) => {
      const path = tree.inclusion(relay.seq);
      if (!path.ok) throw new Error(path.error.code);
      return { a, r, path: path.value };
    }),
  };
  const relays = [{ relay: RELAY, logKey: toId<Hex32>(log.relayKey.publicKey) }];
  /** What a reader makes of an entry that says this. */
  const read = (said: OldHeaders, by = relays) => {
    const { a, b } = makeAgain({ log: log.log, device: bob.phone.id, epoch: 1, old: said, secret: bob.phone.sign.secretKey });
    const author = parseAuthorPart(a);
    return author.ok ? openAgain(author.value, b, by) : undefined;
  };
  return { log, alice, bob, old, relays, read, noteBy };
}

describe("old headers of a history given up", () => {
  test("[C8j] say who had pushed each entry, and where and when the relay had logged it", () => {
    const { alice, bob, old, read, log } = scene();
    expect(read(old)).toEqual(
      [alice, bob, alice].map(({ phone }, seq) => ({
        ...{ commitment: fill(seq), device: phone.id, seq, channelSeq: seq, time: log.next.time + seq, relay: RELAY },
      })),
    );
    expect(read({ ...old, headers: old.headers.slice(1, 2) })).toHaveLength(1);
  });

  test("[C8j] count for nothing, all of them, where one does not hold", () => {
    const { old, read, noteBy, relays, log } = scene();
    const stranger = signKeyPair(seededRandom("a stranger")(32));
    const [first, second, third] = old.headers;
    if (!first || !second || !third) throw new Error("three headers");
    const spoilt = (bytes: Uint8Array): Uint8Array => bytes.map((x, i) => (i === bytes.length - 1 ? x ^ 1 : x));
    const later = makeRelayPart({ seq: 1, channelSeq: 1, previous: new Uint8Array(32), time: log.next.time + 9 });
    for (const [what, said] of [
      ["a note of nobody's key", { ...old, note: noteBy(RELAY, stranger) }],
      ["a note of another relay", { ...old, note: noteBy("other.example") }],
      ["no note", { ...old, note: "none" }],
      ["another's path", { ...old, headers: [first, { ...second, path: third.path }] }],
      ["no path", { ...old, headers: [{ ...first, path: [] }] }],
      ["another signature", { ...old, headers: [first, { ...second, a: spoilt(second.a) }] }],
      ["another time", { ...old, headers: [first, { ...second, r: later }] }],
      ["no header", { ...old, headers: [first, { ...second, r: Uint8Array.of(1) }] }],
    ] as const)
      expect(read(said), what).toBeUndefined();
    expect(read(old, [])).toBeUndefined();
    // Of several relays that had shown two histories whichever signed it counts.
    const others = [{ relay: "before.example", logKey: toId<Hex32>(stranger.publicKey) }, ...relays];
    expect(read(old, others)).toHaveLength(3);
  });

  test("[C8j] are headers of changes of this log alone", () => {
    expect(scene({ kind: ENTRY_KIND.anchor, channel: "household" }).read(scene().old)).toBeDefined();
    for (const change of [{ kind: ENTRY_KIND.anchor, channel: "household" }, { log: fill(5) }] as Partial<Placement>[]) {
      const { old, read } = scene(change);
      expect(read({ ...old, headers: old.headers.slice(0, 2) })).toHaveLength(2);
      expect(read(old)).toBeUndefined();
    }
  });

  test("[C8j] are 1 to 128 in a body of this form, to which the entry is bound", () => {
    const { old, log, bob } = scene();
    const make = (said: OldHeaders) =>
      makeAgain({ log: log.log, device: bob.phone.id, epoch: 1, old: said, secret: bob.phone.sign.secretKey });
    const [first] = old.headers;
    if (!first) throw new Error("a header");
    expect(() => make({ ...old, headers: [] })).toThrow();
    expect(() => make({ ...old, headers: Array.from({ length: MAX_AGAIN + 1 }, () => first) })).toThrow();
    const { a, b } = make(old);
    const author = parseAuthorPart(a);
    if (!author.ok) throw new Error(author.error.code);
    expect(isAgainEntry(author.value, b)).toBe(true);
    const other = b.map((x, i) => (i === b.length - 1 ? x ^ 1 : x));
    expect(isAgainEntry(author.value, other)).toBe(false);
    expect(openAgain(author.value, Uint8Array.of(0xff), [])).toBeUndefined();
    expect(isAgainEntry({ ...author.value, channel: "messages" }, b)).toBe(false);
    expect(isAgainEntry({ ...author.value, book: fill<BookId>(1) }, b)).toBe(false);
  });
});
