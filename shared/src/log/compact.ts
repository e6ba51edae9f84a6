import { concat } from "../base/bytes.ts";
import { emptyRoot, nodeHash } from "./merkle.ts";

const HASH = 32;

/** The right edge of a Merkle tree: enough to append and to tell the root, in O(log n) space. */
export class CompactRange {
  #size: number;
  /** Roots of the full subtrees, largest first: one for each set bit of the size. */
  readonly #peaks: Uint8Array[];

  private constructor(size: number, peaks: Uint8Array[]) {
    this.#size = size;
    this.#peaks = peaks;
  }

  static empty(): CompactRange {
    return new CompactRange(0, []);
  }

  get size(): number {
    return this.#size;
  }

  /** Appends a leaf hash. */
  append(leaf: Uint8Array): void {
    let node = leaf;
    for (let n = this.#size; n % 2 === 1; n = Math.floor(n / 2)) {
      const left = this.#peaks.pop();
      if (!left) throw new Error("a peak for each set bit");
      node = nodeHash(left, node);
    }
    this.#peaks.push(node);
    this.#size++;
  }

  appendMany(leaves: Iterable<Uint8Array>): void {
    for (const leaf of leaves) this.append(leaf);
  }

  root(): Uint8Array {
    let root = this.#peaks.at(-1);
    if (!root) return emptyRoot();
    for (let i = this.#peaks.length - 2; i >= 0; i--) {
      const left = this.#peaks[i];
      if (left) root = nodeHash(left, root);
    }
    return root;
  }

  clone(): CompactRange {
    return new CompactRange(this.#size, [...this.#peaks]);
  }

  /** Eight bytes of size, then the peaks. */
  serialise(): Uint8Array {
    const head = new Uint8Array(8);
    new DataView(head.buffer).setBigUint64(0, BigInt(this.#size));
    return concat(head, ...this.#peaks);
  }

  static parse(bytes: Uint8Array): CompactRange | undefined {
    if (bytes.length < 8) return undefined;
    const size = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0));
    if (!Number.isSafeInteger(size)) return undefined;
    let count = 0;
    for (let n = size; n > 0; n = Math.floor(n / 2)) count += n % 2;
    if (bytes.length !== 8 + count * HASH) return undefined;
    return new CompactRange(size, Array.from({ length: count }, (_, i) => bytes.slice(8 + i * HASH, 8 + (i + 1) * HASH)));
  }
}
