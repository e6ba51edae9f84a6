import { concat } from "../base/bytes.ts";

/** Things that can be gone through any number of times, each time from the first. They may be made, or read, anew each time; an array is one. */
export type Rows<T> = Iterable<T> | AsyncIterable<T>;

/** All of them. For what is known to be small, or is needed whole. */
export async function allOf<T>(rows: Rows<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const row of rows) all.push(row);
  return all;
}

/** Bytes that are handed on at a time. */
const PIECE = 65_536;

/** A `.rows` file: each row is its length as 4 bytes, big endian, and its bytes. */
export async function* rowPieces(rows: Rows<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  let open: Uint8Array[] = [];
  let size = 0;
  for await (const row of rows) {
    open.push(lengthOf(row), row);
    size += 4 + row.length;
    if (size < PIECE) continue;
    yield concat(...open);
    open = [];
    size = 0;
  }
  if (size > 0) yield concat(...open);
}

function lengthOf(row: Uint8Array): Uint8Array {
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, row.length);
  return length;
}

/** The same as one. */
export const writeRows = (rows: readonly Uint8Array[]): Uint8Array => concat(...rows.flatMap((row) => [lengthOf(row), row]));

/** The rows, or undefined where a row is longer than `max`, cut off, or there are more than `most`. */
export function readRows(bytes: Uint8Array, max: number, most: number): readonly Uint8Array[] | undefined {
  const reader = new RowReader(max, most);
  const rows = reader.take(bytes);
  return rows && reader.isAtEnd ? rows : undefined;
}

/** Reads rows from bytes that come piece by piece. */
export class RowReader {
  readonly #max: number;
  readonly #most: number;
  #over: Uint8Array = new Uint8Array();
  #count = 0;

  constructor(max: number, most: number) {
    this.#max = max;
    this.#most = most;
  }

  /** The rows that are whole with this piece, as views of it where they lie in it. Undefined where a row is longer than allowed, or one too many. */
  take(piece: Uint8Array): Uint8Array[] | undefined {
    const bytes = this.#over.length === 0 ? piece : concat(this.#over, piece);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const rows: Uint8Array[] = [];
    let at = 0;
    while (at + 4 <= bytes.length) {
      const length = view.getUint32(at);
      if (length > this.#max || this.#count + rows.length >= this.#most) return undefined;
      if (at + 4 + length > bytes.length) break;
      rows.push(bytes.subarray(at + 4, at + 4 + length));
      at += 4 + length;
    }
    this.#over = bytes.slice(at);
    this.#count += rows.length;
    return rows;
  }

  /** Whether nothing is left that is no whole row. */
  get isAtEnd(): boolean {
    return this.#over.length === 0;
  }
}
