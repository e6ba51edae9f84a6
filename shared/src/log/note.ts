import { concat, equalBytes, fromBase64, fromHex, fromUtf8, toBase64, toHex, utf8 } from "../base/bytes.ts";
import type { SignSecretKey } from "../base/ids.ts";
import { coded, err, ok, type Coded, type Result } from "../base/result.ts";
import { sha256 } from "../crypto/hash.ts";
import { isSignKey } from "../crypto/points.ts";
import { signRaw, verifyRaw } from "../crypto/sign.ts";

/**
 * Signed notes (C2SP signed-note): a text that ends in a newline, an empty line, and lines `— name base64(key id || signature)`.
 * Only Ed25519 (type 1) signs and verifies here; signatures by other keys are carried and ignored.
 */
export const MAX_NOTE_BYTES = 8_192;
export const MAX_NOTE_SIGNATURES = 16;

const ED25519 = Uint8Array.of(1);
const KEY_BYTES = 32;
const ID_BYTES = 4;
const NEWLINE = 0x0a;
const SPACE = 0x20;

export type NoteCode =
  | "note-too-long"
  | "note-malformed"
  | "note-too-many-signatures"
  /** No signature is by a key that was asked for. */
  | "note-unknown-key"
  /** A signature names a key that was asked for and is not by it. */
  | "note-signature";

/** A public key under a name. Two keys are the same only if name and id are. */
export interface NoteKey {
  readonly name: string;
  /** Four bytes. */
  readonly id: Uint8Array;
  readonly publicKey: Uint8Array;
}

export interface NoteSignature {
  readonly name: string;
  /** The four bytes that say which key it is by. */
  readonly id: Uint8Array;
  readonly signature: Uint8Array;
}

/** A note as it is written. Nothing in it may be believed before a signature was verified. */
export interface Note {
  /** Ends in a newline, which is signed too. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

export interface OpenedNote {
  readonly text: string;
  /** The keys, of those asked for, that signed. At least one. */
  readonly signers: readonly NoteKey[];
}

/**
 * Whether this can be the name of a note key: not empty, without plus, control characters and spaces of any script (U+0085 is one
 * that `\s` lacks).
 */
export const isNoteName = (name: string): boolean => /^[^\s\u0085+]+$/.test(name) && isPlainText(name);

/** The Ed25519 key of a name; undefined if the name cannot be one or the key has not 32 bytes. */
export function noteKey(name: string, publicKey: Uint8Array): NoteKey | undefined {
  if (!isNoteName(name) || publicKey.length !== KEY_BYTES) return undefined;
  const id = sha256(concat(utf8(name), Uint8Array.of(NEWLINE), ED25519, publicKey)).slice(0, ID_BYTES);
  return { name, id, publicKey };
}

/** The key as other tools take it: `name+id in hex+base64(0x01 || key)`. */
export const formatVerifierKey = (key: NoteKey): string => `${key.name}+${toHex(key.id)}+${toBase64(concat(ED25519, key.publicKey))}`;

/** Reads `formatVerifierKey`; undefined for another type of key, a key that rule K1 refuses, or an id that is not the key's. */
export function parseVerifierKey(text: string): NoteKey | undefined {
  const [, name = "", hexId = "", base64 = ""] = /^([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(text) ?? [];
  const id = fromHex(hexId);
  const typed = fromBase64(base64);
  if (!id || !typed || typed[0] !== ED25519[0] || !isSignKey(typed.slice(1))) return undefined;
  const key = noteKey(name, typed.slice(1));
  return key && equalBytes(key.id, id) ? key : undefined;
}

/**
 * Signs a text as `name`.
 * @throws if the text is not one that a note can carry, or the name not one that a key can have: both are the caller's own
 */
export function signNote(text: string, name: string, secretKey: SignSecretKey): string {
  // The second half of a libsodium secret key is the public key.
  const key = noteKey(name, secretKey.slice(KEY_BYTES));
  if (!key) throw new Error("not a name for a note key");
  const note = formatNote({ text, signatures: [{ name, id: key.id, signature: signRaw(utf8(text), secretKey) }] });
  if (!parseNote(note).ok) throw new Error("not a text for a note");
  return note;
}

/** The note's bytes as text. */
export function formatNote(note: Note): string {
  return `${note.text}\n${note.signatures.map((s) => `— ${s.name} ${toBase64(concat(s.id, s.signature))}\n`).join("")}`;
}

/** Takes a note apart without believing it. Refuses what is longer than 8,192 bytes, has more than 16 signatures or breaks the form. */
export function parseNote(note: string): Result<Note, Coded<NoteCode>> {
  // Cheap first: no letter takes less than one byte.
  if (note.length > MAX_NOTE_BYTES || utf8(note).length > MAX_NOTE_BYTES) return err(coded("note-too-long"));
  if (!isPlainText(note)) return err(coded("note-malformed", "characters"));
  const blank = note.lastIndexOf("\n\n");
  if (blank < 0 || !note.endsWith("\n")) return err(coded("note-malformed", "lines"));
  const lines = note.slice(blank + 2, -1).split("\n");
  if (lines.length > MAX_NOTE_SIGNATURES) return err(coded("note-too-many-signatures"));
  const signatures: NoteSignature[] = [];
  for (const line of lines) {
    const signature = parseSignature(line);
    if (!signature) return err(coded("note-malformed", "signature line"));
    signatures.push(signature);
  }
  return ok({ text: note.slice(0, blank + 1), signatures });
}

function parseSignature(line: string): NoteSignature | undefined {
  const [, name = "", base64 = ""] = /^— ([^ ]+) ([^ ]+)$/.exec(line) ?? [];
  const bytes = fromBase64(base64);
  if (!isNoteName(name) || !bytes || bytes.length <= ID_BYTES) return undefined;
  return { name, id: bytes.slice(0, ID_BYTES), signature: bytes.slice(ID_BYTES) };
}

/**
 * Opens a note with the keys that the reader trusts. Signatures by other keys are ignored, also where name or id (not both) are a known
 * key's; one that names a known key and does not verify refuses the whole note.
 */
export function openNote(note: string, keys: readonly NoteKey[]): Result<OpenedNote, Coded<NoteCode>> {
  const parsed = parseNote(note);
  if (!parsed.ok) return parsed;
  const message = utf8(parsed.value.text);
  const signers = new Set<NoteKey>();
  for (const { name, id, signature } of parsed.value.signatures) {
    const key = keys.find((k) => k.name === name && equalBytes(k.id, id));
    if (!key) continue;
    if (!verifyRaw(message, signature, key.publicKey)) return err(coded("note-signature"));
    signers.add(key);
  }
  if (signers.size === 0) return err(coded("note-unknown-key"));
  return ok({ text: parsed.value.text, signers: [...signers] });
}

/** Whether the text has the one UTF-8 form that signatures are over (no half surrogate) and no control character but newline. */
function isPlainText(text: string): boolean {
  const bytes = utf8(text);
  return fromUtf8(bytes) === text && bytes.every((b) => b >= SPACE || b === NEWLINE);
}
