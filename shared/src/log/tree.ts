import type { Coded, Result } from "../base/result.ts";
import { CompactRange } from "./compact.ts";
import { nodeHash, type TreeNode } from "./merkle.ts";
import { makeConsistency, makeInclusion, rootAt, type NodeReader, type ProofCode } from "./proof.ts";

/**
 * A tree that grows at its right end and proves things about itself. Its nodes are in memory, or wherever a passed-in reader finds them:
 * a proof over a million leaves then reads some twenty nodes.
 */
export class MerkleTree {
  readonly #range: CompactRange;
  readonly #read: NodeReader;
  readonly #keep: ((nodes: readonly TreeNode[]) => void) | undefined;

  private constructor(range: CompactRange, read: NodeReader, keep?: (nodes: readonly TreeNode[]) => void) {
    this.#range = range;
    this.#read = read;
    this.#keep = keep;
  }

  /** A tree in memory over these leaf hashes: about 64 bytes a leaf. */
  static of(leaves: Iterable<Uint8Array> = []): MerkleTree {
    const levels: Uint8Array[][] = [];
    const tree = new MerkleTree(
      CompactRange.empty(),
      (level, index) => levels[level]?.[index],
      (nodes) => {
        for (const { level, hash } of nodes) (levels[level] ??= []).push(hash);
      },
    );
    for (const leaf of leaves) tree.append(leaf);
    return tree;
  }

  /**
   * A tree whose completed nodes the caller keeps: it stores what `append` returns before it asks for a proof over them.
   * @param range the tree's right edge; it is copied
   */
  static stored(range: CompactRange, read: NodeReader): MerkleTree {
    return new MerkleTree(range.clone(), read);
  }

  get size(): number {
    return this.#range.size;
  }

  /** Appends a leaf hash. Returns the nodes that this completes, from the leaf upwards; they never change again. */
  append(leaf: Uint8Array): readonly TreeNode[] {
    const nodes = this.#range.append(leaf);
    this.#keep?.(nodes);
    return nodes;
  }

  root(): Uint8Array {
    return this.#range.root();
  }

  /** The root when the tree had `size` leaves. */
  rootAt(size: number): Result<Uint8Array, Coded<ProofCode>> {
    return rootAt(size, this.#read);
  }

  /** The proof that leaf `index` is among the first `size`. */
  inclusion(index: number, size = this.size): Result<Uint8Array[], Coded<ProofCode>> {
    return makeInclusion(index, size, this.#read);
  }

  /** The proof that the first `second` leaves begin with the first `first`. */
  consistency(first: number, second = this.size): Result<Uint8Array[], Coded<ProofCode>> {
    return makeConsistency(first, second, this.#read);
  }
}

/**
 * A reader over one that keeps only some levels, such as the leaves and every eighth level: a node that is missing is made of the two
 * below it, and remembered for as long as the reader lives.
 */
export function derivingReader(read: NodeReader): NodeReader {
  const made = new Map<string, Uint8Array>();
  const node: NodeReader = (level, index) => {
    const key = `${level}/${index}`;
    const known = made.get(key) ?? read(level, index);
    if (known || level === 0) return known;
    const left = node(level - 1, index * 2);
    const right = left && node(level - 1, index * 2 + 1);
    if (!left || !right) return undefined;
    const hash = nodeHash(left, right);
    made.set(key, hash);
    return hash;
  };
  return node;
}
