/** Looks for words in every file of a folder, as someone who found the disk would. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";

export interface Found {
  readonly word: string;
  readonly file: string;
}

function* filesBelow(folder: string): Generator<string> {
  for (const name of readdirSync(folder)) {
    const file = path.join(folder, name);
    const stat = statSync(file, { throwIfNoEntry: false });
    if (stat?.isDirectory()) yield* filesBelow(file);
    else if (stat?.isFile()) yield file;
  }
}

/** Every place where one of the words stands, in UTF-8 or in UTF-16, also in the names of files. */
export function findPlanted(folder: string, words: readonly string[]): readonly Found[] {
  const found: Found[] = [];
  for (const file of filesBelow(folder)) {
    const bytes = readFileSync(file);
    for (const word of words) {
      if (file.includes(word) || bytes.includes(Buffer.from(word, "utf8")) || bytes.includes(Buffer.from(word, "utf16le")))
        found.push({ word, file });
    }
  }
  return found;
}
