import { z } from "zod";
import { concat } from "../base/bytes.ts";
import type { ChangeHash, DeviceId, Hex32, MemberId, RecordId } from "../base/ids.ts";
import { structCodec, zBytes, type Codec } from "../cbor/struct.ts";
import type { Witness } from "./witnesses.ts";
import { KIND_NUMBERS, STAGE_NUMBERS, type RecordDigest } from "./record-digest.ts";

/** A page closes before it holds more than this of acts or bytes of rows (but always holds one record). */
export const PAGE_ACTS = 4_096;
export const PAGE_BYTES = 1_048_576;

const isUints = (x: unknown): x is readonly number[] =>
  Array.isArray(x) && x.every((n) => typeof n === "number" && Number.isSafeInteger(n) && n >= 0);
const zUints = z.custom<readonly number[]>(isUints);
const zHex = z.custom<string>((x) => typeof x === "string" && /^[0-9a-f]*$/.test(x));

/**
 * Several hundred records in one sealed row, so that a vault opens with few rows: digests as columns, and the records' own rows as they are.
 * Ids stand one after another in one text, because cutting a text is cheaper than reading many.
 */
const pageRow = z.strictObject({
  v: z.literal(1),
  /** Record ids, 32 characters each. */
  ids: zHex,
  /** The record that each is about (its thread, the message that was viewed), or itself, 32 characters each. */
  about: zHex,
  /** Members and devices that the columns name by their place here, 64 characters each. */
  people: zHex,
  /** `COLUMNS` numbers for each record. */
  facts: zUints,
  rows: zBytes(4 * PAGE_BYTES + PAGE_BYTES),
  /** `WITNESS_COLUMNS` numbers for each logged act that shows what its device had (rule L6a). */
  acts: zUints,
  /** The change of each of them, and then of all that they are built on, 64 characters each. */
  hashes: zHex,
});
type PageRow = z.output<typeof pageRow>;
const pageCodec: Codec<PageRow> = structCodec<PageRow>(pageRow, 48 * PAGE_BYTES);

/**
 * kind, member, device, claimed, seq + 1 or 0, channelSeq, time, admitted + 1 or 0, bytes of its row (0: the record is gone), and four of the kind's
 * own: of a delivery receipt `upto`, and 1 where it is of another branch; of an expense stage, asked, confirmed, currency as a number.
 */
const COLUMNS = 13;
const BYTES = 8;
const OWN = 9;
/** record, member, device, size, seq, time, admitted seq, admitted time, how many it is built on. */
const WITNESS_COLUMNS = 9;
const KINDS = namesOf(KIND_NUMBERS);
const STAGES = namesOf(STAGE_NUMBERS);
const ID = 32;
const HASH = 64;

/** One record as a page takes it. Without a digest it is gone. */
export interface PagedRecord {
  readonly id: RecordId;
  readonly digest: RecordDigest | undefined;
  readonly bytes: Uint8Array;
  readonly witnesses: readonly ActWitness[];
}

export interface ActWitness {
  readonly witness: Witness;
  readonly builtOn: readonly ChangeHash[];
}

export function encodePage(records: readonly PagedRecord[]): Uint8Array {
  const people = new Map<string, number>();
  const numberOf = (id: Hex32): number => {
    const known = people.get(id);
    if (known === undefined) people.set(id, people.size);
    return known ?? people.size - 1;
  };
  const facts: number[] = [];
  const acts: number[] = [];
  const hashes: string[] = [];
  const built: string[] = [];
  records.forEach(({ digest, bytes, witnesses }, i) => {
    if (!digest) {
      facts.push(...new Array<number>(COLUMNS).fill(0));
      return;
    }
    const { kind, member, device, claimed, logged, admitted } = digest;
    facts.push(KIND_NUMBERS[kind], numberOf(member), numberOf(device), claimed);
    facts.push(logged ? logged.seq + 1 : 0, logged?.channelSeq ?? 0, logged?.time ?? 0, admitted === undefined ? 0 : admitted + 1);
    facts.push(bytes.length, ...ownColumns(digest));
    for (const { witness: w, builtOn } of witnesses) {
      acts.push(i, numberOf(w.member), numberOf(w.device), w.size, w.seq, w.time, w.admitted.seq, w.admitted.time, builtOn.length);
      hashes.push(w.hash);
      built.push(...builtOn);
    }
  });
  return pageCodec.encode({
    v: 1,
    ids: records.map((r) => r.id).join(""),
    about: records.map((r) => aboutOf(r)).join(""),
    people: [...people.keys()].join(""),
    facts,
    rows: concat(...records.flatMap((r) => (r.digest ? [r.bytes] : []))),
    acts,
    hashes: [...hashes, ...built].join(""),
  });
}

function aboutOf({ id, digest }: PagedRecord): RecordId {
  if (digest?.kind === "message") return digest.thread;
  return digest?.kind === "view-receipt" ? digest.message : id;
}

function ownColumns(digest: RecordDigest): readonly number[] {
  if (digest.kind === "delivery-receipt") return [digest.upto, digest.isFar ? 1 : 0, 0, 0];
  if (digest.kind !== "expense") return [0, 0, 0, 0];
  return [STAGE_NUMBERS[digest.stage], digest.asked, digest.confirmed, numberOfText(digest.currency)];
}

function namesOf<T extends string>(numbers: Readonly<Record<T, number>>): readonly T[] {
  return (Object.keys(numbers) as T[]).sort((a, b) => numbers[a] - numbers[b]);
}

/** A short plain text as a number, and back: a currency's three letters. */
const numberOfText = (text: string): number => Array.from(text).reduce((n, c) => n * 128 + c.charCodeAt(0), 0);
function textOf(n: number): string {
  return n === 0 ? "" : textOf(Math.floor(n / 128)) + String.fromCharCode(n % 128);
}

/** A page that was opened: what its records are, and their rows still as bytes. */
export class RecordPage {
  readonly #row: PageRow;
  readonly size: number;

  private constructor(row: PageRow) {
    this.#row = row;
    this.size = row.ids.length / ID;
  }

  /** Undefined where the bytes are no page of this version, or its columns do not fit each other. */
  static read(bytes: Uint8Array): RecordPage | undefined {
    const parsed = pageCodec.decode(bytes);
    if (!parsed.ok) return undefined;
    const { ids, about, people, facts, acts, hashes } = parsed.value;
    const size = ids.length / ID;
    if (!Number.isInteger(size) || about.length !== ids.length || people.length % HASH !== 0 || hashes.length % HASH !== 0)
      return undefined;
    if (facts.length !== size * COLUMNS || acts.length % WITNESS_COLUMNS !== 0) return undefined;
    return new RecordPage(parsed.value);
  }

  /** Each record in turn; without a digest it is gone. False where the columns name what is not there. */
  each(take: (id: RecordId, digest: RecordDigest | undefined, bytes: Uint8Array) => void): boolean {
    const { ids, facts, rows } = this.#row;
    let at = 0;
    for (let i = 0; i < this.size; i++) {
      const id = ids.slice(i * ID, i * ID + ID) as RecordId;
      const length = facts[i * COLUMNS + BYTES] ?? 0;
      const digest = length === 0 ? undefined : this.#digest(i, id);
      if (length > 0 && !digest) return false;
      take(id, digest, rows.subarray(at, at + length));
      at += length;
    }
    return at === rows.length;
  }

  #digest(i: number, id: RecordId): RecordDigest | undefined {
    const { facts, about } = this.#row;
    const of = (column: number): number => facts[i * COLUMNS + column] ?? 0;
    const kind = KINDS[of(0)];
    const member = this.#person<MemberId>(of(1));
    const device = this.#person<DeviceId>(of(2));
    if (kind === undefined || member === undefined || device === undefined) return undefined;
    const seq = of(4);
    const logged = seq === 0 ? undefined : { seq: seq - 1, channelSeq: of(5), time: of(6) };
    const brief = { id, member, device, claimed: of(3), logged, admitted: of(7) === 0 ? undefined : of(7) - 1 };
    const aim = about.slice(i * ID, i * ID + ID) as RecordId;
    switch (kind) {
      case "message":
        return { ...brief, kind, thread: aim };
      case "view-receipt":
        return { ...brief, kind, message: aim };
      case "delivery-receipt":
        return { ...brief, kind, upto: of(OWN), ...(of(OWN + 1) === 1 ? { isFar: true as const } : {}) };
      case "expense": {
        const stage = STAGES[of(OWN)];
        const currency = textOf(of(OWN + 3));
        return stage && { ...brief, kind, author: member, stage, asked: of(OWN + 1), confirmed: of(OWN + 2), currency };
      }
      case "access":
      case "name":
      case "original":
        return { ...brief, kind };
    }
  }

  #person<T extends Hex32>(n: number): T | undefined {
    const text = this.#row.people.slice(n * HASH, n * HASH + HASH);
    return text.length === HASH ? (text as T) : undefined;
  }

  /** What the acts of its records show (rule L6a), of those records that `isOurs` says this page still speaks for. */
  *witnesses(isOurs: (id: RecordId) => boolean): Generator<ActWitness> {
    const { acts, hashes, ids } = this.#row;
    const count = acts.length / WITNESS_COLUMNS;
    let nextBuilt = count;
    for (let n = 0; n < count; n++) {
      const at = n * WITNESS_COLUMNS;
      const of = (column: number): number => acts[at + column] ?? 0;
      const built = of(8);
      const hashAt = (place: number): ChangeHash => hashes.slice(place * HASH, place * HASH + HASH) as ChangeHash;
      const first = nextBuilt;
      nextBuilt += built;
      const member = this.#person<MemberId>(of(1));
      const device = this.#person<DeviceId>(of(2));
      if (!member || !device || !isOurs(ids.slice(of(0) * ID, of(0) * ID + ID) as RecordId)) continue;
      yield {
        witness: {
          hash: hashAt(n),
          device,
          member,
          size: of(3),
          seq: of(4),
          time: of(5),
          admitted: { seq: of(6), time: of(7) },
        },
        builtOn: Array.from({ length: built }, (_, b) => hashAt(first + b)),
      };
    }
  }
}
