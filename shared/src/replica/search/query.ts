import { foldText } from "../../base/fold-text.ts";

/** Of what is typed no more is looked for. */
const MOST = 200;
const MOST_WORDS = 12;

/** What is looked for, folded: all of it has to be there, in whatever order. What stands between quotes stands together. */
export type Words = readonly string[];

export function wordsOf(typed: string): Words {
  const found = [...foldText(typed.slice(0, MOST)).matchAll(/"([^"]*)"?|[^\s"]+/g)];
  const words = found.map(([all, quoted]) => (quoted ?? all).trim()).filter((word) => word !== "");
  return [...new Set(words)].slice(0, MOST_WORDS);
}

/** What a record is found by, folded. */
export interface Findable {
  /** Its own words. */
  readonly own: string;
  /** Whose it is. */
  readonly who: string;
  /** What it stands in: a thread's subject and children. It helps to find, but not every message of a thread is about its subject. */
  readonly around: string;
}

/** Whether all words are there, and not all of them only around it. */
export function fits({ own, who, around }: Findable, words: Words): boolean {
  let isOwn = false;
  for (const word of words) {
    if (own.includes(word) || who.includes(word)) isOwn = true;
    else if (!around.includes(word)) return false;
  }
  return isOwn;
}
