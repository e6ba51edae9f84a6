import * as A from "@automerge/automerge/slim";
import type { ChangeHash } from "../base/ids.ts";
import { genesisBytes } from "./genesis.ts";

/** A book as Automerge holds it. Screens never read it: records are folded from judged acts. */
export interface BookContent {
  readonly records: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}
export type BookDoc = A.Doc<BookContent>;

/** A document that holds the fixed first change and nothing else. */
export function emptyDoc(): BookDoc {
  return A.applyChanges(A.init<BookContent>(), [genesisBytes()])[0];
}

/** Frees a document's WebAssembly memory. After a panic the handle may be stuck; then the memory is lost, the program is not. */
export function freeDoc(doc: BookDoc): boolean {
  try {
    A.free(doc);
    return true;
  } catch {
    return false;
  }
}

const sameHeads = (doc: BookDoc, heads: readonly ChangeHash[]): boolean => {
  const found = [...A.getHeads(doc)].sort();
  return found.length === heads.length && [...heads].sort().every((head, i) => head === found[i]);
};

/** Whether a document holds exactly the changes that a judged book admitted: heads commit to all that is below them. */
export const holds = (doc: BookDoc, heads: readonly ChangeHash[]): boolean =>
  sameHeads(doc, heads) && A.getMissingDeps(doc, []).length === 0;

/**
 * Admission (rule X9): the changes are applied to a copy, the copy is saved and loaded, and what was loaded must have the expected heads. Gives
 * the loaded document, which nothing that failed ever touched; undefined where Automerge refuses, panics, or comes out elsewhere. `doc`
 * stays as it was, and stays the caller's to free.
 */
export function admitChanges(doc: BookDoc, changes: readonly Uint8Array[], heads: readonly ChangeHash[]): BookDoc | undefined {
  let copy: BookDoc | undefined;
  let loaded: BookDoc | undefined;
  try {
    copy = A.clone(doc);
    copy = A.applyChanges(copy, [...changes])[0];
    if (!holds(copy, heads)) return undefined;
    loaded = A.load<BookContent>(A.save(copy));
    const same = holds(loaded, heads);
    if (!same) freeDoc(loaded);
    return same ? loaded : undefined;
  } catch {
    if (loaded) freeDoc(loaded);
    return undefined;
  } finally {
    if (copy) freeDoc(copy);
  }
}

/** Bytes of every change that a document holds, by hash, the fixed first one left out. */
export function changesOf(doc: BookDoc, hashOf: (bytes: Uint8Array) => ChangeHash): Map<ChangeHash, Uint8Array> {
  return new Map(
    A.getAllChanges(doc)
      .slice(1)
      .map((bytes) => [hashOf(bytes), bytes]),
  );
}
