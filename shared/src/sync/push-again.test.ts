import { beforeAll, describe, expect, test, vi } from "vitest";
import { toHex, toId } from "../base/bytes.ts";
import type { Hex32, Signature } from "../base/ids.ts";
import { bookId, type BookName } from "../books/names.ts";
import type { LogKeyId } from "../charter/types.ts";
import { initCrypto } from "../crypto/init.ts";
import { signKeyPair } from "../crypto/sign.ts";
import { MAX_AGAIN, readAgain } from "../entry/again.ts";
import { bodyCommitment, encodeBody, openBody, type ChangesBody } from "../entry/body.ts";
import { ENTRY_KIND, makeAuthorPart, makeRelayPart, parseAuthorPart, parseHeader, type Placement } from "../entry/header.ts";
import { signCheckpoint } from "../log/checkpoint.ts";
import { MerkleTree } from "../log/tree.ts";
import { MemoryStore } from "../vault/memory-store.ts";
import type { PushEntry } from "../wire/messages.ts";
import { makePerson, RELAY, together, type TestDevice, type TestLog } from "../../test/people.ts";
import { seededRandom } from "../../test/random.ts";
import { LeftBranch } from "./left-branch.ts";
import { leftEntryWrites, leftMetaWrite, type LeftEntry } from "./left-rows.ts";
import { OldHeaderBook } from "./old-headers.ts";
import type { Sealed } from "./outbox.ts";
import { pushAgain, type PushAgain } from "./push-again.ts";

beforeAll(initCrypto);

const BOOK: BookName = { channel: "messages", period: "2026-01", shard: 0 };

const bodyOf = (n: number): ChangesBody => ({
  ...{ book: BOOK, secret: new Uint8Array(32).fill(n & 255).fill(n >> 8, 31), notes: [], fileKeys: [] },
  changes: [{ bytes: new Uint8Array(60).fill(n & 255), signature: new Uint8Array(64) as Signature, tag: { kind: "message", root: "0" } }],
});

/** A household whose relay had shown two histories, as a move says that stands. */
function healed() {
  const people = together();
  const { log, alice, bob } = people;
  const [kept, given] = [1, 2].map((n) => MerkleTree.of(Array.from({ length: log.next.seq }, () => new Uint8Array(32).fill(n))));
  if (!kept || !given) throw new Error("two histories");
  const origin = `${RELAY}/${log.log}`;
  const note = signCheckpoint({ origin, size: given.size, root: given.root(), time: log.charter.at.time }, log.relayKey.secretKey);
  const root = toHex(kept.root()) as Hex32;
  const logKey = toId<LogKeyId>(signKeyPair(seededRandom("next")(32)).publicKey);
  const to = log.say("move-log", { size: kept.size, root, relay: "new.example", logKey, fork: { note, r: root, p: [] } }, bob.phone);
  log.say("consent", { to }, alice.phone);
  return people;
}

/** An entry of changes that the history given up had. */
function leftBy(log: TestLog, by: TestDevice, n: number, of: { note?: string; relay?: string; isProven?: boolean } = {}): LeftEntry {
  const { note = "note", relay = RELAY, isProven = true } = of;
  const placement: Placement = {
    ...{ log: log.log, kind: ENTRY_KIND.changes, channel: "messages", epoch: 0, book: bookId(log.log, BOOK), device: by.id },
    commitment: bodyCommitment(bodyOf(n)),
  };
  const a = makeAuthorPart(placement, new Uint8Array(1), by.sign.secretKey);
  const r = makeRelayPart({ seq: n, channelSeq: n, previous: new Uint8Array(32), time: log.next.time });
  const header = parseHeader(a, r);
  if (!header.ok) throw new Error(header.error.code);
  return { header: header.value, device: by.id, relay, round: 0, proof: isProven ? { a, r, path: [], note } : null };
}

async function scene(make: (people: ReturnType<typeof healed>) => readonly LeftEntry[], isHealed = true) {
  const people = isHealed ? healed() : together();
  const { log, bob } = people;
  const rows = new MemoryStore();
  const entries = make(people);
  await rows.commit([
    leftMetaWrite(log.log, { v: 1, state: "left", shared: 0, round: 0, of: entries.length, statements: [] }),
    ...entries.flatMap((e) => leftEntryWrites(log.log, e, encodeBody(bodyOf(e.header.relay.seq)))),
  ]);
  const left = await LeftBranch.load(log.log, rows);
  const old = await OldHeaderBook.load(log.log, rows);
  if (!left) throw new Error("a history that was left");
  const key = log.keyOf("messages", 0);
  const context: PushAgain = {
    ...{ log: log.log, charter: log.charter, device: bob.phone.id, member: log.memberOf(bob), secret: bob.phone.sign.secretKey },
    ...{ keyOf: () => ({ epoch: 0, key }), random: seededRandom("again"), old, sealed: [] },
  };
  /** What it makes now, while this is on its way. */
  const next = async (...onWay: readonly PushEntry[]) => {
    const sealed = onWay.map((entry, n): Sealed => ({ n, id: toId<Hex32>(new Uint8Array(32).fill(n)), row: { ...entry, changes: [] } }));
    const made = await pushAgain(left, { ...context, sealed });
    return made.map((entry) => {
      const author = parseAuthorPart(entry.a);
      if (!author.ok) throw new Error(author.error.code);
      return { entry, author: author.value };
    });
  };
  /** The headers of an entry stand in the log from here on. */
  const learned = (made: Awaited<ReturnType<typeof next>>): number => {
    const headers = made.flatMap(({ author, entry }) => readAgain(author, entry.b)?.headers ?? []);
    old.learn(
      headers.map(({ a, r }) => {
        const header = parseHeader(a, r);
        if (!header.ok) throw new Error(header.error.code);
        const { author, relay } = header.value;
        const { commitment, device } = author;
        return { commitment, device, seq: relay.seq, channelSeq: relay.channelSeq, time: relay.time, relay: RELAY };
      }),
    );
    return headers.length;
  };
  return { ...people, rows, left, key, next, learned };
}

const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, n) => n + 1);

describe("pushing again what only a history had that was left", () => {
  test("[C8j][C8k] first come the headers, then each entry with its own commitment under the current key, a few at a time", async () => {
    const { next, learned, log, key, bob } = await scene(({ log: of, alice }) =>
      numbers(MAX_AGAIN + 2).map((n) => leftBy(of, alice.phone, n)),
    );
    const first = await next();
    expect(first.map(({ author }) => [author.kind, author.channel, author.device])).toEqual([
      [ENTRY_KIND.again, "household", bob.phone.id],
    ]);
    // One at a time, and nothing else before all of them stand.
    expect(await next(...first.map((m) => m.entry))).toEqual([]);
    expect(learned(first)).toBe(MAX_AGAIN);
    expect(learned(await next())).toBe(2);
    const changes = await next();
    expect(changes.map(({ author }) => author.commitment)).toEqual(numbers(16).map((n) => bodyCommitment(bodyOf(n))));
    for (const [i, { author, entry }] of changes.entries()) {
      expect([author.kind, author.log, author.device]).toEqual([ENTRY_KIND.changes, log.log, bob.phone.id]);
      const body = openBody(author, entry.b, key);
      expect(body.ok && [body.value.secret, body.value.book]).toEqual([bodyOf(i + 1).secret, BOOK]);
    }
    // What is on its way is not made twice.
    const more = await next(...changes.map((m) => m.entry));
    expect(more[0]?.author.commitment).toBe(bodyCommitment(bodyOf(17)));
  });

  test("[C8j] headers of one entry are of one checkpoint", async () => {
    const { next, learned } = await scene(({ log, alice }) =>
      numbers(5).map((n) => leftBy(log, alice.phone, n, { note: n % 2 === 0 ? "even" : "odd" })),
    );
    const odd = await next();
    expect(readAgain(odd[0]?.author ?? fail(), odd[0]?.entry.b ?? fail())?.note).toBe("odd");
    expect(learned(odd)).toBe(3);
    const other = await next();
    expect(readAgain(other[0]?.author ?? fail(), other[0]?.entry.b ?? fail())?.note).toBe("even");
    expect(learned(other)).toBe(2);
    expect(await next()).toHaveLength(5);
  });

  test("[C8k] what others could not judge waits: of a device that nobody knows, of another without a header, from a relay that nobody left", async () => {
    const stranger = makePerson("eve").phone;
    const { next, learned } = await scene(({ log, alice, bob }) => [
      leftBy(log, stranger, 1),
      leftBy(log, alice.phone, 2, { isProven: false }),
      leftBy(log, bob.phone, 3, { isProven: false }),
      leftBy(log, alice.phone, 4, { relay: "elsewhere.example" }),
      leftBy(log, alice.phone, 5),
    ]);
    expect(learned(await next())).toBe(1);
    expect((await next()).map(({ author }) => author.commitment)).toEqual([3, 5].map((n) => bodyCommitment(bodyOf(n))));
    const unhealed = await scene(({ log, alice }) => [leftBy(log, alice.phone, 1)], false);
    expect(await unhealed.next()).toEqual([]);
  });

  test("[C8k] bodies are read when they are pushed, a few at a time, and none before", async () => {
    const { rows, next, learned, log } = await scene((p) => numbers(40).map((n) => leftBy(p.log, p.alice.phone, n)));
    const [get, scan] = [vi.spyOn(rows, "get"), vi.spyOn(rows, "scan")];
    const bodies = (): number => {
      const read = [...get.mock.calls.map(([, key]) => key), ...scan.mock.calls.map(([, range]) => range.from ?? "")];
      return read.filter((key) => key.includes("/left-plain/") || key.includes("/left-body/")).length;
    };
    expect((await LeftBranch.load(log.log, rows))?.size).toBe(40);
    learned(await next());
    expect(bodies()).toBe(0);
    expect(await next()).toHaveLength(16);
    expect(bodies()).toBe(16);
  });
});

function fail(): never {
  throw new Error("an entry of old headers");
}
