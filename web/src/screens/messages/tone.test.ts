import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toneOf } from "./tone.ts";

describe("the hint at how a message may read", () => {
  it.each([
    ["You ALWAYS do this.", "blame", "You ALWAYS"],
    ["It is your fault that she missed it.", "blame", "your fault"],
    ["Don't be stupid.", "insult", "stupid"],
    ["You’ll regret this.", "threat", "You’ll regret"],
    ["Bring her at five, or else. You are an idiot.", "threat", "or else"],
    ["WHERE WERE THEY yesterday", "capitals", ""],
    ["Where are you???", "marks", ""],
    ["Answer me!!", "marks", ""],
    ["No! No! No! No!", "marks", ""],
  ] as const)("[tone] %j may read as %s", (text, tone, by) => {
    expect(toneOf(text)).toEqual({ tone, by });
  });

  it.each([
    "Could you fetch her at four? Thank you!",
    "The GP and the NHS wrote; please bring the EHIC card.",
    "She is always happy there, and never late.",
    "He used the stupidity of the rule as a joke in his essay.",
    "Shall we take turns, or elsewhere?",
    "",
    "日本語のお知らせです。",
  ])("[tone] of %j nothing is said", (text) => {
    expect(toneOf(text)).toBeUndefined();
  });

  it("[tone] whatever is written, it ends, and says no word that is not in the text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 300 }), (text) => {
        const heard = toneOf(text);
        if (heard !== undefined && heard.by !== "") expect(text).toContain(heard.by);
      }),
    );
  });

  it("[tone] a text of the greatest length is looked at in one go", () => {
    expect(toneOf(`${"you alway ".repeat(2_000)}you always`)).toMatchObject({ tone: "blame" });
  });
});
