const PREFIX = 4;

/** The PADMÉ length of `n` bytes (rule E11): at most 12 % more, and of few values, so that a length says little. */
export function padmeLength(n: number): number {
  if (n < 2) return n;
  const e = floorLog2(n);
  const step = 2 ** (e - floorLog2(e) - 1);
  return Math.ceil(n / step) * step;
}

/** The length of `bytes` as 4 bytes big endian, the bytes, and zeros up to the PADMÉ length of both (rule E11). */
export function pad(bytes: Uint8Array): Uint8Array {
  const out = new Uint8Array(padmeLength(PREFIX + bytes.length));
  new DataView(out.buffer).setUint32(0, bytes.length);
  out.set(bytes, PREFIX);
  return out;
}

/** What was padded, or undefined unless `padded` is exactly what `pad` makes of it. */
export function unpad(padded: Uint8Array): Uint8Array | undefined {
  if (padded.length < PREFIX) return undefined;
  const n = new DataView(padded.buffer, padded.byteOffset).getUint32(0);
  if (padded.length !== padmeLength(PREFIX + n)) return undefined;
  if (padded.subarray(PREFIX + n).some((b) => b !== 0)) return undefined;
  return padded.slice(PREFIX, PREFIX + n);
}

/** Exact for 1 ≤ n < 2^32, which every length in memory is. */
const floorLog2 = (n: number): number => 31 - Math.clz32(n);
