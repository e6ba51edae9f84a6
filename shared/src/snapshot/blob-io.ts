import type { ByteSink, ByteSource } from "./bytes-io.ts";
import type { BlockStore } from "./scratch.ts";

/** A Blob (or a file that a person chose) as a source. A file that was changed or taken away meanwhile reads as undefined. */
export const sourceOfBlob = (blob: Blob): ByteSource => ({
  size: blob.size,
  read: async (from, to) => {
    try {
      const bytes = new Uint8Array(await blob.slice(from, to).arrayBuffer());
      return bytes.length === to - from ? bytes : undefined;
    } catch {
      // The browser rejects once the file behind it is no longer the one that was chosen.
      return undefined;
    }
  },
});

/** Bytes handed to the browser at a time: large enough that it keeps them on disk, small enough to be no burden. */
const PART = 4 * 1024 * 1024;

/** Gathers what is written into a Blob, whose bytes the browser keeps and this program does not. */
export class BlobGathered {
  readonly #parts: Blob[] = [];
  #open: Uint8Array<ArrayBuffer>[] = [];
  #length = 0;

  readonly sink: ByteSink = (piece) => {
    this.#open.push(new Uint8Array(piece));
    this.#length += piece.length;
    if (this.#length >= PART) this.#flush();
    return Promise.resolve();
  };

  /** The whole, once everything is written. */
  blob(type: string): Blob {
    this.#flush();
    return new Blob(this.#parts, { type });
  }

  #flush(): void {
    if (this.#length > 0) this.#parts.push(new Blob(this.#open));
    this.#open = [];
    this.#length = 0;
  }
}

/** Blocks as Blobs, whose bytes the browser keeps and this program does not; they go with the program's last hold of them. */
export function blobBlocks(): BlockStore {
  const blobs: Blob[] = [];
  return {
    put: (n, block) => {
      blobs[n] = new Blob([new Uint8Array(block)]);
      return Promise.resolve();
    },
    get: async (n) => {
      const blob = blobs[n];
      return blob && (await sourceOfBlob(blob).read(0, blob.size));
    },
  };
}
