import { beforeAll, describe, expect, test } from "vitest";
import { toId } from "../base/bytes.ts";
import type { BookId, ChannelKey, DeviceId, Hex32 } from "../base/ids.ts";
import { memberAt } from "../charter/query.ts";
import { initCrypto } from "../crypto/init.ts";
import type { OldHeader } from "../entry/again.ts";
import { ENTRY_KIND, makeAuthorPart, makeRelayPart, parseHeader, type Header } from "../entry/header.ts";
import { MemoryStore } from "../vault/memory-store.ts";
import { RELAY, together, type TestDevice, type TestLog } from "../../test/people.ts";
import type { OpenedEntry } from "./entry-run.ts";
import { leaveBranch } from "./leave-branch.ts";
import { LeftBranch } from "./left-branch.ts";
import { leftEntryWrites, leftMetaWrite, type LeftEntry, type LeftMeta } from "./left-rows.ts";
import { entryRowCodec, keys } from "./rows.ts";
import type { Verified } from "./tail.ts";
import { OldHeaderBook, type Again } from "./old-headers.ts";

beforeAll(initCrypto);

const commitment = toId<Hex32>(new Uint8Array(32).fill(7));
const another = toId<Hex32>(new Uint8Array(32).fill(6));
const book = toId<BookId>(new Uint8Array(32).fill(8));
const words = new Uint8Array(20).fill(1);

/** The header of an entry of changes with that commitment, at a place of the log. */
function headerAt(
  { charter, next }: TestLog,
  device: TestDevice,
  more: { seq?: number; book?: BookId; commitment?: Hex32; kind?: "changes" | "anchor" } = {},
): Header {
  const { seq = next.seq, kind = "changes", ...of } = { book, commitment, ...more };
  const placement = { log: charter.log, kind: ENTRY_KIND[kind], channel: "household", epoch: 0, device: device.id, ...of } as const;
  const a = makeAuthorPart(placement, words, device.sign.secretKey);
  const r = makeRelayPart({ seq, channelSeq: seq, previous: new Uint8Array(32), time: next.time });
  const header = parseHeader(a, r);
  if (!header.ok) throw new Error("a header");
  return header.value;
}

const oldOf = ({ author, relay }: Header): OldHeader => ({
  ...{ commitment: author.commitment, device: author.device, relay: RELAY },
  ...{ seq: relay.seq, channelSeq: relay.channelSeq, time: relay.time },
});
const againBy = (carrier: TestDevice, old: Header): Again => ({ old: oldOf(old), carrier: carrier.id });

const leftOf = (header: Header, round = 0): LeftEntry => {
  const { authorBytes: a, relayBytes: r, author } = header;
  return { header, device: author.device, relay: RELAY, round, proof: { a, r, path: [], note: `note ${String(round)}` } };
};

async function leftWith(log: TestLog, entries: readonly LeftEntry[]): Promise<LeftBranch> {
  const rows = new MemoryStore();
  const meta: LeftMeta = { v: 1, state: "left", shared: 0, round: 0, of: entries.length, statements: [] };
  await rows.commit([leftMetaWrite(log.charter.log, meta), ...entries.flatMap((e) => leftEntryWrites(log.charter.log, e, words))]);
  const left = await LeftBranch.load(log.charter.log, rows);
  if (!left) throw new Error("a branch that was left");
  return left;
}

describe("what is left of a history that was given up", () => {
  test("[C8k] waits on while what others push in its name counts for nothing", async () => {
    const { log, alice, bob } = together();
    const old = headerAt(log, alice.phone);
    const left = await leftWith(log, [leftOf(old)]);
    const takes = async (by: TestDevice, more: Partial<OpenedEntry>, of = book): Promise<number> => {
      const entry = { header: headerAt(log, by, { book: of }), plain: words, again: undefined, ...more };
      (await left.logged([entry], log.charter, alice.phone.id)).kept();
      return left.size;
    };
    const again = againBy(bob.phone, old);
    // The other parent's copy without an old header, under a header of their own, in another book, and with other contents.
    expect(await takes(bob.phone, {})).toBe(1);
    expect(await takes(bob.phone, { again: againBy(bob.phone, headerAt(log, bob.phone)) })).toBe(1);
    expect(await takes(bob.phone, { again }, toId<BookId>(new Uint8Array(32).fill(9)))).toBe(1);
    expect(await takes(bob.phone, { again, plain: new Uint8Array(20) })).toBe(1);
    // The very entry with its header stands for it, whoever pushed it; and so does this device's own.
    expect(await takes(bob.phone, { again })).toBe(0);
    const own = await leftWith(log, [leftOf(headerAt(log, bob.phone))]);
    (await own.logged([{ header: headerAt(log, alice.phone), plain: words, again: undefined }], log.charter, alice.phone.id)).kept();
    expect(own.size).toBe(0);
  });

  test("[C8k] each of two of one commitment waits for its own: what is bound by no commitment, such as keys of files, may differ", async () => {
    const { log, alice, bob } = together();
    const rows = new MemoryStore();
    const [one, other] = [leftOf(headerAt(log, alice.phone, { seq: 3 })), leftOf(headerAt(log, alice.phone, { seq: 4 }))];
    const meta: LeftMeta = { v: 1, state: "left", shared: 0, round: 0, of: 2, statements: [] };
    const bare = new Uint8Array(20).fill(2);
    await rows.commit([leftMetaWrite(log.log, meta), ...leftEntryWrites(log.log, one, bare), ...leftEntryWrites(log.log, other, words)]);
    const left = await LeftBranch.load(log.log, rows);
    const come = { header: headerAt(log, bob.phone, { seq: 9 }), again: undefined };
    const gone = await left?.logged([{ ...come, plain: bare }], log.charter, bob.phone.id);
    gone?.kept();
    await rows.commit(gone?.writes ?? []);
    expect([...(left?.waiting() ?? [])].map((w) => w.seq)).toEqual([4]);
    expect([...((await LeftBranch.load(log.log, rows))?.waiting() ?? [])].map((w) => w.seq)).toEqual([4]);
  });

  test("[C8i] waits on beside what is left of a second history, each under its own checkpoint", async () => {
    const { log, alice, bob } = together();
    const first = leftOf(headerAt(log, alice.phone, { seq: 9 }), 0);
    const second = leftOf(headerAt(log, bob.phone, { seq: 9, commitment: another }), 1);
    const left = await leftWith(log, [second, first]);
    const waiting = await Promise.all([...left.waiting()].map((w) => left.entry(w)));
    expect(waiting.map((w) => [w?.proof?.note, w?.round, w?.device])).toEqual([
      ["note 0", 0, alice.phone.id],
      ["note 1", 1, bob.phone.id],
    ]);
  });
});

describe("leaving a history", () => {
  test("[C8i][W3] what this device wrote there and no relay would send it is kept, since the old one may have it in the history that goes on too", async () => {
    const { log, alice, bob } = together();
    const rows = new MemoryStore();
    const root = new Uint8Array(32);
    const headers = [alice.phone, alice.phone, bob.phone].map((by, seq) =>
      headerAt(log, by, { seq, kind: seq === 0 ? "changes" : "anchor" }),
    );
    await rows.commit(
      headers.map(({ authorBytes: a, relayBytes: r, leaf, relay }) => ({
        ...{ table: "entry", key: keys.entry(log.log, relay.seq) },
        value: entryRowCodec.encode({ leaf, root, a, r, b: words }),
      })),
    );
    const checkpoint = { origin: RELAY, size: 3, root, time: log.next.time };
    const leaving = {
      log: log.log,
      device: alice.phone.id,
      rows,
      relay: RELAY,
      shared: 0,
      size: 3,
      keyring: new Map<string, ChannelKey>(),
    };
    const verified = { checkpoint, note: "note" } as Verified;
    const left = await leaveBranch({ ...leaving, verified, pause: () => Promise.resolve() }, []);
    expect(left.ok).toBe(true);
    const branch = await LeftBranch.load(log.log, rows);
    if (!branch) throw new Error("a branch that was left");
    const bodies = await Promise.all(headers.map((h) => branch.bodyOf(h.authorBytes)));
    expect(bodies).toEqual([words, words, undefined]);
    expect(await rows.scan("entry", {})).toEqual([]);
    await rows.commit(await branch.forget());
    expect((await rows.scan("log", {})).map((row) => row.key)).toEqual([expect.stringContaining("/left/")]);
  });
});

describe("old headers", () => {
  test("[C8j][C8k] a header that another had logged first with the same commitment takes no entry from those who wrote it", async () => {
    const { log, alice, bob } = together();
    const of = (device: DeviceId) => memberAt(log.charter, device, log.next);
    const rows = new MemoryStore();
    const headers = await OldHeaderBook.load(log.charter.log, rows);
    headers.learn([oldOf(headerAt(log, bob.phone))]);
    expect(headers.has(commitment, bob.phone.id)).toBe(true);
    expect(headers.has(commitment, alice.phone.id)).toBe(false);
    headers.learn([oldOf(headerAt(log, alice.phone))]);
    await rows.commit(headers.writes());
    const loaded = await OldHeaderBook.load(log.charter.log, rows);
    for (const known of [headers, loaded]) {
      expect(known.fork().reached(headerAt(log, alice.phone), of)?.old.device).toBe(alice.phone.id);
      expect(known.fork().reached(headerAt(log, bob.phone), of)?.old.device).toBe(bob.phone.id);
    }
  });
});
