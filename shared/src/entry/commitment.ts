import type { Tag } from "../books/tag.ts";
import { idBytes, toId, u64 } from "../base/bytes.ts";
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
export const tagHash = (salt: Uint8Array, tag: Tag): Uint8Array => hash("commit-tag", salt, encode([tag.kind, tag.root]));

/** Leaf data of one change: the blinded form that a withheld change leaves behind. */
export const commitLeaf = (content: Uint8Array, tag: Uint8Array): Uint8Array => hash("commit-leaf", content, tag);

export function commitLeaves(secret: Uint8Array, changes: readonly Committed[]): Uint8Array[] {
  return changes.map((c, i) => commitLeaf(contentHash(contentSalt(secret, i), c), tagHash(tagSalt(secret, i), c.tag)));
}

/** Root of the tree over leaf data. */
export const commitRoot = (leaves: readonly Uint8Array[]): Uint8Array => treeRoot(leaves.map((leaf) => leafHash(leaf)));

/** The commitment of so many changes under this root (rule L1). */
export const commitmentFrom = (count: number, root: Uint8Array): Hex32 => toId(hash("commit", u64(count), root));

/** The commitment over leaf data (rule L1). */
export const commitmentOf = (leaves: readonly Uint8Array[]): Hex32 => commitmentFrom(leaves.length, commitRoot(leaves));
