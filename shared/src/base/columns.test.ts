import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Columns } from "./columns.ts";

describe("rows of numbers in columns", () => {
  it("come out as they went in and were changed, however many there are (seeded)", () => {
    const rows = fc.array(fc.array(fc.nat(), { minLength: 0, maxLength: 3 }), { maxLength: 1_200 });
    fc.assert(
      fc.property(rows, fc.array(fc.tuple(fc.nat(), fc.nat(2), fc.nat()), { maxLength: 50 }), (given, changes) => {
        const columns = new Columns(Float64Array, 3);
        const wanted = given.map((row) => [row[0] ?? 0, row[1] ?? 0, row[2] ?? 0]);
        expect(given.map((row) => columns.push(row))).toEqual(given.map((_, n) => n));
        for (const [at, place, value] of wanted.length > 0 ? changes : []) {
          const number = at % wanted.length;
          columns.put(number, place, value);
          (wanted[number] ?? [])[place] = value;
        }
        expect(wanted.map((_, n) => [...columns.row(n)])).toEqual(wanted);
        expect(wanted.map((row, n) => row.map((_, place) => columns.at(n, place)))).toEqual(wanted);
        expect(columns.length).toBe(given.length);
        // Room for no more than twice as many, or a stretch more.
        expect(columns.bytes).toBeLessThanOrEqual(24 * Math.max(16, Math.min(2 * given.length, given.length + 256)));
        expect(() => columns.at(given.length, 0)).toThrow();
      }),
      { seed: 3, numRuns: 60 },
    );
  });
});
