import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InOrder } from "./in-order.ts";

const SEED = 20_261_126;

describe("things taken out the least first", () => {
  it("come as from a list that is sorted anew each time, whatever was added and taken before", () => {
    fc.assert(
      // A number is added, `undefined` takes one out.
      fc.property(fc.array(fc.option(fc.nat(20), { nil: undefined }), { maxLength: 200 }), (acts) => {
        const [taken, expected]: [(number | undefined)[], (number | undefined)[]] = [[], []];
        const inOrder = new InOrder<number>((a, b) => a - b);
        const list: number[] = [];
        for (const act of [...acts, ...acts.map(() => undefined)]) {
          if (act === undefined) {
            taken.push(inOrder.take());
            expected.push(list.sort((a, b) => a - b).shift());
          } else {
            inOrder.add(act);
            list.push(act);
          }
        }
        expect(taken).toEqual(expected);
      }),
      { seed: SEED, numRuns: 300 },
    );
  });
});
