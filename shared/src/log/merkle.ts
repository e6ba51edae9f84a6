import { concat } from "../base/bytes.ts";
import { sha256 } from "../crypto/hash.ts";

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

/** RFC 6962 section 2.1: hash of a leaf's data. */
export const leafHash = (data: Uint8Array): Uint8Array => sha256(concat(LEAF, data));

/** RFC 6962 section 2.1: hash of an inner node. */
export const nodeHash = (left: Uint8Array, right: Uint8Array): Uint8Array => sha256(concat(NODE, left, right));

/** Hash of the tree without leaves. */
export const emptyRoot = (): Uint8Array => sha256(new Uint8Array());

/** The root over leaf hashes, in order (RFC 6962 section 2.1). */
export function treeRoot(leaves: readonly Uint8Array[]): Uint8Array {
  const [first] = leaves;
  if (!first) return emptyRoot();
  if (leaves.length === 1) return first;
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  return nodeHash(treeRoot(leaves.slice(0, split)), treeRoot(leaves.slice(split)));
}
