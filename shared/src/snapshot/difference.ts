import type { Pieces } from "./pieces.ts";

/** The line, counted from 1, in which two files first differ, or in which the shorter one ends. Neither is held: either may be as long as a record. */
export async function lineOfDifference(a: Pieces, b: Pieces): Promise<number> {
  const others = each(b);
  let other: Uint8Array = new Uint8Array();
  let line = 1;
  for await (const piece of a) {
    for (let at = 0; at < piece.length;) {
      while (other.length === 0) {
        const next = await others.next();
        if (next.done === true) return line;
        other = next.value;
      }
      const length = Math.min(piece.length - at, other.length);
      for (let i = 0; i < length; i++) {
        if (piece[at + i] !== other[i]) return line;
        if (other[i] === NEWLINE) line += 1;
      }
      at += length;
      other = other.subarray(length);
    }
  }
  return line;
}

const NEWLINE = 10;

async function* each(pieces: Pieces): AsyncGenerator<Uint8Array, void, undefined> {
  yield* pieces;
}
