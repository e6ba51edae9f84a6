import { Inflate } from "fflate";

/** What is given to the unpacker at once: a piece of this size swells to 2 MiB at most, so that a bomb is noticed early. */
const PIECE = 2_048;

/** Unpacks a raw deflate stream, piece by piece, into a buffer of the stated size, and stops as soon as there is more. Undefined where it is not exactly that. */
export function inflate(packed: Uint8Array, size: number): Uint8Array | undefined {
  const out = new Uint8Array(size);
  const state = { at: 0, finished: false };
  const stream = new Inflate((chunk, last) => {
    if (state.at + chunk.length <= size) out.set(chunk, state.at);
    state.at += chunk.length;
    state.finished ||= last;
  });
  try {
    for (let from = 0; from < packed.length && state.at <= size; from += PIECE) {
      stream.push(packed.subarray(from, from + PIECE), from + PIECE >= packed.length);
    }
  } catch {
    // fflate throws on what is no deflate stream.
    return undefined;
  }
  return state.finished && state.at === size ? out : undefined;
}
