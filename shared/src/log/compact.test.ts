import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { concat, u64 } from "../base/bytes.ts";
import { initCrypto } from "../crypto/init.ts";
import { CompactRange } from "./compact.ts";
import { leafHash, treeRoot } from "./merkle.ts";

beforeAll(initCrypto);

const SEED = 6962;
const leaf = (n: number): Uint8Array => leafHash(u64(n));
const leaves = (n: number): Uint8Array[] => Array.from({ length: n }, (_, i) => leaf(i));
const rangeOf = (n: number): CompactRange => {
  const range = CompactRange.empty();
  range.appendMany(leaves(n));
  return range;
};

describe("compact range", () => {
  it("[L4] its root is the tree's at every size up to 130", () => {
    const range = CompactRange.empty();
    const all = leaves(130);
    expect(range.root()).toEqual(treeRoot([]));
    for (const [i, hash] of all.entries()) {
      range.append(hash);
      expect(range.size).toBe(i + 1);
      expect(range.root()).toEqual(treeRoot(all.slice(0, i + 1)));
    }
  });

  it("[L4] it goes on from where it was stored", () => {
    fc.assert(
      fc.property(fc.nat(300), fc.nat(40), (before, after) => {
        const stored = CompactRange.parse(rangeOf(before).serialise());
        expect(stored?.size).toBe(before);
        const more = leaves(before + after).slice(before);
        stored?.appendMany(more);
        expect(stored?.root()).toEqual(rangeOf(before + after).root());
        expect(stored?.serialise()).toEqual(rangeOf(before + after).serialise());
      }),
      { seed: SEED },
    );
  });

  it("[L4] appending tells each complete node once, with the root of its leaves", () => {
    const range = CompactRange.empty();
    const all = leaves(100);
    const told = all.flatMap((hash) => range.append(hash));
    expect(new Set(told.map((n) => `${n.level}/${n.index}`)).size).toBe(told.length);
    expect(told.length).toBe([0, 1, 2, 3, 4, 5, 6].reduce((sum, level) => sum + Math.floor(100 / 2 ** level), 0));
    for (const { level, index, hash } of told) {
      expect(hash).toEqual(treeRoot(all.slice(index * 2 ** level, (index + 1) * 2 ** level)));
    }
  });

  it("[L4] a copy does not move with the original", () => {
    const range = rangeOf(7);
    const copy = range.clone();
    range.append(leaf(7));
    expect(copy.size).toBe(7);
    expect(copy.root()).toEqual(rangeOf(7).root());
    copy.append(leaf(7));
    expect(copy.root()).toEqual(range.root());
  });

  it("[L4] what it reads does not change with the bytes that it was read from", () => {
    const bytes = rangeOf(6).serialise();
    const range = CompactRange.parse(bytes);
    bytes.fill(0);
    expect(range?.root()).toEqual(rangeOf(6).root());
  });

  it("[L4] bytes of a length that the size does not have are refused", () => {
    const bytes = rangeOf(11).serialise();
    for (let n = 0; n < bytes.length; n++) expect(CompactRange.parse(bytes.slice(0, n))).toBeUndefined();
    expect(CompactRange.parse(concat(bytes, Uint8Array.of(0)))).toBeUndefined();
    expect(CompactRange.parse(concat(bytes, leaf(0)))).toBeUndefined();
    expect(CompactRange.parse(concat(u64(8), bytes.slice(8)))).toBeUndefined();
  });

  it("[L4] sizes above 32 bits are counted, sizes above 2^53 − 1 refused", () => {
    const bytes = concat(u64(2 ** 40 + 1), leaf(0), leaf(1));
    const range = CompactRange.parse(bytes);
    expect(range?.size).toBe(2 ** 40 + 1);
    expect(range?.append(leaf(2)).map((n) => [n.level, n.index])).toEqual([
      [0, 2 ** 40 + 1],
      [1, 2 ** 39],
    ]);
    expect(CompactRange.parse(concat(Uint8Array.of(0, 32, 0, 0, 0, 0, 0, 0), leaf(0)))).toBeUndefined();
  });

  it("[L4] a leaf that is not a hash is never appended", () => {
    expect(() => CompactRange.empty().append(new Uint8Array(31))).toThrow();
  });
});
