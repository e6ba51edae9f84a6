import { mkdtemp, open, rm, type FileHandle } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SEALED_BLOCK, SealedScratch, type BlockStore, type Scratch } from "../src/snapshot/scratch.ts";
import type { ByteSink, ByteSource } from "../src/snapshot/bytes-io.ts";
import type { Job } from "../src/snapshot/source.ts";

/**
 * A scratch in a file without a name. Its folder and it can be entered by this person alone, both are taken away as soon as the file is open, so that nothing is left however the
 * program ends; and what is written is sealed. Throws what the system throws.
 */
export class FileScratch implements Scratch {
  readonly #handle: FileHandle;
  /** Where it still stands, on systems that keep a file's name as long as it is open. */
  readonly #folder: string;
  readonly #sealed: SealedScratch;

  private constructor(handle: FileHandle, folder: string) {
    this.#handle = handle;
    this.#folder = folder;
    this.#sealed = new SealedScratch(blocksOf(handle));
  }

  /** @param parent an existing folder */
  static async create(parent = tmpdir()): Promise<FileScratch> {
    const folder = await mkdtemp(join(parent, "countersign-"));
    try {
      const handle = await open(join(folder, "sealed"), "wx+", 0o600);
      const scratch = new FileScratch(handle, folder);
      await scratch.#unname();
      return scratch;
    } catch (e) {
      await rm(folder, { recursive: true, force: true });
      throw e;
    }
  }

  get size(): number {
    return this.#sealed.size;
  }

  write(bytes: Uint8Array): Promise<number> {
    return this.#sealed.write(bytes);
  }

  read(from: number, to: number): Promise<Uint8Array | undefined> {
    return this.#sealed.read(from, to);
  }

  readonly sink: ByteSink = async (piece) => {
    await this.write(piece);
  };

  /** What was written, once all of it was. */
  get source(): ByteSource {
    return { size: this.size, read: (from, to) => this.read(from, to) };
  }

  /** Nothing of it is left. */
  async close(): Promise<void> {
    await this.#handle.close();
    await this.#unname();
    this.#sealed.close();
  }

  async #unname(): Promise<void> {
    // Windows gives a name free only with the last handle; then it goes with `close`.
    await rm(this.#folder, { recursive: true, force: true }).catch(() => undefined);
  }
}

/** Blocks one behind the other in an open file. */
const blocksOf = (handle: FileHandle): BlockStore => ({
  put: async (n, block) => {
    await handle.write(block, 0, block.length, n * SEALED_BLOCK);
  },
  get: async (n) => {
    const block = new Uint8Array(SEALED_BLOCK);
    const { bytesRead } = await handle.read(block, 0, block.length, n * SEALED_BLOCK);
    return bytesRead === block.length ? block : undefined;
  },
});

/** Does work that has a scratch in the folder for temporary files, and none where no file can be kept there. */
export async function withScratch<T>(work: (job: Pick<Job, "scratch">) => Promise<T>): Promise<T> {
  // Its place in memory is as good, as long as there is enough.
  const scratch = await FileScratch.create().catch(() => undefined);
  try {
    return await work(scratch ? { scratch } : {});
  } finally {
    await scratch?.close();
  }
}
