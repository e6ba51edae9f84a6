import { utf8 } from "../../base/bytes.ts";
import type { Block, Piece } from "./blocks.ts";
import { Canvas } from "./canvas.ts";
import { EmbeddedFonts } from "./font-embed.ts";
import type { FontBook } from "./font-book.ts";
import { leastRoom, pagesOf, type Front } from "./flow.ts";
import { writeField, writeForm } from "./form.ts";
import { Furniture, type FurnitureSpec } from "./furniture.ts";
import { outlineOf, type Bookmark } from "./outline.ts";
import { HEAD, SIDE, textHeight, textWidth } from "./paper.ts";
import { Places } from "./places.ts";
import type { Span } from "./span.ts";
import { setOneLine, type Line } from "./text.ts";
import { num, pdfDate, pdfText, PdfWriter, ref } from "./writer.ts";

const PAGES_PER_NODE = 64;

export interface DocumentSpec extends FurnitureSpec {
  /** The moment of the export: the file's own date. */
  readonly at: number;
  readonly app: string;
  /** 16 bytes that name the document. */
  readonly id: Uint8Array;
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
  readonly #places: Places;
  readonly #bookmarks: Bookmark[] = [];
  readonly #total: number;
  readonly #fields: number[] = [];
  readonly #furniture: Furniture;
  #page: Page | undefined;
  #index: number;
  #top = 0;
  #waiting: Block[] = [];

  private constructor(spec: DocumentSpec, book: FontBook, front: Front, frontPages: number, emit: (chunk: Uint8Array) => void) {
    this.#spec = spec;
    this.#book = book;
    this.#front = front;
    this.#pdf = new PdfWriter(emit);
    this.#fonts = new EmbeddedFonts(book);
    this.#places = new Places(this.#pdf);
    this.#resources = this.#pdf.promise();
    this.#root = this.#pdf.promise();
    this.#total = this.#pdf.promise();
    this.#frontPages = frontPages;
    this.#index = frontPages;
    this.#furniture = new Furniture(spec, book);
  }

  /** A document without pages. `emit` is given its bytes as they are made. */
  static async begin(spec: DocumentSpec, book: FontBook, front: Front, emit: (chunk: Uint8Array) => void): Promise<PdfDocument> {
    return new PdfDocument(spec, book, front, await pagesOf(front, spec.paper), emit);
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
  async finish(): Promise<number> {
    this.#place();
    this.#close();
    const bodyPages = this.#index - this.#frontPages;
    const body = this.#nodes.splice(0);
    const later = this.#bookmarks.splice(0);
    this.#index = 0;
    const labelOf = (place: string): string => {
      const index = this.#places.indexOf(place);
      return index === undefined ? "" : this.#spec.labels.label(index);
    };
    for await (const block of this.#front(labelOf)) this.add(block);
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
    if (this.#page && this.#top + leastRoom(blocks, room) > room) this.#close();
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
    if (block.place !== undefined) this.#places.mark(block.place, { page: page.object, index: this.#index, y });
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
    this.#furniture.draw(page.canvas, this.#index);
    const { width, height } = this.#spec.paper;
    const content = this.#pdf.stream("", utf8(page.canvas.content));
    const links = page.canvas.links.map((link) => ref(this.#places.link(link)));
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
    this.#places.settle();
    this.#page = undefined;
    this.#index += 1;
    this.#top = 0;
  }

  #writeEnd(
    nodes: readonly { readonly object: number; readonly kids: readonly number[] }[],
    marks: readonly Bookmark[],
    count: number,
  ): void {
    const pdf = this.#pdf;
    const { title, at, app, id, sizes, labels } = this.#spec;
    this.#places.settle(true);
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

function totalCanvas(fonts: EmbeddedFonts, line: Line): string {
  const canvas = new Canvas(fonts, 0);
  canvas.line(line, 0, 0);
  return canvas.content;
}
