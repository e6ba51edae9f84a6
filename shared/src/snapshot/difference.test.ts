import fc from "fast-check";
import { expect, it } from "vitest";
import { utf8 } from "../base/bytes.ts";
import { lineOfDifference } from "./difference.ts";

/** The same text in pieces that end where they like, empty ones among them. */
const cut = (text: string, cuts: readonly number[]): readonly Uint8Array[] => {
  const places = [0, ...cuts.map((c) => c % (text.length + 1)).sort((x, y) => x - y), text.length];
  return places.slice(1).map((to, i) => utf8(text.slice(places[i], to)));
};

const text = fc.string({ unit: fc.constantFrom("a", "b", "\n"), maxLength: 40 });
const cuts = fc.array(fc.nat(), { maxLength: 6 });

it("[S1] names the line of the first difference, however both files come in pieces", async () => {
  await fc.assert(
    fc.asyncProperty(text, text, text, cuts, cuts, async (same, left, right, some, others) => {
      const [a, b] = [same + left, same + right];
      let common = 0;
      while (common < Math.min(a.length, b.length) && a[common] === b[common]) common += 1;
      const line = a.slice(0, common).split("\n").length;
      expect(await lineOfDifference(cut(a, some), cut(b, others))).toBe(line);
    }),
  );
});
