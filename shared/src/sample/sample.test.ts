import { beforeAll, describe, expect, it, vi } from "vitest";
import { initAutomergeNode } from "../../node/automerge.ts";
import { idBytes, toHex } from "../base/bytes.ts";
import type { BookId, ChannelKey, FileId } from "../base/ids.ts";
import { judgeEntry } from "../books/judge.ts";
import { verifyChange } from "../books/signature.ts";
import { BookState } from "../books/state.ts";
import { parseSigned } from "../charter/codec.ts";
import { extendCharter, foundCharter } from "../charter/evaluate.ts";
import { isAuthorised, levelAt, memberOf } from "../charter/query.ts";
import type { Charter } from "../charter/state.ts";
import { ACCESSES } from "../kinds/access.ts";
import { filesIn, parseFiles, type FileRecord } from "../kinds/files.ts";
import { originalCommitment, parseOriginal } from "../kinds/original.ts";
import { KIND_NAMES } from "../kinds/registry.ts";
import { openStream } from "../crypto/stream.ts";
import { initCrypto } from "../crypto/init.ts";
import { openBody } from "../entry/body.ts";
import { openCheckpoint } from "../log/checkpoint.ts";
import { LogTail } from "../sync/tail.ts";
import { originOf } from "../log/origin.ts";
import { generateSample, type Sample } from "./sample.ts";

vi.setConfig({ testTimeout: 60_000 });

beforeAll(async () => {
  await initCrypto();
  await initAutomergeNode();
});

async function made(years: number, seed: number): Promise<Sample> {
  const sample = await generateSample({ years, seed });
  if (!sample.ok) throw new Error(sample.error.code);
  return sample.value;
}

/** Reads the sample as a device would: tail, charter, bodies, rules. */
function read(sample: Pick<Sample, "log" | "relay" | "logKey" | "items" | "note" | "builder">): {
  readonly reasons: string[];
  readonly states: Map<BookId, BookState>;
  readonly charter: Charter;
} {
  const tail = LogTail.empty(sample.log).accept(0, sample.items, sample.note, originOf(sample.relay, sample.log), sample.logKey);
  if (!tail.ok) throw new Error(tail.error.code);
  let charter: Charter | undefined;
  const states = new Map<BookId, BookState>();
  const reasons: string[] = [];
  for (const entry of tail.value.entries) {
    if (!entry.header || !entry.body) throw new Error("every entry is there");
    const { author, relay } = entry.header;
    const at = { seq: entry.seq, time: relay.time };
    if (author.channel === "charter") {
      const signed = parseSigned(entry.body);
      if (!signed.ok) throw new Error(signed.error.code);
      const next = charter ? extendCharter(charter, signed.value, at) : foundCharter(signed.value, at);
      if (!next.ok) throw new Error(next.error.code);
      charter = next.value;
      continue;
    }
    if (!charter) throw new Error("the charter comes first");
    const known: Charter = charter;
    const key = sample.builder.keys.get(author.channel)?.[author.epoch] ?? (new Uint8Array(32) as ChannelKey);
    const body = openBody(author, entry.body, key);
    if (!body.ok) throw new Error(body.error.code);
    let state = states.get(author.book);
    if (!state) states.set(author.book, (state = new BookState(sample.log, body.value.book)));
    const notes = body.value.notes.map((n) => openCheckpoint(n, originOf(sample.relay, sample.log), sample.logKey));
    const carrier = {
      seq: entry.seq,
      channelSeq: relay.channelSeq,
      time: relay.time,
      pusher: author.device,
      level: levelAt(known, at),
      hasNote: (c: { size: number; root: string }) => notes.some((n) => n.ok && n.value.size === c.size && toHex(n.value.root) === c.root),
    };
    const verdicts = judgeEntry(state, carrier, body.value.changes, {
      log: sample.log,
      book: body.value.book,
      memberOf: (d) => memberOf(known, d),
      mayCarry: (signer, pusher, seq) =>
        isAuthorised(known, { signer, pusher, channel: body.value.book.channel, at: { seq, time: relay.time } }),
      verify: (hash, signature, signer) => verifyChange(sample.log, author.book, hash, signature, signer),
    });
    for (const v of verdicts) if (v.state !== "admitted") reasons.push(v.reason ?? v.state);
  }
  if (!charter) throw new Error("there is a charter");
  return { reasons, states, charter };
}

describe("a generated household", () => {
  it("[L0][L4][C6][X9] is a valid log: chain, checkpoint, charter and every change hold, but the one of a modified client", async () => {
    const sample = await made(0.4, 3);
    const { reasons, states } = read(sample);
    expect(reasons).toEqual(["not-other-parent"]);
    const kinds = new Set([...states.values()].flatMap((s) => s.admitted.map((a) => a.kind)));
    expect([...kinds].sort()).toEqual(["delivery-receipt", "expense", "message", "view-receipt"]);
    const acts = new Set([...states.values()].flatMap((s) => s.admitted.map((a) => String(a.act.fields.get("act") ?? ""))));
    expect([...acts].sort()).toEqual(["", "approve", "confirm-payment", "pay", "refuse", "request-changes", "withdraw"]);
  });

  it("[R7][R8][R12] has every kind that exists: those of a personal log in what the first parent keeps for themselves", async () => {
    const sample = await made(0.1, 3);
    const { personal } = sample;
    if (!personal) throw new Error("a generated household has it");
    const { builder, files } = personal;
    const { log } = builder;
    const own = read({
      log,
      relay: sample.relay,
      logKey: builder.logKey.publicKey,
      items: builder.wire(),
      note: builder.known().note,
      builder,
    });
    expect(own.reasons).toEqual([]);
    const acts = [...own.states.values()].flatMap((s) => s.admitted);
    const inBoth = [...acts, ...[...read(sample).states.values()].flatMap((s) => s.admitted)];
    expect([...new Set(inBoth.map((a) => a.kind))].sort()).toEqual([...KIND_NAMES].sort());
    expect(new Set(acts.map((a) => a.act.fields.get("what")).filter(Boolean))).toEqual(new Set(ACCESSES));
    // The photo lost what its original has, and commits to it.
    const [original] = acts.flatMap((a) => parseOriginal(a.act.fields) ?? []);
    const shared = acts.flatMap((a) => (a.kind === "message" ? filesIn(a.act.fields) : []));
    expect(shared.map((f) => f.original)).toEqual([original?.commitment]);
    const plainOf = (file: FileRecord | undefined): Uint8Array => files.get(file?.id ?? ("" as FileId))?.plain ?? new Uint8Array();
    const whole = plainOf(original?.files[0]);
    expect(original && originalCommitment(idBytes(original.salt), whole)).toBe(original?.commitment);
    expect(whole.length).toBeGreaterThan(plainOf(shared[0]).length);
  });

  it("[C2][C9] has two devices for each parent, one linked late, one revoked, and compared words", async () => {
    const sample = await made(0.2, 3);
    expect(sample.people.map((p) => p.devices.length)).toEqual([3, 2]);
    const types = sample.builder.statements.map((s) => s.signed.statement.type).filter((t) => t !== "open-epoch");
    expect(types).toEqual(["found", "invite", "join", "confirm", "attest", "attest", "link", "link", "revoke", "link"]);
  });

  it("[R6] names files that open to the bytes whose hash the record holds", async () => {
    const sample = await made(0.2, 5);
    const { states } = read(sample);
    const named = [...states.values()].flatMap((s) => s.admitted.flatMap((a) => parseFiles(String(a.act.fields.get("files") ?? "")) ?? []));
    expect(named.length).toBeGreaterThan(3);
    for (const record of named) {
      const file = sample.files.get(record.id);
      expect(file?.record).toEqual(record);
      expect(file && openStream(file.sealed, file.key)).toEqual(file?.plain);
    }
  });

  it("[X3] comes out alike for the same seed, byte for byte, and otherwise for another", async () => {
    const [one, two, other] = [await made(0.1, 1), await made(0.1, 1), await made(0.1, 2)];
    expect(two.note).toBe(one.note);
    expect(toHex(two.items.length > 0 ? two.builder.known().root : new Uint8Array())).toBe(toHex(one.builder.known().root));
    expect(other.log).not.toBe(one.log);
  });

  it("[X3] can be stopped while it is made", async () => {
    let asked = 0;
    const stopped = await generateSample({ years: 1, seed: 1, cancelled: () => ++asked > 40 });
    expect(stopped).toEqual({ ok: false, error: { code: "cancelled" } });
  });
});
