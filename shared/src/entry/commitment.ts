import type { Tag } from "../books/tag.ts";
import { idBytes, toId, u64, utf8 } from "../base/bytes.ts";
import type { ChangeHash, Hex32 } from "../base/ids.ts";
import { encode } from "../cbor/cbor.ts";
import { hash } from "../crypto/hash.ts";
import { keyed } from "../crypto/keyed.ts";
import { leafHash, treeRoot } from "../log/merkle.ts";

/**
 * The content commitment of an entry (rule L1): it ties each change to the entry's header without opening the others, and lets a filter
 * by thread or record be proved by opening tags.
 */
export interface Committed {
  readonly hash: ChangeHash;
  readonly signature: Uint8Array;
  readonly tag: Tag;
  /** Hash of the note that the body brought for it; zeros where it brought none (rule L1b). */
  readonly note: Uint8Array;
}

export const contentSalt = (secret: Uint8Array, index: number): Uint8Array => keyed("commit-salt", secret, u64(index));
export const tagSalt = (secret: Uint8Array, index: number): Uint8Array => keyed("commit-tag-salt", secret, u64(index));

export const contentHash = (salt: Uint8Array, { hash: change, signature, note }: Omit<Committed, "tag">): Uint8Array =>
  hash("commit-content", salt, idBytes(change), signature, note);
/** Behind a tag: which children a first act names (rule L1c). It has a salt of its own, so that a tag can be opened without it. */
export const aboutSalt = (secret: Uint8Array, index: number): Uint8Array => keyed("commit-about-salt", secret, u64(index));
export const aboutHash = (salt: Uint8Array, children: string): Uint8Array => hash("commit-about", salt, utf8(children));

/** The hash of what a tag says of children, where it says anything. */
export const aboutOf = (secret: Uint8Array, index: number, { children }: Tag): Uint8Array | undefined =>
  children === undefined ? undefined : aboutHash(aboutSalt(secret, index), children);

/** @param about of a change that names children, hash of which */
export const tagHash = (salt: Uint8Array, { kind, root }: Pick<Tag, "kind" | "root">, about?: Uint8Array): Uint8Array =>
  hash("commit-tag", salt, encode(about ? [kind, root, about] : [kind, root]));

/** Leaf data of one change: the blinded form that a withheld change leaves behind. */
export const commitLeaf = (content: Uint8Array, tag: Uint8Array): Uint8Array => hash("commit-leaf", content, tag);

export function commitLeaves(secret: Uint8Array, changes: readonly Committed[]): Uint8Array[] {
  return changes.map((c, i) =>
    commitLeaf(contentHash(contentSalt(secret, i), c), tagHash(tagSalt(secret, i), c.tag, aboutOf(secret, i, c.tag))),
  );
}

/** Root of the tree over leaf data. */
export const commitRoot = (leaves: readonly Uint8Array[]): Uint8Array => treeRoot(leaves.map((leaf) => leafHash(leaf)));

/** The commitment of so many changes under this root (rule L1). */
export const commitmentFrom = (count: number, root: Uint8Array): Hex32 => toId(hash("commit", u64(count), root));

/** The commitment over leaf data (rule L1). */
export const commitmentOf = (leaves: readonly Uint8Array[]): Hex32 => commitmentFrom(leaves.length, commitRoot(leaves));
