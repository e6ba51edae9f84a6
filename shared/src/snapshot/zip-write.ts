import { Zip, ZipDeflate, ZipPassThrough } from "fflate";
import type { ByteSink } from "./bytes-io.ts";

/** Already packed, or too small to gain: stored as they are. */
const STORED = /\.(?:png|jpe?g|gif|webp|heic|pdf|docx|xlsx|pptx|odt|ods|mp[34]|m4a|mov|webm|ogg|sig|pem|tsr)$/;
/** Fixed, so that the same contents give the same archive: ZIP times have no zone, and this one is the first that it can say. */
const TIME = new Date(1980, 0, 1);
/** Unix, an ordinary file that everyone may read. */
const UNIX = 3;
const MODE = 0o100644 << 16;
const LEVEL = 6;
/** Plain bytes that are packed at a time. What comes out depends on it, so it is part of the form. */
const PIECE = 1024 * 1024;
/** This plain form of archive cannot point farther; directory and end record need room too. */
export const MAX_ARCHIVE = 0xffff_ffff - 16 * 1024 * 1024;

/** Writes a ZIP archive file by file into a sink and holds none of it; equal files in equal order give equal bytes. */
export class ZipWriter {
  readonly #sink: ByteSink;
  #waiting: Uint8Array[] = [];
  #size = 0;
  readonly #zip: Zip;

  constructor(sink: ByteSink) {
    this.#sink = sink;
    this.#zip = new Zip((error, chunk) => {
      if (error) throw error;
      this.#waiting.push(chunk);
    });
  }

  /** Bytes written so far. */
  get size(): number {
    return this.#size;
  }

  async add(path: string, bytes: Uint8Array): Promise<void> {
    const file = STORED.test(path) ? new ZipPassThrough(path) : new ZipDeflate(path, { level: LEVEL });
    file.mtime = TIME;
    file.os = UNIX;
    file.attrs = MODE;
    this.#zip.add(file);
    let at = 0;
    do {
      const end = Math.min(at + PIECE, bytes.length);
      file.push(bytes.subarray(at, end), end === bytes.length);
      at = end;
      await this.#drain();
    } while (at < bytes.length);
  }

  /** Writes the directory; the archive is whole then. */
  async finish(): Promise<void> {
    this.#zip.end();
    await this.#drain();
  }

  async #drain(): Promise<void> {
    const pieces = this.#waiting;
    this.#waiting = [];
    for (const piece of pieces) {
      this.#size += piece.length;
      await this.#sink(piece);
    }
  }
}
