const TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c >>> 0;
});

/** CRC-32 as ZIP and PNG have it: finds damage, proves nothing. `soFar` goes on from an earlier piece. */
export function crc32(bytes: Uint8Array, soFar = 0): number {
  let c = ~soFar;
  for (const b of bytes) c = (TABLE[(c ^ b) & 255] ?? 0) ^ (c >>> 8);
  return ~c >>> 0;
}
