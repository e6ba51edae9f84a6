import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PackedList } from "./packed-list.ts";

const SEED = 20_261_126;
const plain = fc.jsonValue({ maxDepth: 3, stringUnit: "binary" });

describe("a packed list", () => {
  it("gives back what was put in, in its order and at each place, whatever the texts in it", () => {
    fc.assert(
      fc.property(
        fc.array(plain, { maxLength: 300 }),
        fc.array(fc.integer({ min: -320, max: 320 }), { maxLength: 40 }),
        (items, places) => {
          // As JSON has them: it knows no minus nought.
          const wanted = items.map((item): unknown => JSON.parse(JSON.stringify(item)));
          const list = new PackedList<unknown>();
          for (const item of items) list.push(item);
          expect(list.length).toBe(items.length);
          expect([...list]).toEqual(wanted);
          for (const place of places) expect(list.at(place)).toEqual(wanted.at(place));
          expect([...list]).toEqual(wanted);
        },
      ),
      {
        seed: SEED,
        numRuns: 100,
        examples: [
          [
            ["a\nb", "\r\n", "\u2028", "\ud800", ""],
            [0, 1, 2, 3, 4],
          ],
        ],
      },
    );
  });

  it("gives a copy each time, so that nobody changes what another one reads", () => {
    const list = new PackedList<{ n: number }>();
    for (let n = 0; n < 100; n++) list.push({ n });
    for (const place of [0, 99]) {
      const taken = list.at(place);
      if (taken) taken.n = -1;
      expect(list.at(place)).toEqual({ n: place });
    }
  });
});
