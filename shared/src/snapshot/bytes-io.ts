import { concat } from "../base/bytes.ts";

/** Bytes that lie somewhere else and are read where they are needed: a Blob in a browser, an open file in Node, an array in a test. */
export interface ByteSource {
  /** Bytes in all. */
  readonly size: number;
  /** Exactly the bytes from `from` up to and without `to`; undefined where they cannot be read (any more). */
  read(from: number, to: number): Promise<Uint8Array | undefined>;
}

/** Takes bytes one piece behind the other. The next piece is made only once the last one was taken. */
export type ByteSink = (piece: Uint8Array) => Promise<void>;

/** Bytes that are in memory already. */
export const sourceOfBytes = (bytes: Uint8Array): ByteSource => ({
  size: bytes.length,
  read: (from, to) => Promise.resolve(from >= 0 && from <= to && to <= bytes.length ? bytes.subarray(from, to) : undefined),
});

/** What a sink was given, in memory. For what is known to be small, and for tests. */
export class Gathered {
  readonly #pieces: Uint8Array[] = [];

  readonly sink: ByteSink = (piece) => {
    this.#pieces.push(piece);
    return Promise.resolve();
  };

  bytes(): Uint8Array {
    return concat(...this.#pieces);
  }
}
