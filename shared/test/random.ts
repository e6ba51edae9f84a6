import { concat, u64, utf8 } from "../src/base/bytes.ts";
import { sha256 } from "../src/crypto/hash.ts";
import type { RandomBytes } from "../src/crypto/random.ts";

/** Bytes that depend on nothing but the seed: SHA-256 in counter mode. For tests only. */
export function seededRandom(seed: string): RandomBytes {
  const start = utf8(seed);
  let block = 0;
  return (n) => {
    const blocks: Uint8Array[] = [];
    for (let have = 0; have < n; have += 32) blocks.push(sha256(concat(u64(block++), start)));
    return concat(...blocks).slice(0, n);
  };
}
