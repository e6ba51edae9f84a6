import { concat, u64 } from "../base/bytes.ts";
import { emptyRoot, HASH_BYTES, joinNodes, nodeHash, type TreeNode } from "./merkle.ts";

const SIZE_BYTES = 8;

/**
 * The right edge of a Merkle tree: the roots of the largest complete parts, from left to right, one for each bit of the size that is set.
 * It is all that is needed to go on appending and to know the root, in memory of O(log n) (rule L4).
 */
export class CompactRange {
  #size: number;
  readonly #peaks: Uint8Array[];

  private constructor(size: number, peaks: Uint8Array[]) {
    this.#size = size;
    this.#peaks = peaks;
  }

  static empty(): CompactRange {
    return new CompactRange(0, []);
  }

  /** Number of leaves. */
  get size(): number {
    return this.#size;
  }

  /**
   * Appends the hash of the next leaf.
   * @returns the nodes that this completes, the leaf itself first and then upwards; they never change again. About two a leaf on average.
   * @throws if the hash has not 32 bytes
   */
  append(leaf: Uint8Array): readonly TreeNode[] {
    if (leaf.length !== HASH_BYTES) throw new Error("a leaf hash has 32 bytes");
    let hash = leaf;
    let index = this.#size;
    const completed: TreeNode[] = [{ level: 0, index, hash }];
    // Each bit that is set at the low end of the size is a complete part that the new one pairs with.
    for (let level = 1; index % 2 === 1; level++) {
      const left = this.#peaks.pop();
      if (!left) throw new Error("a compact range lacks a part");
      hash = nodeHash(left, hash);
      index = (index - 1) / 2;
      completed.push({ level, index, hash });
    }
    this.#peaks.push(hash);
    this.#size++;
    return completed;
  }

  /** Appends leaf hashes in order. */
  appendMany(leaves: Iterable<Uint8Array>): void {
    for (const leaf of leaves) this.append(leaf);
  }

  root(): Uint8Array {
    return joinNodes(this.#peaks) ?? emptyRoot();
  }

  /** A copy that goes its own way. */
  clone(): CompactRange {
    return new CompactRange(this.#size, [...this.#peaks]);
  }

  /** The size as u64, then the parts from left to right: 8 + 32 × (bits set in the size) bytes, at most 1,704. */
  serialise(): Uint8Array {
    return concat(u64(this.#size), ...this.#peaks);
  }

  /** What `serialise` gave; undefined for bytes that it cannot have given. */
  static parse(bytes: Uint8Array): CompactRange | undefined {
    if (bytes.length < SIZE_BYTES) return undefined;
    const size = Number(new DataView(bytes.buffer, bytes.byteOffset, SIZE_BYTES).getBigUint64(0));
    if (!Number.isSafeInteger(size) || bytes.length !== SIZE_BYTES + HASH_BYTES * bitsSet(size)) return undefined;
    const peaks: Uint8Array[] = [];
    for (let at = SIZE_BYTES; at < bytes.length; at += HASH_BYTES) peaks.push(bytes.slice(at, at + HASH_BYTES));
    return new CompactRange(size, peaks);
  }
}

/** Not with the bit operators, which see only 32 bits. */
function bitsSet(n: number): number {
  let bits = 0;
  for (let rest = n; rest > 0; rest = Math.floor(rest / 2)) bits += rest % 2;
  return bits;
}
