import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { fromHex, toHex, u64 } from "../base/bytes.ts";
import { initCrypto } from "../crypto/init.ts";
import { leafHash, nodeHash } from "./merkle.ts";
import {
  makeConsistency,
  makeConsistencyAsync,
  makeInclusion,
  makeInclusionAsync,
  rootAt,
  verifyConsistency,
  verifyInclusion,
} from "./proof.ts";
import { MerkleTree } from "./tree.ts";
import vectors from "./vectors/proofs.json" with { type: "json" };
import classic from "./vectors/tree.json" with { type: "json" };

const MOST = 130;
const SEED = 9162;
const bytes = (hex: string): Uint8Array => fromHex(hex) ?? new Uint8Array(0);
const leaf = (n: number): Uint8Array => leafHash(u64(n));

let tree: MerkleTree;
/** By size. */
let roots: Uint8Array[];

beforeAll(async () => {
  await initCrypto();
  tree = MerkleTree.of();
  roots = [tree.root()];
  for (let i = 0; i < MOST; i++) {
    tree.append(leaf(i));
    roots.push(tree.root());
  }
});

function taken<T>(made: { ok: true; value: T } | { ok: false; error: unknown }): T {
  if (!made.ok) throw new Error(JSON.stringify(made.error));
  return made.value;
}
const root = (size: number): Uint8Array => roots[size] ?? new Uint8Array(0);
const inclusion = (index: number, size: number): Uint8Array[] => taken(tree.inclusion(index, size));
const consistency = (first: number, second: number): Uint8Array[] => taken(tree.consistency(first, second));

type Inclusion = Omit<(typeof vectors.inclusion)[number], "wrong">;
type Consistency = Omit<(typeof vectors.consistency)[number], "wrong">;
const includes = (v: Inclusion): boolean => verifyInclusion(bytes(v.leaf), v.index, v.size, v.proof.map(bytes), bytes(v.root));
const agrees = (v: Consistency): boolean =>
  verifyConsistency(v.first, v.second, v.proof.map(bytes), bytes(v.firstRoot), bytes(v.secondRoot));

/** Every way of changing a proof that this file tries: a bit, a hash less, a hash more, two hashes swapped. */
const spoiled = (proof: readonly Uint8Array[], at: number, bit: number): Uint8Array[][] => {
  const i = proof.length === 0 ? 0 : at % proof.length;
  const hash = proof[i];
  const extra = [
    [...proof.slice(0, i), leaf(999), ...proof.slice(i)],
    [...proof, leaf(999)],
    [...proof, new Uint8Array(0)],
  ];
  if (!hash) return extra;
  const flipped = Uint8Array.from(hash);
  flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  const next = proof[i + 1];
  const swapped = next ? [[...proof.slice(0, i), next, hash, ...proof.slice(i + 2)]] : [];
  return [
    ...extra,
    ...swapped,
    [...proof.slice(0, i), flipped, ...proof.slice(i + 1)],
    [...proof.slice(0, i), ...proof.slice(i + 1)],
    [...proof.slice(0, i), hash, ...proof.slice(i)],
    [...proof.slice(0, i), hash.slice(1), ...proof.slice(i + 1)],
  ];
};

describe("published vectors", () => {
  it.each(vectors.inclusion)(
    "[L4] inclusion of leaf $index in $size verifies, is what is made, and no variant verifies",
    ({ wrong, ...right }) => {
      expect(includes(right)).toBe(true);
      const published = MerkleTree.of(classic.leaves.map((data) => leafHash(bytes(data))));
      expect(taken(published.inclusion(right.index, right.size)).map(toHex)).toEqual(right.proof);
      expect(wrong.filter((w) => includes({ ...right, ...w })).map((w) => w.why)).toEqual([]);
    },
  );

  it.each(vectors.consistency)(
    "[L4] consistency of $first with $second verifies, is what is made, and no variant verifies",
    ({ wrong, ...right }) => {
      expect(agrees(right)).toBe(true);
      const published = MerkleTree.of(classic.leaves.map((data) => leafHash(bytes(data))));
      expect(taken(published.consistency(right.first, right.second)).map(toHex)).toEqual(right.proof);
      expect(wrong.filter((w) => agrees({ ...right, ...w })).map((w) => w.why)).toEqual([]);
    },
  );

  it("[L4] what can never be a proof is none", () => {
    expect(vectors.neverIncluded.filter(includes)).toEqual([]);
    expect(vectors.neverConsistent.filter(agrees)).toEqual([]);
  });
});

describe("proofs of trees up to 130 leaves", () => {
  it("[L4] every inclusion proof verifies", () => {
    for (let size = 1; size <= MOST; size++) {
      for (let index = 0; index < size; index++) {
        if (!verifyInclusion(leaf(index), index, size, inclusion(index, size), root(size))) expect.fail(`${index} in ${size}`);
      }
    }
  });

  it("[L4] every consistency proof verifies", () => {
    for (let second = 0; second <= MOST; second++) {
      for (let first = 0; first <= second; first++) {
        if (!verifyConsistency(first, second, consistency(first, second), root(first), root(second))) expect.fail(`${first} in ${second}`);
      }
    }
  });

  const place = fc.integer({ min: 1, max: MOST }).chain((size) => fc.tuple(fc.nat(size - 1), fc.constant(size)));
  const many = { seed: SEED, numRuns: 1_000 };

  it("[L4] an inclusion proof with one bit, hash, index or root changed does not verify", () => {
    fc.assert(
      fc.property(place, fc.nat(MOST), fc.nat(20), fc.nat(255), ([index, size], other, at, bit) => {
        const proof = inclusion(index, size);
        for (const wrong of spoiled(proof, at, bit)) expect(verifyInclusion(leaf(index), index, size, wrong, root(size))).toBe(false);
        if (other !== index) {
          expect(verifyInclusion(leaf(index), other, size, proof, root(size))).toBe(false);
          expect(verifyInclusion(leaf(other), index, size, proof, root(size))).toBe(false);
        }
        // A path does not tell its tree's size; the root of the other size does.
        if (other !== size) expect(verifyInclusion(leaf(index), index, other, proof, root(other))).toBe(false);
      }),
      many,
    );
  });

  it("[L4] a consistency proof with one bit, hash, size or root changed does not verify", () => {
    fc.assert(
      fc.property(place, fc.nat(MOST), fc.nat(20), fc.nat(255), ([first, second], other, at, bit) => {
        const proof = consistency(first, second);
        for (const wrong of spoiled(proof, at, bit)) {
          // Of the empty tree and of a tree with itself there is nothing to prove, and only the empty proof does.
          expect(verifyConsistency(first, second, wrong, root(first), root(second))).toBe(false);
        }
        if (other !== first) {
          expect(verifyConsistency(other, second, proof, root(first), root(second))).toBe(false);
          expect(verifyConsistency(first, second, proof, root(other), root(second))).toBe(false);
        }
        // The empty tree begins every tree, so there the proof says nothing of the second.
        if (other !== second && first > 0) {
          expect(verifyConsistency(first, second, proof, root(first), root(other))).toBe(false);
          expect(verifyConsistency(first, other, proof, root(first), root(other))).toBe(false);
        }
      }),
      many,
    );
  });

  it("[L4] a fork is never consistent: the same first leaves, then another", () => {
    const fork = MerkleTree.of([...Array.from({ length: 40 }, (_, i) => leaf(i)), leaf(999), leaf(41), leaf(42)]);
    expect(verifyConsistency(40, 43, taken(fork.consistency(40)), root(40), fork.root())).toBe(true);
    expect(verifyConsistency(41, 43, taken(fork.consistency(41)), root(41), fork.root())).toBe(false);
    expect(verifyConsistency(43, 100, consistency(43, 100), fork.root(), root(100))).toBe(false);
  });
});

describe("makers", () => {
  const none = (): undefined => undefined;

  it("[L4] a place that the tree does not have is an error", () => {
    for (const [index, size] of [
      [0, 0],
      [5, 5],
      [-1, 5],
      [0.5, 5],
      [0, 2 ** 53],
      [0, Number.NaN],
    ] as const) {
      expect(makeInclusion(index, size, none)).toEqual({ ok: false, error: { code: "proof-range" } });
    }
    for (const [first, second] of [
      [6, 5],
      [-1, 5],
      [1.5, 5],
      [1, 2 ** 53],
    ] as const) {
      expect(makeConsistency(first, second, none)).toEqual({ ok: false, error: { code: "proof-range" } });
    }
    expect(rootAt(-1, none)).toEqual({ ok: false, error: { code: "proof-range" } });
  });

  it("[L4] a node that is not kept is an error, and no shorter proof", async () => {
    expect(makeInclusion(3, 9, none)).toMatchObject({ ok: false, error: { code: "proof-node-missing" } });
    expect(makeConsistency(3, 9, none)).toMatchObject({ ok: false, error: { code: "proof-node-missing" } });
    expect(rootAt(9, none)).toMatchObject({ ok: false, error: { code: "proof-node-missing" } });
    expect(await makeInclusionAsync(3, 9, () => Promise.resolve(undefined))).toMatchObject({
      ok: false,
      error: { code: "proof-node-missing" },
    });
  });

  it("[L4] a store that answers later gives the same proofs", async () => {
    const kept = new Map<string, Uint8Array>();
    const grown = MerkleTree.of();
    for (let i = 0; i < 77; i++) for (const n of grown.append(leaf(i))) kept.set(`${n.level}/${n.index}`, n.hash);
    const read = (level: number, index: number): Promise<Uint8Array | undefined> => Promise.resolve(kept.get(`${level}/${index}`));
    expect(await makeInclusionAsync(50, 77, read)).toEqual({ ok: true, value: inclusion(50, 77) });
    expect(await makeConsistencyAsync(50, 77, read)).toEqual({ ok: true, value: consistency(50, 77) });
    expect(await makeInclusionAsync(77, 77, read)).toEqual({ ok: false, error: { code: "proof-range" } });
  });

  it("[L4] indexes above 32 bits keep their place", () => {
    const big = 2 ** 40 + 3;
    const asked: string[] = [];
    const made = makeInclusion(2 ** 40 + 2, big, (level, index) => {
      asked.push(`${level}/${index}`);
      return leaf(level);
    });
    // Two neighbours make up a node, and the last leaf stands alone beside the complete left part.
    expect(asked).toEqual([`1/${2 ** 39}`, "40/0"]);
    const up = taken(made);
    expect(up.length).toBe(2);
    expect(verifyInclusion(leaf(5), 2 ** 40 + 2, big, up, rootFrom(leaf(5), up))).toBe(true);
    expect(verifyInclusion(leaf(5), 2, big, up, rootFrom(leaf(5), up))).toBe(false);
  });
});

/** The root where every sibling stands to the left. */
const rootFrom = (start: Uint8Array, siblings: readonly Uint8Array[]): Uint8Array =>
  siblings.reduce((hash, sibling) => nodeHash(sibling, hash), start);
