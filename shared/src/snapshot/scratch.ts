import { utf8 } from "../base/bytes.ts";
import { Recent } from "../base/recent.ts";
import { systemRandom } from "../crypto/random.ts";
import { seal, unseal } from "../crypto/seal.ts";

/** Bytes of plaintext in a block; the last has fewer. */
const BLOCK = 65_536;
/** What sealing adds to a block. */
const SEAL = 40;
/** The most that a sealed block takes. */
export const SEALED_BLOCK = BLOCK + SEAL;
/** Opened blocks that are kept: whoever reads goes on in the one in which they stopped. */
const OPEN = 4;

/** Keeps blocks somewhere else than in this program's memory, as long as it runs. Throws where one cannot be kept. */
export interface BlockStore {
  put(n: number, block: Uint8Array): Promise<void>;
  /** Undefined for one that is not there any more. */
  get(n: number): Promise<Uint8Array | undefined>;
}

/** Where a long piece of work keeps bytes that are too many for memory, and reads them again. */
export interface Scratch {
  /** Bytes that were written. */
  readonly size: number;
  /** Gives where they begin. Throws where there is no room; what was written before can still be read then. */
  write(bytes: Uint8Array): Promise<number>;
  /** Exactly the bytes from `from` up to and without `to`; undefined where they cannot be read (any more). */
  read(from: number, to: number): Promise<Uint8Array | undefined>;
}

/**
 * Plain bytes that must not be left on a disk: they are sealed block by block under a key that exists in this process only, so that nothing can be read in what the disk still
 * holds of them, however the program ends.
 */
export class SealedScratch implements Scratch {
  readonly #store: BlockStore;
  readonly #key = systemRandom(32);
  readonly #opened = new Recent<number, Uint8Array>(OPEN);
  /** The block that is being filled. */
  readonly #last = new Uint8Array(BLOCK);
  #size = 0;
  #trouble: { readonly thrown: unknown } | undefined;

  constructor(store: BlockStore) {
    this.#store = store;
  }

  get size(): number {
    return this.#size;
  }

  async write(bytes: Uint8Array): Promise<number> {
    const from = this.#size;
    for (let at = 0; at < bytes.length;) {
      // Only once there is more: a block that could not be kept stays readable as the last.
      if (this.#size > 0 && this.#size % BLOCK === 0) await this.#keep(this.#size / BLOCK - 1);
      const part = bytes.subarray(at, at + BLOCK - (this.#size % BLOCK));
      this.#last.set(part, this.#size % BLOCK);
      this.#size += part.length;
      at += part.length;
    }
    return from;
  }

  async read(from: number, to: number): Promise<Uint8Array | undefined> {
    if (from < 0 || from > to || to > this.#size) return undefined;
    const out = new Uint8Array(to - from);
    for (let at = from; at < to;) {
      const n = Math.floor(at / BLOCK);
      const block = await this.#block(n);
      if (!block) return undefined;
      const part = block.subarray(at - n * BLOCK, to - n * BLOCK);
      out.set(part, at - from);
      at += part.length;
    }
    return out;
  }

  /** Nothing of it can be read from now on. */
  close(): void {
    this.#key.fill(0);
    this.#last.fill(0);
    this.#size = 0;
  }

  async #keep(n: number): Promise<void> {
    if (this.#trouble) throw this.#trouble.thrown;
    try {
      await this.#store.put(n, seal("scratch", this.#key, placed(n), this.#last, systemRandom));
    } catch (thrown) {
      this.#trouble = { thrown };
      throw thrown;
    }
  }

  async #block(n: number): Promise<Uint8Array | undefined> {
    if (n === Math.ceil(this.#size / BLOCK) - 1) return this.#last;
    const known = this.#opened.get(n);
    if (known) return known;
    const sealed = await this.#store.get(n);
    const block = sealed && unseal("scratch", this.#key, placed(n), sealed);
    return block && this.#opened.put(n, block);
  }
}

/** A block is good at its own place alone. */
const placed = (n: number): Uint8Array => utf8(String(n));
