import { readFile } from "node:fs/promises";
import { err, ok, type Result } from "../../src/base/result.ts";

/** Where the command line says that a sealed file's passphrase or identity is. Never an argument itself: other users see those. */
export interface OpenerFiles {
  readonly passphraseFile?: string | undefined;
  readonly identity?: string | undefined;
}

/** What to open a sealed file with; undefined where nothing was given. An error is a sentence. */
export async function readOpener({ passphraseFile, identity }: OpenerFiles): Promise<Result<string | undefined, string>> {
  const path = identity ?? passphraseFile;
  if (path === undefined) return ok(undefined);
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch {
    return err("The file with the passphrase or identity cannot be read.");
  }
  if (identity === undefined) return ok(text.replace(/\r?\n$/, ""));
  // An identity file as age-keygen writes it: comments, and one line each.
  const key = text.split("\n").find((line) => line.startsWith("AGE-SECRET-KEY-1"));
  return key === undefined ? err("The identity file holds no age identity (AGE-SECRET-KEY-1…).") : ok(key.trim());
}
