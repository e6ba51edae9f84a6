import { beforeAll, describe, expect, it } from "vitest";
import { nodePdfPorts } from "../../../node/pdf-ports.ts";
import { FontBook, hanOrder } from "./font-book.ts";
import { setLines, setOneLine, type Line } from "./text.ts";

let book: FontBook;
const TEXTS = {
  arabic: "سلام لا 123 (abc)",
  hebrew: "שלום (Main 5) יום",
  hindi: "क्षत्रिय मिया",
  thai: "ที่นี่",
  chinese: "请你周四下午三点半去学校",
  japanese: "学校に迎えに",
  emoji: "👨\u200d👩\u200d👧 ok",
  code: "ab\u202ecd",
  long: "Dover ".repeat(40),
  unbroken: "x".repeat(300),
};

beforeAll(async () => {
  book = await FontBook.open(nodePdfPorts);
  for (const text of Object.values(TEXTS)) book.want(text);
  expect(await book.load()).toBeUndefined();
});

const set = (text: string, width = Infinity): readonly Line[] => setLines(book, [{ text, size: 10, written: true }], width);
/** What stands on a line, cluster by cluster, from left to right. */
const drawn = (line: Line | undefined): string[] => (line?.clusters ?? []).map((c) => c.text);

describe("setting lines", () => {
  it("[S1] draws Arabic from right to left, numbers and Latin words in it from left to right, brackets turned", () => {
    const [line] = set(TEXTS.arabic);
    expect(line?.isRtl).toBe(true);
    expect(drawn(line).join("|")).toBe(")|a|b|c|(| |1|2|3| |ا|ل| |م|ا|ل|س");
    // Beside alef, lam has another shape than in the middle of a word.
    const lams = line?.clusters.filter((c) => c.text === "ل").map((c) => c.glyphs[0]?.id);
    expect(new Set(lams).size).toBe(2);
    // The bracket that opens is drawn with the shape of the one that closes on its right.
    const brackets = line?.clusters.filter((c) => c.text === "(" || c.text === ")").map((c) => c.glyphs[0]?.id);
    const [plain] = set("()");
    expect(brackets).toEqual(plain?.clusters.map((c) => c.glyphs[0]?.id));
  });

  it("draws Hebrew with a Latin address in it", () => {
    const [line] = set(TEXTS.hebrew);
    expect(drawn(line).join("")).toBe("םוי )Main 5( םולש");
  });

  it("keeps a person's direction out of what stands round it", () => {
    const spans = [
      { text: "No. 1 · ", size: 10 },
      { text: "שלום 5", size: 10, written: true },
      { text: " · end", size: 10 },
    ];
    const [line] = setLines(book, spans, Infinity);
    expect(line?.isRtl).toBe(false);
    expect(drawn(line).join("")).toBe("No. 1 · 5 םולש · end");
  });

  it("shapes scripts whose letters change beside each other", () => {
    const [hindi] = set(TEXTS.hindi);
    const first = hindi?.clusters[0];
    expect(first?.text).toBe("क्ष");
    expect(first?.glyphs).toHaveLength(1);
    const [thai] = set(TEXTS.thai);
    expect(drawn(thai)).toEqual(["ที่", "นี่"]);
    const [emoji] = set(TEXTS.emoji);
    expect(emoji?.clusters[0]?.glyphs).toHaveLength(1);
  });

  it("takes each language's own shape of the characters that several share", () => {
    expect(hanOrder(TEXTS.chinese)[0]).toBe("noto-sans-sc");
    expect(hanOrder(TEXTS.japanese)[0]).toBe("noto-sans-jp");
    expect(hanOrder("학교 學校")[0]).toBe("noto-sans-kr");
    const face = set(TEXTS.japanese)[0]?.clusters.find((c) => c.text === "学")?.face.family;
    expect(face).toBe("noto-sans-jp");
  });

  it("breaks between words, and inside one only where it is longer than a line", () => {
    const lines = set(TEXTS.long, 100);
    expect(lines.every((l) => l.width <= 100 && /^(?:Dover ?)+$/.test(drawn(l).join("")))).toBe(true);
    const cut = set(TEXTS.unbroken, 100);
    expect(cut.every((l) => l.width <= 100)).toBe(true);
    expect(cut.flatMap(drawn).join("")).toBe(TEXTS.unbroken);
    const chinese = set(TEXTS.chinese, 45);
    expect(chinese.map((l) => drawn(l).length)).toEqual([4, 4, 4]);
  });

  it("[S1] frames a code and keeps its place", () => {
    const [line] = set(TEXTS.code);
    expect(line?.clusters.map((c) => (c.isCode ? `<${c.text}>` : c.text)).join("")).toBe("ab<U+202E>cd");
  });

  it("cuts what must stay on one line, and says so", () => {
    const line = setOneLine(book, [{ text: TEXTS.long, size: 10, written: true }], 100);
    expect(line.width).toBeLessThanOrEqual(100);
    expect(drawn(line).at(-1)).toBe("…");
    const rtl = setOneLine(book, [{ text: `${TEXTS.hebrew} `.repeat(5), size: 10, written: true }], 100);
    expect(drawn(rtl)[0]).toBe("…");
  });

  it("names the font file that this device has not got", async () => {
    const offline = await FontBook.open({ ...nodePdfPorts, font: () => Promise.resolve(undefined) });
    offline.want("a");
    expect(await offline.load()).toMatchObject({ family: "noto-sans" });
  });
});
