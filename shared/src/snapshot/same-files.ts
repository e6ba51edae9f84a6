import { hashOf } from "./bag.ts";
import type { ZipFiles } from "./zip-read.ts";

/**
 * An archive of which each file is what it was when it was first read. What was looked at before and is something else now was changed meanwhile, and reads like one that is
 * damaged: else the lists could be held against one file, and the verdict be about another.
 */
export class SameFiles implements ZipFiles {
  readonly paths: readonly string[];
  readonly isAsWritten: boolean;
  readonly #zip: ZipFiles;
  readonly #hashes = new Map<string, string>();

  constructor(zip: ZipFiles) {
    this.paths = zip.paths;
    this.isAsWritten = zip.isAsWritten;
    this.#zip = zip;
  }

  /** What files were found to be by somebody who went through their pieces: SHA-256 by path, empty for one that is damaged. */
  know(hashes: ReadonlyMap<string, string>): void {
    for (const [path, hash] of hashes) this.#hashes.set(path, hash);
  }

  has(path: string): boolean {
    return this.#zip.has(path);
  }

  size(path: string): number {
    return this.#zip.size(path);
  }

  async read(path: string): Promise<Uint8Array | undefined> {
    const bytes = await this.#zip.read(path);
    if (!bytes) return undefined;
    const hash = hashOf(bytes);
    const known = this.#hashes.get(path) ?? hash;
    this.#hashes.set(path, known);
    return known === hash ? bytes : undefined;
  }

  /** Not compared here: whoever goes through pieces has their hash. */
  each(path: string, take: (piece: Uint8Array) => Promise<boolean>): Promise<boolean> {
    return this.#zip.each(path, take);
  }

  pieces(path: string): AsyncGenerator<Uint8Array, boolean, undefined> {
    return this.#zip.pieces(path);
  }
}
