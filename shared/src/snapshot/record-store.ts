import type { ChangeHash, RecordId } from "../base/ids.ts";
import { pushTo } from "../base/push-to.ts";
import { foldRecord, type FoldedRecord } from "../books/fold.ts";
import type { KindName } from "../kinds/kind.ts";
import type { Fields, FieldValue } from "../kinds/fields.ts";
import type { Doubts, FoldedAct, JudgedAct, JudgedBook, SetAside } from "./judge.ts";
import { PackedList } from "./packed-list.ts";
import { RecordEntries, type RecordEntry } from "./record-entries.ts";
import type { Scratch } from "./scratch.ts";
import { Receipts } from "./receipts.ts";

/** A record as one book has it: plain data. */
interface Stored {
  readonly acts: readonly (Omit<FoldedAct, "act" | "hash"> & {
    readonly act: Omit<FoldedAct["act"], "fields" | "record"> & { readonly fields: readonly (readonly [string, FieldValue])[] };
  })[];
  /** Pairs of acts by their places, of those that folding asks about: the second knew of the first. */
  readonly knew: readonly (readonly [before: number, after: number])[];
}

/** All acts of one record, in log order. */
export interface RecordActs {
  readonly acts: readonly FoldedAct[];
  readonly record: FoldedRecord | undefined;
}

/** Kinds that pages and tables tell of; others count, and bound those. */
const TOLD: ReadonlySet<KindName> = new Set<KindName>(["message", "expense"]);

/**
 * Every record of a snapshot, taken in book by book and given back in the order of the log. What stays of an act is its packed text, out of memory where there is a scratch; of a record, 60 bytes in memory.
 */
export class RecordStore {
  readonly #stored: PackedList<Stored>;
  readonly #entries = new RecordEntries();
  readonly #setAside: SetAside[] = [];
  readonly #receipts: Receipts;
  readonly #falseOrder: number[] = [];
  #crossed = 0;

  /** @param isFar whether an act names a checkpoint of a history that was given up (`Replayed.isFar`) */
  constructor(isFar: ConstructorParameters<typeof Receipts>[1] = () => false, scratch?: Scratch) {
    this.#stored = new PackedList(scratch);
    this.#receipts = new Receipts(this.#entries, isFar);
  }

  /**
   * Takes in a judged book.
   * @param book its place among the books
   */
  async add(book: number, isWhole: boolean, { acts, setAside, precedes, doubts }: JudgedBook): Promise<void> {
    const records = new Map<RecordId, JudgedAct[]>();
    for (const act of acts) pushTo(records, act.act.record, act);
    let place = 0;
    for (const [id, list] of records) await this.#addRecord({ id, book, place: place++, isWhole }, list, precedes);
    for (const line of setAside) this.#setAside.push(line);
    for (const seq of doubts?.falseOrder ?? []) this.#falseOrder.push(seq);
    this.#crossed += doubts?.crossed ?? 0;
  }

  async #addRecord(
    of: Pick<RecordEntry, "id" | "book" | "place" | "isWhole">,
    acts: readonly JudgedAct[],
    precedes: JudgedBook["precedes"],
  ): Promise<void> {
    const [first] = acts;
    if (!first) return;
    const at = TOLD.has(first.kind) ? { at: this.#stored.length } : {};
    if ("at" in at) await this.#stored.push(packed(acts, precedes));
    const entry = this.#entries.add({ ...of, seq: first.seq, acts: acts.length, ...at });
    if (!("at" in at)) this.#receipts.add(first, entry);
  }

  /** By entry and place in it. */
  get setAside(): readonly SetAside[] {
    return this.#setAside.sort((x, y) => x.seq - y.seq || x.index - y.index);
  }

  get doubts(): Doubts {
    return { crossed: this.#crossed, falseOrder: this.#falseOrder.sort((x, y) => x - y) };
  }

  /** Once all books are in. */
  get receipts(): Receipts {
    this.#receipts.settle();
    return this.#receipts;
  }

  /** Bytes that it holds of records and receipts. */
  get bytes(): number {
    return this.#stored.bytes + this.#entries.bytes + this.#receipts.bytes;
  }

  /** Records of more acts than one whose book is not here whole. */
  get inParts(): number {
    let count = 0;
    for (const entry of this.#entries.firsts()) {
      if (this.#entries.isWhole(entry)) continue;
      let acts = 0;
      for (const part of this.#entries.partsOf(entry)) acts += this.#entries.actsOf(part);
      if (acts > 1) count += 1;
    }
    return count;
  }

  /** Every record that pages tell of, by the entry of its first act. */
  async *[Symbol.asyncIterator](): AsyncGenerator<RecordActs, void, undefined> {
    for (const entry of Uint32Array.from(this.#entries.firsts()).sort((a, b) => this.#entries.byLog(a, b)))
      if (this.#entries.storedAt(entry) !== undefined) yield await this.#read(entry);
  }

  async #read(entry: number): Promise<RecordActs> {
    const id = this.#entries.idOf(entry);
    const acts: FoldedAct[] = [];
    const knew = new Set<string>();
    for (const part of this.#entries.partsOf(entry)) {
      const at = this.#entries.storedAt(part);
      const stored = at === undefined ? undefined : await this.#stored.at(at);
      const own = stored?.acts.map((a) => unpacked(id, a)) ?? [];
      for (const [before, after] of stored?.knew ?? []) knew.add(pair(own[before]?.hash, own[after]?.hash));
      acts.push(...own);
    }
    const precedes = (a: ChangeHash, b: ChangeHash): boolean => knew.has(pair(a, b));
    const [first] = acts;
    const record =
      first &&
      foldRecord(
        first.kind,
        acts.map((a) => a.act),
        precedes,
      );
    return { acts, record };
  }
}

const pair = (before: ChangeHash | undefined, after: ChangeHash | undefined): string => `${before ?? ""} ${after ?? ""}`;

function packed(acts: readonly JudgedAct[], precedes: JudgedBook["precedes"]): Stored {
  const placeOf = new Map(acts.map((a, place) => [a.hash, place]));
  const knew: (readonly [number, number])[] = [];
  // Of all pairs, which anybody can make many of, those few that decide something. It stops at the first that crossed, and so it will again.
  const ask = (a: ChangeHash, b: ChangeHash): boolean => {
    const [before, after] = [placeOf.get(a), placeOf.get(b)];
    const isKnown = precedes(a, b);
    if (isKnown && before !== undefined && after !== undefined) knew.push([before, after]);
    return isKnown;
  };
  const [first] = acts;
  if (first)
    foldRecord(
      first.kind,
      acts.map((a) => a.act),
      ask,
    );
  return {
    acts: acts.map(({ act: { record: _record, ...act }, hash: _hash, deps: _deps, checkpoint, ...rest }) => ({
      ...rest,
      act: { ...act, fields: [...act.fields] },
      checkpoint: checkpoint && { size: checkpoint.size, root: checkpoint.root, time: checkpoint.time },
    })),
    knew,
  };
}

function unpacked(record: RecordId, { act, ...rest }: Stored["acts"][number]): FoldedAct {
  const fields: Fields = new Map(act.fields);
  return { ...rest, hash: act.hash, act: { ...act, record, fields } };
}
