import { beforeAll, describe, expect, it } from "vitest";
import { nodePdfPorts } from "../../../node/pdf-ports.ts";
import { Setter, type Block } from "./blocks.ts";
import { PdfDocument } from "./document.ts";
import type { Front } from "./flow.ts";
import { A4, textWidth } from "./paper.ts";
import { FontBook } from "./font-book.ts";
import { labelsOf } from "./labels.ts";

const SIZES = { title: 20, heading: 14, body: 11, small: 9 };
let set: Setter;

beforeAll(async () => {
  const book = await FontBook.open(nodePdfPorts);
  book.want("…’");
  await book.load();
  set = new Setter(book, textWidth(A4), SIZES);
});

/** A block of pieces of 100 points. Seven fit on a page. */
function block(place: string, pieces: number, more: Partial<Block> = {}): Block {
  return { pieces: Array.from({ length: pieces }, () => set.gap(100)), place, ...more };
}

/** Lays blocks out after `frontPages` pages and says on which page each begins. */
async function laidOut(
  blocks: readonly Block[],
  frontPages = 1,
): Promise<{ readonly pages: number; readonly starts: readonly string[]; readonly pdf: string }> {
  let starts: readonly string[] = [];
  const front: Front = (labelOf) => {
    starts = blocks.map((b) => labelOf(b.place ?? ""));
    return Array.from({ length: frontPages }, (_, i) => block(`front ${String(i)}`, 7));
  };
  const chunks: Uint8Array[] = [];
  const spec = {
    title: "A title",
    paper: A4,
    sizes: SIZES,
    labels: labelsOf({ style: "sections", from: "B" }, 0, 0),
    head: [set.span("Head")],
    foot: "Times in UTC",
    at: 0,
    app: "test",
    id: new Uint8Array(16),
  };
  const doc = await PdfDocument.begin(spec, set.book, front, (c) => chunks.push(c));
  for (const b of blocks) doc.add(b);
  const pages = await doc.finish();
  return { pages, starts, pdf: Buffer.concat(chunks).toString("latin1") };
}

describe("filling pages", () => {
  it("[S6] keeps a record whole where the next page can hold it", async () => {
    expect((await laidOut([block("a", 5), block("b", 3), block("c", 4)])).starts).toEqual(["B2", "B3", "B3"]);
  });

  it("cuts only what is longer than a page, and begins it where there is room", async () => {
    const { starts, pages } = await laidOut([block("a", 2), block("b", 16), block("c", 1)]);
    expect(starts).toEqual(["B2", "B2", "B4"]);
    expect(pages).toBe(4);
    // Less than one piece of it would stand there.
    expect((await laidOut([block("a", 7), block("b", 16)])).starts).toEqual(["B2", "B3"]);
  });

  it("leaves no heading alone at the foot of a page", async () => {
    const { starts } = await laidOut([block("a", 5), block("heading", 1, { leads: true }), block("b", 2)]);
    expect(starts).toEqual(["B2", "B3", "B3"]);
  });

  it("says on the next page what goes on there", async () => {
    const cut = await laidOut([block("a", 9, { continued: [set.span("No. 1, continued")] })]);
    const whole = await laidOut([block("a", 7, { continued: [set.span("No. 1, continued")] })]);
    expect([cut.pages, whole.pages]).toEqual([3, 2]);
  });

  it("numbers pages after an index of any length, and links to them", async () => {
    const { starts, pdf, pages } = await laidOut([block("a", 7), block("b", 7, { bookmark: { title: "Second", level: 0 } })], 3);
    expect(starts).toEqual(["B4", "B5"]);
    expect(pages).toBe(5);
    expect(pdf).toContain("/PageLabels<</Nums[0<</P(B)/S/D>>]>>");
    expect(pdf).toMatch(/\/Type\/Outlines\/First \d+ 0 R\/Last \d+ 0 R\/Count 1/);
    expect(pdf).toMatch(/\/Count 5\/Kids/);
  });
});
