import { equalBytes } from "../base/bytes.ts";
import { coded, err, ok, type Coded, type Result } from "../base/result.ts";
import { emptyRoot, HASH_BYTES, joinNodes, nodeHash } from "./merkle.ts";

/**
 * Inclusion and consistency proofs: made as in RFC 6962 section 2.1, verified as in RFC 9162 section 2.1. Sizes and indexes go up to
 * 2^53 − 1, so nothing here uses the bit operators, which see only 32 bits.
 */

/** The hash of a complete node by its place (see TreeNode), or undefined where it is not kept. */
export type NodeReader = (level: number, index: number) => Uint8Array | undefined;
export type AsyncNodeReader = (level: number, index: number) => Promise<Uint8Array | undefined>;

/** A complete node's place. */
export interface NodePlace {
  readonly level: number;
  readonly index: number;
}

export type ProofCode =
  /** No such leaf, or a first size above the second. */
  | "proof-range"
  /** The reader does not have a node that the proof needs. */
  | "proof-node-missing";

/** For each hash of a proof the neighbouring complete nodes, from left to right, that it joins. */
export type ProofPlan = readonly (readonly NodePlace[])[];

/** Which nodes the proof that leaf `index` is in the tree of `size` leaves is made of; undefined if it is not. */
export function planInclusion(index: number, size: number): ProofPlan | undefined {
  if (!isCount(index) || !isCount(size) || index >= size) return undefined;
  const plan: NodePlace[][] = [];
  let from = 0;
  let to = size;
  while (to - from > 1) {
    const middle = from + splitOf(to - from);
    if (index < middle) {
      plan.unshift(placesOf(middle, to));
      to = middle;
    } else {
      plan.unshift(placesOf(from, middle));
      from = middle;
    }
  }
  return plan;
}

/** Which nodes the proof is made of that the tree of `second` leaves begins with that of `first`; undefined if `first` is larger. */
export function planConsistency(first: number, second: number): ProofPlan | undefined {
  if (!isCount(first) || !isCount(second) || first > second) return undefined;
  const plan: NodePlace[][] = [];
  // Every tree begins with the empty one.
  if (first === 0) return plan;
  let from = 0;
  let to = second;
  while (to !== first) {
    const middle = from + splitOf(to - from);
    if (first <= middle) {
      plan.unshift(placesOf(middle, to));
      to = middle;
    } else {
      plan.unshift(placesOf(from, middle));
      from = middle;
    }
  }
  // Where the last part begins at 0 it is the first tree itself, whose root the verifier has.
  if (from > 0) plan.unshift(placesOf(from, to));
  return plan;
}

export const makeInclusion = (index: number, size: number, read: NodeReader): Result<Uint8Array[], Coded<ProofCode>> =>
  follow(planInclusion(index, size), read);

export const makeConsistency = (first: number, second: number, read: NodeReader): Result<Uint8Array[], Coded<ProofCode>> =>
  follow(planConsistency(first, second), read);

/** As `makeInclusion`, over a store that answers later. All nodes are asked for at once. */
export const makeInclusionAsync = (index: number, size: number, read: AsyncNodeReader): Promise<Result<Uint8Array[], Coded<ProofCode>>> =>
  followAsync(planInclusion(index, size), read);

/** As `makeConsistency`, over a store that answers later. All nodes are asked for at once. */
export const makeConsistencyAsync = (
  first: number,
  second: number,
  read: AsyncNodeReader,
): Promise<Result<Uint8Array[], Coded<ProofCode>>> => followAsync(planConsistency(first, second), read);

/** The root of the first `size` leaves. */
export function rootAt(size: number, read: NodeReader): Result<Uint8Array, Coded<ProofCode>> {
  if (!isCount(size)) return err(coded("proof-range"));
  if (size === 0) return ok(emptyRoot());
  const made = follow([placesOf(0, size)], read);
  if (!made.ok) return made;
  const [root] = made.value;
  return root ? ok(root) : err(coded("proof-node-missing"));
}

/**
 * Whether `proof` shows that `leaf` (a leaf hash) is leaf `index` of the tree of `size` leaves with this root. Size and root must come
 * from one verified checkpoint: a path alone does not tell how large its tree is.
 */
export function verifyInclusion(leaf: Uint8Array, index: number, size: number, proof: readonly Uint8Array[], root: Uint8Array): boolean {
  if (!isCount(index) || !isCount(size) || index >= size || !areHashes([leaf, root, ...proof])) return false;
  const way = new Way(index, size - 1);
  let hash = leaf;
  for (const sibling of proof) {
    if (way.ended) return false;
    hash = way.isRight() ? nodeHash(sibling, hash) : nodeHash(hash, sibling);
    way.up();
  }
  return way.ended && equalBytes(hash, root);
}

/** Whether `proof` shows that the tree of `second` leaves with `secondRoot` begins with the tree of `first` leaves with `firstRoot`. */
export function verifyConsistency(
  first: number,
  second: number,
  proof: readonly Uint8Array[],
  firstRoot: Uint8Array,
  secondRoot: Uint8Array,
): boolean {
  if (!isCount(first) || !isCount(second) || first > second || !areHashes([firstRoot, secondRoot, ...proof])) return false;
  if (first === second) return proof.length === 0 && equalBytes(firstRoot, secondRoot) && (first > 0 || equalBytes(firstRoot, emptyRoot()));
  if (first === 0) return proof.length === 0 && equalBytes(firstRoot, emptyRoot());
  if (proof.length === 0) return false;
  const way = new Way(first - 1, second - 1);
  way.skipRight();
  // What is left at 0 is a first tree that is one complete node; its root is then the start and not in the proof.
  const [start, ...rest] = way.atLeftEdge ? [firstRoot, ...proof] : proof;
  if (!start) return false;
  let a = start;
  let b = start;
  for (const sibling of rest) {
    if (way.ended) return false;
    if (way.isRight()) {
      a = nodeHash(sibling, a);
      b = nodeHash(sibling, b);
    } else {
      b = nodeHash(b, sibling);
    }
    way.up();
  }
  return way.ended && equalBytes(a, firstRoot) && equalBytes(b, secondRoot);
}

/** The way from a node up to the root, beside the way of the tree's last node (RFC 9162 section 2.1.3.2: fn and sn). */
class Way {
  #node: number;
  #last: number;

  constructor(node: number, last: number) {
    this.#node = node;
    this.#last = last;
  }

  get ended(): boolean {
    return this.#last === 0;
  }

  get atLeftEdge(): boolean {
    return this.#node === 0;
  }

  /** Whether the next sibling stands to the left. Goes up past levels where the last node has none. */
  isRight(): boolean {
    if (this.#node % 2 === 0 && this.#node !== this.#last) return false;
    while (this.#node % 2 === 0 && this.#node !== 0) this.up();
    return true;
  }

  up(): void {
    this.#node = Math.floor(this.#node / 2);
    this.#last = Math.floor(this.#last / 2);
  }

  /** Goes up for as long as the node is the right one of its pair. */
  skipRight(): void {
    while (this.#node % 2 === 1) this.up();
  }
}

function follow(plan: ProofPlan | undefined, read: NodeReader): Result<Uint8Array[], Coded<ProofCode>> {
  if (!plan) return err(coded("proof-range"));
  const proof: Uint8Array[] = [];
  for (const places of plan) {
    const nodes: Uint8Array[] = [];
    for (const { level, index } of places) {
      const node = read(level, index);
      if (!node) return err(coded("proof-node-missing", `level ${level}, index ${index}`));
      nodes.push(node);
    }
    const hash = joinNodes(nodes);
    if (hash) proof.push(hash);
  }
  return ok(proof);
}

async function followAsync(plan: ProofPlan | undefined, read: AsyncNodeReader): Promise<Result<Uint8Array[], Coded<ProofCode>>> {
  const places = (plan ?? []).flat();
  const nodes = await Promise.all(places.map(({ level, index }) => read(level, index)));
  const found = new Map(places.map(({ level, index }, i) => [`${level}/${index}`, nodes[i]] as const));
  return follow(plan, (level, index) => found.get(`${level}/${index}`));
}

/** The complete nodes that together cover the leaves `from` … `to − 1`, from left to right. `from` is where a subtree begins. */
function placesOf(from: number, to: number): NodePlace[] {
  const places: NodePlace[] = [];
  for (let at = from; at < to;) {
    let level = 0;
    let width = 1;
    while (at % (width * 2) === 0 && at + width * 2 <= to) {
      width *= 2;
      level++;
    }
    places.push({ level, index: at / width });
    at += width;
  }
  return places;
}

/** The largest power of two below n: where RFC 6962 divides n leaves. n is at least 2. */
function splitOf(n: number): number {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}

const isCount = (n: number): boolean => Number.isSafeInteger(n) && n >= 0;
const areHashes = (all: readonly Uint8Array[]): boolean => all.every((h) => h.length === HASH_BYTES);
