import { foldText, foldWithPlaces } from "@countersign/shared/base/fold-text";
import { TONE_WORDS } from "../../words/en/toneWords.ts";

/**
 * How a text may read to whoever gets it: by a short list of words and by its shape, on this device alone. It knows no more than that, so it only ever
 * says "may", and nothing of it is kept, counted or told.
 */
export type Tone = "threat" | "insult" | "blame" | "capitals" | "marks";

export interface Heard {
  readonly tone: Tone;
  /** What it was found by, as it was written; empty where it is the shape of the text. */
  readonly by: string;
}

/** Words in capitals that are no names of things: so many of so many letters. */
const LOUD_WORDS = 3;
const LOUD_LETTERS = 4;
const WORD = /\p{L}[\p{L}\p{M}'’]*/gu;
const MARKS = /[!?！？]{3,}|!{2,}/u;
const MANY_MARKS = 4;

const LISTS = (["threat", "insult", "blame"] as const).map((tone) => ({ tone, words: TONE_WORDS[tone].map(foldText) }));

/** Where the first of the words stands in the folded text as a word of its own. */
function placeOf(folded: string, words: readonly string[]): readonly [begin: number, end: number] | undefined {
  for (const word of words)
    for (let at = folded.indexOf(word); at >= 0; at = folded.indexOf(word, at + 1)) {
      const end = at + word.length;
      if (!/\p{L}/u.test(folded.charAt(at - 1)) && !/\p{L}/u.test(folded.charAt(end))) return [at, end];
    }
  return undefined;
}

const isLoud = (word: string): boolean => word.length >= LOUD_LETTERS && word === word.toUpperCase() && word !== word.toLowerCase();

/** @returns what weighs most of it; undefined where nothing of the kind was found */
export function toneOf(text: string): Heard | undefined {
  const folded = foldText(text);
  for (const { tone, words } of LISTS) {
    const place = placeOf(folded, words);
    if (place === undefined) continue;
    const { begins, ends } = foldWithPlaces(text);
    return { tone, by: text.slice(begins(place[0]), ends(place[1] - 1)) };
  }
  if ((text.match(WORD) ?? []).filter(isLoud).length >= LOUD_WORDS) return { tone: "capitals", by: "" };
  const many = (text.match(/[!！]/gu) ?? []).length >= MANY_MARKS;
  return MARKS.test(text) || many ? { tone: "marks", by: "" } : undefined;
}
