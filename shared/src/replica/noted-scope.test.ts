import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { notedScope } from "./noted-scope.ts";

const id = (n: number): string => n.toString(16).padStart(32, "0");
const ids = (n: number): readonly string[] => Array.from({ length: n }, (_, i) => id(i));

describe("what was chosen, as it is noted", () => {
  it("[R7] stands there whole where it fits", () => {
    const scope = { threads: ids(30), expenses: "all", settlement: "include", files: true };
    expect(JSON.parse(notedScope(scope))).toEqual(scope);
  });

  it("[R7] says of longer lists how many there were, and keeps all else", () => {
    const redact = { reason: "It is about somebody else.", records: ids(400), files: ids(3) };
    const scope = { threads: ids(150), expenses: ids(5), from: "2026-01-01", settlement: "leave-out", files: true, redact };
    expect(JSON.parse(notedScope(scope))).toEqual({
      ...{ ...scope, threads: ids(16), redact: { ...redact, records: ids(16) } },
      of: { threads: 150, records: 400 },
    });
  });

  it("[R7] never is longer than a note may be, nor cut without saying so (seeded)", () => {
    const text = fc.string({ maxLength: 300, unit: "binary" });
    const list = fc.oneof(fc.constant("all"), fc.nat(300).map(ids));
    fc.assert(
      fc.property(list, list, text, fc.nat(200), (threads, expenses, reason, files) => {
        const scope = { threads, expenses, redact: { reason, records: ids(files), files: ids(files) } };
        const noted = notedScope(scope);
        expect(noted.length).toBeLessThanOrEqual(2_000);
        const read = JSON.parse(noted) as typeof scope & { readonly of?: Record<string, number>; readonly cut?: boolean };
        const { of, cut, ...rest } = read;
        if (of === undefined && cut === undefined) expect(rest).toEqual(scope);
        if (cut !== true) expect(read.redact.reason).toBe(reason);
        for (const name of ["threads", "expenses"] as const) {
          if (Array.isArray(scope[name])) expect(of?.[name] ?? read[name].length).toBe(scope[name].length);
        }
      }),
      { seed: 7, numRuns: 300 },
    );
  });

  it("[R7] of what no part of fits, says at least that", () => {
    const filter = Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`key${String(i)}`, i]));
    expect(notedScope({ filter })).toBe('{"cut":true}');
  });
});
