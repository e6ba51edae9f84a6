import { clustersOf, type Cluster } from "./clusters.ts";
import type { FontBook } from "./font-book.ts";
import { broken, reordered, withoutTrailingSpace } from "./line-fill.ts";
import type { Span } from "./span.ts";
import { linesOf } from "./unseen.ts";

/** One line in the order in which it is drawn, left to right. */
export interface Line {
  readonly clusters: readonly Cluster[];
  /** Points. */
  readonly width: number;
  readonly isRtl: boolean;
}

/** Sets spans as lines of at most `width` points: bidirectional order (UAX 9), shaping, line breaks (UAX 14). Line breaks in the text stay. */
export function setLines(book: FontBook, spans: readonly Span[], width: number): readonly Line[] {
  const lines: Line[] = [];
  for (const paragraph of paragraphsOf(spans)) for (const line of setKnown(book, paragraph, width)) lines.push(line);
  return lines;
}

/** Letters of a paragraph that is worth keeping: names of columns, days and the like come again on every page. */
const KEPT_LETTERS = 32;
const KEPT_PARAGRAPHS = 1_000;

/**
 * Paragraphs that came twice, as they were set. What comes once, as most times of day do, is not kept: it would live just long enough to be garbage of the kind that is
 * collected last.
 */
class KnownParagraphs {
  #seen = new Set<string>();
  #set = new Map<string, readonly Line[]>();

  get(key: string, make: () => readonly Line[]): readonly Line[] {
    const known = this.#set.get(key);
    if (known) return known;
    const lines = make();
    if (this.#seen.delete(key)) {
      if (this.#set.size >= KEPT_PARAGRAPHS) this.#set = new Map();
      this.#set.set(key, lines);
    } else {
      if (this.#seen.size >= KEPT_PARAGRAPHS) this.#seen = new Set();
      this.#seen.add(key);
    }
    return lines;
  }
}

const known = new WeakMap<FontBook, KnownParagraphs>();

function setKnown(book: FontBook, spans: readonly Span[], width: number): readonly Line[] {
  if (spans.reduce((n, s) => n + s.text.length, 0) > KEPT_LETTERS) return setParagraph(book, spans, width);
  const key = [width, ...spans.map((s) => `${String(s.size)} ${String(s.weight)} ${String(s.grey)} ${String(s.written)} ${s.text}`)].join(
    "\n",
  );
  let own = known.get(book);
  if (!own) known.set(book, (own = new KnownParagraphs()));
  return own.get(key, () => setParagraph(book, spans, width));
}

function paragraphsOf(spans: readonly Span[]): readonly (readonly Span[])[] {
  const out: Span[][] = [[]];
  for (const span of spans) {
    linesOf(span.text).forEach((text, i) => {
      if (i > 0) out.push([]);
      out.at(-1)?.push({ ...span, text });
    });
  }
  return out;
}

function setParagraph(book: FontBook, spans: readonly Span[], width: number): readonly Line[] {
  const set = clustersOf(book, spans);
  if (!set) return [{ clusters: [], width: 0, isRtl: false }];
  const { clusters, isRtl } = set;
  return broken(clusters, width).map((part) => {
    const shown = withoutTrailingSpace(part);
    return { clusters: reordered(shown), width: shown.reduce((n, c) => n + c.width, 0), isRtl };
  });
}

/** Sets spans in one line; what does not fit is cut off, and an ellipsis says so. */
export function setOneLine(book: FontBook, spans: readonly Span[], width: number): Line {
  const flat = spans.map((s) => ({ ...s, text: linesOf(s.text).join(" ") }));
  const [whole] = setLines(book, flat, Infinity);
  if (!whole || whole.width <= width) return whole ?? { clusters: [], width: 0, isRtl: false };
  const [first] = setLines(book, [{ ...(flat.at(-1) ?? { size: 10 }), text: "…", written: false }], Infinity);
  const dots = first?.clusters ?? [];
  const room = width - (first?.width ?? 0);
  const kept: Cluster[] = [];
  let used = 0;
  // In drawing order: a line that goes right to left loses its end, which is on the left.
  const order = whole.isRtl ? [...whole.clusters].reverse() : whole.clusters;
  for (const c of order) {
    if (used + c.width > room) break;
    used += c.width;
    kept.push(c);
  }
  const shown = whole.isRtl ? [...dots, ...kept.reverse()] : [...kept, ...dots];
  return { clusters: shown, width: used + (first?.width ?? 0), isRtl: whole.isRtl };
}
