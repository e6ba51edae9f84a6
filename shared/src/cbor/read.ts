import { fromUtf8 } from "../base/bytes.ts";
import type { CborCode, CborValue } from "./cbor.ts";

/** Why reading stopped; `decode` turns it into a value. */
export class Refused extends Error {
  readonly code: CborCode;

  constructor(code: CborCode) {
    super(code);
    this.code = code;
  }
}

/** At most so many levels of arrays and maps, and so many items in all (rule E2). */
export const MAX_DEPTH = 16;
export const MAX_ITEMS = 200_000;

const refuse = (code: CborCode = "cbor-not-canonical"): never => {
  throw new Refused(code);
};

/**
 * Reads deterministic CBOR in one pass (rules E1, E2): every form with a second spelling is refused where it stands, so nothing has to be
 * written again to compare.
 */
export class CborReader {
  readonly #bytes: Uint8Array;
  #at = 0;
  #items = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** The one item that the bytes are. Throws `Refused`. */
  whole(): CborValue {
    const value = this.#value(0);
    if (this.#at !== this.#bytes.length) refuse();
    return value;
  }

  #value(depth: number): CborValue {
    if (++this.#items > MAX_ITEMS) refuse("cbor-too-deep");
    const first = this.#byte();
    switch (first >> 5) {
      case 0:
        return this.#argument(first & 31);
      case 1: {
        const value = -1 - this.#argument(first & 31);
        return Number.isSafeInteger(value) ? value : refuse();
      }
      case 2:
        return new Uint8Array(this.#take(this.#argument(first & 31)));
      case 3:
        return this.#text(this.#argument(first & 31));
      case 4:
        return this.#array(this.#argument(first & 31), depth + 1);
      case 5:
        return this.#map(this.#argument(first & 31), depth + 1);
      default:
        return this.#simple(first);
    }
  }

  #byte(): number {
    const byte = this.#bytes[this.#at];
    if (byte === undefined) return refuse();
    this.#at++;
    return byte;
  }

  #take(length: number): Uint8Array {
    const start = this.#at;
    if (length > this.#bytes.length - start) refuse();
    this.#at = start + length;
    return this.#bytes.subarray(start, start + length);
  }

  /** The number in a head, in its shortest form, up to 2^53 − 1. 31, the indefinite length, is refused with the reserved ones. */
  #argument(info: number): number {
    if (info < 24) return info;
    if (info > 27) refuse();
    const width = 1 << (info - 24);
    const start = this.#at;
    if (width > this.#bytes.length - start) refuse();
    this.#at = start + width;
    let value = 0;
    for (let at = start; at < start + width; at++) value = value * 256 + (this.#bytes[at] ?? 0);
    // What a narrower head could say must stand in one; heads beyond what a number holds exactly are refused.
    const least = width === 1 ? 24 : 2 ** (4 * width);
    return value >= least && value <= Number.MAX_SAFE_INTEGER ? value : refuse();
  }

  #text(length: number): string {
    const start = this.#at;
    const bytes = this.#take(length);
    if (length > 32) return fromUtf8(bytes) ?? refuse();
    // Most texts are short and plain, and a decoder costs more than they do.
    let text = "";
    for (let at = start; at < start + length; at++) {
      const byte = this.#bytes[at] ?? 0x80;
      if (byte >= 0x80) return fromUtf8(bytes) ?? refuse();
      text += String.fromCharCode(byte);
    }
    return text;
  }

  /** A container's number of items, `each` for one of its elements, held against the limits before anything is read. */
  #count(count: number, each: number, depth: number): void {
    if (count * each > MAX_ITEMS || (count > 0 && depth > MAX_DEPTH)) refuse("cbor-too-deep");
    if (count * each > this.#bytes.length - this.#at) refuse();
  }

  #array(count: number, depth: number): readonly CborValue[] {
    this.#count(count, 1, depth);
    const out: CborValue[] = [];
    for (let i = 0; i < count; i++) out.push(this.#value(depth));
    return out;
  }

  #map(count: number, depth: number): CborValue {
    this.#count(count, 2, depth);
    const out: Record<string, CborValue> = {};
    let before = -1;
    for (let i = 0; i < count; i++) {
      const start = this.#at;
      if (++this.#items > MAX_ITEMS) refuse("cbor-too-deep");
      const first = this.#byte();
      if (first >> 5 !== 3) refuse();
      const key = this.#text(this.#argument(first & 31));
      // Strictly ascending by their encoding, so no key stands twice either.
      if (before >= 0 && !this.#isBefore(before, start)) refuse();
      before = start;
      const value = this.#value(depth);
      if (key === "__proto__") Object.defineProperty(out, key, { value, enumerable: true, configurable: true, writable: true });
      else out[key] = value;
    }
    return out;
  }

  /** Whether the encoded key at `a` stands before the one at `b`, which ends where reading is. Keys end at their first difference or before. */
  #isBefore(a: number, b: number): boolean {
    for (let i = 0; b + i < this.#at && a + i < b; i++) {
      const difference = (this.#bytes[a + i] ?? 0) - (this.#bytes[b + i] ?? 0);
      if (difference !== 0) return difference < 0;
    }
    return false;
  }

  #simple(first: number): boolean | null {
    switch (first) {
      case 0xf4:
        return false;
      case 0xf5:
        return true;
      case 0xf6:
        return null;
      default:
        return refuse();
    }
  }
}
