/** Looks for words in every file of a folder, as someone who found the disk would. */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";

export interface Found {
  readonly word: string;
  /** The form in which it stands there, `name` for a file's own name. */
  readonly form: string;
  readonly file: string;
}

/** The part of a base64 text that a word has whatever stands around it: by its place among three bytes. */
function base64Cores(word: string): string[] {
  const bytes = Buffer.from(word, "utf8");
  return [0, 1, 2].map((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString("base64")
      .replaceAll("=", "");
    // Six bits a letter: the letters that the bytes before and after have a part in say nothing.
    const from = Math.ceil((shift * 8) / 6);
    const to = Math.floor(((shift + bytes.length) * 8) / 6);
    return text.slice(from, to);
  });
}

const swapped = (word: string): Buffer => Buffer.from(word, "utf16le").swap16();

/** Every form in which a program may have written a word down. */
export function formsOf(word: string): readonly (readonly [form: string, bytes: Buffer])[] {
  const text = (form: string, ...all: string[]): (readonly [string, Buffer])[] =>
    [...new Set(all)].map((one) => [form, Buffer.from(one, "utf8")]);
  const cores = base64Cores(word);
  const percent = encodeURIComponent(word);
  const hex = Buffer.from(word, "utf8").toString("hex");
  const escaped = word.replace(/[^ -~]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
  return [
    ...text("utf-8", word, word.toLowerCase(), word.toUpperCase()),
    ["utf-16le", Buffer.from(word, "utf16le")],
    ["utf-16be", swapped(word)],
    ["utf-32le", Buffer.from(Uint32Array.from(Array.from(word), (c) => c.codePointAt(0) ?? 0).buffer)],
    ...text("base64", ...cores),
    ...text("base64url", ...cores.map((core) => core.replaceAll("+", "-").replaceAll("/", "_"))),
    ...text("url", percent, percent.replaceAll("%20", "+"), percent.toLowerCase()),
    ...text("hex", hex, hex.toUpperCase()),
    ...text("json", escaped),
  ];
}

function* filesBelow(folder: string): Generator<string> {
  for (const name of readdirSync(folder)) {
    const file = path.join(folder, name);
    const stat = statSync(file, { throwIfNoEntry: false });
    if (stat?.isDirectory()) yield* filesBelow(file);
    else if (stat?.isFile()) yield file;
  }
}

/** Words and file names with the same letters stand on disks by chance; what is looked for must be longer. */
const SHORTEST = 8;

/** Looks for the words in bytes, in all their forms. */
export function plantedIn(bytes: Buffer, words: readonly string[]): readonly Omit<Found, "file">[] {
  const short = words.find((word) => word.length < SHORTEST);
  if (short !== undefined) throw new Error(`too short to be looked for: ${short}`);
  return words.flatMap((word) =>
    formsOf(word)
      .filter(([, form]) => bytes.includes(form))
      .map(([form]) => ({ word, form })),
  );
}

/**
 * Every place below a folder where one of the words stands, in any form, also in the names of files. `clean` holds hashes of what was
 * searched for these words before without a find: the same bytes are not searched twice.
 */
export function findPlanted(folder: string, words: readonly string[], clean = new Set<string>()): readonly Found[] {
  const found: Found[] = [];
  for (const file of filesBelow(folder)) {
    for (const word of words) if (file.includes(word)) found.push({ word, form: "name", file });
    const bytes = readFileSync(file);
    const hash = createHash("sha256").update(bytes).digest("hex");
    if (clean.has(hash)) continue;
    const hits = plantedIn(bytes, words);
    if (hits.length === 0) clean.add(hash);
    for (const hit of hits) found.push({ ...hit, file });
  }
  return found;
}
