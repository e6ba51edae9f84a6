import { concat, fromBase64, toBase64, utf8 } from "../base/bytes.ts";
import type { Millis, SignSecretKey } from "../base/ids.ts";
import { coded, err, ok, type Coded, type Result } from "../base/result.ts";
import { sha256 } from "../crypto/hash.ts";
import { signRaw, verifyRaw } from "../crypto/sign.ts";

/** A signed tree head (rule L5, C2SP tlog-checkpoint). */
export interface Checkpoint {
  readonly origin: string;
  readonly size: number;
  readonly root: Uint8Array;
  readonly time: Millis;
}

export type CheckpointCode = "note-too-long" | "note-malformed" | "note-origin" | "note-unsigned";

const MAX_NOTE = 8_192;
const MAX_SIGNATURES = 16;

/** The note's text: what is signed. */
export const formatCheckpoint = (c: Checkpoint): string => `${c.origin}\n${String(c.size)}\n${toBase64(c.root)}\ntime ${String(c.time)}\n`;

/** C2SP signed-note: the first four bytes of SHA-256(name, newline, algorithm 1, public key). */
export const keyId = (name: string, publicKey: Uint8Array): Uint8Array => sha256(concat(utf8(`${name}\n`), Uint8Array.of(1), publicKey)).slice(0, 4);

export function signCheckpoint(checkpoint: Checkpoint, publicKey: Uint8Array, secretKey: SignSecretKey): string {
  const text = formatCheckpoint(checkpoint);
  const signature = concat(keyId(checkpoint.origin, publicKey), signRaw(utf8(text), secretKey));
  return `${text}\n\u2014 ${checkpoint.origin} ${toBase64(signature)}\n`;
}

function parseText(text: string): Checkpoint | undefined {
  const match = /^([^\n+]+)\n(0|[1-9]\d{0,15})\n([A-Za-z0-9+/]{43}=)\ntime (0|[1-9]\d{0,15})\n$/.exec(text);
  const root = match?.[3] === undefined ? undefined : fromBase64(match[3]);
  if (!match?.[1] || root?.length !== 32) return undefined;
  const checkpoint = { origin: match[1], size: Number(match[2]), root, time: Number(match[4]) };
  return Number.isSafeInteger(checkpoint.size) && Number.isSafeInteger(checkpoint.time) ? checkpoint : undefined;
}

/** Reads a note and checks that the log key signed it (rule L5). Signatures of others beside it are ignored. */
export function openCheckpoint(note: string, origin: string, logKey: Uint8Array): Result<Checkpoint, Coded<CheckpointCode>> {
  if (note.length > MAX_NOTE) return err(coded("note-too-long"));
  const split = note.lastIndexOf("\n\n");
  if (split < 0 || !note.endsWith("\n")) return err(coded("note-malformed"));
  const text = note.slice(0, split + 1);
  const lines = note.slice(split + 2, -1).split("\n");
  const checkpoint = parseText(text);
  if (!checkpoint || lines.length > MAX_SIGNATURES) return err(coded("note-malformed"));
  if (checkpoint.origin !== origin) return err(coded("note-origin"));
  const id = keyId(origin, logKey);
  let isSigned = false;
  for (const line of lines) {
    const match = /^\u2014 (\S+) ([A-Za-z0-9+/]+={0,2})$/.exec(line);
    const blob = match?.[2] === undefined ? undefined : fromBase64(match[2]);
    if (!match || !blob || blob.length < 5) return err(coded("note-malformed"));
    if (match[1] !== origin || blob.length !== 68 || !blob.subarray(0, 4).every((b, i) => b === id[i])) continue;
    if (!verifyRaw(utf8(text), blob.subarray(4), logKey)) return err(coded("note-unsigned"));
    isSigned = true;
  }
  return isSigned ? ok(checkpoint) : err(coded("note-unsigned"));
}
