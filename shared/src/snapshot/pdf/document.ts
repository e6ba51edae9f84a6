import { utf8 } from "../../base/bytes.ts";
import type { Block, Piece, Setter } from "./blocks.ts";
import { Canvas, type Link } from "./canvas.ts";
import { EmbeddedFonts } from "./font-embed.ts";
import type { FontBook } from "./font-book.ts";
import type { PageLabels } from "./labels.ts";
import { writeField, writeForm } from "./form.ts";
import { outlineOf, type Bookmark } from "./outline.ts";
import { HEAD, SIDE, textHeight, textWidth, type Paper, type Sizes } from "./paper.ts";
import { setOneLine, type Line, type Span } from "./text.ts";
import { num, pdfDate, pdfText, PdfWriter, ref } from "./writer.ts";

const PAGES_PER_NODE = 64;
/** A block that is cut shows at least this much of itself before, in points. */
const LEAST = 110;

export interface DocumentSpec {
  readonly title: string;
  readonly paper: Paper;
  readonly sizes: Sizes;
  /** Names the record at the head of each page, and claims nothing. */
  readonly head: readonly Span[];
  /** Stands at the foot of each page: the time zone. */
  readonly foot: string;
  readonly labels: PageLabels;
  /** The moment of the export: the file's own date. */
  readonly at: number;
  readonly app: string;
  /** 16 bytes that name the document. */
  readonly id: Uint8Array;
}

/** What the first pages are made of. They are set twice: before, to count them, and at the end, once it is known on which page what stands. */
export type Front = (labelOf: (place: string) => string) => readonly Block[];

interface Place {
  readonly page: number;
  readonly index: number;
  readonly y: number;
}

interface Page {
  readonly object: number;
  readonly canvas: Canvas;
}

/**
 * A document that is written while it is laid out: nothing is kept of a page that is full but its number. First pages that point to later ones
 * are written last; their number is known before.
 */
export class PdfDocument {
  readonly #spec: DocumentSpec;
  readonly #book: FontBook;
  readonly #pdf: PdfWriter;
  readonly #fonts: EmbeddedFonts;
  readonly #front: Front;
  readonly #frontPages: number;
  readonly #resources: number;
  readonly #root: number;
  readonly #nodes: { readonly object: number; readonly kids: number[] }[] = [];
  readonly #places = new Map<string, Place>();
  readonly #bookmarks: Bookmark[] = [];
  readonly #owed: { readonly object: number; readonly link: Link }[] = [];
  readonly #total: number;
  readonly #fields: number[] = [];
  /** The name of the record and of the report, and the zone: the same on every page. */
  readonly #same: { readonly left: Line; readonly right: Line; readonly zone: Line };
  #page: Page | undefined;
  #index: number;
  #top = 0;
  #waiting: Block[] = [];

  constructor(spec: DocumentSpec, book: FontBook, front: Front, emit: (chunk: Uint8Array) => void) {
    this.#spec = spec;
    this.#book = book;
    this.#front = front;
    this.#pdf = new PdfWriter(emit);
    this.#fonts = new EmbeddedFonts(book);
    this.#resources = this.#pdf.promise();
    this.#root = this.#pdf.promise();
    this.#total = this.#pdf.promise();
    this.#frontPages = pagesOf(front, spec.paper);
    this.#index = this.#frontPages;
    this.#same = this.#sameOnAll();
  }

  /** Appends a block: on this page where it fits, on the next where it fits there, and cut where it is longer than a page. */
  add(block: Block): void {
    this.#waiting.push(block);
    if (block.leads !== true) this.#place();
  }

  /** The page on which the next block would begin is a new one. */
  breakPage(): void {
    this.#place();
    this.#close();
  }

  /** Writes what is left. Gives the number of pages. */
  finish(): number {
    this.#place();
    this.#close();
    const bodyPages = this.#index - this.#frontPages;
    const body = this.#nodes.splice(0);
    const later = this.#bookmarks.splice(0);
    this.#index = 0;
    const labelOf = (place: string): string => {
      const at = this.#places.get(place);
      return at ? this.#spec.labels.label(at.index) : "";
    };
    for (const block of this.#front(labelOf)) this.add(block);
    this.#place();
    this.#close();
    if (this.#index !== this.#frontPages) throw new Error("the first pages have another length the second time");
    this.#writeEnd([...this.#nodes, ...body], [...this.#bookmarks, ...later], this.#frontPages + bodyPages);
    return this.#frontPages + bodyPages;
  }

  #place(): void {
    const blocks = this.#waiting;
    this.#waiting = [];
    if (blocks.length === 0) return;
    const room = textHeight(this.#spec.paper);
    const last = blocks.at(-1);
    const led = blocks.slice(0, -1).reduce((n, b) => n + heightOf(b), 0);
    const whole = led + (last ? heightOf(last) : 0);
    const least = whole <= room ? whole : led + LEAST;
    if (this.#page && this.#top + least > room) this.#close();
    for (const block of blocks) this.#draw(block);
  }

  #draw(block: Block): void {
    const room = textHeight(this.#spec.paper);
    block.pieces.forEach((piece, i) => {
      if (this.#page && this.#top + piece.height > room && this.#top > 0) {
        this.#close();
        if (i > 0 && block.continued) this.#continue(block.continued);
      }
      this.#page ??= this.#open();
      if (i === 0) this.#mark(block);
      this.#drawPiece(piece);
    });
  }

  #drawPiece(piece: Piece): void {
    this.#page ??= this.#open();
    piece.draw(this.#page.canvas, SIDE, HEAD + this.#top);
    this.#top += piece.height;
  }

  #continue(spans: readonly Span[]): void {
    const line = setOneLine(this.#book, spans, textWidth(this.#spec.paper));
    const size = spans[0]?.size ?? 10;
    this.#drawPiece({
      height: size * 2,
      draw: (canvas, left, top) => {
        canvas.line(line, left, top + size);
      },
    });
  }

  #mark(block: Block): void {
    const page = this.#page;
    if (!page) return;
    const y = this.#spec.paper.height - HEAD - this.#top + 4;
    if (block.place !== undefined) this.#places.set(block.place, { page: page.object, index: this.#index, y });
    if (block.bookmark) this.#bookmarks.push({ ...block.bookmark, page: page.object, y });
  }

  #open(): Page {
    const object = this.#pdf.promise();
    const node = this.#nodes.at(-1);
    if (node && node.kids.length < PAGES_PER_NODE) node.kids.push(object);
    else this.#nodes.push({ object: this.#pdf.promise(), kids: [object] });
    this.#top = 0;
    return { object, canvas: new Canvas(this.#fonts, this.#spec.paper.height) };
  }

  #close(): void {
    const page = this.#page;
    if (!page) return;
    this.#furniture(page.canvas);
    const { width, height } = this.#spec.paper;
    const content = this.#pdf.stream("", utf8(page.canvas.content));
    const links = page.canvas.links.map((link) => {
      const object = this.#pdf.promise();
      this.#owed.push({ object, link });
      return ref(object);
    });
    for (const field of page.canvas.fields) {
      const object = writeField(this.#pdf, field, page.object, this.#spec.sizes.body);
      this.#fields.push(object);
      links.push(ref(object));
    }
    const annotations = links.length === 0 ? "" : `/Annots[${links.join(" ")}]`;
    const parent = this.#nodes.at(-1)?.object ?? 0;
    this.#pdf.object(
      `<</Type/Page/Parent ${ref(parent)}/MediaBox[0 0 ${num(width)} ${num(height)}]/Resources ${ref(this.#resources)}/Contents ${ref(content)}${annotations}>>`,
      page.object,
    );
    this.#settle();
    this.#page = undefined;
    this.#index += 1;
    this.#top = 0;
  }

  /** Writes the links whose ends are known. */
  #settle(isEnd = false): void {
    const still: { readonly object: number; readonly link: Link }[] = [];
    for (const owed of this.#owed.splice(0)) {
      const { target, rect } = owed.link;
      const at = "place" in target ? this.#places.get(target.place) : undefined;
      if ("place" in target && !at && !isEnd) {
        still.push(owed);
        continue;
      }
      const action =
        "file" in target ? `/A<</S/GoToR/F${pdfText(target.file)}/D[0/Fit]>>` : at ? `/Dest[${ref(at.page)}/XYZ 0 ${num(at.y)} null]` : "";
      this.#pdf.object(`<</Type/Annot/Subtype/Link/Border[0 0 0]/Rect[${rect.map(num).join(" ")}]${action}>>`, owed.object);
    }
    this.#owed.push(...still);
  }

  #sameOnAll(): { readonly left: Line; readonly right: Line; readonly zone: Line } {
    const { paper, sizes, head, foot, title } = this.#spec;
    const width = textWidth(paper);
    const soft = (text: string): Span => ({ text, size: sizes.small, grey: "soft" });
    const right = setOneLine(this.#book, [soft(title)], width / 2);
    return {
      right,
      left: setOneLine(this.#book, head, width - right.width - 20),
      zone: setOneLine(this.#book, [soft(foot)], width * 0.5),
    };
  }

  /** What stands on every page: the record's name above; zone, page and label below. */
  #furniture(canvas: Canvas): void {
    const { paper, sizes, labels } = this.#spec;
    const width = textWidth(paper);
    const size = sizes.small;
    const { left, right, zone } = this.#same;
    canvas.line(left, SIDE, 40);
    canvas.line(right, SIDE + width - right.width, 40);
    canvas.rect(SIDE, 46, width, 0.5, [0.75, 0.74, 0.71]);
    const base = paper.height - 30;
    canvas.rect(SIDE, base - size - 5, width, 0.5, [0.75, 0.74, 0.71]);
    const page = setOneLine(this.#book, [{ text: `Page ${String(this.#index + 1)} of`, size, grey: "soft" }], width);
    const label = labels.numbers(1) === "" ? undefined : labels.label(this.#index);
    const labelLine = label === undefined ? undefined : setOneLine(this.#book, [{ text: label, size: sizes.body, weight: 700 }], 160);
    const middle = SIDE + width * 0.52;
    canvas.line(zone, SIDE, base);
    canvas.line(page, middle, base);
    canvas.form("Total", middle + page.width + size * 0.26, base);
    if (labelLine) canvas.line(labelLine, SIDE + width - labelLine.width, base);
  }

  #writeEnd(
    nodes: readonly { readonly object: number; readonly kids: readonly number[] }[],
    marks: readonly Bookmark[],
    count: number,
  ): void {
    const pdf = this.#pdf;
    const { title, at, app, id, sizes, labels } = this.#spec;
    this.#settle(true);
    const totalLine = setOneLine(this.#book, [{ text: String(count), size: sizes.small, grey: "soft" }], 200);
    const total = totalCanvas(this.#fonts, totalLine);
    const outline = outlineOf(pdf, marks);
    const fonts = `<<${this.#fonts.write(pdf)}>>`;
    pdf.stream(`/Type/XObject/Subtype/Form/BBox[0 -10 200 30]/Resources<</Font ${fonts}>>`, utf8(total), this.#total);
    pdf.object(`<</Font ${fonts}/XObject<</Total ${ref(this.#total)}>>>>`, this.#resources);
    for (const node of nodes)
      pdf.object(
        `<</Type/Pages/Parent ${ref(this.#root)}/Count ${String(node.kids.length)}/Kids[${node.kids.map(ref).join(" ")}]>>`,
        node.object,
      );
    pdf.object(`<</Type/Pages/Count ${String(count)}/Kids[${nodes.map((n) => ref(n.object)).join(" ")}]>>`, this.#root);
    const numbers = labels.numbers(count);
    const catalog = pdf.object(
      `<</Type/Catalog/Pages ${ref(this.#root)}/Lang(en)/ViewerPreferences<</DisplayDocTitle true>>` +
        (numbers === "" ? "" : `/PageLabels<</Nums[${numbers}]>>`) +
        (this.#fields.length === 0 ? "" : `/AcroForm ${ref(writeForm(pdf, this.#book, this.#fields, sizes.body))}`) +
        (outline === undefined ? "" : `/Outlines ${ref(outline)}/PageMode/UseOutlines`) +
        ">>",
    );
    const date = pdfDate(at);
    const info = pdf.object(`<</Title${pdfText(title)}/Producer${pdfText(app)}/CreationDate${date}/ModDate${date}>>`);
    pdf.finish(catalog, info, id);
  }
}

const heightOf = (block: Block): number => block.pieces.reduce((n, p) => n + p.height, 0);

function totalCanvas(fonts: EmbeddedFonts, line: Line): string {
  const canvas = new Canvas(fonts, 0);
  canvas.line(line, 0, 0);
  return canvas.content;
}

/** How many pages the first pages will be. */
export const pagesOf = (front: Front, paper: Paper): number => new Flow(textHeight(paper)).measure(front(() => ""));

/** Counts pages as the document would fill them, without drawing. */
class Flow {
  readonly #room: number;
  #pages = 1;
  #top = 0;

  constructor(room: number) {
    this.#room = room;
  }

  measure(blocks: readonly Block[]): number {
    let waiting: Block[] = [];
    for (const block of blocks) {
      waiting.push(block);
      if (block.leads === true) continue;
      this.#place(waiting);
      waiting = [];
    }
    this.#place(waiting);
    return this.#pages;
  }

  #place(blocks: readonly Block[]): void {
    const last = blocks.at(-1);
    const led = blocks.slice(0, -1).reduce((n, b) => n + heightOf(b), 0);
    const whole = led + (last ? heightOf(last) : 0);
    const least = whole <= this.#room ? whole : led + LEAST;
    if (this.#top > 0 && this.#top + least > this.#room) this.#next();
    for (const piece of blocks.flatMap((b) => b.pieces)) {
      if (this.#top > 0 && this.#top + piece.height > this.#room) this.#next();
      this.#top += piece.height;
    }
  }

  #next(): void {
    this.#pages += 1;
    this.#top = 0;
  }
}

/** A title that begins a document. */
export function titleBlock(set: Setter, text: string): Block {
  return {
    pieces: [...set.text([set.span(text, { size: "title", weight: 700 })], { after: 8 })],
    leads: true,
    bookmark: { title: text, level: 0 },
  };
}
