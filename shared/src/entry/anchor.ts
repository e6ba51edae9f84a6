import { z } from "zod";
import { toId, utf8 } from "../base/bytes.ts";
import type { DeviceId, Hex32, LogId, Millis, SignSecretKey } from "../base/ids.ts";
import type { Coded, Result } from "../base/result.ts";
import { structCodec, zBytes, zText } from "../cbor/struct.ts";
import { hash } from "../crypto/hash.ts";
import { checkTimestamp, type Timestamp, type TimestampCode } from "../crypto/timestamp.ts";
import type { Checkpoint } from "../log/checkpoint.ts";
import { openCosignatures, parseWitnessKey, type Cosigned } from "../log/cosignature.ts";
import { parseNote } from "../log/note.ts";
import { authorityKey, type Anchored } from "./bounds.ts";
import { ENTRY_KIND, makeAuthorPart, NO_BOOK, type AuthorPart } from "./header.ts";
import { LIMITS } from "../base/limits.ts";

/**
 * What an anchor entry carries (rule L11): a checkpoint of this very log that witnesses cosigned, a time-stamp authority stamped, or both. It holds
 * no content, so it is not sealed.
 */
export interface Anchor {
  readonly note: string;
  /** Verifier keys of the witnesses, as the pushing device had them. Whether to believe them is for the reader. */
  readonly keys: readonly string[];
  /** What an authority answered (TimeStampResp, RFC 3161) for the note's text. */
  readonly token?: Uint8Array;
}

/** The channel of anchors. */
export const ANCHOR_CHANNEL = "household";
export const MAX_ANCHOR = 32_768;

const codec = structCodec(
  z
    .strictObject({ v: z.literal(1), note: zText(LIMITS.note), keys: z.array(zText(400)).max(8), tsr: zBytes(LIMITS.token).optional() })
    .refine((a) => a.keys.length > 0 || a.tsr !== undefined, "nobody signed"),
  MAX_ANCHOR,
);

const commitmentOf = (body: Uint8Array): Hex32 => toId(hash("anchor", body));

/** Makes the entry. */
export function makeAnchor(input: {
  readonly log: LogId;
  readonly device: DeviceId;
  readonly epoch: number;
  readonly anchor: Anchor;
  readonly secret: SignSecretKey;
}): { readonly a: Uint8Array; readonly b: Uint8Array } {
  const { note, keys, token } = input.anchor;
  const b = codec.encode({ v: 1, note, keys: [...keys], ...(token ? { tsr: token } : {}) });
  const placement = {
    log: input.log,
    kind: ENTRY_KIND.anchor,
    channel: ANCHOR_CHANNEL,
    epoch: input.epoch,
    book: NO_BOOK,
    device: input.device,
    commitment: commitmentOf(b),
  } as const;
  return { a: makeAuthorPart(placement, b, input.secret), b };
}

/** Whether an author part over this body is an anchor's, as far as the relay judges it: it does not look at the signatures inside. */
export const isAnchorEntry = (author: AuthorPart, body: Uint8Array): boolean =>
  author.kind === ENTRY_KIND.anchor &&
  author.channel === ANCHOR_CHANNEL &&
  author.book === NO_BOOK &&
  body.length <= MAX_ANCHOR &&
  author.commitment === commitmentOf(body);

/** The anchor in an entry; undefined where the entry is not in that form. */
export function readAnchor(author: AuthorPart, body: Uint8Array): Anchor | undefined {
  const read = isAnchorEntry(author, body) ? codec.decode(body) : undefined;
  if (read?.ok !== true) return undefined;
  const { note, keys, tsr } = read.value;
  return { note, keys, ...(tsr ? { token: tsr } : {}) };
}

/** What an anchor shows: its checkpoint, and who of the keys in it cosigned when. Undefined where the log key did not sign the checkpoint. */
export interface OpenedAnchor {
  readonly checkpoint: Checkpoint;
  readonly cosigned: readonly { readonly key: string; readonly name: string; readonly time: Millis }[];
}

/** @param checkpoint the anchor's note as the reader opened it, under the key that stood at its size (rule C8) */
export function openAnchor(anchor: Anchor, checkpoint: Result<Checkpoint, unknown>): OpenedAnchor | undefined {
  if (!checkpoint.ok) return undefined;
  const cosigned = anchor.keys.flatMap((key) => {
    const note = parseWitnessKey(key);
    const [signed]: readonly Cosigned[] = note ? openCosignatures(anchor.note, [note]) : [];
    return note && signed ? [{ key, name: note.name, time: signed.time }] : [];
  });
  return { checkpoint: checkpoint.value, cosigned };
}

/** What an authority stamps: the checkpoint's text, which is also what the log key and the witnesses sign. Undefined where the note is none. */
export function stampedText(note: string): Uint8Array | undefined {
  const parsed = parseNote(note);
  return parsed.ok ? utf8(parsed.value.text) : undefined;
}

/** The token of an anchor, checked; undefined where it has none. Whose certificate it is, and whether to trust it, is for the reader. */
export async function openToken(anchor: Anchor): Promise<Result<Timestamp, Coded<TimestampCode>> | undefined> {
  const text = anchor.token && stampedText(anchor.note);
  return anchor.token && text && checkTimestamp(anchor.token, text);
}

/**
 * What an anchor that opened says of the log, each witness and the authority for itself. A token that does not hold bounds nothing, and takes nothing from the
 * witnesses' lines beside it: then `refused` says why.
 * @param seq of the entry that carries it
 */
export async function anchoredBy(
  anchor: Anchor,
  { checkpoint: { size }, cosigned }: OpenedAnchor,
  seq: number,
): Promise<{ readonly all: readonly Anchored[]; readonly refused?: TimestampCode }> {
  const all = cosigned.map(({ key, name, time }): Anchored => ({ kind: "cosignature", seq, size, time, name, key }));
  const token = await openToken(anchor);
  if (!token) return { all };
  if (!token.ok) return { all, refused: token.error.code };
  const { time, authority: name, certificate } = token.value;
  return { all: [...all, { kind: "timestamp", seq, size, time, name, key: authorityKey(certificate) }] };
}
