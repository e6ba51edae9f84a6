import { showUnseen } from "@countersign/shared/base/unseen";
import { IntlMessageFormat } from "intl-messageformat";
import { en } from "./en.ts";

export type WordKey = keyof typeof en;
export type Values = Readonly<Record<string, string | number>>;

const formats = new Map<WordKey, IntlMessageFormat>();

/** The sentence of a key in English, with its values put in (ICU message format: plurals, selects). What people named stays a name in it. */
export function t(key: WordKey, values?: Values): string {
  const words = en[key];
  // Most sentences have no values: they are what is to be shown.
  if (!/[{}<]|''/.test(words)) return words;
  let format = formats.get(key);
  if (format === undefined) {
    format = new IntlMessageFormat(words, "en");
    formats.set(key, format);
  }
  return String(format.format(values && inert(values)));
}

const inert = (values: Values): Values =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, typeof value === "string" ? showUnseen(value) : value]));

/** Whether a key made from data (a rule's code, a kind of act) has a sentence. */
export const hasWords = (key: string): key is WordKey => Object.hasOwn(en, key);

/**
 * The sentence of `prefix.code`, or of the fallback with the code named, for codes that come with the data. A value that the data
 * lack is shown as `?`.
 */
export function tOr(key: string, fallback: WordKey, values: Values): string {
  const word = hasWords(key) ? key : fallback;
  return t(word, { ...unknownsOf(word), ...values });
}

const unknowns = new Map<WordKey, Values>();

/** `?` for each value that a sentence has. */
function unknownsOf(word: WordKey): Values {
  let found = unknowns.get(word);
  if (found === undefined) {
    const names = [...en[word].matchAll(/\{(\w+)/g)].map((match) => match[1] ?? "");
    found = Object.fromEntries(names.map((name) => [name, "?"]));
    unknowns.set(word, found);
  }
  return found;
}
