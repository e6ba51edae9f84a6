import fc from "fast-check";
import { expect, test } from "vitest";
import type { ChangeHash } from "../base/ids.ts";
import { GENESIS_HASH } from "../books/genesis.ts";
import { Ancestry } from "./ancestry.ts";

const hash = (n: number): ChangeHash => n.toString(16).padStart(64, "0") as ChangeHash;

/** One change: built on earlier ones, on one that is not here, or on nothing; and what it names. */
const change = fc.record({
  deps: fc.array(fc.nat({ max: 40 }), { maxLength: 3 }),
  names: fc.array(fc.nat({ max: 40 }), { maxLength: 2 }),
  isOrphan: fc.boolean(),
});

test("[S26] what is shown to be in a change's past is all that can be reached from it, by names too where it is not here whole", () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 40 }), (changes) => {
      const ancestry = new Ancestry();
      const below = new Map<number, { deps: number[]; names: number[]; isComplete: boolean }>();
      changes.forEach(({ deps, names, isOrphan }, n) => {
        const known = { deps: deps.filter((d) => d < n), names: names.filter((d) => d < n) };
        const isComplete = !isOrphan && known.deps.every((d) => below.get(d)?.isComplete);
        below.set(n, { ...known, isComplete });
        ancestry.add(hash(n), [...known.deps.map(hash), ...(isOrphan ? [hash(900 + n)] : [GENESIS_HASH])], known.names.map(hash));
      });
      for (const [n, { isComplete }] of below) {
        const reached = new Set<number>();
        const open = [n];
        for (let next = open.pop(); next !== undefined; next = open.pop()) {
          const { deps = [], names = [] } = below.get(next) ?? {};
          for (const d of isComplete ? deps : [...deps, ...names]) if (!reached.has(d)) open.push(d);
          for (const d of isComplete ? deps : [...deps, ...names]) reached.add(d);
        }
        expect(ancestry.isComplete(hash(n))).toBe(isComplete);
        const past = ancestry.pastOf(hash(n));
        for (const m of below.keys()) expect(past.has(hash(m)), `${String(m)} before ${String(n)}`).toBe(reached.has(m));
        expect(past.has(hash(900 + n))).toBe(false);
      }
    }),
    { numRuns: 300 },
  );
});
