import { fromBase64, toBase64 } from "../base/bytes.ts";
import type { Millis, SignSecretKey } from "../base/ids.ts";
import { coded, err, ok, type Coded, type Result } from "../base/result.ts";
import { MAX_TIME } from "../base/time.ts";
import { HASH_BYTES } from "./merkle.ts";
import { noteKey, openNote, signNote, type NoteCode } from "./note.ts";

/** What the relay's log key says of a log (rule L5): with these first `size` entries the tree has this root, at this relay time. */
export interface Checkpoint {
  /** `<relay name>/<log id>`; also the name of the key that signs. */
  readonly origin: string;
  readonly size: number;
  /** 32 bytes. */
  readonly root: Uint8Array;
  readonly time: Millis;
}

export type CheckpointCode =
  | NoteCode
  /** The expected origin is no name for a note key, or the log key has not 32 bytes. */
  | "checkpoint-key"
  /** Signed by the log key, but not in the form of rule L5. */
  | "checkpoint-malformed"
  /** Signed by the log key for another log or relay. */
  | "checkpoint-origin";

/** The text that is signed: a C2SP tlog-checkpoint of origin, size, base64 root, and one extension line `time <ms>`. */
export const formatCheckpoint = (c: Checkpoint): string => `${c.origin}\n${c.size}\n${toBase64(c.root)}\ntime ${c.time}\n`;

/**
 * The signed note of a checkpoint. The caller must never sign two that disagree.
 * @throws if the checkpoint is not one that `openCheckpoint` would take: it is the caller's own
 */
export function signCheckpoint(checkpoint: Checkpoint, logKey: SignSecretKey): string {
  const text = formatCheckpoint(checkpoint);
  if (!parseCheckpoint(text)) throw new Error("not a checkpoint");
  return signNote(text, checkpoint.origin, logKey);
}

/**
 * Reads a checkpoint that `logKey` signed for `origin`. It says what the relay claims; whether the root is right, only recomputing it
 * shows (rule L4).
 * @param logKey the public key pinned in the charter, 32 bytes
 */
export function openCheckpoint(note: string, origin: string, logKey: Uint8Array): Result<Checkpoint, Coded<CheckpointCode>> {
  const key = noteKey(origin, logKey);
  if (!key) return err(coded("checkpoint-key"));
  const opened = openNote(note, [key]);
  if (!opened.ok) return opened;
  const checkpoint = parseCheckpoint(opened.value.text);
  if (!checkpoint) return err(coded("checkpoint-malformed"));
  return checkpoint.origin === origin ? ok(checkpoint) : err(coded("checkpoint-origin"));
}

/** The checkpoint in a note's text; undefined unless it is written exactly as `formatCheckpoint` does. Says nothing of signatures. */
export function parseCheckpoint(text: string): Checkpoint | undefined {
  const [, origin = "", size = "", base64 = "", time = ""] = /^([^\n]+)\n([^\n]+)\n([^\n]+)\ntime ([^\n]+)\n$/.exec(text) ?? [];
  const n = parseDecimal(size);
  const root = fromBase64(base64);
  const t = parseDecimal(time);
  if (origin === "" || n === undefined || root?.length !== HASH_BYTES || t === undefined || t > MAX_TIME) return undefined;
  return { origin, size: n, root, time: t };
}

/** A number up to 2^53 − 1 in its only decimal form: no sign, no leading zero. */
function parseDecimal(text: string): number | undefined {
  const n = /^(?:0|[1-9][0-9]{0,15})$/.test(text) ? Number(text) : undefined;
  return Number.isSafeInteger(n) ? n : undefined;
}
