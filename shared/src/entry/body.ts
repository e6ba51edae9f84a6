import { z } from "zod";
import { idBytes } from "../base/bytes.ts";
import type { BookKey, ChannelKey, DeviceId, FileId, FileKey, Hex32, LogId, Signature } from "../base/ids.ts";
import { coded, err, ok, type Coded, type Result } from "../base/result.ts";
import { structCodec, zBytes, zExact, zId, zSignature, zText, zUint } from "../cbor/struct.ts";
import { keyed } from "../crypto/keyed.ts";
import { pad, unpad } from "../crypto/padme.ts";
import type { RandomBytes } from "../crypto/random.ts";
import { seal, unseal } from "../crypto/seal.ts";
import { changeHash } from "../books/chunk.ts";
import { bookId, type BookName } from "../books/names.ts";
import { ALL_CHANNELS, type Channel } from "../base/channels.ts";
import { BodyNotes } from "./body-notes.ts";
import { withOwnHead } from "./chunk-parts.ts";
import { commitLeaves, commitmentOf } from "./commitment.ts";
import { zTag, type Tag } from "../books/tag.ts";
import { associatedData, ENTRY_KIND, type AuthorPart, type Placement } from "./header.ts";
import { LIMITS } from "../base/limits.ts";

/** A change with its author's signature and its tag (rule L1), as an entry carries it. Whether the tag tells the truth is judged with the change. */
export interface CarriedChange {
  readonly bytes: Uint8Array;
  readonly signature: Signature;
  readonly tag: Tag;
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

export type BodyCode = "body-sealed" | "body-malformed" | "body-book" | "body-commitment";

const bodyCodec = structCodec(
  z.strictObject({
    v: z.literal(1),
    b: z.tuple([z.enum(ALL_CHANNELS as [Channel, ...Channel[]]), zText(7), zUint().max(255)]),
    k: zExact<Uint8Array>(32),
    c: z
      .array(z.strictObject({ c: zBytes(LIMITS.change), s: zSignature(), t: zTag() }))
      .min(1)
      .max(LIMITS.changesInEntry),
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
    c: body.changes.map((c) => ({ c: c.bytes, s: c.signature, t: c.tag })),
    n: [...body.notes],
    f: body.fileKeys.map((f) => ({ i: f.file, k: f.key })),
  });
}

export interface SealedEntry {
  readonly placement: Placement;
  readonly body: Uint8Array;
}

/** The content commitment of a body (rule L1). `changeHash` is that of the books: SHA-256 of the chunk from its type byte on. */
export const bodyCommitment = (body: ChangesBody): Hex32 => commitmentOf(bodyLeaves(body));

/** Leaf data of each change of a body, in order (rules L1, L1b). */
export function bodyLeaves({ secret, changes, notes }: ChangesBody): Uint8Array[] {
  const brought = new BodyNotes(notes);
  return commitLeaves(
    secret,
    changes.map((c) => ({ hash: changeHash(c.bytes), signature: c.signature, tag: c.tag, note: brought.hashOf(c.bytes) })),
  );
}

/** Seals changes into an entry of the given epoch. */
export function sealChanges(input: {
  readonly log: LogId;
  readonly device: DeviceId;
  readonly epoch: number;
  readonly key: ChannelKey;
  readonly body: ChangesBody;
  readonly random: RandomBytes;
}): SealedEntry {
  const { body } = input;
  const book = bookId(input.log, body.book);
  const placement: Placement = {
    log: input.log,
    kind: ENTRY_KIND.changes,
    channel: body.book.channel,
    epoch: input.epoch,
    book,
    device: input.device,
    commitment: bodyCommitment(body),
  };
  const key = bookKey(input.key, idBytes(book));
  return { placement, body: seal("body-seal", key, associatedData(placement), pad(encodeBody(body)), input.random) };
}

/** The plaintext of a sealed body; undefined where the key does not open it. */
export function openSealed(author: AuthorPart, sealed: Uint8Array, key: ChannelKey): Uint8Array | undefined {
  const opened = unseal("body-seal", bookKey(key, idBytes(author.book)), associatedData(author), sealed);
  return opened && unpad(opened);
}

/** Opens a body under the key of the entry's epoch and checks its book and its commitment (rules L1, L2). */
export function openBody(author: AuthorPart, sealed: Uint8Array, key: ChannelKey): Result<ChangesBody, Coded<BodyCode>> {
  const plain = openSealed(author, sealed, key);
  return plain ? readBody(author, plain) : err(coded("body-sealed"));
}

/** Reads the plaintext of a body, wherever it came from, and checks its book and its commitment. */
export function readBody(author: AuthorPart, plain: Uint8Array): Result<ChangesBody, Coded<BodyCode>> {
  const wire = bodyCodec.decode(plain);
  if (!wire.ok) return err(coded("body-malformed", wire.error.code));
  const w = wire.value;
  const book: BookName = { channel: w.b[0], period: w.b[1], shard: w.b[2] };
  if (book.channel !== author.channel || bookId(author.log, book) !== author.book) return err(coded("body-book"));
  // Each change is hashed once, for the commitment and for its first bytes (rule X1a).
  const brought = new BodyNotes(w.n);
  const committed = w.c.map((c) => ({
    hash: changeHash(c.c),
    bytes: c.c,
    signature: c.s,
    tag: c.t,
    note: brought.hashOf(c.c),
  }));
  if (commitmentOf(commitLeaves(w.k, committed)) !== author.commitment) return err(coded("body-commitment"));
  return ok({
    book,
    secret: w.k,
    changes: committed.map(({ hash, bytes, signature, tag }) => ({ bytes: withOwnHead(bytes, hash), signature, tag })),
    notes: w.n,
    fileKeys: w.f.map((f) => ({ file: f.i, key: f.k })),
  });
}
