import { PackedBlocks } from "./packed-blocks.ts";
import { readRows, writeRows } from "./rows.ts";
import type { Scratch } from "./scratch.ts";

/** Bytes of rows that are packed together. */
const BLOCK = 65_536;

/** How a row is written, and read again. */
export interface RowCodec<T> {
  readonly encode: (row: T) => Uint8Array;
  /** Undefined for bytes that are no such row. */
  readonly decode: (bytes: Uint8Array) => T | undefined;
}

/** Rows of a proof that is being made, packed as the bytes that they will be, out of memory where there is a scratch. */
export class PackedRows<T> implements AsyncIterable<T> {
  readonly #codec: RowCodec<T>;
  readonly #blocks: PackedBlocks;
  #open: Uint8Array[] = [];
  #size = 0;
  /** How many there are. */
  length = 0;

  constructor(codec: RowCodec<T>, scratch?: Scratch) {
    this.#codec = codec;
    this.#blocks = new PackedBlocks(scratch);
  }

  /** Bytes that it holds in memory. */
  get bytes(): number {
    return this.#blocks.bytes + this.#size;
  }

  async push(row: T): Promise<void> {
    const bytes = this.#codec.encode(row);
    this.#open.push(bytes);
    this.#size += bytes.length;
    this.length += 1;
    if (this.#size < BLOCK) return;
    await this.#blocks.push(writeRows(this.#open));
    this.#open = [];
    this.#size = 0;
  }

  /** The bytes of each row, in order. */
  get encoded(): AsyncIterable<Uint8Array> {
    return { [Symbol.asyncIterator]: () => this.#each() };
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    for await (const bytes of this.#each()) {
      const row = this.#codec.decode(bytes);
      if (row === undefined) throw new Error("what was encoded is a row");
      yield row;
    }
  }

  async *#each(): AsyncGenerator<Uint8Array, void, undefined> {
    for (let n = 0; n < this.#blocks.length; n++) yield* readRows((await this.#blocks.at(n)) ?? new Uint8Array(), Infinity, Infinity) ?? [];
    yield* this.#open;
  }
}
