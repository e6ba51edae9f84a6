import { concat, u64 } from "../base/bytes.ts";
import { sha256 } from "../crypto/hash.ts";
import type { RandomBytes } from "../crypto/random.ts";

/** 32 bytes at a time from SHA-256 over the seed and a counter. Only for generated households and tests: whoever knows the seed knows all. */
export function seededRandom(seed: Uint8Array): RandomBytes {
  let counter = 0;
  let left = new Uint8Array(0);
  return (n) => {
    const out = new Uint8Array(n);
    let at = 0;
    while (at < n) {
      if (left.length === 0) left = new Uint8Array(sha256(concat(seed, u64(counter++))));
      const take = Math.min(left.length, n - at);
      out.set(left.subarray(0, take), at);
      left = left.subarray(take);
      at += take;
    }
    return out;
  };
}

/** Choices of a generated life: fast, repeatable, and not for keys. */
export class Dice {
  #state: number;

  /** @param seed any integer */
  constructor(seed: number) {
    this.#state = seed | 0;
  }

  /** A number from 0 up to, and without, 1 (mulberry32). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  }

  /** A whole number between both, ends included. */
  between(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1));
  }

  /** True this often, of 1. */
  chance(p: number): boolean {
    return this.next() < p;
  }

  pick<T>(items: readonly [T, ...(readonly T[])]): T {
    return items[Math.floor(this.next() * items.length)] ?? items[0];
  }
}
