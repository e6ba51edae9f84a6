import { fromUtf8, utf8 } from "../base/bytes.ts";
import { Recent } from "../base/recent.ts";
import { PackedBlocks } from "./packed-blocks.ts";
import type { Rows } from "./rows.ts";
import type { Scratch } from "./scratch.ts";

/** Things in an order that can be gone through any number of times. An array is one. */
export type Listed<T> = Rows<T> & {
  readonly length: number;
  at(index: number): Promise<T | undefined> | T | undefined;
};

/** Things that are packed together: enough that they pack well, few enough that one of them is soon found. */
const BLOCK = 64;
/** Opened blocks that are kept, for whoever goes through in another order. */
const OPEN = 4;

/**
 * A list of plain data that takes little memory: what JSON says of it, a line for each, deflated in blocks, and those out of memory where there is a scratch. Of an opened block
 * there are the lines; each is made into objects when it is asked for, so that none of them live longer than somebody needs them. What comes out is a copy each time.
 */
export class PackedList<T> implements AsyncIterable<T> {
  readonly #blocks: PackedBlocks;
  readonly #opened = new Recent<number, readonly string[]>(OPEN);
  #open: string[] = [];

  constructor(scratch?: Scratch) {
    this.#blocks = new PackedBlocks(scratch);
  }

  get length(): number {
    return this.#blocks.length * BLOCK + this.#open.length;
  }

  /** Bytes that it holds in memory, without the few blocks that are open. */
  get bytes(): number {
    return this.#blocks.bytes;
  }

  async push(item: T): Promise<void> {
    this.#open.push(JSON.stringify(item));
    if (this.#open.length < BLOCK) return;
    await this.#blocks.push(utf8(this.#open.join("\n")));
    this.#open = [];
  }

  async at(index: number): Promise<T | undefined> {
    if (index < 0) return index >= -this.length ? this.at(this.length + index) : undefined;
    const n = Math.floor(index / BLOCK);
    const block = this.#opened.get(n) ?? (n < this.#blocks.length ? this.#opened.put(n, await this.#lines(n)) : this.#open);
    const line = n > this.#blocks.length ? undefined : block[index % BLOCK];
    return line === undefined ? undefined : (JSON.parse(line) as T);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    for (let n = 0; n < this.#blocks.length; n++)
      for (const line of this.#opened.look(n) ?? (await this.#lines(n))) yield JSON.parse(line) as T;
    for (const line of this.#open) yield JSON.parse(line) as T;
  }

  async #lines(n: number): Promise<readonly string[]> {
    // No line of JSON has a line break in it.
    return (fromUtf8((await this.#blocks.at(n)) ?? new Uint8Array()) ?? "").split("\n");
  }
}
