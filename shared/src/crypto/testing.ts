import { fromHex } from "../base/bytes.ts";

/** Bytes of a vector's hex; a vector that is not hex is a broken fixture. */
export function unhex(hex: string): Uint8Array {
  const bytes = fromHex(hex);
  if (!bytes) throw new Error("a vector is not hex");
  return bytes;
}

/** The bytes with one bit flipped. */
export function flipped(bytes: Uint8Array, bit: number): Uint8Array {
  const out = bytes.slice();
  out[bit >> 3] = (out[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return out;
}

/** `n` bytes that count up from `from`. */
export const counting = (n: number, from = 0): Uint8Array => new Uint8Array(n).map((_, i) => from + i);
