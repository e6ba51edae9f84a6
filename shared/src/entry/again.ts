import { z } from "zod";
import { idBytes, toId } from "../base/bytes.ts";
import type { DeviceId, Hex32, LogId, MemberId, Millis, SignSecretKey } from "../base/ids.ts";
import { structCodec, zBytes, zExact, zText } from "../cbor/struct.ts";
import { hash } from "../crypto/hash.ts";
import { openCheckpoint } from "../log/checkpoint.ts";
import { originOf } from "../log/origin.ts";
import { verifyInclusion } from "../log/proof.ts";
import { ENTRY_KIND, makeAuthorPart, NO_BOOK, parseHeader, type AuthorPart, type Placement } from "./header.ts";
import { LIMITS } from "../base/limits.ts";

/**
 * Headers that entries of changes had in a branch that was given up (rule C8j), with what shows that the relay had logged them there. The changes themselves are
 * pushed again in entries of the same content commitment, which is how each finds its old header. Headers hold no content, so this is not sealed.
 */
export interface OldHeaders {
  /** A checkpoint of that branch, as the relay signed it. */
  readonly note: string;
  readonly headers: readonly {
    readonly a: Uint8Array;
    readonly r: Uint8Array;
    /** RFC 6962 inclusion of the header's leaf in the checkpoint, as leaf number `n` of its relay part. */
    readonly path: readonly Uint8Array[];
  }[];
}

/** What an old header says, once it was checked: who had pushed the entry, and where and when the old relay had logged it. */
export interface OldHeader {
  readonly commitment: Hex32;
  readonly device: DeviceId;
  readonly seq: number;
  readonly channelSeq: number;
  readonly time: Millis;
  /** The relay that had logged it. */
  readonly relay: string;
}

/**
 * Which of the old headers of one content commitment is that of an entry (rule C8k): the first of the carrier's own member, so that nobody's header can take an entry
 * from those who wrote it; without one the first of all.
 * @param carrier the device that pushes the entry now
 * @param memberOf whose device it was at that entry's place
 */
export function oldHeaderOf<T extends { readonly old: Pick<OldHeader, "device"> }>(
  headers: readonly T[] | undefined,
  carrier: DeviceId,
  memberOf: (device: DeviceId) => MemberId | undefined,
): T | undefined {
  const member = memberOf(carrier);
  const own = member === undefined ? undefined : headers?.find(({ old }) => memberOf(old.device) === member);
  return own ?? headers?.[0];
}

const CHANNEL = "household";
/** Headers of one entry. */
export const MAX_AGAIN = 128;

const codec = structCodec(
  z.strictObject({
    v: z.literal(1),
    note: zText(LIMITS.note),
    e: z
      .array(z.strictObject({ a: zBytes(LIMITS.author), r: zBytes(LIMITS.relay), p: z.array(zExact<Uint8Array>(32)).max(53) }))
      .min(1)
      .max(MAX_AGAIN),
  }),
  LIMITS.body,
);

const commitmentOf = (body: Uint8Array): Hex32 => toId(hash("again", body));

/** Makes the entry, under the current epoch of its channel. */
export function makeAgain(input: {
  readonly log: LogId;
  readonly device: DeviceId;
  readonly epoch: number;
  readonly old: OldHeaders;
  readonly secret: SignSecretKey;
}): { readonly a: Uint8Array; readonly b: Uint8Array } {
  const { note, headers } = input.old;
  const b = codec.encode({ v: 1, note, e: headers.map(({ a, r, path }) => ({ a, r, p: [...path] })) });
  const { log, device, epoch, secret } = input;
  const placement: Placement = { log, kind: ENTRY_KIND.again, channel: CHANNEL, epoch, book: NO_BOOK, device, commitment: commitmentOf(b) };
  return { a: makeAuthorPart(placement, b, secret), b };
}

/** Whether an author part over this body is one of old headers, as far as the relay judges it: it does not look at what they say. */
export const isAgainEntry = (author: AuthorPart, body: Uint8Array): boolean =>
  author.kind === ENTRY_KIND.again && author.channel === CHANNEL && author.book === NO_BOOK && author.commitment === commitmentOf(body);

/** What an entry of old headers says, before anything of it is believed. */
export function readAgain(author: AuthorPart, body: Uint8Array): OldHeaders | undefined {
  const read = isAgainEntry(author, body) ? codec.decode(body) : undefined;
  return read?.ok ? { note: read.value.note, headers: read.value.e.map(({ a, r, p }) => ({ a, r, path: p })) } : undefined;
}

/**
 * The old headers of an entry, if all of it holds: one of these relays signed the checkpoint, and each is the header of an entry of changes of this log, signed by its
 * device, that is in the checkpoint's tree at its place.
 * @param relays those that a move which stands named as having shown two histories (`relaysForked`)
 */
export function openAgain(
  author: AuthorPart,
  body: Uint8Array,
  relays: readonly { readonly relay: string; readonly logKey: Hex32 }[],
): readonly OldHeader[] | undefined {
  const read = readAgain(author, body);
  if (!read) return undefined;
  const { note, headers } = read;
  for (const { relay, logKey } of relays) {
    const opened = openCheckpoint(note, originOf(relay, author.log), idBytes(logKey));
    if (!opened.ok) continue;
    const { size, root } = opened.value;
    const found = headers.map(({ a, r, path }): OldHeader | undefined => {
      const header = parseHeader(a, r);
      if (!header.ok || header.value.author.log !== author.log || header.value.author.kind !== ENTRY_KIND.changes) return undefined;
      const { seq, channelSeq, time } = header.value.relay;
      const { commitment, device } = header.value.author;
      return verifyInclusion(header.value.leaf, seq, size, path, root) ? { commitment, device, seq, channelSeq, time, relay } : undefined;
    });
    return found.every((h) => h !== undefined) ? found : undefined;
  }
  return undefined;
}
