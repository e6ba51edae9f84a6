import { Zip, ZipDeflate, ZipPassThrough } from "fflate";
import type { ByteSink } from "./bytes-io.ts";
import type { Pieces } from "./pieces.ts";

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
  readonly #pieces = new ZipPieces();
  #size = 0;

  constructor(sink: ByteSink) {
    this.#sink = sink;
  }

  /** Bytes written so far. */
  get size(): number {
    return this.#size;
  }

  async add(path: string, bytes: Uint8Array | Pieces): Promise<void> {
    await this.#write(this.#pieces.file(path, bytes instanceof Uint8Array ? [bytes] : bytes));
  }

  /** Writes the directory; the archive is whole then. */
  async finish(): Promise<void> {
    await this.#write(this.#pieces.end());
  }

  async #write(pieces: Pieces): Promise<void> {
    for await (const piece of pieces) {
      this.#size += piece.length;
      await this.#sink(piece);
    }
  }
}

/** The same archive for whoever asks for its pieces. A file is read to its end before the next one. */
export class ZipPieces {
  #waiting: Uint8Array[] = [];
  /** One is filled while the other waits to be packed; the same for all files, most of which are far shorter. */
  readonly #buffers = [new Uint8Array(PIECE), new Uint8Array(PIECE)] as const;
  readonly #zip = new Zip((error, chunk) => {
    if (error) throw error;
    this.#waiting.push(chunk);
  });

  async *file(path: string, pieces: Pieces): AsyncGenerator<Uint8Array, void, undefined> {
    const isStored = STORED.test(path);
    const file = isStored ? new ZipPassThrough(path) : new ZipDeflate(path, { level: LEVEL });
    file.mtime = TIME;
    file.os = UNIX;
    file.attrs = MODE;
    this.#zip.add(file);
    // The last piece says that it is the last, so each waits for the next.
    let last = new Uint8Array();
    for await (const piece of evened(pieces, this.#buffers)) {
      if (last.length > 0) file.push(last, false);
      yield* this.#taken();
      // What is stored goes out as it is; the unpacked side's buffer is filled anew.
      last = isStored ? piece.slice() : piece;
    }
    file.push(last, true);
    yield* this.#taken();
  }

  *end(): Generator<Uint8Array, void, undefined> {
    this.#zip.end();
    yield* this.#taken();
  }

  #taken(): Uint8Array[] {
    return this.#waiting.splice(0);
  }
}

/** The same bytes in pieces of `PIECE`, however they come. A piece is good until the one after the next is asked for. */
async function* evened(
  pieces: Pieces,
  [one, two]: readonly [Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>],
): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined> {
  let open = one;
  let length = 0;
  for await (const piece of pieces) {
    for (let at = 0; at < piece.length;) {
      const part = piece.subarray(at, at + PIECE - length);
      open.set(part, length);
      length += part.length;
      at += part.length;
      if (length < PIECE) continue;
      yield open;
      open = open === one ? two : one;
      length = 0;
    }
  }
  if (length > 0) yield open.subarray(0, length);
}
