/**
 * Text as a search compares it: without accents, cases, widths and what can't be seen, in any script. What differs in none of these is the same
 * (`Übergabe`, `ubergabe`; `ＡＢＣ`, `abc`; `Straße`, `strasse`; `Łódź`, `lodz`).
 */

/** Marks over and under letters of Latin, Greek, Cyrillic, Hebrew and Arabic: people leave them out. Vowel signs of other scripts are letters. */
const ACCENTS =
  /[\u0300-\u036f\u0483-\u0487\u0591-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]/g;
/** What makes no letter: a word with a soft hyphen or a mark of direction in it is the word. */
const UNSEEN = /[\p{Default_Ignorable_Code_Point}\p{Cf}]/gu;
const SPACE = /\s/g;
/** Letters that no decomposition takes apart, and signs that are typed with another one. */
const OTHERS: Readonly<Record<string, string>> = {
  ß: "ss",
  ς: "σ",
  ı: "i",
  ø: "o",
  ł: "l",
  đ: "d",
  ħ: "h",
  ŧ: "t",
  ð: "d",
  þ: "th",
  æ: "ae",
  œ: "oe",
  "’": "'",
  "‘": "'",
  "“": '"',
  "”": '"',
  "„": '"',
  "–": "-",
  "—": "-",
  "‐": "-",
  "−": "-",
};
const OTHER = new RegExp(`[${Object.keys(OTHERS).join("")}]`, "g");
const ASCII = /^[\0-\x7f]*$/;

/** A character with the marks that stand on it: what is folded together. */
const LETTER = /\P{M}[\p{M}\uff9e\uff9f]*|\p{M}+/gu;

/** @returns the text as it is compared; of plain English letters only the case changes */
export function foldText(text: string): string {
  if (ASCII.test(text)) return text.toLowerCase().replace(SPACE, " ");
  return text
    .normalize("NFKD")
    .replace(ACCENTS, "")
    .replace(UNSEEN, "")
    .toLowerCase()
    .toUpperCase()
    .toLowerCase()
    .normalize("NFKD")
    .replace(ACCENTS, "")
    .replace(OTHER, (c) => OTHERS[c] ?? c)
    .replace(SPACE, " ");
}

/** Whether one of some texts has, folded, what was typed and folded; what was typed is in one of them alone. */
export const hasFolded = (typed: string, ...texts: readonly (string | undefined)[]): boolean => foldText(texts.join("\0")).includes(typed);

/** What was typed into a field that chooses among rows, folded; empty chooses all. */
export const foldTyped = (typed: string | undefined): string => foldText(typed ?? "").trim();

/** A folded text, and where in the text each unit of it comes from. */
export interface PlacedFold {
  readonly folded: string;
  /** Where the letter of a folded unit begins and ends in the text, in UTF-16 units. */
  readonly begins: (place: number) => number;
  readonly ends: (place: number) => number;
}

/** The same text folded, with the way back. For the few lines that are shown: it goes letter by letter. */
export function foldWithPlaces(text: string): PlacedFold {
  if (ASCII.test(text)) return { folded: foldText(text), begins: (place) => place, ends: (place) => place + 1 };
  const begins: number[] = [];
  const ends: number[] = [];
  let folded = "";
  for (const { 0: letter, index } of text.matchAll(LETTER)) {
    const part = foldText(letter);
    for (let i = 0; i < part.length; i++) {
      begins.push(index);
      ends.push(index + letter.length);
    }
    folded += part;
  }
  return { folded, begins: (place) => begins[place] ?? text.length, ends: (place) => ends[place] ?? text.length };
}
