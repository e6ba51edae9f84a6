import type { Canvas, Colour } from "./canvas.ts";
import type { FontBook } from "./font-book.ts";
import type { PageLabels } from "./labels.ts";
import { SIDE, textWidth, type Paper, type Sizes } from "./paper.ts";
import type { Span } from "./span.ts";
import { setOneLine, type Line } from "./text.ts";

const RULE: Colour = [0.75, 0.74, 0.71];

/** What is told of a document on each of its pages. */
export interface FurnitureSpec {
  readonly title: string;
  readonly paper: Paper;
  readonly sizes: Sizes;
  /** Names the record at the head of each page, and claims nothing. */
  readonly head: readonly Span[];
  /** Stands at the foot of each page: the time zone. */
  readonly foot: string;
  readonly labels: PageLabels;
}

/** What stands on every page: the record's name above; zone, page and label below. What is the same on all of them is set once. */
export class Furniture {
  readonly #spec: FurnitureSpec;
  readonly #book: FontBook;
  readonly #left: Line;
  readonly #right: Line;
  readonly #zone: Line;

  constructor(spec: FurnitureSpec, book: FontBook) {
    const { paper, sizes, head, foot, title } = spec;
    const width = textWidth(paper);
    const soft = (text: string): Span => ({ text, size: sizes.small, grey: "soft" });
    this.#spec = spec;
    this.#book = book;
    this.#right = setOneLine(book, [soft(title)], width / 2);
    this.#left = setOneLine(book, head, width - this.#right.width - 20);
    this.#zone = setOneLine(book, [soft(foot)], width * 0.5);
  }

  /** @param index of the page, from 0 */
  draw(canvas: Canvas, index: number): void {
    const { paper, sizes, labels } = this.#spec;
    const width = textWidth(paper);
    const size = sizes.small;
    canvas.line(this.#left, SIDE, 40);
    canvas.line(this.#right, SIDE + width - this.#right.width, 40);
    canvas.rect(SIDE, 46, width, 0.5, RULE);
    const base = paper.height - 30;
    canvas.rect(SIDE, base - size - 5, width, 0.5, RULE);
    const page = setOneLine(this.#book, [{ text: `Page ${String(index + 1)} of`, size, grey: "soft" }], width);
    const label = labels.numbers(1) === "" ? undefined : labels.label(index);
    const labelLine = label === undefined ? undefined : setOneLine(this.#book, [{ text: label, size: sizes.body, weight: 700 }], 160);
    const middle = SIDE + width * 0.52;
    canvas.line(this.#zone, SIDE, base);
    canvas.line(page, middle, base);
    canvas.form("Total", middle + page.width + size * 0.26, base);
    if (labelLine) canvas.line(labelLine, SIDE + width - labelLine.width, base);
  }
}
