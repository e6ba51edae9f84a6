import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { OBJECT, toPlain } from "./unseen.ts";

const all = (): boolean => true;
/** As it would be read: codes in brackets. */
function shown(text: string, has: (c: number) => boolean = all): string {
  const plain = toPlain(text, has);
  let next = 0;
  return plain.text.replaceAll(OBJECT, () => `[${plain.codes[next++] ?? "?"}]`);
}

describe("what would not be seen on paper", () => {
  it.each([
    ["marks that turn the direction", "a\u202eb\u2066c\u2069d\u200e", "a[U+202E]b[U+2066]c[U+2069]d[U+200E]"],
    ["nothing between two letters", "pay\u200bpal \u00ad \u2060", "pay[U+200B]pal [U+00AD] [U+2060]"],
    ["controls", "a\u0000b\u001bc\u009b", "a[U+0000]b[U+001B]c[U+009B]"],
    ["letters hidden as tags", "ok\u{e0041}\u{e0042}", "ok[U+E0041][U+E0042]"],
    ["half a character", "x\ud83d!", "x[U+D83D]!"],
    ["private characters", "\ue000\u{f0000}", "[U+E000][U+F0000]"],
    ["a stack of marks", `e${"\u0301".repeat(6)}`, `e${"\u0301".repeat(4)}[U+0301][U+0301]`],
    ["a joiner where nothing joins", "a\u200db", "a[U+200D]b"],
    ["an object in the text itself", OBJECT, "[U+FFFC]"],
  ])("[S1] is shown by its number: %s", (_, text, expected) => {
    expect(shown(text)).toBe(expected);
  });

  it.each([
    ["a Persian word", "می\u200cخواهم"],
    ["a Hindi half letter", "क्\u200dष"],
    ["a family", "👨\u200d👩\u200d👧"],
    ["a red heart", "❤\ufe0f"],
    ["a flag of a region", "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}"],
    ["accents", "e\u0301 Việt"],
  ])("leaves joiners alone where a script needs them: %s", (_, text) => {
    expect(shown(text)).toBe(text);
  });

  it("shows what no font has by its number", () => {
    expect(shown("a🧿b", (c) => c < 0x10000)).toBe("a[U+1F9FF]b");
  });

  it("never loses a character, whatever the text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 30 }), (text) => {
        const plain = toPlain(text, (c) => c % 3 !== 0);
        const points = Array.from(text);
        const objects = Array.from(plain.text).filter((c) => c === OBJECT).length;
        const tabs = points.filter((c) => c === "\t").length;
        expect(plain.codes).toHaveLength(objects);
        expect(Array.from(plain.text)).toHaveLength(points.length + 3 * tabs);
      }),
    );
  });
});
