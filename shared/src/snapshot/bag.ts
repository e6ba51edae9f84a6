import { fromUtf8, toHex, utf8 } from "../base/bytes.ts";
import { sha256 } from "../crypto/hash.ts";
import { isSafePath, PATH } from "./paths.ts";

/** The BagIt part (RFC 8493): lists that `sha256sum -c` reads, and two small text files. */

export const BAGIT = utf8("BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n");

/** Nothing in it is believed by anyone; archives want it. */
export function bagInfo(app: string, exportedDay: string, files: number, bytes: number): Uint8Array {
  const lines = [
    `Bag-Software-Agent: ${app}`,
    `Bagging-Date: ${exportedDay}`,
    `Payload-Oxum: ${String(bytes)}.${String(files)}`,
    "External-Description: Snapshot of a shared record. Open data/START-HERE.html.",
  ];
  return utf8(lines.join("\n") + "\n");
}

/** A manifest: one line `<sha256 in hex>  <path>` for each file, sorted by path. */
export function manifest(files: readonly { readonly path: string; readonly hash: string }[]): Uint8Array {
  const sorted = [...files].sort((a, b) => (a.path < b.path ? -1 : 1));
  return utf8(sorted.map((f) => `${f.hash}  ${f.path}\n`).join(""));
}

export const hashOf = (bytes: Uint8Array): string => toHex(sha256(bytes));

/** Its lines by path; undefined for anything that `manifest` would not write. */
export function parseManifest(bytes: Uint8Array): ReadonlyMap<string, string> | undefined {
  const text = fromUtf8(bytes);
  if (text === undefined || (text !== "" && !text.endsWith("\n"))) return undefined;
  const files = new Map<string, string>();
  let last = "";
  for (const line of text.split("\n").slice(0, -1)) {
    const [, hash = "", path = ""] = /^([0-9a-f]{64}) {2}(\S+)$/.exec(line) ?? [];
    if (hash === "" || !isSafePath(path) || path <= last) return undefined;
    files.set(path, hash);
    last = path;
  }
  return files;
}

/** The files that the tag manifest always lists; a time stamp that was there when the bag was made is listed too. */
export const TAG_FILES = [
  PATH.bagInfo,
  PATH.bagit,
  PATH.manifest,
  PATH.sshSigners,
  PATH.signature,
  PATH.sshSignature,
  PATH.signer,
] as const;
