import { z } from "zod";
import { idBytes, toId } from "../base/bytes.ts";
import type { BookId, Brand, DeviceId, Hex32, LogId, Millis, SignSecretKey, Signature } from "../base/ids.ts";
import { coded, err, ok, type Coded, type Result } from "../base/result.ts";
import { encode, type CborValue } from "../cbor/cbor.ts";
import { isBytesOf, isUint, mapOf } from "../cbor/quick.ts";
import { structCodec, zExact, zId, zSignature, zTime, zUint } from "../cbor/struct.ts";
import { hash } from "../crypto/hash.ts";
import { sign, verify } from "../crypto/sign.ts";
import { leafHash } from "../log/merkle.ts";
import { ENTRY_CHANNELS, type EntryChannel } from "../base/channels.ts";
import { LIMITS } from "../base/limits.ts";
import { isRuns, type Runs } from "./runs.ts";

/** Kinds of entry (rule L0). */
export const ENTRY_KIND = { changes: 1, charter: 2, bundle: 3, anchor: 4, ack: 5, again: 6 } as const;
export type EntryKind = (typeof ENTRY_KIND)[keyof typeof ENTRY_KIND];

/** SHA-256 leaf hash of a header (rule L0a). */
export type LeafHash = Brand<Uint8Array, "LeafHash">;

export const NO_BOOK = "0".repeat(64) as BookId;

/** What the pushing device says of an entry and signs (rule L0). */
export interface AuthorPart {
  readonly log: LogId;
  readonly kind: EntryKind;
  readonly channel: EntryChannel;
  readonly epoch: number;
  readonly book: BookId;
  readonly device: DeviceId;
  readonly commitment: Hex32;
  /** The entries that a bundle covers (rule L8a); a bundle has it and no other kind. */
  readonly covers?: Runs;
  /** The bundle that an acknowledgement is for (rule L8d); an acknowledgement has it and no other kind. */
  readonly of?: number;
  readonly bodyHash: Hex32;
  readonly bodyLength: number;
  readonly signature: Signature;
}

/** What the relay adds (rule L0a). */
export interface RelayPart {
  readonly seq: number;
  readonly channelSeq: number;
  readonly previous: Uint8Array;
  readonly time: Millis;
}

/** Both parts as they arrived, and what they say. Only the parse functions make one. */
export interface Header {
  readonly author: AuthorPart;
  readonly relay: RelayPart;
  readonly authorBytes: Uint8Array;
  readonly relayBytes: Uint8Array;
  readonly leaf: LeafHash;
}

export type HeaderCode = "header-malformed" | "header-signature" | "body-hash";

const authorWire = z.strictObject({
  v: z.literal(1),
  log: zId<LogId>(),
  kind: z.union([z.literal(1), z.literal(2), z.literal(3), z.literal(4), z.literal(5), z.literal(6)]),
  ch: z.enum(ENTRY_CHANNELS as [EntryChannel, ...EntryChannel[]]),
  e: zUint(),
  book: zId<BookId>(),
  dev: zId<DeviceId>(),
  cc: zId<Hex32>(),
  cv: z.array(zUint()).max(LIMITS.author).optional(),
  of: zUint().optional(),
  bh: zId<Hex32>(),
  bl: zUint().max(LIMITS.body),
  s: zSignature(),
});
type AuthorWire = z.output<typeof authorWire>;
const authorCodec = structCodec<AuthorWire>(authorWire, LIMITS.author, quickAuthor);
const relayCodec = structCodec(z.strictObject({ n: zUint(), cn: zUint(), p: zExact<Uint8Array>(32), t: zTime() }), LIMITS.relay);

const KINDS: ReadonlySet<unknown> = new Set(Object.values(ENTRY_KIND));
const CHANNELS: ReadonlySet<unknown> = new Set(ENTRY_CHANNELS);

/** An author part comes with every entry, on both ends. */
function quickAuthor(value: CborValue): AuthorWire | undefined {
  const map = mapOf(value, 11);
  if (map?.["v"] !== 1) return undefined;
  const { log, kind, ch, e, book, dev, cc, bh, bl, s } = map;
  if (!KINDS.has(kind) || !CHANNELS.has(ch) || !isUint(e) || !isUint(bl) || bl > LIMITS.body || !isBytesOf(s, 64)) return undefined;
  if (!isBytesOf(log, 32) || !isBytesOf(book, 32) || !isBytesOf(dev, 32) || !isBytesOf(cc, 32) || !isBytesOf(bh, 32)) return undefined;
  return {
    ...{ v: 1, log: toId<LogId>(log), kind: kind as EntryKind, ch: ch as EntryChannel, e, book: toId<BookId>(book), bl },
    ...{ dev: toId<DeviceId>(dev), cc: toId<Hex32>(cc), bh: toId<Hex32>(bh), s: s as Signature },
  };
}

/** What an author part says before its body exists: also the body's associated data. */
export type Placement = Pick<AuthorPart, "log" | "kind" | "channel" | "epoch" | "book" | "device" | "commitment" | "covers" | "of">;

/** The fields of one kind alone. */
const special = (p: Pick<Placement, "covers" | "of">): { cv?: number[]; of?: number } => ({
  ...(p.covers ? { cv: [...p.covers] } : {}),
  ...(p.of === undefined ? {} : { of: p.of }),
});

/** A bundle says what it covers, an acknowledgement of what it is one, and nothing else says either. */
function isWellFormed({ kind, cv, of }: z.output<typeof authorWire>): boolean {
  if ((kind === ENTRY_KIND.bundle) !== (cv !== undefined) || (kind === ENTRY_KIND.ack) !== (of !== undefined)) return false;
  return cv === undefined || isRuns(cv, LIMITS.covered);
}

/** CBOR of the author part without body hash, length and signature: the associated data of the body's seal (rule L0). */
export function associatedData(p: Placement): Uint8Array {
  return encode({
    v: 1,
    log: idBytes(p.log),
    kind: p.kind,
    ch: p.channel,
    e: p.epoch,
    book: idBytes(p.book),
    dev: idBytes(p.device),
    cc: idBytes(p.commitment),
    ...special(p),
  });
}

function signedBytes(a: Omit<AuthorPart, "signature">): Uint8Array {
  return encode({
    v: 1,
    log: idBytes(a.log),
    kind: a.kind,
    ch: a.channel,
    e: a.epoch,
    book: idBytes(a.book),
    dev: idBytes(a.device),
    cc: idBytes(a.commitment),
    ...special(a),
    bh: idBytes(a.bodyHash),
    bl: a.bodyLength,
  });
}

export const bodyHash = (body: Uint8Array): Hex32 => toId(hash("body", body));

/** Signs the author part of an entry with the pushing device's key. */
export function makeAuthorPart(placement: Placement, body: Uint8Array, secret: SignSecretKey): Uint8Array {
  const unsigned = { ...placement, bodyHash: bodyHash(body), bodyLength: body.length };
  const signature = sign("entry", signedBytes(unsigned), secret);
  return authorCodec.encode({
    v: 1,
    log: unsigned.log,
    kind: unsigned.kind,
    ch: unsigned.channel,
    e: unsigned.epoch,
    book: unsigned.book,
    dev: unsigned.device,
    cc: unsigned.commitment,
    ...special(unsigned),
    bh: unsigned.bodyHash,
    bl: unsigned.bodyLength,
    s: signature,
  });
}

/** An author part of which only the form was checked. */
export interface UnverifiedAuthor {
  readonly author: AuthorPart;
  /** What its signature has to be over, with the domain `entry`, under its device's key. */
  readonly signed: Uint8Array;
}

/** Reads an author part and checks its signature (rules L0, K1). */
export function parseAuthorPart(bytes: Uint8Array): Result<AuthorPart, Coded<HeaderCode>> {
  const read = readAuthorPart(bytes);
  if (!read.ok) return read;
  const { author, signed } = read.value;
  return verify("entry", signed, author.signature, idBytes(author.device)) ? ok(author) : err(coded("header-signature"));
}

/** Reads an author part and leaves its signature to the caller, who checks many at a time. */
export function readAuthorPart(bytes: Uint8Array): Result<UnverifiedAuthor, Coded<HeaderCode>> {
  const wire = authorCodec.decode(bytes);
  if (!wire.ok) return err(coded("header-malformed", wire.error.code));
  const w = wire.value;
  if (!isWellFormed(w)) return err(coded("header-malformed", "kind"));
  const author: AuthorPart = {
    log: w.log,
    kind: w.kind,
    channel: w.ch,
    epoch: w.e,
    book: w.book,
    device: w.dev,
    commitment: w.cc,
    ...(w.cv ? { covers: w.cv } : {}),
    ...(w.of === undefined ? {} : { of: w.of }),
    bodyHash: w.bh,
    bodyLength: w.bl,
    signature: w.s,
  };
  return ok({ author, signed: signedBytes(author) });
}

export function makeRelayPart(part: RelayPart): Uint8Array {
  return encode({ n: part.seq, cn: part.channelSeq, p: part.previous, t: part.time });
}

export function parseRelayPart(bytes: Uint8Array): Result<RelayPart, Coded<HeaderCode>> {
  const wire = relayCodec.decode(bytes);
  if (!wire.ok) return err(coded("header-malformed", wire.error.code));
  return ok({ seq: wire.value.n, channelSeq: wire.value.cn, previous: wire.value.p, time: wire.value.t });
}

/** The header's own bytes, over which the Merkle leaf is taken (rule L0a). */
export const headerBytes = (authorBytes: Uint8Array, relayBytes: Uint8Array): Uint8Array => encode([authorBytes, relayBytes]);

export const headerLeaf = (authorBytes: Uint8Array, relayBytes: Uint8Array): LeafHash =>
  leafHash(headerBytes(authorBytes, relayBytes)) as LeafHash;

/** Reads both parts of a header; the author's signature is checked. */
export function parseHeader(authorBytes: Uint8Array, relayBytes: Uint8Array): Result<Header, Coded<HeaderCode>> {
  const author = parseAuthorPart(authorBytes);
  if (!author.ok) return author;
  const relay = parseRelayPart(relayBytes);
  if (!relay.ok) return relay;
  return ok({ author: author.value, relay: relay.value, authorBytes, relayBytes, leaf: headerLeaf(authorBytes, relayBytes) });
}

/** Whether these are the bytes that the author part names. */
export function bodyMatches(author: AuthorPart, body: Uint8Array): boolean {
  return body.length === author.bodyLength && bodyHash(body) === author.bodyHash;
}

/** By this a push is recognised when it comes twice (rule L3). */
export const authorPartId = (authorBytes: Uint8Array): Hex32 => toId(hash("author-part", authorBytes));
