import { deflateSync, inflateSync } from "fflate";
import { Columns } from "../base/columns.ts";
import type { Scratch } from "./scratch.ts";

const LEVEL = 1;

/** Blocks of bytes by their numbers, deflated: in a scratch where there is one, and there is room in it, else in memory. */
export class PackedBlocks {
  readonly #scratch: Scratch | undefined;
  #isFull = false;
  /** From where to where each lies that was written. */
  readonly #places = new Columns(Float64Array, 2);
  /** Those behind them. */
  readonly #kept: Uint8Array[] = [];

  constructor(scratch?: Scratch) {
    this.#scratch = scratch;
  }

  get length(): number {
    return this.#places.length + this.#kept.length;
  }

  /** Bytes that it holds in memory. */
  get bytes(): number {
    return this.#places.bytes + this.#kept.reduce((n, block) => n + block.length, 0);
  }

  async push(block: Uint8Array): Promise<void> {
    const packed = deflateSync(block, { level: LEVEL });
    try {
      const from = this.#isFull ? undefined : await this.#scratch?.write(packed);
      if (from !== undefined) {
        this.#places.push([from, from + packed.length]);
        return;
      }
    } catch {
      // A disk that is full is no reason to give up: what comes from here on is held as where there is no scratch.
      this.#isFull = true;
    }
    this.#kept.push(packed);
  }

  /** Undefined where there are not so many. Throws where a block cannot be read any more. */
  async at(number: number): Promise<Uint8Array | undefined> {
    if (number >= this.#places.length) {
      const kept = this.#kept[number - this.#places.length];
      return kept && inflateSync(kept);
    }
    const [from = 0, to = 0] = this.#places.row(number);
    const packed = await this.#scratch?.read(from, to);
    if (!packed) throw new Error("what was kept in the scratch cannot be read any more");
    return inflateSync(packed);
  }
}
