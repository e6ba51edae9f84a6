import { z } from "zod";
import { idBytes } from "../base/bytes.ts";
import type { BookKey, ChangeHash, ChannelKey, DeviceId, FileId, FileKey, LogId, Signature } from "../base/ids.ts";
import { coded, err, ok, type Coded, type Result } from "../base/result.ts";
import { structCodec, zBytes, zExact, zId, zSignature, zText, zUint } from "../cbor/struct.ts";
import { keyed } from "../crypto/keyed.ts";
import { pad, unpad } from "../crypto/padme.ts";
import type { RandomBytes } from "../crypto/random.ts";
import { seal, unseal } from "../crypto/seal.ts";
import { bookId, type BookName } from "../books/names.ts";
import { ALL_CHANNELS, type Channel } from "./channels.ts";
import { commitLeaves, commitmentOf, type Committed, type Tag } from "./commitment.ts";
import { associatedData, ENTRY_KIND, type AuthorPart, type Placement } from "./header.ts";
import { LIMITS } from "./limits.ts";

/** A change with its author's signature, as an entry carries it. */
export interface CarriedChange {
  readonly bytes: Uint8Array;
  readonly signature: Signature;
}

/** The opened body of a changes entry (docs/protocol.md section 5). */
export interface ChangesBody {
  readonly book: BookName;
  readonly secret: Uint8Array;
  readonly changes: readonly CarriedChange[];
  /** Signed notes of the checkpoints that the changes name (L6). */
  readonly notes: readonly string[];
  readonly fileKeys: readonly { readonly file: FileId; readonly key: FileKey }[];
}

export type BodyCode = "body-sealed" | "body-malformed" | "body-book";

const bodyCodec = structCodec(
  z.strictObject({
    v: z.literal(1),
    b: z.tuple([z.enum(ALL_CHANNELS as [Channel, ...Channel[]]), zText(7), zUint().max(255)]),
    k: zExact<Uint8Array>(32),
    c: z.array(z.strictObject({ c: zBytes(LIMITS.change), s: zSignature() })).min(1).max(LIMITS.changesInEntry),
    n: z.array(zText(LIMITS.note)).max(LIMITS.changesInEntry),
    f: z.array(z.strictObject({ i: zId<FileId>(), k: zExact<FileKey>(32) })).max(LIMITS.changesInEntry * 10),
  }),
  LIMITS.body,
);

export const bookKey = (channelKey: ChannelKey, book: Uint8Array): BookKey => keyed("book-key", channelKey, book) as BookKey;

export function encodeBody(body: ChangesBody): Uint8Array {
  return bodyCodec.encode({
    v: 1,
    b: [body.book.channel, body.book.period, body.book.shard],
    k: body.secret,
    c: body.changes.map((c) => ({ c: c.bytes, s: c.signature })),
    n: [...body.notes],
    f: body.fileKeys.map((f) => ({ i: f.file, k: f.key })),
  });
}

export interface SealedEntry {
  readonly placement: Placement;
  readonly body: Uint8Array;
}

/** Seals changes into an entry of the given epoch. `tags` and `hashes` go with the changes, one for one (rule L1). */
export function sealChanges(input: {
  readonly log: LogId;
  readonly device: DeviceId;
  readonly epoch: number;
  readonly key: ChannelKey;
  readonly body: ChangesBody;
  readonly committed: readonly { readonly hash: ChangeHash; readonly tag: Tag }[];
  readonly random: RandomBytes;
}): SealedEntry {
  const { body } = input;
  const changes: Committed[] = body.changes.map((c, i) => {
    const facts = input.committed[i];
    if (!facts) throw new Error("one hash and tag for each change");
    return { hash: facts.hash, tag: facts.tag, signature: c.signature };
  });
  const book = bookId(input.log, body.book);
  const placement: Placement = {
    log: input.log,
    kind: ENTRY_KIND.changes,
    channel: body.book.channel,
    epoch: input.epoch,
    book,
    device: input.device,
    commitment: commitmentOf(commitLeaves(body.secret, changes)),
  };
  const key = bookKey(input.key, idBytes(book));
  return { placement, body: seal("body-seal", key, associatedData(placement), pad(encodeBody(body)), input.random) };
}

/** Opens a body under the key of the entry's epoch. The commitment is checked later, when the changes are decoded (rule L2). */
export function openBody(author: AuthorPart, sealed: Uint8Array, key: ChannelKey): Result<ChangesBody, Coded<BodyCode>> {
  const opened = unseal("body-seal", bookKey(key, idBytes(author.book)), associatedData(author), sealed);
  const plain = opened && unpad(opened);
  if (!plain) return err(coded("body-sealed"));
  const wire = bodyCodec.decode(plain);
  if (!wire.ok) return err(coded("body-malformed", wire.error.code));
  const w = wire.value;
  const book: BookName = { channel: w.b[0], period: w.b[1], shard: w.b[2] };
  if (book.channel !== author.channel || bookId(author.log, book) !== author.book) return err(coded("body-book"));
  return ok({
    book,
    secret: w.k,
    changes: w.c.map((c) => ({ bytes: c.c, signature: c.s })),
    notes: w.n,
    fileKeys: w.f.map((f) => ({ file: f.i, key: f.k })),
  });
}
