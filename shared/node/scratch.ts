import { mkdtemp, open, rm, type FileHandle } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Recent } from "../src/base/recent.ts";
import { utf8 } from "../src/base/bytes.ts";
import { systemRandom } from "../src/crypto/random.ts";
import { seal, unseal } from "../src/crypto/seal.ts";
import type { ByteSink, ByteSource } from "../src/snapshot/bytes-io.ts";

/** Bytes of plaintext in a block; the last has fewer. */
const BLOCK = 65_536;
/** What sealing adds to a block. */
const SEAL = 40;
/** Opened blocks that are kept: a reader of an archive goes on in the one in which it stopped. */
const OPEN = 4;

/**
 * Plain bytes that are too many for memory and must not be left on a disk: a file without a name. Its folder and it can be entered by this person alone, both are taken away as
 * soon as the file is open, so that nothing is left however the program ends; and what is written is sealed block by block under a key that exists
 * in this process only, so that the disk's free blocks hold nothing that can be read either. Throws what the system throws.
 */
export class Scratch {
  readonly #handle: FileHandle;
  /** Where it still stands, on systems that keep a file's name as long as it is open. */
  readonly #folder: string;
  readonly #key = systemRandom(32);
  readonly #opened = new Recent<number, Uint8Array>(OPEN);
  #rest = new Uint8Array(BLOCK);
  #filled = 0;
  #blocks = 0;

  private constructor(handle: FileHandle, folder: string) {
    this.#handle = handle;
    this.#folder = folder;
  }

  /** @param parent an existing folder */
  static async create(parent = tmpdir()): Promise<Scratch> {
    const folder = await mkdtemp(join(parent, "countersign-"));
    try {
      const handle = await open(join(folder, "sealed"), "wx+", 0o600);
      const scratch = new Scratch(handle, folder);
      await scratch.#unname();
      return scratch;
    } catch (e) {
      await rm(folder, { recursive: true, force: true });
      throw e;
    }
  }

  readonly sink: ByteSink = async (piece) => {
    for (let at = 0; at < piece.length;) {
      const part = piece.subarray(at, at + BLOCK - this.#filled);
      this.#rest.set(part, this.#filled);
      this.#filled += part.length;
      at += part.length;
      if (this.#filled === BLOCK) await this.#flush();
    }
  };

  /** What was written, once all of it was. */
  async source(): Promise<ByteSource> {
    const size = this.#blocks * BLOCK + this.#filled;
    if (this.#filled > 0) await this.#flush();
    return { size, read: (from, to) => this.#read(from, to, size) };
  }

  /** Nothing of it is left. */
  async close(): Promise<void> {
    await this.#handle.close();
    await this.#unname();
    this.#key.fill(0);
  }

  async #unname(): Promise<void> {
    // Windows gives a name free only with the last handle; then it goes with `close`.
    await rm(this.#folder, { recursive: true, force: true }).catch(() => undefined);
  }

  async #flush(): Promise<void> {
    const n = this.#blocks++;
    const sealed = seal("scratch", this.#key, placed(n), this.#rest.subarray(0, this.#filled), systemRandom);
    await this.#handle.write(sealed, 0, sealed.length, n * (BLOCK + SEAL));
    this.#filled = 0;
  }

  async #read(from: number, to: number, size: number): Promise<Uint8Array | undefined> {
    if (from < 0 || from > to || to > size) return undefined;
    const out = new Uint8Array(to - from);
    for (let at = from; at < to;) {
      const n = Math.floor(at / BLOCK);
      const block = this.#opened.get(n) ?? (await this.#open(n, Math.min(BLOCK, size - n * BLOCK)));
      if (!block) return undefined;
      const part = block.subarray(at - n * BLOCK, to - n * BLOCK);
      out.set(part, at - from);
      at += part.length;
    }
    return out;
  }

  async #open(n: number, length: number): Promise<Uint8Array | undefined> {
    const sealed = new Uint8Array(length + SEAL);
    const { bytesRead } = await this.#handle.read(sealed, 0, sealed.length, n * (BLOCK + SEAL));
    const block = bytesRead === sealed.length ? unseal("scratch", this.#key, placed(n), sealed) : undefined;
    return block && this.#opened.put(n, block);
  }
}

/** A block is good at its own place alone. */
const placed = (n: number): Uint8Array => utf8(String(n));
