import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { foldText, foldWithPlaces } from "./fold-text.ts";

/** But for the iota under old Greek letters, which becomes a letter of its own in capitals. */
const text = fc.string({ unit: "grapheme", maxLength: 60 }).filter((any) => !any.normalize("NFD").includes("\u0345"));

describe("text as a search compares it", () => {
  test.each([
    ["Übergabe", "ubergabe"],
    ["ÜBERGABE", "U\u0308bergabe"],
    ["Straße", "STRASSE"],
    ["GROẞ", "gross"],
    ["ＡＢＣ１２", "abc12"],
    ["Łódź", "lodz"],
    ["Ærø", "aero"],
    ["İstanbul", "istanbul"],
    ["ISPARTA", "ısparta"],
    ["ὈΔΥΣΣΕΎΣ", "οδυσσευς"],
    ["Ёлка", "елка"],
    ["أحمد", "احمد"],
    ["مُحَمَّد", "محمد"],
    ["שָׁלוֹם", "שלום"],
    ["ﬁve", "five"],
    ["pick\u00adup", "pickup"],
    ["pick\u200bup", "pickup"],
    ["don’t", "don't"],
    ["3\u00a0pm", "3 pm"],
    ["half\nterm", "half term"],
  ])("[search] %j and %j are the same", (a, b) => {
    expect(foldText(a)).toBe(foldText(b));
  });

  test("[search] what differs in a letter differs, in scripts whose marks are letters too", () => {
    for (const [a, b] of [
      ["dentist", "dentists"],
      ["कि", "कु"],
      ["日本", "日木"],
      ["กิน", "กัน"],
    ] as const)
      expect(foldText(a)).not.toBe(foldText(b));
  });

  test("[search] in half a composed letter its beginning is found", () => {
    expect(foldText("한국")).toContain(foldText("하"));
  });

  test("[search] case never matters, and folding twice is folding once", () => {
    fc.assert(
      fc.property(text, (any) => {
        const folded = foldText(any);
        expect(foldText(folded)).toBe(folded);
        expect(foldText(any.toUpperCase())).toBe(folded);
        expect(foldText(any.toLowerCase())).toBe(folded);
        expect(foldText(any.normalize("NFD"))).toBe(folded);
      }),
      { numRuns: 2_000 },
    );
  });

  test("[search] letter by letter it is folded alike, and each unit leads back to the letters that it came from", () => {
    fc.assert(
      fc.property(text, text, text, (before, middle, after) => {
        const whole = `${before} ${middle} ${after}`;
        const { folded, begins, ends } = foldWithPlaces(whole);
        expect(folded).toBe(foldText(whole));
        for (let i = 0; i < folded.length; i++) {
          const letters = whole.slice(begins(i), ends(i));
          expect(letters.length).toBeGreaterThan(0);
          expect(foldText(letters)).toContain(folded[i]);
          if (i > 0) expect(begins(i)).toBeGreaterThanOrEqual(begins(i - 1));
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
