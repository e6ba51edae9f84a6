import { beforeAll, describe, expect, it } from "vitest";
import { u64 } from "../base/bytes.ts";
import { initCrypto } from "../crypto/init.ts";
import { CompactRange } from "./compact.ts";
import { leafHash, treeRoot } from "./merkle.ts";
import { makeConsistency, makeInclusion, verifyConsistency, verifyInclusion, type NodeReader } from "./proof.ts";
import { derivingReader, MerkleTree } from "./tree.ts";

beforeAll(initCrypto);

const leaf = (n: number): Uint8Array => leafHash(u64(n));
const leaves = (n: number): Uint8Array[] => Array.from({ length: n }, (_, i) => leaf(i));
const key = (level: number, index: number): string => `${level}/${index}`;

describe("a tree over stored nodes", () => {
  it("[L4] goes on from a compact range and proves with the nodes that appending gave", () => {
    const table = new Map<string, Uint8Array>();
    const read: NodeReader = (level, index) => table.get(key(level, index));
    const first = MerkleTree.stored(CompactRange.empty(), read);
    const range = CompactRange.empty();
    for (const hash of leaves(50)) {
      range.append(hash);
      for (const node of first.append(hash)) table.set(key(node.level, node.index), node.hash);
    }
    const second = MerkleTree.stored(range, read);
    for (const hash of leaves(90).slice(50)) for (const node of second.append(hash)) table.set(key(node.level, node.index), node.hash);
    const whole = MerkleTree.of(leaves(90));
    expect(range.size).toBe(50);
    expect(second.size).toBe(90);
    expect(second.root()).toEqual(whole.root());
    expect(second.rootAt(50)).toEqual({ ok: true, value: range.root() });
    expect(second.inclusion(17)).toEqual(whole.inclusion(17));
    expect(second.inclusion(17, 33)).toEqual(MerkleTree.of(leaves(33)).inclusion(17));
    expect(second.consistency(50)).toEqual(whole.consistency(50));
  });

  it("[L4] the root at every earlier size is that of its leaves", () => {
    const tree = MerkleTree.of(leaves(70));
    for (let size = 0; size <= 70; size++) expect(tree.rootAt(size)).toEqual({ ok: true, value: treeRoot(leaves(size)) });
    expect(tree.rootAt(71)).toMatchObject({ ok: false, error: { code: "proof-node-missing" } });
  });

  it("[L4] a proof over 2^20 leaves reads at most two nodes for each level", () => {
    const size = 2 ** 20 - 1;
    const asked = new Set<string>();
    const read: NodeReader = (level, index) => {
      asked.add(key(level, index));
      return leaf(level);
    };
    expect(makeInclusion(777_777, size, read).ok).toBe(true);
    expect(makeConsistency(777_777, size, read).ok).toBe(true);
    expect(asked.size).toBeLessThanOrEqual(80);
  });
});

describe("a reader that makes missing nodes", () => {
  const size = 300;
  const whole = (): MerkleTree => MerkleTree.of(leaves(size));

  it("[L4] gives the same proofs from leaves and every fourth level", () => {
    const all = leaves(size);
    const sparse: NodeReader = (level, index) => {
      if (level === 0) return all[index];
      return level === 4 && (index + 1) * 16 <= size ? treeRoot(all.slice(index * 16, (index + 1) * 16)) : undefined;
    };
    const read = derivingReader(sparse);
    for (const index of [0, 1, 15, 16, 100, 255, 256, 298, 299]) {
      const made = makeInclusion(index, size, read);
      expect(made).toEqual(whole().inclusion(index));
      expect(made.ok && verifyInclusion(leaf(index), index, size, made.value, whole().root())).toBe(true);
    }
    const made = makeConsistency(130, size, read);
    expect(made.ok && verifyConsistency(130, size, made.value, treeRoot(all.slice(0, 130)), whole().root())).toBe(true);
  });

  it("[L4] reads each leaf below a node once, and not where the node is kept", () => {
    const asked: string[] = [];
    const read = derivingReader((level, index) => {
      asked.push(key(level, index));
      return level === 2 && index === 0 ? leaf(99) : level === 0 ? leaf(index) : undefined;
    });
    expect(read(3, 0)).toBeDefined();
    expect(read(3, 0)).toBeDefined();
    expect(asked.filter((k) => k.startsWith("0/"))).toEqual(["0/4", "0/5", "0/6", "0/7"]);
  });

  it("[L4] makes no node over a leaf that is not there", () => {
    const read = derivingReader((level, index) => (level === 0 && index < 7 ? leaf(index) : undefined));
    expect(read(2, 0)).toEqual(treeRoot(leaves(4)));
    expect(read(3, 0)).toBeUndefined();
    expect(read(0, 7)).toBeUndefined();
  });
});
