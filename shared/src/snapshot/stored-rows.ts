import { toHex } from "../base/bytes.ts";
import { Sha256 } from "../crypto/hash.ts";
import { RowReader } from "./rows.ts";
import type { ZipFiles } from "./zip-read.ts";

export const MAX_ROWS = 1_000_000;

/** Where a file was found not to be in its form, while it was read. */
export interface PartTrouble {
  path?: string;
}

/** How one file of rows is read. */
export interface RowForm<T> {
  readonly path: string;
  /** Longest row, bytes. */
  readonly max: number;
  /** Undefined for bytes that are no such row. */
  readonly parse: (row: Uint8Array) => T | undefined;
}

/**
 * The rows of a file in an archive, read and parsed anew each time that somebody goes through them, so that none has to be kept. Where the file is not in its
 * form, or is no longer the one that was read the first time, they end and `trouble` says so: whoever went through them has nothing then.
 */
export class StoredRows<T> implements AsyncIterable<T> {
  readonly #zip: Pick<ZipFiles, "pieces">;
  readonly #form: RowForm<T>;
  readonly #trouble: PartTrouble;
  #digest: string | undefined;

  /** @param hash SHA-256 of the file, where somebody went through it before; else the first time counts */
  constructor(zip: Pick<ZipFiles, "pieces">, form: RowForm<T>, trouble: PartTrouble, hash?: string) {
    this.#digest = hash;
    this.#zip = zip;
    this.#form = form;
    this.#trouble = trouble;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    const { path, max, parse } = this.#form;
    const reader = new RowReader(max, MAX_ROWS);
    const hash = new Sha256();
    const file = this.#zip.pieces(path);
    let next = await file.next();
    for (; next.done !== true; next = await file.next()) {
      hash.update(next.value);
      const rows = reader.take(next.value);
      if (!rows) {
        this.#fail();
        return;
      }
      for (const row of rows) {
        // What is kept of a row must not keep the unpacked piece that it came in.
        const value = parse(row.slice());
        if (value === undefined) {
          this.#fail();
          return;
        }
        yield value;
      }
    }
    const digest = toHex(hash.digest());
    this.#digest ??= digest;
    if (!next.value || !reader.isAtEnd || this.#digest !== digest) this.#fail();
  }

  #fail(): void {
    this.#trouble.path ??= this.#form.path;
  }
}
