import { concat, equalBytes, fromBase64, fromHex, toBase64, toHex, u64, utf8 } from "../base/bytes.ts";
import type { Millis, SignSecretKey } from "../base/ids.ts";
import { MAX_TIME } from "../base/time.ts";
import { sha256 } from "../crypto/hash.ts";
import { isSignKey } from "../crypto/points.ts";
import { signRaw, verifyRaw } from "../crypto/sign.ts";
import { formatNote, isNoteName, parseNote, type NoteKey, type NoteSignature } from "./note.ts";

/**
 * Cosignatures (C2SP tlog-cosignature, Ed25519, `cosignature/v1`): a witness saw that a checkpoint's log only grew since it last looked, and
 * says when. They stand as further signature lines in the checkpoint's note, and whoever does not know the witness ignores them.
 */
const COSIGNATURE = Uint8Array.of(4);
const KEY_BYTES = 32;
const TIME_BYTES = 8;
const SIGNATURE_BYTES = 64;

/** A cosignature that holds: whose, and when by that witness's clock (whole seconds). */
export interface Cosigned {
  readonly key: NoteKey;
  readonly time: Millis;
}

/** A witness's key; undefined if the name cannot be one or the key has not 32 bytes. */
export function witnessKey(name: string, publicKey: Uint8Array): NoteKey | undefined {
  if (!isNoteName(name) || publicKey.length !== KEY_BYTES) return undefined;
  const id = sha256(concat(utf8(name), utf8("\n"), COSIGNATURE, publicKey)).slice(0, 4);
  return { name, id, publicKey };
}

/** The key as other tools take it: `name+id in hex+base64(0x04 || key)`. */
export const formatWitnessKey = (key: NoteKey): string => `${key.name}+${toHex(key.id)}+${toBase64(concat(COSIGNATURE, key.publicKey))}`;

/** Reads `formatWitnessKey`; undefined for another type of key, a key that rule K1 refuses, or an id that is not the key's. */
export function parseWitnessKey(text: string): NoteKey | undefined {
  const [, name = "", hexId = "", base64 = ""] = /^([^+]{1,200})\+([0-9a-f]{8})\+([A-Za-z0-9+/=]{1,100})$/.exec(text) ?? [];
  const id = fromHex(hexId);
  const typed = fromBase64(base64);
  if (!id || !typed || typed[0] !== COSIGNATURE[0] || !isSignKey(typed.slice(1))) return undefined;
  const key = witnessKey(name, typed.slice(1));
  return key && equalBytes(key.id, id) ? key : undefined;
}

const signedText = (text: string, seconds: number): Uint8Array => utf8(`cosignature/v1\ntime ${String(seconds)}\n${text}`);

/**
 * The signature line of a witness over a checkpoint's text (the whole note body, with its last newline).
 * @param seconds POSIX time at which the witness signs
 */
export function cosign(text: string, key: NoteKey, secret: SignSecretKey, seconds: number): string {
  const signature = concat(u64(seconds), signRaw(signedText(text, seconds), secret));
  return lineOf({ name: key.name, id: key.id, signature });
}

const lineOf = (s: NoteSignature): string => `\u2014 ${s.name} ${toBase64(concat(s.id, s.signature))}\n`;

/** The cosignatures of a note that hold under these keys, the newest of each. Others are ignored: nobody is accused of them. */
export function openCosignatures(note: string, keys: readonly NoteKey[]): readonly Cosigned[] {
  const parsed = keys.length > 0 ? parseNote(note) : undefined;
  if (!parsed?.ok) return [];
  const newest = new Map<NoteKey, Millis>();
  for (const { name, id, signature } of parsed.value.signatures) {
    const key = keys.find((k) => k.name === name && equalBytes(k.id, id));
    const time = key && timeOf(parsed.value.text, signature, key.publicKey);
    if (key && time !== undefined && time > (newest.get(key) ?? -1)) newest.set(key, time);
  }
  return [...newest].map(([key, time]) => ({ key, time }));
}

function timeOf(text: string, signature: Uint8Array, publicKey: Uint8Array): Millis | undefined {
  if (signature.length !== TIME_BYTES + SIGNATURE_BYTES) return undefined;
  const seconds = Number(new DataView(signature.buffer, signature.byteOffset, TIME_BYTES).getBigUint64(0));
  if (seconds * 1_000 > MAX_TIME) return undefined;
  return verifyRaw(signedText(text, seconds), signature.subarray(TIME_BYTES), publicKey) ? seconds * 1_000 : undefined;
}

/**
 * A note with further signature lines, as a witness answered them: only those of `keys` that hold, one for each key. Undefined where none does, or
 * where the note would pass its limits.
 */
export function withCosignatures(note: string, lines: string, keys: readonly NoteKey[]): string | undefined {
  const own = parseNote(note);
  if (!own.ok) return undefined;
  const together = parseNote(`${note}${lines}`);
  if (!together.ok) return undefined;
  const signatures: NoteSignature[] = [];
  for (const s of together.value.signatures.slice(own.value.signatures.length)) {
    const key = keys.find((k) => k.name === s.name && equalBytes(k.id, s.id));
    if (!key || signatures.some((t) => t.name === s.name)) continue;
    if (timeOf(own.value.text, s.signature, key.publicKey) !== undefined) signatures.push(s);
  }
  if (signatures.length === 0) return undefined;
  const made = formatNote({ text: own.value.text, signatures: [...own.value.signatures, ...signatures] });
  return parseNote(made).ok ? made : undefined;
}

/** The first three lines of any C2SP checkpoint: what a witness signs for. Undefined where they are not that. */
export function parseTreeHead(text: string): { readonly origin: string; readonly size: number; readonly root: Uint8Array } | undefined {
  const [, origin = "", size = "", base64 = ""] = /^([^\n]+)\n(0|[1-9][0-9]{0,15})\n([^\n]+)\n(?:[^\n]+\n)*$/.exec(text) ?? [];
  const n = Number(size);
  const root = fromBase64(base64);
  return isNoteName(origin) && Number.isSafeInteger(n) && root?.length === KEY_BYTES ? { origin, size: n, root } : undefined;
}
