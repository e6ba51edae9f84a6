import { equalBytes, fromUtf8, idBytes } from "../base/bytes.ts";
import type { LogId, Millis } from "../base/ids.ts";
import { itemsOf } from "../charter/persistent.ts";
import type { Charter } from "../charter/state.ts";
import { headerBytes, headerLeaf, parseHeader } from "../entry/header.ts";
import { openCheckpoint, type Checkpoint } from "../log/checkpoint.ts";
import { MerkleTree } from "../log/tree.ts";
import { originOf } from "../log/origin.ts";
import type { EntriesItem } from "../wire/messages.ts";
import { checkProof } from "./check.ts";
import { encodeProof, type FaultClaim, type FaultProof } from "./file.ts";

/** An entry as a device holds it: its parts, or its bare leaf hash. */
export interface HeldEntry {
  readonly leaf: Uint8Array;
  readonly parts: { readonly a: Uint8Array; readonly r: Uint8Array; readonly b: Uint8Array | null } | null;
}

/** What a device knows of a log, from which a proof is made. */
export interface ProofSource {
  readonly log: LogId;
  readonly charter: Charter;
  /** Statements with their places, in order. */
  statements(): Promise<readonly { readonly seq: number; readonly time: Millis; readonly bytes: Uint8Array }[]>;
  /** Leaf hashes of the first `size` entries. */
  leaves(size: number): Promise<readonly Uint8Array[]>;
  entry(seq: number): Promise<HeldEntry | undefined>;
}

/** A run of entries as a relay sent it, with the note over its end. */
export interface SignedRun {
  readonly from: number;
  readonly items: readonly EntriesItem[];
  readonly note: string;
}

/** The proof that two notes disagree; undefined where that cannot be shown from here. */
export async function proveNotes(source: ProofSource, one: string, other: string): Promise<Uint8Array | undefined> {
  const [x, y] = [read(source, one), read(source, other)];
  if (!x || !y) return undefined;
  const [a, b] = x.size <= y.size ? [x, y] : [y, x];
  if (a.size === b.size) return finish(source, { t: "fork", a: a.note, b: b.note });
  const way = await beginning(source, a, b);
  if (way && !equalBytes(way.r, a.root)) return finish(source, { t: "fork", a: a.note, b: b.note, ...way });
  return a.time > b.time ? finish(source, { t: "rollback", a: b.note, b: a.note }) : undefined;
}

/**
 * The proof that two notes are of two histories.
 * @param way how the larger tree began, which may be one that this device only read
 */
export async function proveFork(
  source: ProofSource,
  one: string,
  other: string,
  way: { readonly r: Uint8Array; readonly p: Uint8Array[] },
): Promise<Uint8Array | undefined> {
  const [x, y] = [read(source, one), read(source, other)];
  if (!x || !y) return undefined;
  const [a, b] = x.size <= y.size ? [x, y] : [y, x];
  return finish(source, a.size === b.size ? { t: "fork", a: a.note, b: b.note } : { t: "fork", a: a.note, b: b.note, r: way.r, p: way.p });
}

/** How the larger tree began, where it is this device's own. */
async function beginning(source: ProofSource, a: Checkpoint, b: Checkpoint): Promise<{ r: Uint8Array; p: Uint8Array[] } | undefined> {
  const tree = MerkleTree.of(await source.leaves(b.size));
  if (tree.size !== b.size || !equalBytes(tree.root(), b.root)) return undefined;
  const root = tree.rootAt(a.size);
  const path = tree.consistency(a.size);
  return root.ok && path.ok ? { r: root.value, p: path.value } : undefined;
}

/**
 * The proof that a run of entries which the relay signed breaks a rule at `seq`; undefined where the relay signed another tree, or where
 * only what it left out would show it.
 */
export async function proveRun(source: ProofSource, run: SignedRun, seq: number): Promise<Uint8Array | undefined> {
  const note = read(source, run.note);
  if (!note || note.size !== run.from + run.items.length) return undefined;
  const before = await source.leaves(run.from);
  const tree = MerkleTree.of([...before, ...run.items.map(leafOf)]);
  if (!equalBytes(tree.root(), note.root)) return undefined;
  const held = async (n: number): Promise<HeldEntry | undefined> => {
    const item = run.items[n - run.from];
    return n < run.from ? source.entry(n) : item && heldItem(item);
  };
  return proveEntryAt(source, { note, tree, held }, seq);
}

/** The proof that an entry of the verified log breaks a rule, under the last checkpoint that this device verified. */
export async function proveHeld(source: ProofSource, noteText: string, seq: number): Promise<Uint8Array | undefined> {
  const note = read(source, noteText);
  if (!note || seq >= note.size) return undefined;
  const tree = MerkleTree.of(await source.leaves(note.size));
  if (!equalBytes(tree.root(), note.root)) return undefined;
  return proveEntryAt(source, { note, tree, held: (n) => source.entry(n) }, seq);
}

interface Signed {
  readonly note: ReadNote;
  readonly tree: MerkleTree;
  readonly held: (seq: number) => Promise<HeldEntry | undefined>;
}
type ReadNote = Checkpoint & { readonly note: string };
interface PlaceOf {
  n: number;
  d: Uint8Array;
  p: Uint8Array[];
  b?: Uint8Array;
}

async function proveEntryAt(source: ProofSource, signed: Signed, seq: number): Promise<Uint8Array | undefined> {
  const place = await placeOf(signed, seq, false);
  if (!place) return undefined;
  const a = signed.note.note;
  const alone = await finish(source, { t: "entry", a, e: place });
  if (alone) return alone;
  for await (const earlier of before(signed, seq)) {
    const pair = await finish(source, { t: "pair", a, e: earlier, f: place });
    if (pair) return pair;
  }
  const statements: PlaceOf[] = [];
  for (const s of await source.statements()) {
    const own = s.seq < seq ? await placeOf(signed, s.seq, true) : undefined;
    if (own) statements.push(own);
  }
  const last = await placeOf(signed, seq, true);
  if (!last) return undefined;
  return (
    (await finish(source, { t: "charter", a, e: [...statements, last] })) ??
    (statements.length > 0 ? await finish(source, { t: "epoch", a, e: [...statements, place] }) : undefined)
  );
}

/** The entry right before in time, and the one before in the channel. */
async function* before(signed: Signed, seq: number): AsyncGenerator<PlaceOf> {
  const parts = (await signed.held(seq))?.parts;
  const header = parts && parseHeader(parts.a, parts.r);
  if (!header?.ok) return;
  let isNearest = true;
  for (let n = seq - 1; n >= 0; n--) {
    const held = (await signed.held(n))?.parts;
    const other = held && parseHeader(held.a, held.r);
    if (!other?.ok) continue;
    const isChannel = other.value.author.channel === header.value.author.channel;
    const place = isNearest || isChannel ? await placeOf(signed, n, false) : undefined;
    if (place) yield place;
    isNearest = false;
    if (isChannel) return;
  }
}

async function placeOf(signed: Signed, n: number, withBody: boolean): Promise<PlaceOf | undefined> {
  const parts = (await signed.held(n))?.parts;
  const path = signed.tree.inclusion(n);
  if (!parts || !path.ok) return undefined;
  return { n, d: headerBytes(parts.a, parts.r), p: path.value, ...(withBody && parts.b ? { b: parts.b } : {}) };
}

/** What a device kept where nobody else can check it. */
export async function keptFile(
  source: ProofSource,
  fault: { readonly code: string; readonly seq: number | null; readonly evidence: readonly Uint8Array[] },
): Promise<Uint8Array> {
  return encodeProof(await around(source, { t: "kept", code: fault.code, n: fault.seq, e: [...fault.evidence] }));
}

/** Only what holds when it is checked like anybody would leaves this device. */
async function finish(source: ProofSource, claim: FaultClaim): Promise<Uint8Array | undefined> {
  const bytes = encodeProof(await around(source, claim));
  const checked = checkProof(bytes);
  return checked.ok && checked.value.holds ? bytes : undefined;
}

/** With the statements that pin the log's key: all up to the last move, else the founding one alone. */
async function around(source: ProofSource, claim: FaultClaim): Promise<FaultProof> {
  const moved = itemsOf(source.charter.relays).at(-1)?.since.seq ?? 0;
  const statements = (await source.statements()).filter((s) => s.seq <= moved);
  return { v: 1, c: statements.map((s) => ({ n: s.seq, t: s.time, b: s.bytes })), f: claim };
}

/** A note that a key of this log signed. */
function read(source: ProofSource, note: string): ReadNote | undefined {
  for (const pin of itemsOf(source.charter.relays)) {
    const opened = openCheckpoint(note, originOf(pin.relay, source.log), idBytes(pin.logKey));
    if (opened.ok) return { ...opened.value, note };
  }
  return undefined;
}

const leafOf = (item: EntriesItem): Uint8Array => (item instanceof Uint8Array ? item : headerLeaf(item.a, item.r));
const heldItem = (item: EntriesItem): HeldEntry => ({ leaf: leafOf(item), parts: item instanceof Uint8Array ? null : item });

/** The notes among kept pieces. */
export const notesIn = (evidence: readonly Uint8Array[]): readonly string[] =>
  evidence.flatMap((e) => {
    const text = fromUtf8(e);
    return text?.includes("\n\n\u2014 ") === true ? [text] : [];
  });
