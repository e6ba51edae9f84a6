import { deflateSync, inflateSync } from "fflate";
import { fromUtf8, utf8 } from "../base/bytes.ts";

/** Things in an order that can be gone through any number of times. An array is one. */
export interface Listed<T> extends Iterable<T> {
  readonly length: number;
  at(index: number): T | undefined;
}

/** Things that are packed together: enough that they pack well, few enough that one of them is soon found. */
const BLOCK = 64;
/** Opened blocks that are kept, for whoever goes through in another order. */
const OPEN = 4;
const LEVEL = 1;

/**
 * A list of plain data that takes little memory: what JSON says of it, a line for each, deflated in blocks. A record of the usual size takes a fifth to a tenth of what its
 * objects would. Of an opened block there are the lines; each is made into objects when it is asked for, so that none of them live longer than somebody needs them. What comes
 * out is a copy each time.
 */
export class PackedList<T> implements Listed<T> {
  readonly #blocks: Uint8Array[] = [];
  readonly #opened = new Map<number, readonly string[]>();
  #open: string[] = [];

  get length(): number {
    return this.#blocks.length * BLOCK + this.#open.length;
  }

  push(item: T): void {
    this.#open.push(JSON.stringify(item));
    if (this.#open.length < BLOCK) return;
    this.#blocks.push(deflateSync(utf8(this.#open.join("\n")), { level: LEVEL }));
    this.#open = [];
  }

  at(index: number): T | undefined {
    if (index < 0) return index >= -this.length ? this.at(this.length + index) : undefined;
    const line = this.#block(Math.floor(index / BLOCK))[index % BLOCK];
    return line === undefined ? undefined : (JSON.parse(line) as T);
  }

  *[Symbol.iterator](): Generator<T, void, undefined> {
    for (let i = 0; i <= this.#blocks.length; i++) for (const line of this.#block(i, false)) yield JSON.parse(line) as T;
  }

  /** @param isKept whether the next ones may be from the same block again */
  #block(n: number, isKept = true): readonly string[] {
    const packed = this.#blocks[n];
    if (!packed) return n === this.#blocks.length ? this.#open : [];
    const known = this.#opened.get(n);
    // No line of JSON has a line break in it.
    const block = known ?? (fromUtf8(inflateSync(packed)) ?? "").split("\n");
    if (!isKept) return block;
    this.#opened.delete(n);
    this.#opened.set(n, block);
    for (const [oldest] of this.#opened) if (this.#opened.size > OPEN) this.#opened.delete(oldest);
    return block;
  }
}
