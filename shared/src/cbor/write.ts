import { utf8 } from "../base/bytes.ts";
import type { CborValue } from "./cbor.ts";

/** What the buffer between two values may keep. */
const KEPT = 64 * 1024;

let scratch = new Uint8Array(4 * 1024);

/** Writes deterministic CBOR (rule E1) into one buffer that grows, which the next value uses again. Throws on what E1 does not know. */
export function writeCbor(value: CborValue): Uint8Array {
  const writer = new CborWriter();
  writer.value(value);
  return writer.bytes();
}

class CborWriter {
  #buffer = scratch;
  #at = 0;

  bytes(): Uint8Array {
    const out = this.#buffer.slice(0, this.#at);
    if (this.#buffer.length <= KEPT) scratch = this.#buffer;
    return out;
  }

  value(value: CborValue): void {
    switch (typeof value) {
      case "number":
        this.#integer(value);
        return;
      case "string":
        this.#text(value);
        return;
      case "boolean":
        this.#byte(value ? 0xf5 : 0xf4);
        return;
      case "object":
        this.#object(value);
        return;
      default:
        throw new TypeError(`CBOR of rule E1 has no ${typeof value}`);
    }
  }

  #room(more: number): void {
    const needed = this.#at + more;
    if (needed <= this.#buffer.length) return;
    const grown = new Uint8Array(Math.max(needed, this.#buffer.length * 2));
    grown.set(this.#buffer.subarray(0, this.#at));
    this.#buffer = grown;
  }

  #byte(byte: number): void {
    this.#room(1);
    this.#buffer[this.#at++] = byte;
  }

  /** A head in its shortest form. */
  #head(major: number, argument: number): void {
    const type = major << 5;
    if (argument < 24) {
      this.#byte(type | argument);
      return;
    }
    const width = argument < 0x100 ? 1 : argument < 0x10000 ? 2 : argument < 0x100000000 ? 4 : 8;
    this.#byte(type | (width === 1 ? 24 : width === 2 ? 25 : width === 4 ? 26 : 27));
    this.#room(width);
    let rest = argument;
    for (let i = width - 1; i >= 0; i--) {
      this.#buffer[this.#at + i] = rest % 256;
      rest = Math.floor(rest / 256);
    }
    this.#at += width;
  }

  #integer(value: number): void {
    if (!Number.isSafeInteger(value)) throw new TypeError("CBOR of rule E1 has only safe integers");
    if (value < 0) this.#head(1, -1 - value);
    else this.#head(0, value);
  }

  #text(value: string): void {
    const { length } = value;
    // Short and plain texts, keys above all, are written without an encoder.
    if (length < 24) {
      this.#room(1 + length);
      const start = this.#at;
      let i = 0;
      for (; i < length; i++) {
        const unit = value.charCodeAt(i);
        if (unit >= 0x80) break;
        this.#buffer[start + 1 + i] = unit;
      }
      if (i === length) {
        this.#buffer[start] = 0x60 | length;
        this.#at = start + 1 + length;
        return;
      }
    }
    const bytes = utf8(value);
    this.#head(3, bytes.length);
    this.#raw(bytes);
  }

  #raw(bytes: Uint8Array): void {
    this.#room(bytes.length);
    this.#buffer.set(bytes, this.#at);
    this.#at += bytes.length;
  }

  #object(value: Exclude<CborValue, number | string | boolean>): void {
    if (value === null) this.#byte(0xf6);
    else if (value instanceof Uint8Array) {
      this.#head(2, value.length);
      this.#raw(value);
    } else if (Array.isArray(value)) {
      const items = value as readonly CborValue[];
      this.#head(4, items.length);
      for (const item of items) this.value(item);
    } else this.#map(value as Readonly<Record<string, CborValue>>);
  }

  #map(value: Readonly<Record<string, CborValue>>): void {
    const keys = sorted(Object.keys(value));
    this.#head(5, keys.length);
    for (const key of keys) {
      this.#text(key);
      this.value(value[key] as CborValue);
    }
  }
}

/** Keys by the bytes of their encoding: the shorter first, then byte for byte. */
function sorted(keys: string[]): string[] {
  return keys.every(isPlain) ? keys.sort(byLengthThenUnits) : keys.sort((a, b) => byLengthThenBytes(utf8(a), utf8(b)));
}

function isPlain(key: string): boolean {
  for (let i = 0; i < key.length; i++) if (key.charCodeAt(i) >= 0x80) return false;
  return true;
}

const byLengthThenUnits = (a: string, b: string): number => a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);

function byLengthThenBytes(a: Uint8Array, b: Uint8Array): number {
  if (a.length !== b.length) return a.length - b.length;
  for (const [i, byte] of a.entries()) {
    const difference = byte - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
