import { toHex } from "@countersign/shared/base/bytes";
import { sha256, Sha256 } from "@countersign/shared/crypto/hash";
import { initCrypto } from "@countersign/shared/crypto/init";
import { z } from "zod";

const LIST = "/files.txt";
const TOGETHER = 16;
const zLine = z.tuple([z.string().regex(/^[0-9a-f]{64}$/u), z.string().regex(/^[\w.-]+(?:\/[\w.-]+)*$/u)]);

/** The files that this version of the app is made of, as its build listed them. */
export interface FilesList {
  readonly text: string;
  /** SHA-256 of the list, lower-case hex. */
  readonly print: string;
  readonly files: readonly { readonly hash: string; readonly path: string }[];
}

/** The list as this device has it, from the cache where the app is installed. Undefined: it can't be had, or is none. */
export async function filesList(): Promise<FilesList | undefined> {
  await initCrypto();
  const answer = await fetch(LIST).catch(() => undefined);
  if (!answer?.ok) return undefined;
  const text = await answer.text();
  const lines = z.array(zLine).safeParse(
    text
      .trimEnd()
      .split("\n")
      .map((line) => line.split("  ")),
  );
  if (!lines.success) return undefined;
  return { text, print: toHex(sha256(new TextEncoder().encode(text))), files: lines.data.map(([hash, path]) => ({ hash, path })) };
}

/**
 * Reads the files as the app would get them and compares them with the list, a few at a time, piece by piece, so that the page stays at hand.
 * Files that were never needed here, letters of other scripts, are fetched; one that can't be had counts as another.
 * @param at is told how many are done; answers false to stop
 * @returns how many are not as listed, or undefined when it was stopped
 */
export async function countOthers({ files }: FilesList, at: (done: number) => boolean): Promise<number | undefined> {
  let others = 0;
  for (let done = 0; done < files.length; done += TOGETHER) {
    if (!at(done)) return undefined;
    const some = files.slice(done, done + TOGETHER);
    const hashes = await Promise.all(some.map(({ path }) => hashOf(`/${path}`)));
    others += some.filter(({ hash }, i) => hashes[i] !== hash).length;
  }
  return others;
}

async function hashOf(path: string): Promise<string | undefined> {
  const answer = await fetch(path).catch(() => undefined);
  if (!answer?.ok || !answer.body) return undefined;
  const reader = answer.body.getReader();
  const hash = new Sha256();
  for (let read = await reader.read(); !read.done; read = await reader.read()) hash.update(read.value);
  return toHex(hash.digest());
}
