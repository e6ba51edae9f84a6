import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { countIn, endOf, isRuns, numbersIn, placeIn, runsOf } from "./runs.ts";

const numbers = fc.uniqueArray(fc.nat(300), { minLength: 1, maxLength: 120 }).map((list) => [...list].sort((a, b) => a - b));

describe("runs", () => {
  test("[L8a] any ascending numbers have one form, and come back from it", () => {
    fc.assert(
      fc.property(numbers, (list) => {
        const runs = runsOf(list);
        expect(isRuns(runs, 4_096)).toBe(true);
        expect(numbersIn(runs)).toEqual(list);
        expect(countIn(runs)).toBe(list.length);
        expect(endOf(runs)).toBe((list.at(-1) ?? 0) + 1);
        for (let n = 0; n < 302; n++) expect(placeIn(runs, n)).toBe(list.indexOf(n));
      }),
    );
  });

  test("[L8a] an entry after another takes no more room", () => {
    expect(runsOf([5, 6, 7, 8])).toEqual([5, 4]);
    expect(runsOf([0, 1, 4])).toEqual([0, 2, 2, 1]);
    expect(runsOf([])).toEqual([]);
  });

  test.each([
    [[]],
    [[1]],
    [[0, 0]],
    [[1, 2, 0, 3]],
    [[1, 2, 3]],
    [[0, 11]],
    [[0, Number.MAX_SAFE_INTEGER]],
    [[Number.MAX_SAFE_INTEGER, 1]],
  ])("[L8a] %j is no list of runs of at most ten", (runs) => {
    expect(isRuns(runs, 10)).toBe(false);
  });
});
