import bidiFactory from "bidi-js";
import LineBreaker from "linebreak";
import { hanOrder, type Face, type FontBook, type Weight } from "./font-book.ts";
import type { Glyph } from "./harfbuzz.ts";
import { isMark, linesOf, OBJECT, toPlain } from "./unseen.ts";

export type Grey = "ink" | "soft";

/** A stretch of text in one manner. What a person wrote (`written`) keeps its own direction and does not turn what is round it. */
export interface Span {
  readonly text: string;
  readonly size: number;
  readonly weight?: Weight;
  readonly grey?: Grey;
  readonly written?: boolean;
}

/** What is drawn or taken to the next line as one: one or more characters with their glyphs, left to right. */
export interface Cluster {
  readonly text: string;
  readonly face: Face;
  readonly glyphs: readonly Glyph[];
  /** Points. */
  readonly width: number;
  readonly size: number;
  readonly grey: Grey;
  readonly level: number;
  /** A code in place of a character that is not drawn. */
  readonly isCode: boolean;
  readonly isSpace: boolean;
  /** A line may end after it. */
  readonly mayBreak: boolean;
  /** It stands on the one before and is never taken from it. */
  readonly clings: boolean;
}

/** One line in the order in which it is drawn, left to right. */
export interface Line {
  readonly clusters: readonly Cluster[];
  /** Points. */
  readonly width: number;
  readonly isRtl: boolean;
}

const bidi = bidiFactory();
const ISOLATE = "\u2068";
const POP = "\u2069";
/** A code is drawn a little smaller, with room for its frame. */
const CODE_SIZE = 0.75;
export const CODE_ROOM = 0.12;

interface Unit {
  readonly span: Span;
  /** Of an `OBJECT`: what is drawn for it. */
  readonly code?: string;
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
  const { text, units } = joined(book, spans);
  if (text === "") return [{ clusters: [], width: 0, isRtl: false }];
  const isOneWritten = spans.length === 1 && spans[0]?.written === true;
  const { levels, isRtl } = levelsOf(text, isOneWritten);
  const clusters = clustersOf(book, text, units, levels);
  return broken(clusters, width).map((part) => {
    const shown = withoutTrailingSpace(part);
    return { clusters: reordered(shown), width: shown.reduce((n, c) => n + c.width, 0), isRtl };
  });
}

/** The text of all spans in one; each written span is isolated, and what can't be shown is an object. */
function joined(book: FontBook, spans: readonly Span[]): { readonly text: string; readonly units: readonly Unit[] } {
  let text = "";
  const units: Unit[] = [];
  const add = (part: string, span: Span, codes: readonly string[]): void => {
    const plain: Unit = { span };
    let next = 0;
    for (let i = 0; i < part.length; i++) {
      const code = part[i] === OBJECT ? codes[next++] : undefined;
      units.push(code === undefined ? plain : { span, code });
    }
    text += part;
  };
  for (const span of spans) {
    const plain = toPlain(span.text, (c) => book.has(c));
    const isIsolated = span.written === true && spans.length > 1;
    if (isIsolated) add(ISOLATE, span, []);
    add(plain.text, span, plain.codes);
    if (isIsolated) add(POP, span, []);
  }
  return { text, units };
}

/** Letters, digits and marks that all go from left to right, with the marks round isolates: nothing to order. */
const ONLY_LTR = /^[\u0000-\u058f\u2010-\u2027\u2030-\u205e\u2068\u2069]*$/;

function levelsOf(text: string, isOneWritten: boolean): { readonly levels: Uint8Array; readonly isRtl: boolean } {
  if (ONLY_LTR.test(text)) return { levels: new Uint8Array(text.length), isRtl: false };
  const { levels, paragraphs } = bidi.getEmbeddingLevels(withoutPairs(text), isOneWritten ? undefined : "ltr");
  return { levels, isRtl: ((paragraphs[0]?.level ?? 0) & 1) === 1 };
}

/** The bidi library looks at UTF-16 units one by one; the pictures beyond U+FFFF are neutral. */
const withoutPairs = (text: string): string => text.replace(/[\ud83c-\ud83e][\udc00-\udfff]/g, "\u2603\u2603");

interface Run {
  readonly start: number;
  end: number;
  readonly face: Face;
  readonly level: number;
  readonly unit: Unit;
}

function runsOf(book: FontBook, text: string, units: readonly Unit[], levels: Uint8Array): readonly Run[] {
  const han = hanOrder(text);
  const runs: Run[] = [];
  let before: { readonly face: Face; readonly codePoint: number } | undefined;
  for (let i = 0; i < text.length;) {
    const codePoint = text.codePointAt(i) ?? 0;
    const length = codePoint > 0xffff ? 2 : 1;
    const unit = units[i];
    if (!unit) throw new Error("each unit has its span");
    const level = levels[i] ?? 0;
    const char = text.slice(i, i + length);
    if (char !== ISOLATE && char !== POP) {
      const face = book.pick(codePoint, unit.span.weight ?? 400, han, before);
      const last = runs.at(-1);
      const goesOn =
        last?.end === i && last.face === face && last.level === level && last.unit.span === unit.span && unit.code === undefined;
      if (goesOn && last.unit.code === undefined) last.end = i + length;
      else runs.push({ start: i, end: i + length, face, level, unit });
      before = { face, codePoint };
    }
    i += length;
  }
  return runs;
}

function clustersOf(book: FontBook, text: string, units: readonly Unit[], levels: Uint8Array): readonly Cluster[] {
  const breaks = breaksOf(text);
  const clusters: Cluster[] = [];
  for (const run of runsOf(book, text, units, levels)) {
    const { span, code } = run.unit;
    const grey = span.grey ?? "ink";
    if (code !== undefined) {
      clusters.push(codeCluster(book, code, span, run.level, breaks.has(run.end)));
      continue;
    }
    const isRtl = (run.level & 1) === 1;
    const groups = groupsOf(run.face.shaping.shape(text, run.start, run.end, isRtl));
    if (isRtl) groups.reverse();
    groups.forEach((own, i) => {
      const start = own[0]?.cluster ?? run.start;
      const end = groups[i + 1]?.[0]?.cluster ?? run.end;
      const part = text.slice(start, end);
      const first = part.codePointAt(0) ?? 0;
      clusters.push({
        text: part,
        face: run.face,
        glyphs: own,
        width: (own.reduce((n, g) => n + g.advance, 0) * span.size) / 1000,
        size: span.size,
        grey,
        level: run.level,
        isCode: false,
        isSpace: SPACES.test(part),
        mayBreak: breaks.has(end) || text[end] === POP || text[end] === ISOLATE ? breakAfter(text, end, breaks) : false,
        clings: first >= FIRST_MARK && isMark(first),
      });
    });
  }
  return clusters;
}

const SPACES = /^[ \u00a0\u3000]+$/;
/** Nothing before it stands on another letter. */
const FIRST_MARK = 0x300;

/** Glyphs of one cluster stand together, and the clusters follow the text in one direction (HarfBuzz, `HB_BUFFER_CLUSTER_LEVEL_MONOTONE_GRAPHEMES`). */
function groupsOf(glyphs: readonly Glyph[]): Glyph[][] {
  const groups: Glyph[][] = [];
  for (const g of glyphs) {
    const last = groups.at(-1);
    if (last?.[0]?.cluster === g.cluster) last.push(g);
    else groups.push([g]);
  }
  return groups;
}

/** A break after the marks of an isolate counts for what stands before them. */
function breakAfter(text: string, end: number, breaks: ReadonlySet<number>): boolean {
  let at = end;
  while (text[at] === POP || text[at] === ISOLATE) at += 1;
  return breaks.has(end) || breaks.has(at);
}

function codeCluster(book: FontBook, code: string, span: Span, level: number, mayBreak: boolean): Cluster {
  const face = book.latin(400);
  const size = span.size * CODE_SIZE;
  const glyphs = face.shaping.shape(code, 0, code.length, false);
  const width = (glyphs.reduce((n, g) => n + g.advance, 0) * size) / 1000 + 2 * CODE_ROOM * span.size;
  return {
    text: code,
    face,
    glyphs,
    width,
    size,
    grey: span.grey ?? "ink",
    level,
    isCode: true,
    isSpace: false,
    mayBreak,
    clings: false,
  };
}

function breaksOf(text: string): ReadonlySet<number> {
  const breaker = new LineBreaker(text);
  const at = new Set<number>();
  for (let b = breaker.nextBreak(); b; b = breaker.nextBreak()) at.add(b.position);
  return at;
}

/** Fills lines as far as they go; a word that is longer than a line is cut between its clusters. */
function broken(clusters: readonly Cluster[], width: number): readonly (readonly Cluster[])[] {
  const lines: (readonly Cluster[])[] = [];
  let start = 0;
  while (start < clusters.length) {
    let end = start;
    let used = 0;
    let last = -1;
    for (; end < clusters.length; end++) {
      const c = clusters[end];
      if (!c) break;
      // Spaces at the end of a line hang over its edge.
      if (!c.isSpace && used + c.width > width && end > start) break;
      used += c.width;
      if (c.mayBreak) last = end + 1;
    }
    let cut = end;
    if (end < clusters.length) {
      if (last > start) cut = last;
      else while (cut > start + 1 && clusters[cut]?.clings === true) cut -= 1;
    }
    lines.push(clusters.slice(start, cut));
    start = cut;
  }
  return lines;
}

function withoutTrailingSpace(line: readonly Cluster[]): readonly Cluster[] {
  let end = line.length;
  while (end > 0 && line[end - 1]?.isSpace === true) end -= 1;
  return line.slice(0, end);
}

/** Rule L2 of UAX 9: from the highest level down, what stands at that level or above is turned round. */
function reordered(line: readonly Cluster[]): readonly Cluster[] {
  const out = [...line];
  const highest = out.reduce((n, c) => Math.max(n, c.level), 0);
  for (let level = highest; level > 0; level--) {
    for (let i = 0; i < out.length;) {
      if ((out[i]?.level ?? 0) < level) {
        i += 1;
        continue;
      }
      let end = i;
      while (end < out.length && (out[end]?.level ?? 0) >= level) end += 1;
      out.splice(i, end - i, ...out.slice(i, end).reverse());
      i = end;
    }
  }
  return out;
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
