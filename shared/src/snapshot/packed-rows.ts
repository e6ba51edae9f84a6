import { deflateSync, inflateSync } from "fflate";
import { readRows, writeRows } from "./rows.ts";

/** Bytes of rows that are packed together. */
const BLOCK = 65_536;
const LEVEL = 1;

/** How a row is written, and read again. */
export interface RowCodec<T> {
  readonly encode: (row: T) => Uint8Array;
  /** Undefined for bytes that are no such row. */
  readonly decode: (bytes: Uint8Array) => T | undefined;
}

/** Rows of a proof that is being made, packed as the bytes that they will be: about half of what they take in the file. */
export class PackedRows<T> implements Iterable<T> {
  readonly #codec: RowCodec<T>;
  readonly #blocks: Uint8Array[] = [];
  #open: Uint8Array[] = [];
  #size = 0;
  /** How many there are. */
  length = 0;

  constructor(codec: RowCodec<T>) {
    this.#codec = codec;
  }

  push(row: T): void {
    const bytes = this.#codec.encode(row);
    this.#open.push(bytes);
    this.#size += bytes.length;
    this.length += 1;
    if (this.#size < BLOCK) return;
    this.#blocks.push(deflateSync(writeRows(this.#open), { level: LEVEL }));
    this.#open = [];
    this.#size = 0;
  }

  /** The bytes of each row, in order. */
  get encoded(): Iterable<Uint8Array> {
    return { [Symbol.iterator]: () => this.#each() };
  }

  *[Symbol.iterator](): Generator<T, void, undefined> {
    for (const bytes of this.#each()) {
      const row = this.#codec.decode(bytes);
      if (row === undefined) throw new Error("what was encoded is a row");
      yield row;
    }
  }

  *#each(): Generator<Uint8Array, void, undefined> {
    for (const block of this.#blocks) yield* readRows(inflateSync(block), Infinity, Infinity) ?? [];
    yield* this.#open;
  }
}
