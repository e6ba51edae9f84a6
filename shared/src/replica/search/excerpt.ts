import { foldText, foldWithPlaces, type PlacedFold } from "../../base/fold-text.ts";
import type { Piece } from "../../views/search.ts";
import type { Words } from "./query.ts";

/** Characters of a line that is shown, and how many of them stand before what was found. */
const LINE = 180;
const BEFORE = 50;
const GAP = "…";

type Stretch = readonly [begin: number, end: number];

/** Where the words stand in a text, in its UTF-16 units: in order, those that touch as one. */
function stretches({ folded, begins, ends }: PlacedFold, words: Words): Stretch[] {
  const found: Stretch[] = [];
  for (const word of words)
    for (let at = folded.indexOf(word); at >= 0; at = folded.indexOf(word, at + word.length))
      found.push([begins(at), ends(at + word.length - 1)]);
  found.sort((a, b) => a[0] - b[0]);
  const joined: Stretch[] = [];
  for (const [begin, end] of found) {
    const last = joined.at(-1);
    if (last && begin <= last[1]) joined[joined.length - 1] = [last[0], Math.max(last[1], end)];
    else joined.push([begin, end]);
  }
  return joined;
}

/** The whole text with the words in it marked. */
export function marked(text: string, words: Words): readonly Piece[] {
  return pieces(text, stretches(foldWithPlaces(text), words), 0, text.length);
}

function pieces(text: string, found: readonly Stretch[], from: number, to: number): Piece[] {
  const out: Piece[] = [];
  let at = from;
  const put = (end: number, hit: boolean): void => {
    if (end > at) out.push({ text: text.slice(at, end), hit });
    at = Math.max(at, end);
  };
  for (const [begin, end] of found) {
    if (end <= from || begin >= to) continue;
    put(Math.max(begin, from), false);
    put(Math.min(end, to), true);
  }
  put(to, false);
  return out;
}

/** The line of a text in which most of the words stand, cut to a line's length round the first of them; of a text without any its beginning. */
export function excerpt(text: string, words: Words): readonly Piece[] {
  const line = bestLine(text, words);
  const placed = foldWithPlaces(line);
  const found = stretches(placed, words);
  const first = found[0]?.[0] ?? 0;
  const from = first <= BEFORE ? 0 : wordBegin(placed, line, first);
  const to = line.length - from <= LINE ? line.length : wordEnd(placed, line, from);
  return [
    ...(from > 0 ? [{ text: GAP, hit: false }] : []),
    ...pieces(line, found, from, to),
    ...(to < line.length ? [{ text: GAP, hit: false }] : []),
  ];
}

function bestLine(text: string, words: Words): string {
  const lines = text.split(/[\n\r\u2028\u2029]+/).map((line) => line.trim());
  let best = lines.find((line) => line !== "") ?? "";
  let most = 0;
  for (const line of lines) {
    const folded = foldText(line);
    const count = words.filter((word) => folded.includes(word)).length;
    if (count > most) [best, most] = [line, count];
  }
  return best;
}

/** Where letters begin: nothing is cut within one. */
function letterBegins({ folded, begins }: PlacedFold): number[] {
  return [...new Set(Array.from({ length: folded.length }, (_, i) => begins(i)))];
}

function wordBegin(placed: PlacedFold, line: string, first: number): number {
  const wanted = first - BEFORE;
  const space = line.indexOf(" ", wanted);
  if (space >= 0 && space < first) return space + 1;
  return letterBegins(placed).find((begin) => begin >= wanted) ?? first;
}

function wordEnd(placed: PlacedFold, line: string, from: number): number {
  const wanted = from + LINE;
  const space = line.lastIndexOf(" ", wanted);
  if (space > from + LINE / 2) return space;
  return letterBegins(placed).findLast((begin) => begin <= wanted && begin > from) ?? line.length;
}
