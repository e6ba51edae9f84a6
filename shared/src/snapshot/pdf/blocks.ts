import type { Canvas, Colour, Target } from "./canvas.ts";
import type { Face, FontBook, Weight } from "./font-book.ts";
import type { Sizes } from "./paper.ts";
import type { Grey, Span } from "./span.ts";
import { setLines, setOneLine, type Line } from "./text.ts";

/** What is never cut: a line of text, a row of cells. */
export interface Piece {
  /** Points. */
  readonly height: number;
  draw(canvas: Canvas, left: number, top: number): void;
}

/** Something that stands together, as far as a page can hold it. */
export interface Block {
  readonly pieces: readonly Piece[];
  /** It stays with the block after it. */
  readonly leads?: boolean;
  /** Where links to it lead. */
  readonly place?: string;
  readonly bookmark?: { readonly title: string; readonly level: number };
  /** What the next page says where the block goes on there. */
  readonly continued?: readonly Span[];
}

/** Faces whose letters reach further up and down than Latin ones. */
const TALL = /^noto-sans-(?:arabic|thai|lao|khmer|myanmar|bengali|gurmukhi|gujarati|tamil|telugu|kannada|malayalam|sinhala)|\/devanagari/;
const isTall = (face: Face): boolean => TALL.test(face.name);

/** The mark of a parent at the edge of what they wrote: a colour, and a pattern for whoever does not see the colour. */
export interface Edge {
  readonly colour: Colour;
  readonly dashed: boolean;
}

/** Builds pieces of a given width. */
export class Setter {
  readonly book: FontBook;
  readonly width: number;
  readonly sizes: Sizes;

  constructor(book: FontBook, width: number, sizes: Sizes) {
    this.book = book;
    this.width = width;
    this.sizes = sizes;
  }

  span(text: string, style: { size?: keyof Sizes; weight?: Weight; grey?: Grey; written?: boolean } = {}): Span {
    const { size = "body", ...rest } = style;
    return { text, size: this.sizes[size], ...rest };
  }

  /** What a person wrote. */
  written(text: string, style: { size?: keyof Sizes; weight?: Weight; grey?: Grey } = {}): Span {
    return this.span(text, { ...style, written: true });
  }

  /** Text over the whole width, a piece a line. */
  text(spans: readonly Span[], options: { indent?: number; width?: number; after?: number; link?: Target } = {}): readonly Piece[] {
    const { indent = 0, after = 0, link } = options;
    const width = (options.width ?? this.width) - indent;
    const lines = setLines(this.book, spans, width);
    return lines.map((line, i) => linePiece(line, indent, width, spans, i === lines.length - 1 ? after : 0, link));
  }

  gap(height: number): Piece {
    return { height, draw: () => undefined };
  }

  rule(): Piece {
    return {
      height: 8,
      draw: (canvas, left, top) => {
        canvas.rect(left, top + 3.5, this.width, 0.5, [0.85, 0.84, 0.81]);
      },
    };
  }

  /** Cells side by side. A cell that is too long is cut after `max` lines, and three dots say so. */
  row(
    cells: readonly { readonly width: number; readonly spans: readonly Span[] }[],
    options: { max?: number; after?: number } = {},
  ): Piece {
    const { max = 12, after = 3 } = options;
    const set = cells.map(({ width, spans }) => {
      const lines = setLines(this.book, spans, width - 8);
      if (lines.length <= max) return { width, spans, lines };
      const dots = setOneLine(this.book, [this.span("… (cut here)", { size: "small", grey: "soft" })], width - 8);
      return { width, spans, lines: [...lines.slice(0, max - 1), dots] };
    });
    const height = Math.max(0, ...set.map(({ lines, spans }) => lines.reduce((n, l) => n + lineHeight(l, spans), 0)));
    return {
      height: height + after,
      draw: (canvas, left, top) => {
        let x = left;
        for (const { width, spans, lines } of set) {
          let y = top;
          for (const line of lines) {
            drawLine(canvas, line, spans, x, width - 8, y);
            y += lineHeight(line, spans);
          }
          x += width;
        }
      },
    };
  }

  /** One line with a page label at its end, which leads there. */
  entry(spans: readonly Span[], label: string, target: Target, indent = 0): Piece {
    const [first] = spans;
    const end = setOneLine(this.book, [this.span(label)], 90);
    const line = setOneLine(this.book, spans, this.width - indent - 100);
    const height = (first?.size ?? this.sizes.body) * 1.7;
    return {
      height,
      draw: (canvas, left, top) => {
        const base = top + height * 0.72;
        const from = line.isRtl ? left + this.width - 100 - line.width : left + indent;
        canvas.line(line, from, base);
        const dotsFrom = line.isRtl ? left + indent : left + indent + line.width + 4;
        const dotsTo = line.isRtl ? from - 4 : left + this.width - end.width - 6;
        for (let x = Math.ceil(dotsFrom / 5) * 5; x < dotsTo; x += 5) canvas.rect(x, base - 0.5, 0.7, 0.7, [0.6, 0.58, 0.55]);
        canvas.line(end, left + this.width - end.width, base);
        canvas.link(left + indent, top, this.width - indent, height, target);
      },
    };
  }

  /** A field to fill in, on screen or by hand: its label above, lines below. */
  field(name: string, label: string, lines = 1): Piece {
    const step = this.sizes.body * 1.7;
    const set = setLines(this.book, [this.span(label, { size: "small", grey: "soft" })], this.width);
    const head = set.reduce((n, l) => n + lineHeight(l, [this.span(label, { size: "small" })]), 0);
    return {
      height: head + lines * step + 8,
      draw: (canvas, left, top) => {
        let y = top;
        for (const line of set) {
          drawLine(canvas, line, [this.span(label, { size: "small" })], left, this.width, y);
          y += lineHeight(line, [this.span(label, { size: "small" })]);
        }
        for (let i = 1; i <= lines; i++) canvas.rect(left, top + head + i * step - 1, this.width, 0.5, [0.45, 0.44, 0.42]);
        canvas.field(name, label, left, top + head, this.width, lines * step, lines > 1);
      },
    };
  }

  /** The same pieces, moved in and with a parent's mark at their edge. */
  edged(pieces: readonly Piece[], edge: Edge, indent: number): readonly Piece[] {
    return pieces.map((p) => ({
      height: p.height,
      draw: (canvas, left, top) => {
        drawEdge(canvas, edge, left, top, p.height);
        p.draw(canvas, left + indent, top);
      },
    }));
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

/** The heading of a list of contents, which stays with its first line. */
export const contentsBlock = (set: Setter): Block => ({
  pieces: set.text([set.span("Contents", { size: "heading", weight: 700 })], { after: 4 }),
  leads: true,
});

const EDGE = 2.5;
const DASH = 6;

function drawEdge(canvas: Canvas, { colour, dashed }: Edge, left: number, top: number, height: number): void {
  if (!dashed) {
    canvas.rect(left, top, EDGE, height, colour);
    return;
  }
  // In step with the page, so that the dashes of one piece go on in the next.
  for (let y = Math.floor(top / DASH) * DASH; y < top + height; y += DASH) {
    const from = Math.max(top, y);
    const to = Math.min(top + height, y + DASH * 0.6);
    if (to > from) canvas.rect(left, from, EDGE, to - from, colour);
  }
}

function lineHeight(line: Line, spans: readonly Span[]): number {
  const size = line.clusters.reduce((n, c) => Math.max(n, c.isCode ? c.size / 0.75 : c.size), 0) || (spans[0]?.size ?? 10);
  return size * (line.clusters.some((c) => isTall(c.face)) ? 1.75 : 1.42);
}

function drawLine(canvas: Canvas, line: Line, spans: readonly Span[], left: number, width: number, top: number): void {
  const x = line.isRtl ? left + width - line.width : left;
  canvas.line(line, x, top + lineHeight(line, spans) * 0.74);
}

function linePiece(line: Line, indent: number, width: number, spans: readonly Span[], after: number, link: Target | undefined): Piece {
  const height = lineHeight(line, spans);
  return {
    height: height + after,
    draw: (canvas, left, top) => {
      drawLine(canvas, line, spans, left + indent, width, top);
      if (link) canvas.link(left + indent, top, line.width, height, link);
    },
  };
}
