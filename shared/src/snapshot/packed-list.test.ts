import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PackedList } from "./packed-list.ts";
import { allOf } from "./rows.ts";

const SEED = 20_261_126;
const plain = fc.jsonValue({ maxDepth: 3, stringUnit: "binary" });

describe("a packed list", () => {
  it("gives back what was put in, in its order and at each place, whatever the texts in it", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(plain, { maxLength: 300 }),
        fc.array(fc.integer({ min: -320, max: 320 }), { maxLength: 40 }),
        async (items, places) => {
          // As JSON has them: it knows no minus nought.
          const wanted = items.map((item): unknown => JSON.parse(JSON.stringify(item)));
          const list = new PackedList<unknown>();
          for (const item of items) await list.push(item);
          expect(list.length).toBe(items.length);
          expect(await allOf(list)).toEqual(wanted);
          for (const place of places) expect(await list.at(place)).toEqual(wanted.at(place));
          expect(await allOf(list)).toEqual(wanted);
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

  it("gives a copy each time, so that nobody changes what another one reads", async () => {
    const list = new PackedList<{ n: number }>();
    for (let n = 0; n < 100; n++) await list.push({ n });
    for (const place of [0, 99]) {
      const taken = await list.at(place);
      if (taken) taken.n = -1;
      expect(await list.at(place)).toEqual({ n: place });
    }
  });
});
