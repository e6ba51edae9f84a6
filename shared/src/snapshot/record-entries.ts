import type { RecordId } from "../base/ids.ts";
import { Columns } from "../base/columns.ts";
import { IdTable } from "./id-table.ts";

/** A record as one book has it. */
export interface RecordEntry {
  readonly id: RecordId;
  /** The book by its place, and the record's place in it. */
  readonly book: number;
  readonly place: number;
  /** The entry of the log that carries its first act. */
  readonly seq: number;
  readonly acts: number;
  /** Whether the book is here whole. */
  readonly isWhole: boolean;
  /** Where its acts are stored; left out where no page tells of its kind. */
  readonly at?: number;
}

/** Places of a row; what may be none has one added. */
const ROW = { id: 0, book: 1, place: 2, seq: 3, acts: 4, isWhole: 5, at: 6, next: 7 } as const;

/**
 * What is kept of each record while books come and go, in columns: about 60 bytes. Several rows have one id where several books have acts of a record, since
 * somebody made one id twice; they stand in the order of their books then, and the first of them is the record.
 */
export class RecordEntries {
  readonly #ids = new IdTable<RecordId>(16);
  readonly #rows = new Columns(Uint32Array, Object.keys(ROW).length);
  /** By the number of an id: its first row. */
  readonly #firsts = new Columns(Uint32Array, 1);

  get length(): number {
    return this.#rows.length;
  }

  /** How many ids have a number. */
  get ids(): number {
    return this.#ids.length;
  }

  /** Bytes that it holds. */
  get bytes(): number {
    return this.#ids.bytes + this.#rows.bytes + this.#firsts.bytes;
  }

  /** Gives its number. */
  add({ id, book, place, seq, acts, isWhole, at }: RecordEntry): number {
    const known = this.idNumber(id);
    const added = this.#rows.push([known, book, place, seq, acts, isWhole ? 1 : 0, at === undefined ? 0 : at + 1]);
    let before: number | undefined;
    for (const part of this.#partsOf(known)) if (this.#rows.at(part, ROW.book) <= book) before = part;
    if (before === undefined) {
      this.#rows.put(added, ROW.next, this.#firsts.at(known, 0));
      this.#firsts.put(known, 0, added + 1);
    } else {
      this.#rows.put(added, ROW.next, this.#rows.at(before, ROW.next));
      this.#rows.put(before, ROW.next, added + 1);
    }
    return added;
  }

  /** A number for an id, of a record that is here, or may be. */
  idNumber(id: RecordId): number {
    const number = this.#ids.number(id);
    if (number === this.#firsts.length) this.#firsts.push([0]);
    return number;
  }

  /** The same of one that was asked for before, or is here. */
  findId(id: RecordId): number | undefined {
    return this.#ids.find(id);
  }

  idOf(number: number): RecordId {
    return this.#ids.at(this.#rows.at(number, ROW.id));
  }

  seqOf(number: number): number {
    return this.#rows.at(number, ROW.seq);
  }

  actsOf(number: number): number {
    return this.#rows.at(number, ROW.acts);
  }

  isWhole(number: number): boolean {
    return this.#rows.at(number, ROW.isWhole) === 1;
  }

  storedAt(number: number): number | undefined {
    const at = this.#rows.at(number, ROW.at);
    return at > 0 ? at - 1 : undefined;
  }

  /** Whether the record is told as this row has it: where several books have it, the first of them. */
  isFirst(number: number): boolean {
    return this.#firsts.at(this.#rows.at(number, ROW.id), 0) === number + 1;
  }

  /** All rows of the same record, by their books. */
  partsOf(number: number): Iterable<number> {
    return this.#partsOf(this.#rows.at(number, ROW.id));
  }

  *#partsOf(id: number): Generator<number, void, undefined> {
    for (let next = this.#firsts.at(id, 0); next > 0; next = this.#rows.at(next - 1, ROW.next)) yield next - 1;
  }

  /** Each record once. */
  *firsts(): Generator<number, void, undefined> {
    for (let number = 0; number < this.length; number++) if (this.isFirst(number)) yield number;
  }

  /** Orders rows by book, and place in it. */
  byPlace(a: number, b: number): number {
    return this.#by(ROW.book, a, b) || this.#by(ROW.place, a, b);
  }

  /** Orders rows by the entry of their first act. */
  byLog(a: number, b: number): number {
    return this.#by(ROW.seq, a, b) || this.byPlace(a, b);
  }

  #by(place: number, a: number, b: number): number {
    return this.#rows.at(a, place) - this.#rows.at(b, place);
  }
}
