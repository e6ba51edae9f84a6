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
 * A list of plain data that takes little memory: what JSON says of it, deflated in blocks. A record of the usual size takes a fifth to a tenth of what its objects
 * would. What comes out is a copy each time.
 */
export class PackedList<T> implements Listed<T> {
  readonly #blocks: Uint8Array[] = [];
  readonly #opened = new Map<number, readonly T[]>();
  #open: T[] = [];

  get length(): number {
    return this.#blocks.length * BLOCK + this.#open.length;
  }

  push(item: T): void {
    this.#open.push(item);
    if (this.#open.length < BLOCK) return;
    this.#blocks.push(deflateSync(utf8(JSON.stringify(this.#open)), { level: LEVEL }));
    this.#open = [];
  }

  at(index: number): T | undefined {
    if (index < 0) return index >= -this.length ? this.at(this.length + index) : undefined;
    return this.#block(Math.floor(index / BLOCK))?.[index % BLOCK];
  }

  *[Symbol.iterator](): Generator<T, void, undefined> {
    for (let i = 0; i <= this.#blocks.length; i++) yield* this.#block(i, false) ?? [];
  }

  /** @param isKept whether the next ones may be from the same block again */
  #block(n: number, isKept = true): readonly T[] | undefined {
    if (n === this.#blocks.length) return this.#open;
    const packed = this.#blocks[n];
    if (!packed) return undefined;
    const known = this.#opened.get(n);
    const block = known ?? (JSON.parse(fromUtf8(inflateSync(packed)) ?? "[]") as T[]);
    if (!isKept) return block;
    this.#opened.delete(n);
    this.#opened.set(n, block);
    for (const [oldest] of this.#opened) if (this.#opened.size > OPEN) this.#opened.delete(oldest);
    return block;
  }
}
