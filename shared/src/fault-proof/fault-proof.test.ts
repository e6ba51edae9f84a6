import { beforeAll, describe, expect, it } from "vitest";
import { initAutomergeNode } from "../../node/automerge.ts";
import { makeHousehold, type Household } from "../../test/household.ts";
import { concat, toHex, utf8 } from "../base/bytes.ts";
import { encode } from "../cbor/cbor.ts";
import { initCrypto } from "../crypto/init.ts";
import { signKeyPair } from "../crypto/sign.ts";
import { ENTRY_KIND, headerLeaf, makeAuthorPart, makeRelayPart, parseHeader } from "../entry/header.ts";
import { signCheckpoint } from "../log/checkpoint.ts";
import { parseNote } from "../log/note.ts";
import { MerkleTree } from "../log/tree.ts";
import type { EntriesItem } from "../wire/messages.ts";
import { checkProof } from "./check.ts";
import { decodeProof, encodeProof, MAX_PROOF_BYTES, type FaultClaim, type FaultProof } from "./file.ts";
import { keptFile, proveHeld, proveNotes, proveRun, type ProofSource } from "./make.ts";
import { PROVEN, type NotProven, type Proven } from "./report.ts";
import { proofSentence } from "./words.ts";

type Full = Exclude<EntriesItem, Uint8Array>;
let home: Household;
let other: Household;
let items: Full[];
let leaves: Uint8Array[];

beforeAll(async () => {
  await Promise.all([initAutomergeNode(), initCrypto()]);
  home = makeHousehold();
  other = makeHousehold({ seed: 2 });
  items = home.items.filter((i): i is Full => !(i instanceof Uint8Array));
  leaves = items.map((i) => headerLeaf(i.a, i.r));
});

const source = (of: Household = home, run: readonly Full[] = items): ProofSource => ({
  log: of.log,
  charter: of.builder.charter,
  statements: () => Promise.resolve(of.builder.statements.map((s) => ({ seq: s.seq, time: s.time, bytes: s.signed.bytes }))),
  leaves: (size) => Promise.resolve(run.slice(0, size).map((i) => headerLeaf(i.a, i.r))),
  entry: (n) => {
    const item = run[n];
    return Promise.resolve(item && { leaf: headerLeaf(item.a, item.r), parts: item });
  },
});

/** A note of the household's log, signed by its log key unless another is given. */
const note = (size: number, root: Uint8Array, time = home.end, key = home.builder.logKey, origin = home.builder.origin): string =>
  signCheckpoint({ origin, size, root, time }, key.secretKey);
const rootAt = (size: number): Uint8Array => MerkleTree.of(leaves.slice(0, size)).root();
const OTHER_ROOT = new Uint8Array(32).fill(9);

function proven(bytes: Uint8Array | undefined): Proven | NotProven | undefined {
  const report = bytes && checkProof(bytes);
  if (!report?.ok) return undefined;
  expect(proofSentence(report.value)).not.toBe("");
  return report.value.proven ?? report.value.reason;
}
const decoded = (bytes: Uint8Array | undefined): FaultProof => {
  const read = bytes && decodeProof(bytes);
  if (!read?.ok) throw new Error("a proof");
  return read.value;
};
const claimed = (claim: FaultClaim): Proven | NotProven | undefined => {
  const [found] = home.builder.statements;
  if (!found) throw new Error("a founding");
  return proven(encodeProof({ v: 1, c: [{ n: 0, t: found.time, b: found.signed.bytes }], f: claim }));
};

/** The log as a relay signs it that changed some entries from `seq` on. */
function forged(change: (item: Full, seq: number) => Full): { readonly run: Full[]; readonly note: string; readonly source: ProofSource } {
  const run = items.map(change);
  const tree = MerkleTree.of(run.map((i) => headerLeaf(i.a, i.r)));
  return { run, note: note(tree.size, tree.root()), source: source(home, run) };
}
const relayOf = (item: Full) => {
  const header = parseHeader(item.a, item.r);
  if (!header.ok) throw new Error("a header");
  return header.value.relay;
};
const stranger = signKeyPair(new Uint8Array(32).fill(7));

describe("a proof of two histories", () => {
  it("[L6] two notes over as many entries with other roots hold against the relay that the log pins", async () => {
    const bytes = await proveNotes(source(), home.note, note(items.length, OTHER_ROOT));
    const report = bytes && checkProof(bytes);
    expect(report).toMatchObject({ ok: true, value: { holds: true, proven: "fork", relay: "relay.example", log: home.log } });
    expect(report?.ok === true && report.value.notes.map((n) => n.size)).toEqual([items.length, items.length]);
  });

  it.each([1, 7, 8, 16, 20])(
    "[L6] so does an older note of %i entries that the log does not begin with, with the way to its true beginning",
    async (size) => {
      expect(proven(await proveNotes(source(), note(size, OTHER_ROOT), home.note))).toBe("fork");
      expect(proven(await proveNotes(source(), home.note, note(size, OTHER_ROOT)))).toBe("fork");
    },
  );

  it.each([1, 8, 20])("[L6] and an honest older note of %i entries proves nothing, whoever builds the file", async (size) => {
    const honest = note(size, rootAt(size), 5);
    expect(await proveNotes(source(), honest, home.note)).toBeUndefined();
    const tree = MerkleTree.of(leaves);
    const path = tree.consistency(size);
    if (!path.ok) throw new Error("a path");
    const claim = { t: "fork", a: honest, b: home.note, p: path.value } as const;
    expect(claimed({ ...claim, r: rootAt(size) })).toBe("agree");
    // The root that the file states must be the one that the path leads from.
    expect(claimed({ ...claim, r: OTHER_ROOT })).toBe("path");
    expect(claimed({ ...claim, r: OTHER_ROOT, p: path.value.map(() => OTHER_ROOT) })).toBe("path");
    expect(claimed({ t: "fork", a: honest, b: home.note })).toBe("path");
    expect(claimed({ ...claim, a: home.note, b: honest, r: OTHER_ROOT })).toBe("path");
  });

  it("[L5a][F5] a later note over fewer entries is a roll-back; an earlier one is not, nor one of the same time", async () => {
    const size = 12;
    const late = note(size, rootAt(size), home.end + 1);
    expect(proven(await proveNotes(source(), late, home.note))).toBe("rollback");
    expect(await proveNotes(source(), note(size, rootAt(size), home.end), home.note)).toBeUndefined();
    expect(claimed({ t: "rollback", a: home.note, b: note(size, rootAt(size), home.end) })).toBe("no-rollback");
    expect(claimed({ t: "rollback", a: late, b: home.note })).toBe("no-rollback");
  });
});

describe("a file that frames a relay", () => {
  it("[L6] one note twice, or with another time, says that they agree", () => {
    expect(claimed({ t: "fork", a: home.note, b: home.note })).toBe("agree");
    expect(claimed({ t: "fork", a: home.note, b: note(items.length, rootAt(items.length), 5) })).toBe("agree");
    expect(claimed({ t: "rollback", a: home.note, b: home.note })).toBe("agree");
  });

  it("[L6] notes of two logs, or of another relay's name, are refused", () => {
    expect(claimed({ t: "fork", a: home.note, b: other.note })).toBe("other-log");
    const elsewhere = note(items.length, OTHER_ROOT, home.end, home.builder.logKey, `other.example/${home.log}`);
    expect(claimed({ t: "fork", a: home.note, b: elsewhere })).toBe("other-log");
  });

  it("[L6] a note that the log key did not sign is refused, also under the right name and key id", () => {
    expect(claimed({ t: "fork", a: home.note, b: note(items.length, OTHER_ROOT, home.end, stranger) })).toBe("unsigned");
    const signature = home.note.split("\n").at(-2) ?? "";
    const parsed = parseNote(note(items.length, OTHER_ROOT));
    if (!parsed.ok) throw new Error("a note");
    expect(claimed({ t: "fork", a: home.note, b: `${parsed.value.text}\n${signature}\n` })).toBe("unsigned");
    expect(claimed({ t: "fork", a: home.note, b: "not a note" })).toBe("unsigned");
  });

  it("[L6] statements that do not stand pin nothing", async () => {
    const good = decoded(await proveNotes(source(), home.note, note(items.length, OTHER_ROOT)));
    const [found] = other.builder.statements;
    if (!found) throw new Error("a founding");
    const spoilt = good.c.map((s) => ({ ...s, b: s.b.map((b, i) => (i === s.b.length - 1 ? b ^ 1 : b)) }));
    expect(proven(encodeProof({ ...good, c: spoilt }))).toBe("pin");
    // Another log's founding pins that log's key.
    expect(proven(encodeProof({ ...good, c: [{ n: 0, t: found.time, b: found.signed.bytes }] }))).toBe("other-log");
  });

  it("[L6][F2] what only a device saw says so of itself", async () => {
    const bytes = await keptFile(source(), { code: "relay-body", seq: 4, evidence: [utf8("x")] });
    expect(checkProof(bytes)).toMatchObject({ ok: true, value: { holds: false, reason: "kept", code: "relay-body", seq: 4 } });
  });

  it("[E2] every bit flip, cut and oversize of a good file is damage, or proves nothing, or the very same", async () => {
    const good = await proveNotes(source(), home.note, note(8, OTHER_ROOT));
    if (!good) throw new Error("a proof");
    const was = checkProof(good);
    for (let at = 0; at < good.length * 8; at += 7) {
      const flipped = Uint8Array.from(good, (b, i) => (i === at >> 3 ? b ^ (1 << (at & 7)) : b));
      const report = checkProof(flipped);
      // The claimed relay time of the founding is the file's word and proves nothing here.
      if (report.ok && report.value.holds) expect(report).toEqual(was);
    }
    for (const end of [0, 5, 19, 20, 100, good.length - 1]) expect(checkProof(good.subarray(0, end)).ok).toBe(false);
    expect(checkProof(concat(good, Uint8Array.of(0))).ok).toBe(false);
    expect(checkProof(utf8("PK"))).toMatchObject({ error: { code: "proof-none" } });
    expect(checkProof(utf8("countersign proof 2\nx"))).toMatchObject({ error: { code: "proof-newer" } });
    expect(checkProof(utf8("countersign proof x\nx"))).toMatchObject({ error: { code: "proof-damaged" } });
    expect(checkProof(concat(good, new Uint8Array(MAX_PROOF_BYTES)))).toMatchObject({ error: { code: "proof-too-large" } });
  });
});

describe("a proof about entries", () => {
  const LAST = 20;

  /** What comes of the forged log, by the way in which a device meets it. */
  async function found(change: (item: Full, seq: number) => Full, seq = LAST): Promise<Proven | NotProven | undefined> {
    const log = forged(change);
    const run = { from: 10, items: log.run.slice(10), note: log.note };
    const bytes = await proveRun(log.source, run, seq);
    return proven(bytes);
  }
  const at = (seq: number, change: (item: Full) => Full) => (item: Full, n: number) => (n === seq ? change(item) : item);

  it.each<readonly [string, (item: Full) => Full, Proven]>([
    ["is no header", (i) => ({ ...i, r: Uint8Array.of(1) }), "entry-header"],
    [
      "is not signed by its author",
      (i) => ({ ...i, a: i.a.map((b, k) => (k === placeOf(i.a, signatureOf(i)) ? b ^ 1 : b)) }),
      "entry-signature",
    ],
    ["has another number", (i) => ({ ...i, r: makeRelayPart({ ...relayOf(i), seq: 3 }) }), "entry-sequence"],
    ["is before the one before it", (i) => ({ ...i, r: makeRelayPart({ ...relayOf(i), time: 1 }) }), "pair-time"],
    ["follows another in its channel", (i) => ({ ...i, r: makeRelayPart({ ...relayOf(i), previous: OTHER_ROOT }) }), "pair-chain"],
    ["counts back in its channel", (i) => ({ ...i, r: makeRelayPart({ ...relayOf(i), channelSeq: 1 }) }), "pair-chain"],
    ["is another log's", () => other.items[LAST] as Full, "entry-log"],
  ])("[L2] an entry that %s, in a tree that the relay signed", async (_name, change, what) => {
    expect(await found(at(LAST, change))).toBe(what);
  });

  it("[C10] a statement that breaks a rule, with all before it", async () => {
    // The statement before it once more: signed by who says so, and on a head that is none any more.
    const statements = home.builder.statements;
    const [first, second] = [statements.at(-1), statements.at(-2)];
    if (!first || !second) throw new Error("statements");
    const place = items[first.seq];
    const before = items[second.seq];
    if (!place || !before) throw new Error("entries");
    const change = at(first.seq, (i) => ({ a: before.a, r: i.r, b: before.b }));
    expect(await found(change, first.seq)).toBe("charter");
    // And the true one breaks none.
    expect(await found((i) => i, first.seq)).toBeUndefined();
  });

  it("[L7] an entry under a replaced epoch, found later in the verified log", async () => {
    const message = items.findIndex((i, n) => n > 15 && channelOf(i) === "messages");
    const item = items[message];
    const header = item && parseHeader(item.a, item.r);
    const secrets = home.family.a.devices[0];
    if (!item || !header?.ok || !secrets) throw new Error("a message");
    const stale = makeAuthorPart(
      { ...header.value.author, device: secrets.id, epoch: 0 },
      item.b ?? new Uint8Array(0),
      secrets.sign.secretKey,
    );
    const log = forged(at(message, (i) => ({ ...i, a: stale })));
    expect(header.value.author.epoch).toBeGreaterThan(0);
    expect(proven(await proveHeld(log.source, log.note, message))).toBe("epoch");
    expect(await proveHeld(source(), home.note, message)).toBeUndefined();
    // A bundle is of the epoch of what it covers: it accuses nobody.
    const bundle = makeAuthorPart(
      { ...header.value.author, kind: ENTRY_KIND.bundle, covers: [message - 1, 1], device: secrets.id, epoch: 0 },
      item.b ?? new Uint8Array(0),
      secrets.sign.secretKey,
    );
    const bundled = forged(at(message, (i) => ({ ...i, a: bundle })));
    expect(await proveHeld(bundled.source, bundled.note, message)).toBeUndefined();
  });

  it("[L2] lawful entries prove nothing, nor do true ones out of another tree", () => {
    const tree = MerkleTree.of(leaves);
    const place = (n: number) => {
      const path = tree.inclusion(n);
      const item = items[n];
      if (!path.ok || !item) throw new Error("a place");
      return { n, d: encode([item.a, item.r]), p: path.value };
    };
    expect(claimed({ t: "entry", a: home.note, e: place(5) })).toBe("lawful");
    expect(claimed({ t: "pair", a: home.note, e: place(5), f: place(6) })).toBe("lawful");
    expect(claimed({ t: "pair", a: home.note, e: place(6), f: place(5) })).toBe("path");
    expect(claimed({ t: "entry", a: home.note, e: { ...place(5), n: 6 } })).toBe("path");
    expect(claimed({ t: "entry", a: home.note, e: { ...place(5), d: utf8("no header") } })).toBe("path");
    expect(claimed({ t: "charter", a: home.note, e: [{ ...place(0), b: items[0]?.b ?? new Uint8Array(0) }] })).toBe("lawful");
    // A statement left out would make the next one look wrong.
    const [, second, third] = home.builder.statements;
    if (!second || !third) throw new Error("statements");
    const with_ = (n: number) => ({ ...place(n), b: items[n]?.b ?? new Uint8Array(0) });
    expect(claimed({ t: "charter", a: home.note, e: [with_(0), with_(third.seq)] })).toBe("path");
    expect(claimed({ t: "epoch", a: home.note, e: [with_(0), with_(second.seq)] })).toBe("lawful");
  });

  it("[L2] each thing that can be proven has a sentence", () => {
    for (const what of PROVEN) expect(proofSentence({ holds: true, proven: what, notes: [] })).toMatch(/^It /);
  });
});

function signatureOf(item: Full): Uint8Array {
  const header = parseHeader(item.a, item.r);
  if (!header.ok) throw new Error("a header");
  return header.value.author.signature;
}

/** Where one byte string begins in another. */
function placeOf(whole: Uint8Array, part: Uint8Array): number {
  return toHex(whole).indexOf(toHex(part)) / 2;
}

function channelOf(item: Full): string {
  const header = parseHeader(item.a, item.r);
  return header.ok ? header.value.author.channel : "";
}
