import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toHex } from "../base/bytes.ts";
import { IdTable } from "./id-table.ts";

describe("ids by their numbers", () => {
  it("[S1] are found again, each under one number, and no other is (seeded)", () => {
    const id = fc.uint8Array({ minLength: 16, maxLength: 16 }).map(toHex);
    fc.assert(
      fc.property(fc.array(id, { maxLength: 300 }), id, (given, other) => {
        const table = new IdTable<string>(16);
        const known = new Map<string, number>();
        for (const one of [...given, ...given]) {
          if (!known.has(one)) known.set(one, known.size);
          expect(table.number(one)).toBe(known.get(one));
        }
        for (const [one, number] of known) expect([table.find(one), table.at(number)]).toEqual([number, one]);
        expect(table.find(other)).toBe(known.get(other));
        expect(table.length).toBe(known.size);
      }),
      { seed: 5, numRuns: 60 },
    );
  });

  it("[S1] take no more than 40 bytes each, also ids that somebody made alike", () => {
    for (const of of [(n: number) => n, (n: number) => n * 2 ** 32, (n: number) => n * 65_536]) {
      const table = new IdTable<string>(16);
      for (let n = 0; n < 20_000; n++) table.number(of(n).toString(16).padStart(32, "0"));
      expect(table.bytes / table.length).toBeLessThan(40);
    }
  });

  it("[S1] have one length", () => {
    const table = new IdTable<string>(32);
    expect(() => table.number("ab")).toThrow();
    expect(() => table.number("x".repeat(64))).toThrow();
    expect(table.number("ab".repeat(32))).toBe(0);
  });
});
