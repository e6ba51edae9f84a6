import type { Hex32 } from "../base/ids.ts";
import { LIMITS } from "../base/limits.ts";

/** The files of a snapshot (docs/snapshot-format.md). */
export const PATH = {
  bagit: "bagit.txt",
  bagInfo: "bag-info.txt",
  manifest: "manifest-sha256.txt",
  tagManifest: "tagmanifest-sha256.txt",
  signature: "signatures/manifest.sig",
  signer: "signatures/signer.pem",
  sshSignature: "signatures/manifest.sshsig",
  sshSigners: "signatures/allowed_signers",
  stamp: "signatures/manifest.tsr",
  start: "data/START-HERE.html",
  viewer: "data/verify.html",
  messages: "data/report/messages.html",
  expenses: "data/report/expenses.html",
  startPdf: "data/START-HERE.pdf",
  messagesPdf: "data/report/messages.pdf",
  expensesPdf: "data/report/expenses.pdf",
  history: "data/report/history.pdf",
  certificate: "data/certificate.pdf",
  csvMessages: "data/csv/messages.csv",
  csvExpenses: "data/csv/expenses.csv",
  csvSteps: "data/csv/expense-steps.csv",
  csvDevices: "data/csv/people-and-devices.csv",
  csvSetAside: "data/csv/set-aside.csv",
  records: "data/records.jsonl",
  readme: "data/proof/README.txt",
  verifyPy: "data/proof/verify.py",
  statement: "data/proof/statement.cbor",
  charter: "data/proof/charter.rows",
  headers: "data/proof/headers.rows",
  changes: "data/proof/changes.rows",
  notes: "data/proof/notes.rows",
  checkpoint: "data/proof/checkpoint.txt",
  /** Only where the log has anchors. */
  anchors: "data/proof/anchors.rows",
} as const;

export const FILES_FOLDER = "data/files/";

/** Most bytes of the small files, which are read as one: a larger one is none of a snapshot, and is not unpacked to find that out. */
const SMALL: ReadonlyMap<string, number> = new Map([
  [PATH.bagit, 1_024],
  [PATH.bagInfo, 4_096],
  [PATH.manifest, 5_000_000],
  [PATH.tagManifest, 65_536],
  [PATH.statement, 1_048_576],
  [PATH.checkpoint, LIMITS.note],
]);
/** A time stamp is the largest of these. */
const SIGNATURE_BYTES = 65_536;

/** Most bytes that this file may have to be read as one. */
export const mostBytes = (path: string): number => SMALL.get(path) ?? (path.startsWith("signatures/") ? SIGNATURE_BYTES : Infinity);

/** Longest path in a snapshot, characters. */
const MAX_PATH = 180;
/** Names that some systems keep for devices, with or without an extension. */
const RESERVED = /^(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$)/i;

/**
 * Whether a name in an archive can be unpacked anywhere without surprise: relative, plain ASCII, no `.` or `..`, no backslash, no name that a
 * system keeps for itself. Everything that this program writes is; anything else is refused before it is read.
 */
export function isSafePath(path: string): boolean {
  if (path.length > MAX_PATH || !/^[A-Za-z0-9_][A-Za-z0-9._-]*(?:\/[A-Za-z0-9_][A-Za-z0-9._-]*)*$/.test(path)) return false;
  return path.split("/").every((part) => !part.endsWith(".") && !RESERVED.test(part));
}

/** Types that the usual programs open; an attachment of another gets `.bin`, so that a double click runs nothing. */
const KNOWN = new Set(
  "png jpg jpeg gif webp heic tif tiff bmp pdf txt csv ics eml doc docx xls xlsx odt ods ppt pptx rtf mp3 m4a wav ogg mp4 mov webm".split(
    " ",
  ),
);

/** Where an attachment lies in the bundle: by the SHA-256 of its bytes, then as much of its name as is safe everywhere. */
export function filePath(hash: Hex32, name: string): string {
  const plain = name
    .normalize("NFKD")
    .replace(/[\u0300-\u036f]/g, "")
    .replace(/[^A-Za-z0-9.]+/g, "-")
    .replace(/\.{2,}/g, ".");
  const dot = plain.lastIndexOf(".");
  const stem = trim(dot > 0 ? plain.slice(0, dot) : plain).slice(0, 40);
  const extension = dot > 0 ? plain.slice(dot + 1).toLowerCase() : "";
  return `${FILES_FOLDER}${hash.slice(0, 16)}-${trim(stem) || "file"}.${KNOWN.has(extension) ? extension : "bin"}`;
}

const trim = (text: string): string => text.replace(/^[.-]+|[.-]+$/g, "");
