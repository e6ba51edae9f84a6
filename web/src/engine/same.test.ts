import { describe, expect, it } from "vitest";
import { same } from "./same.ts";

describe("what an answer has in common with the one before", () => {
  it("[lists] stays the same object, down to the rows that did not change", () => {
    const before = {
      rows: [
        { id: "a", proof: { seq: 1 } },
        { id: "b", proof: { seq: 2 } },
      ],
      total: 2,
    };
    expect(same(before, structuredClone(before))).toBe(before);
    const now = structuredClone(before);
    now.rows[1] = { id: "b", proof: { seq: 3 } };
    const merged = same(before, now);
    expect(merged).toEqual(now);
    expect(merged).not.toBe(before);
    expect(merged.rows[0]).toBe(before.rows[0]);
    expect(merged.rows[1]).not.toBe(before.rows[1]);
  });

  it("[lists] says what is new where a field came, went, or became undefined, and where rows came or went", () => {
    const pairs: readonly (readonly [unknown, unknown])[] = [
      [{ a: 1 }, { a: 1, b: undefined }],
      [{ a: 1, b: undefined }, { a: 1 }],
      [{ a: undefined }, { b: undefined }],
      [{ a: 1 }, { a: "1" }],
      [[1, 2], [1]],
      [[1], [1, 2]],
      [[], {}],
      [{}, []],
      [null, {}],
      [undefined, 0],
      [new Uint8Array([1]), new Uint8Array([2])],
      [new Uint8Array([1]), new Uint8Array([1])],
    ];
    for (const [before, now] of pairs) {
      const merged = same(before, now);
      expect(merged).toStrictEqual(now);
      expect(merged).not.toBe(before);
    }
  });
});
