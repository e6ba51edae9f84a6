import { Zip, ZipDeflate, ZipPassThrough } from "fflate";
import { concat } from "../base/bytes.ts";

/** Already packed, or too small to gain: stored as they are. */
const STORED = /\.(?:png|jpe?g|gif|webp|heic|pdf|docx|xlsx|pptx|odt|ods|mp[34]|m4a|mov|webm|ogg|sig|pem)$/;
/** Fixed, so that the same contents give the same archive: ZIP times have no zone, and this one is the first that it can say. */
const TIME = new Date(1980, 0, 1);
/** Unix, an ordinary file that everyone may read. */
const UNIX = 3;
const MODE = 0o100644 << 16;
const LEVEL = 6;

/** Writes a ZIP archive file by file; equal files in equal order give equal bytes. */
export class ZipWriter {
  readonly #chunks: Uint8Array[] = [];
  readonly #zip: Zip;

  constructor() {
    this.#zip = new Zip((error, chunk) => {
      if (error) throw error;
      this.#chunks.push(chunk);
    });
  }

  add(path: string, bytes: Uint8Array): void {
    const file = STORED.test(path) ? new ZipPassThrough(path) : new ZipDeflate(path, { level: LEVEL });
    file.mtime = TIME;
    file.os = UNIX;
    file.attrs = MODE;
    this.#zip.add(file);
    file.push(bytes, true);
  }

  /** The whole archive. */
  finish(): Uint8Array {
    this.#zip.end();
    return concat(...this.#chunks);
  }
}
