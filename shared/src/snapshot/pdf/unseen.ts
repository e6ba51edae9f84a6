import { codeOf } from "../../base/unseen.ts";

/**
 * What of a text would not be seen, or would move what is round it, on paper: controls, marks that turn the direction of text, characters
 * without a shape, and stacks of marks that would run over other lines. All of it is shown by its number instead, never obeyed and never left
 * out. The lists are written out and not taken from the platform's Unicode tables, which differ from one to the next: the same text has to give
 * the same page everywhere.
 */

/** Stands in a line for one thing that is drawn as its number: neutral for direction, and a place where a line may end. */
export const OBJECT = "\ufffc";

export interface Plain {
  /** Only characters that are drawn as themselves, and `OBJECT`s. */
  readonly text: string;
  /** The numbers for each `OBJECT` in it, in order, e.g. `U+202E`. */
  readonly codes: readonly string[];
}

type Ranges = readonly (readonly [first: number, last: number])[];

/** No shape of their own, or a power over their surroundings. */
const UNSEEN: Ranges = [
  [0x00, 0x1f],
  [0x7f, 0x9f],
  [0xad, 0xad],
  [0x034f, 0x034f],
  [0x061c, 0x061c],
  [0x115f, 0x1160],
  [0x17b4, 0x17b5],
  [0x180b, 0x180f],
  [0x200b, 0x200f],
  [0x2028, 0x202e],
  [0x2060, 0x206f],
  [0x3164, 0x3164],
  [0xd800, 0xdfff],
  [0xe000, 0xf8ff],
  [0xfe00, 0xfe0f],
  [0xfeff, 0xfeff],
  [0xffa0, 0xffa0],
  [0xfff0, 0xfffc],
  [0xfffe, 0xffff],
  [0x13430, 0x1345f],
  [0x1bca0, 0x1bca3],
  [0x1d173, 0x1d17a],
  [0xe0000, 0x10ffff],
];

/** Marks that stand on, under or round the character before them. */
const MARKS: Ranges = [
  [0x0300, 0x036f],
  [0x0483, 0x0489],
  [0x0591, 0x05bd],
  [0x05bf, 0x05c7],
  [0x0610, 0x061a],
  [0x064b, 0x065f],
  [0x0670, 0x0670],
  [0x06d6, 0x06dc],
  [0x06df, 0x06e4],
  [0x06e7, 0x06ed],
  [0x08d3, 0x08ff],
  [0x0e31, 0x0e31],
  [0x0e34, 0x0e3a],
  [0x0e47, 0x0e4e],
  [0x0eb1, 0x0ebc],
  [0x0ec8, 0x0ecd],
  [0x1ab0, 0x1aff],
  [0x1dc0, 0x1dff],
  [0x20d0, 0x20ff],
  [0x3099, 0x309a],
  [0xfe20, 0xfe2f],
];

/** More marks than this on one character are no language's. */
const MAX_MARKS = 4;

const JOINERS: Ranges = [[0x200c, 0x200d]];
/** Scripts whose letters change shape beside a joiner. */
const JOINING: Ranges = [
  [0x0600, 0x08ff],
  [0x0900, 0x0dff],
  [0x1000, 0x109f],
  [0x1780, 0x17ff],
  [0xfb50, 0xfdff],
  [0xfe70, 0xfeff],
];
/** What pictures are made of, as far as joiners and variation selectors go. */
const PICTURES: Ranges = [
  [0x23, 0x23],
  [0x2a, 0x2a],
  [0x30, 0x39],
  [0xa9, 0xae],
  [0x203c, 0x3299],
  [0x1f000, 0x1faff],
];
const SELECTORS: Ranges = [[0xfe0e, 0xfe0f]];
/** Flags of regions: a black flag, tag letters, and the tag that ends them. */
const BLACK_FLAG = 0x1f3f4;
const TAGS: Ranges = [[0xe0061, 0xe007a]];
const TAG_END = 0xe007f;

function isIn(ranges: Ranges, c: number | undefined): boolean {
  return c !== undefined && ranges.some(([first, last]) => c >= first && c <= last);
}

export const isMark = (c: number): boolean => isIn(MARKS, c);

/** What every document has letters for, and what is always drawn as itself. */
const PLAIN = /^[ -~]*$/;

/** A text of one line as it can be drawn. `has` says whether any font has a character. */
export function toPlain(line: string, has: (codePoint: number) => boolean): Plain {
  if (PLAIN.test(line)) return { text: line, codes: [] };
  const points = Array.from(line, (c) => c.codePointAt(0) ?? 0);
  const codes: string[] = [];
  let text = "";
  let marks = 0;
  let inFlag = false;
  points.forEach((c, i) => {
    const before = points[i - 1];
    marks = isMark(c) ? marks + 1 : 0;
    inFlag = c === BLACK_FLAG || (inFlag && (isIn(TAGS, c) || c === TAG_END) && before !== TAG_END);
    if (c === 0x09) {
      text += "    ";
      return;
    }
    if (isShown(c, before, points[i + 1], marks, inFlag) && (has(c) || isIn(SELECTORS, c) || isIn(JOINERS, c))) {
      text += String.fromCodePoint(c);
      return;
    }
    text += OBJECT;
    codes.push(codeOf(c));
  });
  return { text, codes };
}

function isShown(c: number, before: number | undefined, after: number | undefined, marks: number, inFlag: boolean): boolean {
  if (marks > MAX_MARKS) return false;
  if (isIn(SELECTORS, c)) return isIn(PICTURES, before);
  if (isIn(JOINERS, c)) {
    const letters = isIn(JOINING, before) && (after === undefined || isIn(JOINING, after) || after === 0x20);
    const pictures = c === 0x200d && (isIn(PICTURES, before) || isIn(SELECTORS, before)) && isIn(PICTURES, after);
    return letters || pictures;
  }
  if (inFlag) return true;
  return !isIn(UNSEEN, c);
}

/** Lines as their author broke them. */
export const linesOf = (text: string): readonly string[] => text.split(/\r\n|\n|\u2028|\u2029/);
