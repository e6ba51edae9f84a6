import bidiFactory from "bidi-js";
import LineBreaker from "linebreak";
import { hanOrder, type Face, type FontBook } from "./font-book.ts";
import type { Glyph } from "./harfbuzz.ts";
import type { Grey, Span } from "./span.ts";
import { isMark, OBJECT, toPlain } from "./unseen.ts";

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

export interface Clusters {
  /** In the order of the text. */
  readonly clusters: readonly Cluster[];
  readonly isRtl: boolean;
}

/** One paragraph in clusters: bidirectional levels (UAX 9), shaping, places for line breaks (UAX 14). Undefined where it has no text. */
export function clustersOf(book: FontBook, spans: readonly Span[]): Clusters | undefined {
  const { text, units } = joined(book, spans);
  if (text === "") return undefined;
  const isOneWritten = spans.length === 1 && spans[0]?.written === true;
  const { levels, isRtl } = levelsOf(text, isOneWritten);
  return { clusters: clustersIn(book, text, units, levels), isRtl };
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

function clustersIn(book: FontBook, text: string, units: readonly Unit[], levels: Uint8Array): readonly Cluster[] {
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
