import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { getHex, growing, grown, itemAt, itemsOf, lastOf, lastThat, lengthOf, setHex, type Growing, type HexMap } from "./persistent.ts";

const listOf = (n: number): Growing<number> => Array.from({ length: n }).reduce<Growing<number>>((list, _, i) => grown(list, i), growing());

describe("growing lists", () => {
  test.each([0, 1, 63, 64, 65, 128, 300])("[C10] a list of %i items gives each of them back and no other", (n) => {
    const list = listOf(n);
    expect(lengthOf(list)).toBe(n);
    expect(itemsOf(list)).toEqual(Array.from({ length: n }, (_, i) => i));
    for (let i = 0; i < n; i++) expect(itemAt(list, i)).toBe(i);
    for (const i of [-1, n, n + 1, n + 64, n + 128]) expect(itemAt(list, i)).toBeUndefined();
    expect(lastOf(list)).toBe(n === 0 ? undefined : n - 1);
    for (let limit = 0; limit <= n + 1; limit++) {
      const expected = limit === 0 ? undefined : Math.min(limit, n) - 1;
      expect(lastThat(list, (x) => x < limit)).toBe(expected === -1 ? undefined : expected);
    }
  });

  test("[C10] growing leaves the old list as it was and shares its chunks", () => {
    const old = listOf(130);
    const copy = structuredClone(old);
    const next = grown(grown(old, 1), 2);
    grown(old, 3);
    expect(old).toEqual(copy);
    expect(next.full[0]).toBe(old.full[0]);
  });
});

describe("maps from ids", () => {
  const key = fc.array(fc.constantFrom("0", "1", "a", "f"), { minLength: 8, maxLength: 8 }).map((digits) => digits.join(""));

  test("[C10] a map answers like Map does, old values stay, and equal contents are equal", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(key, fc.nat())), key, (pairs, other) => {
        const model = new Map<string, number>();
        const versions: HexMap<number>[] = [undefined];
        for (const [k, v] of pairs) {
          model.set(k, v);
          versions.push(setHex(versions.at(-1), k, v));
        }
        const last = versions.at(-1);
        for (const [k, v] of model) expect(getHex(last, k)).toBe(v);
        expect(getHex(last, other)).toBe(model.get(other));
        pairs.forEach(([k, v], i) => expect(getHex(versions[i + 1], k)).toBe(v));
        const rebuilt = [...model].reverse().reduce<HexMap<number>>((map, [k, v]) => setHex(map, k, v), undefined);
        expect(rebuilt).toEqual(last);
      }),
    );
  });
});
