import { z } from "zod";
import { deflateSync } from "fflate";
import { concat, fromUtf8, idBytes, toBase64, toId, utf8 } from "../base/bytes.ts";
import { inflate } from "../base/inflate.ts";
import type { FileId, FileKey, Hex32, Signature, StatementId } from "../base/ids.ts";
import { zTag, type Tag } from "../books/tag.ts";
import { formatCheckpointField, parseCheckpointField } from "../books/checkpoint-field.ts";
import { sha256 } from "../crypto/hash.ts";
import { structCodec, zBytes, zExact, zId, zText, zUint } from "../cbor/struct.ts";
import { formatCheckpoint, parseCheckpoint } from "../log/checkpoint.ts";
import { formatNote, parseNote } from "../log/note.ts";
import type { CarriedChange, ChangesBody } from "./body.ts";
import { joinChunk, splitChunk } from "./chunk-parts.ts";
import { LIMITS } from "../base/limits.ts";

/**
 * Bodies of changes entries packed together (rule L8c). What cannot shrink (secrets, signatures, roots) stands in plain columns; of the rest every
 * hash that another part tells is left out, and what remains is deflated. Nothing of it is trusted: whoever unpacks it compares what
 * comes out with the covered commitments.
 */
export interface Packed {
  /** 32-byte secrets, one for each entry. */
  readonly secrets: Uint8Array;
  /** 64-byte signatures, one for each change. */
  readonly signatures: Uint8Array;
  /** For each note that is taken apart: the checkpoint's root, and the signature over it. */
  readonly seals: Uint8Array;
  /** Bytes of what is deflated. */
  readonly size: number;
  readonly deflated: Uint8Array;
}

/** The most that the deflated part may be when it is unpacked, bytes. */
export const MAX_UNPACKED = 4_194_304;
export const MAX_CHANGES = 8_192;

const SECRET = 32;
const SIGNATURE = 64;
const ROOT = 32;
const KEY_ID = 4;
const NOTE_SEAL = ROOT + SIGNATURE;

const zDep = z.union([zUint(), zExact<Uint8Array>(32)]);
/** Ever more of a change is taken apart: nothing; its head and what it follows; the checkpoint that it names too. Its tag comes last. */
const zChange = z.union([
  z.tuple([zBytes(LIMITS.change), zUint()]),
  z.tuple([z.array(zDep).max(64), zBytes(LIMITS.change), zUint()]),
  z.tuple([z.array(zDep).max(64), zBytes(LIMITS.change), zBytes(LIMITS.change), zUint(), zUint(), zUint()]),
]);
type WireChange = z.output<typeof zChange>;
const zNote = z.union([zText(LIMITS.note), z.tuple([zUint(), zUint(), zUint()])]);
type WireNote = z.output<typeof zNote>;

const inner = z.strictObject({
  /** Names of logs in checkpoints, with the id of the key. */
  o: z.array(z.tuple([zText(400), zExact<Uint8Array>(KEY_ID)])).max(64),
  n: z.array(zNote).max(MAX_CHANGES),
  h: z.array(zExact<Uint8Array>(32)).max(MAX_CHANGES),
  t: z.array(zTag()).max(MAX_CHANGES),
  e: z
    .array(
      z.tuple([
        z.array(zChange).min(1).max(LIMITS.changesInEntry),
        z.array(zUint()).max(LIMITS.changesInEntry),
        z.array(z.strictObject({ i: zId<FileId>(), k: zExact<FileKey>(32) })).max(LIMITS.changesInEntry * 10),
      ]),
    )
    .min(1)
    .max(MAX_CHANGES),
});
type Inner = z.output<typeof inner>;
const innerCodec = structCodec<Inner>(inner, MAX_UNPACKED);

/** Distinct values in the order of their first use. */
class Table<T> {
  readonly values: T[] = [];
  readonly #at = new Map<string, number>();

  add(name: string, value: () => T): number {
    const known = this.#at.get(name);
    if (known !== undefined) return known;
    this.#at.set(name, this.values.length);
    return this.values.push(value()) - 1;
  }
}

/** A note, taken apart where it is exactly what the relay writes. */
interface PackedNote {
  readonly wire: WireNote;
  readonly named?: { readonly size: number; readonly root: Hex32; readonly time: number };
}

class Packer {
  readonly origins = new Table<[string, Uint8Array]>();
  readonly notes = new Table<PackedNote>();
  readonly heads = new Table<Uint8Array>();
  readonly tags = new Table<Tag>();
  readonly seals: Uint8Array[] = [];
  readonly #changes = new Map<string, number>();
  #count = 0;

  entry(body: ChangesBody): Inner["e"][number] {
    const notes = body.notes.map((note) => this.notes.add(note, () => this.#note(note)));
    const changes = body.changes.map((change) => this.#change(change, notes));
    return [changes, notes, body.fileKeys.map((f) => ({ i: f.file, k: f.key }))];
  }

  #note(note: string): PackedNote {
    const parsed = parseNote(note);
    const signature = parsed.ok && parsed.value.signatures.length === 1 ? parsed.value.signatures[0] : undefined;
    const checkpoint = parsed.ok ? parseCheckpoint(parsed.value.text) : undefined;
    if (!signature || !checkpoint || signature.name !== checkpoint.origin || signature.signature.length !== SIGNATURE)
      return { wire: note };
    const { origin, size, root, time } = checkpoint;
    if (noteText(origin, signature.id, size, time, root, signature.signature) !== note) return { wire: note };
    const at = this.origins.add(`${origin} ${toBase64(signature.id)}`, () => [origin, signature.id]);
    this.seals.push(concat(root, signature.signature));
    return { wire: [at, size, time], named: { size, root: toId<Hex32>(root), time } };
  }

  #change(change: CarriedChange, notes: readonly number[]): WireChange {
    const { kind, root, children } = change.tag;
    const tag = this.tags.add(JSON.stringify([kind, root, children]), () => change.tag);
    const parts = splitChunk(change.bytes);
    const hash = toId(sha256(change.bytes.subarray(8)));
    const wire: WireChange = parts ? this.#parts(parts, notes, tag) : [change.bytes, tag];
    this.#changes.set(hash, this.#count++);
    return wire;
  }

  #parts(
    { deps, rest }: { readonly deps: readonly Uint8Array[]; readonly rest: Uint8Array },
    notes: readonly number[],
    tag: number,
  ): WireChange {
    const named = deps.map((d) => this.#changes.get(toId(d)) ?? d);
    const field = fieldIn(rest);
    const parsed = field && parseCheckpointField(field.text);
    if (!field || !parsed?.ok) return [named, rest, tag];
    const { size, root, time, charterHead } = parsed.value;
    const note = notes.find((n) => {
      const of = this.notes.values[n]?.named;
      return of?.size === size && of.root === root && of.time === time;
    });
    if (note === undefined || formatCheckpointField(parsed.value) !== field.text) return [named, rest, tag];
    const head = this.heads.add(charterHead, () => idBytes(charterHead));
    return [named, rest.subarray(0, field.from), rest.subarray(field.to), note, head, tag];
  }
}

/** The text of rule L6 inside a change: an ASCII string that stands behind its own length. */
function fieldIn(rest: Uint8Array): { readonly text: string; readonly from: number; readonly to: number } | undefined {
  // `cs1.`
  const from = rest.findIndex((b, i) => b === 0x63 && rest[i + 1] === 0x73 && rest[i + 2] === 0x31 && rest[i + 3] === 0x2e);
  if (from < 1) return undefined;
  const [high = 0, low = 0] = [rest[from - 1], rest[from - 2]];
  const length = from >= 2 && low >= 128 && high > 0 && high < 8 ? high * 128 + (low - 128) : high;
  const text = fromUtf8(rest.subarray(from, from + length));
  return text === undefined || from + length > rest.length ? undefined : { text, from, to: from + length };
}

const noteText = (origin: string, id: Uint8Array, size: number, time: number, root: Uint8Array, signature: Uint8Array): string =>
  formatNote({ text: formatCheckpoint({ origin, size, root, time }), signatures: [{ name: origin, id, signature }] });

export function packBodies(bodies: readonly ChangesBody[]): Packed {
  const packer = new Packer();
  const entries = bodies.map((b) => packer.entry(b));
  const plain = innerCodec.encode({
    o: packer.origins.values,
    n: packer.notes.values.map((n) => n.wire),
    h: packer.heads.values,
    t: packer.tags.values,
    e: entries,
  });
  return {
    secrets: concat(...bodies.map((b) => b.secret)),
    signatures: concat(...bodies.flatMap((b) => b.changes.map((c) => c.signature))),
    seals: concat(...packer.seals),
    size: plain.length,
    deflated: deflateSync(plain, { level: 9 }),
  };
}

/** What is in each entry, but for the book's name. Undefined where it is not in the form of rule L8c. */
export function unpackBodies(packed: Packed): readonly Omit<ChangesBody, "book">[] | undefined {
  if (packed.size > MAX_UNPACKED) return undefined;
  const plain = inflate(packed.deflated, packed.size);
  const wire = plain && innerCodec.decode(plain);
  if (!wire?.ok) return undefined;
  const { o, n, h, t, e } = wire.value;
  const changes = e.reduce((sum, [c]) => sum + c.length, 0);
  const apart = n.filter((note) => typeof note !== "string").length;
  if (changes > MAX_CHANGES || packed.secrets.length !== e.length * SECRET) return undefined;
  if (packed.signatures.length !== changes * SIGNATURE || packed.seals.length !== apart * NOTE_SEAL) return undefined;
  const notes = unpackNotes(n, o, packed.seals);
  const hashes: Uint8Array[] = [];
  const bodies: Omit<ChangesBody, "book">[] = [];
  for (const [index, [list, named, files]] of e.entries()) {
    const carried: CarriedChange[] = [];
    for (const change of list) {
      const bytes = notes && unpackChange(change, notes, h, hashes);
      const tag = t[change[change.length - 1] as number];
      if (!bytes || !tag || bytes.length > LIMITS.change) return undefined;
      const at = hashes.length * SIGNATURE;
      hashes.push(sha256(bytes.subarray(8)));
      carried.push({ bytes, signature: packed.signatures.slice(at, at + SIGNATURE) as Signature, tag });
    }
    const texts = named.map((i) => notes?.[i]?.text);
    if (!texts.every((text) => text !== undefined)) return undefined;
    bodies.push({
      secret: packed.secrets.slice(index * SECRET, (index + 1) * SECRET),
      changes: carried,
      notes: texts,
      fileKeys: files.map((f) => ({ file: f.i, key: f.k })),
    });
  }
  return bodies;
}

interface UnpackedNote {
  readonly text: string;
  readonly named?: { readonly size: number; readonly root: Hex32; readonly time: number };
}

function unpackNotes(notes: readonly WireNote[], origins: Inner["o"], seals: Uint8Array): readonly UnpackedNote[] | undefined {
  const out: UnpackedNote[] = [];
  let at = 0;
  for (const note of notes) {
    if (typeof note === "string") {
      out.push({ text: note });
      continue;
    }
    const [origin, size, time] = note;
    const named = origins[origin];
    if (!named) return undefined;
    const root = seals.slice(at, at + ROOT);
    const signature = seals.slice(at + ROOT, at + NOTE_SEAL);
    at += NOTE_SEAL;
    out.push({ text: noteText(named[0], named[1], size, time, root, signature), named: { size, root: toId<Hex32>(root), time } });
  }
  return out;
}

function unpackChange(
  change: WireChange,
  notes: readonly UnpackedNote[],
  heads: readonly Uint8Array[],
  hashes: readonly Uint8Array[],
): Uint8Array | undefined {
  if (change.length === 2) return change[0];
  const deps: Uint8Array[] = [];
  for (const dep of change[0]) {
    const hash = typeof dep === "number" ? hashes[dep] : dep;
    if (!hash) return undefined;
    deps.push(hash);
  }
  if (change.length === 3) return joinChunk(deps, change[1]);
  const [, before, after, note, head] = change;
  const named = notes[note]?.named;
  const charterHead = heads[head];
  if (!named || !charterHead) return undefined;
  const text = formatCheckpointField({ ...named, charterHead: toId<StatementId>(charterHead) });
  return joinChunk(deps, concat(before, utf8(text), after));
}
