import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { foldText } from "../../base/fold-text.ts";
import { excerpt, marked } from "./excerpt.ts";
import { fits, wordsOf } from "./query.ts";

const hits = (pieces: readonly { readonly text: string; readonly hit: boolean }[]): string[] =>
  pieces.flatMap(({ text, hit }) => (hit ? [text] : []));
const whole = (pieces: readonly { readonly text: string }[]): string => pieces.map(({ text }) => text).join("");

describe("what is looked for", () => {
  test.each([
    ["  Dentist  tuesday ", ["dentist", "tuesday"]],
    ['"half term" Sam', ["half term", "sam"]],
    ['"half term', ["half term"]],
    ['""', []],
    ["dentist DENTIST", ["dentist"]],
    [" \u200b ", []],
  ])("[search] %j is these words", (typed, words) => {
    expect(wordsOf(typed)).toEqual(words);
  });

  test("[search] all words have to be there, and not all of them only in the subject of the thread", () => {
    const message = { own: "could you fetch her at four", who: "sam", around: "dentist" };
    expect(fits(message, ["fetch"])).toBe(true);
    expect(fits(message, ["dentist", "four"])).toBe(true);
    expect(fits(message, ["sam"])).toBe(true);
    expect(fits(message, ["sam", "dentist"])).toBe(true);
    expect(fits(message, ["dentist"])).toBe(false);
    expect(fits(message, ["fetch", "five"])).toBe(false);
  });
});

describe("the line that is shown", () => {
  test("[search] is the one in which most of it stands, with all of it marked as it was written", () => {
    const text = "Hello Sam,\n\nthe Übergabe is on Friday.\nUBERGABE: 5 pm, the Straße side.";
    const line = excerpt(text, wordsOf("ubergabe strasse"));
    expect(whole(line)).toBe("UBERGABE: 5 pm, the Straße side.");
    expect(hits(line)).toEqual(["UBERGABE", "Straße"]);
  });

  test("[search] a long line is cut between words, round what was found", () => {
    const text = `${"so many words before it ".repeat(40)}the dentist ${"and as many after it ".repeat(40)}`;
    const line = excerpt(text, ["dentist"]);
    expect(hits(line)).toEqual(["dentist"]);
    expect(whole(line)).toMatch(/^…[a-z].*the dentist and .*[a-z]…$/);
    expect(whole(line).length).toBeLessThan(200);
  });

  test("[search] a text without it shows how it begins", () => {
    expect(excerpt("\n\nFirst line.\nSecond line.", ["dentist"])).toEqual([{ text: "First line.", hit: false }]);
    expect(excerpt("", ["dentist"])).toEqual([]);
  });

  test("[search] words that overlap are one mark", () => {
    expect(marked("banana", ["anan", "nana"])).toEqual([
      { text: "b", hit: false },
      { text: "anana", hit: true },
    ]);
  });

  const letters = fc.string({ unit: fc.constantFrom("a", "B", "é", "E\u0301", "ß", "ﬁ", "が", "한", "🏠", "İ", " ", "-"), maxLength: 400 });

  test("[search] nothing of a text is lost or made by marking it, and each mark is what was looked for", () => {
    fc.assert(
      fc.property(letters, letters, (text, typed) => {
        const words = wordsOf(typed.slice(0, 6));
        const title = marked(text, words);
        expect(whole(title)).toBe(text);
        expect(title.every((piece) => piece.text !== "")).toBe(true);
        const folded = foldText(text);
        expect(hits(title).length > 0).toBe(words.some((word) => folded.includes(word)));
        for (const hit of hits(title)) expect(words.some((word) => foldText(hit).includes(word))).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  test("[search] a line is a part of its text that begins and ends between letters, and holds what was found", () => {
    fc.assert(
      fc.property(letters, letters, fc.constantFrom("aB", "é", "ß", "fi", "が"), (before, after, word) => {
        const text = `${before}${word}${after}`;
        const line = excerpt(text, wordsOf(word));
        const inner = line.filter((piece) => piece.text !== "…");
        expect(text).toContain(whole(inner));
        expect(whole(inner)).not.toMatch(/\p{Surrogate}/u);
        expect(whole(inner).length).toBeLessThanOrEqual(200);
        expect(hits(line).length).toBeGreaterThan(0);
      }),
      { numRuns: 500 },
    );
  });
});
