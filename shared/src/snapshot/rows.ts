import { concat } from "../base/bytes.ts";
import { joinedPieces } from "./pieces.ts";

/** A `.rows` file: each row is its length as 4 bytes, big endian, and its bytes. */
export function* rowPieces(rows: Iterable<Uint8Array>): Generator<Uint8Array, void, undefined> {
  yield* joinedPieces(framed(rows));
}

function* framed(rows: Iterable<Uint8Array>): Generator<Uint8Array, void, undefined> {
  for (const row of rows) {
    const length = new Uint8Array(4);
    new DataView(length.buffer).setUint32(0, row.length);
    yield length;
    yield row;
  }
}

/** The same as one. */
export const writeRows = (rows: readonly Uint8Array[]): Uint8Array => concat(...rowPieces(rows));

/** The rows, or undefined where a row is longer than `max`, cut off, or there are more than `most`. */
export function readRows(bytes: Uint8Array, max: number, most: number): readonly Uint8Array[] | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const rows: Uint8Array[] = [];
  let at = 0;
  while (at < bytes.length) {
    if (at + 4 > bytes.length || rows.length >= most) return undefined;
    const length = view.getUint32(at);
    at += 4;
    if (length > max || at + length > bytes.length) return undefined;
    rows.push(bytes.subarray(at, at + length));
    at += length;
  }
  return rows;
}
