import { beforeAll, describe, expect, it } from "vitest";
import { fromHex, toHex } from "../base/bytes.ts";
import { sha256 } from "../crypto/hash.ts";
import { initCrypto } from "../crypto/init.ts";
import { emptyRoot, leafHash, nodeHash, treeRoot } from "./merkle.ts";
import vectors from "./vectors/tree.json" with { type: "json" };

beforeAll(initCrypto);

const bytes = (hex: string): Uint8Array => fromHex(hex) ?? new Uint8Array(0);
const leaves = (): Uint8Array[] => vectors.leaves.map((data) => leafHash(bytes(data)));

describe("the tree of RFC 6962", () => {
  it("[L0a] the roots over the first 1 to 8 classic leaves are the published ones", () => {
    expect(vectors.leaves.map((_, i) => toHex(treeRoot(leaves().slice(0, i + 1))))).toEqual(vectors.roots);
  });

  it("[L0a] the root of nothing is the hash of nothing", () => {
    expect(toHex(treeRoot([]))).toBe(vectors.emptyRoot);
    expect(toHex(emptyRoot())).toBe(vectors.emptyRoot);
  });

  it("[L0a] a leaf and a node over the same bytes differ, and both from the plain hash", () => {
    const [a, b] = [sha256(Uint8Array.of(1)), sha256(Uint8Array.of(2))];
    const both = Uint8Array.of(...a, ...b);
    expect(new Set([leafHash(both), nodeHash(a, b), sha256(both)].map(toHex)).size).toBe(3);
    expect(leafHash(both)).toEqual(sha256(Uint8Array.of(0, ...both)));
    expect(nodeHash(a, b)).toEqual(sha256(Uint8Array.of(1, ...both)));
  });

  it("[L0a] a node of halves that have not 32 bytes each is never made", () => {
    const hash = sha256(Uint8Array.of(1));
    expect(() => nodeHash(hash.slice(1), Uint8Array.of(...hash, 0))).toThrow();
    expect(() => nodeHash(hash, new Uint8Array(0))).toThrow();
  });
});
