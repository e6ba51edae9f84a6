import { sha256 } from "../crypto/hash.ts";

/**
 * The Merkle tree of RFC 6962 section 2.1 over SHA-256. A leaf is hashed with a zero byte before it and a node with a one byte, so
 * that no leaf's data can pass for a node.
 */
export const HASH_BYTES = 32;
const LEAF = 0;
const NODE = 1;

/**
 * A node of the tree by its place: `level` 0 are the leaf hashes, and node `index` of a level covers the leaves from
 * `index × 2^level` up to, and without, `(index + 1) × 2^level`. Only complete nodes have a place: one is never changed by later leaves.
 */
export interface TreeNode {
  readonly level: number;
  readonly index: number;
  readonly hash: Uint8Array;
}

/** SHA-256(0x00 || data): the hash of a leaf, such as the raw bytes of a header (rule L0a). */
export function leafHash(data: Uint8Array): Uint8Array {
  const input = new Uint8Array(1 + data.length);
  input[0] = LEAF;
  input.set(data, 1);
  return sha256(input);
}

/** SHA-256(0x01 || left || right). Throws unless both have 32 bytes: of other lengths two pairs could read as one. */
export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  if (left.length !== HASH_BYTES || right.length !== HASH_BYTES) throw new Error("a node of the tree has 32 bytes");
  const input = new Uint8Array(1 + 2 * HASH_BYTES);
  input[0] = NODE;
  input.set(left, 1);
  input.set(right, 1 + HASH_BYTES);
  return sha256(input);
}

/** The root of a tree without leaves: SHA-256 of nothing. */
export const emptyRoot = (): Uint8Array => sha256(new Uint8Array(0));

/** The root over leaf hashes, from left to right. The hashes of a level are paired; one that is left over goes up as it is. */
export function treeRoot(leaves: readonly Uint8Array[]): Uint8Array {
  let level = [...leaves];
  while (level.length > 1) {
    const above: Uint8Array[] = [];
    let left: Uint8Array | undefined;
    for (const hash of level) {
      if (left) above.push(nodeHash(left, hash));
      left = left ? undefined : hash;
    }
    if (left) above.push(left);
    level = above;
  }
  return level[0] ?? emptyRoot();
}

/**
 * The root of neighbouring complete nodes, from left to right and from high to low. RFC 6962 cuts off the largest complete part at the
 * left, so the nodes join from the right. Undefined for no nodes.
 */
export function joinNodes(nodes: readonly Uint8Array[]): Uint8Array | undefined {
  return nodes.reduceRight<Uint8Array | undefined>((right, left) => (right ? nodeHash(left, right) : left), undefined);
}
