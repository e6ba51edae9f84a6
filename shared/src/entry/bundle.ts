import { z } from "zod";
import { idBytes, toId, u64 } from "../base/bytes.ts";
import type { BookId, ChannelKey, DeviceId, Hex32, LogId } from "../base/ids.ts";
import { coded, err, ok, type Coded, type Result } from "../base/result.ts";
import { structCodec, zBytes, zText, zUint } from "../cbor/struct.ts";
import { hash } from "../crypto/hash.ts";
import { pad } from "../crypto/padme.ts";
import type { RandomBytes } from "../crypto/random.ts";
import { seal } from "../crypto/seal.ts";
import { bookId, type BookName } from "../books/names.ts";
import { bookKey, openSealed, type ChangesBody, type SealedEntry } from "./body.ts";
import { ALL_CHANNELS, type Channel } from "../base/channels.ts";
import { commitRoot } from "./commitment.ts";
import { associatedData, ENTRY_KIND, type AuthorPart, type Placement } from "./header.ts";
import { LIMITS } from "../base/limits.ts";
import { packBodies, unpackBodies } from "./pack.ts";
import { countIn, runsOf } from "./runs.ts";

/** An entry that a bundle covers: its place, its header's leaf hash, and its opened body. */
export interface Covered {
  readonly seq: number;
  readonly leaf: Uint8Array;
  readonly body: ChangesBody;
}

export type BundleCode = "bundle-sealed" | "bundle-malformed" | "bundle-book" | "bundle-count";

const bundleCodec = structCodec(
  z.strictObject({
    v: z.literal(1),
    b: z.tuple([z.enum(ALL_CHANNELS as [Channel, ...Channel[]]), zText(7), zUint().max(255)]),
    k: zBytes(LIMITS.body),
    g: zBytes(LIMITS.body),
    q: zBytes(LIMITS.body),
    m: zUint(),
    z: zBytes(LIMITS.body),
  }),
  LIMITS.body,
);

/** What a bundle's header commits to: the headers of the entries that it covers, in their order (rule L8a). */
export const bundleCommitment = (leaves: readonly Uint8Array[]): Hex32 => toId(hash("bundle", u64(leaves.length), commitRoot(leaves)));

/** Seals entries of one book and one epoch, in the order of the log, under the key of that epoch. Undefined where a limit is passed: take fewer. */
export function sealBundle(input: {
  readonly log: LogId;
  readonly device: DeviceId;
  readonly book: BookName;
  readonly epoch: number;
  readonly key: ChannelKey;
  readonly entries: readonly Covered[];
  readonly random: RandomBytes;
}): SealedEntry | undefined {
  const { log, entries, book: name } = input;
  const packed = packBodies(entries.map((e) => e.body));
  const book = bookId(log, name);
  const placement: Placement = {
    log,
    kind: ENTRY_KIND.bundle,
    channel: name.channel,
    epoch: input.epoch,
    book,
    device: input.device,
    commitment: bundleCommitment(entries.map((e) => e.leaf)),
    covers: runsOf(entries.map((e) => e.seq)),
  };
  const plain = pad(
    bundleCodec.encode({
      v: 1,
      b: [name.channel, name.period, name.shard],
      k: packed.secrets,
      g: packed.signatures,
      q: packed.seals,
      m: packed.size,
      z: packed.deflated,
    }),
  );
  const head = associatedData(placement);
  // The signature and the body's hash and length are still to come into the header.
  if (plain.length + 64 > LIMITS.body || head.length + 128 > LIMITS.author) return undefined;
  return { placement, body: seal("body-seal", bookKey(input.key, idBytes(book)), head, plain, input.random) };
}

/** Opens a bundle under the key of its epoch: the bodies of the entries that it says it covers, in their order. Whether they are theirs is not looked at. */
export function openBundle(author: AuthorPart, sealed: Uint8Array, key: ChannelKey): Result<readonly ChangesBody[], Coded<BundleCode>> {
  const plain = openSealed(author, sealed, key);
  if (!plain) return err(coded("bundle-sealed"));
  const wire = bundleCodec.decode(plain);
  if (!wire.ok) return err(coded("bundle-malformed", wire.error.code));
  const { b, k, g, q, m, z: deflated } = wire.value;
  const book: BookName = { channel: b[0], period: b[1], shard: b[2] };
  if (book.channel !== author.channel || bookId(author.log, book) !== author.book) return err(coded("bundle-book"));
  const bodies = unpackBodies({ secrets: k, signatures: g, seals: q, size: m, deflated });
  if (!bodies) return err(coded("bundle-malformed", "packed"));
  if (bodies.length !== countIn(author.covers ?? [])) return err(coded("bundle-count"));
  return ok(bodies.map((body) => ({ book, ...body })));
}

/** The header of an acknowledgement (rule L8d): it names a bundle by its place and by its header's leaf hash. Its body is empty. */
export const ackPlacement = (
  log: LogId,
  bundle: { readonly seq: number; readonly leaf: Uint8Array; readonly channel: Channel; readonly epoch: number; readonly book: BookId },
  device: DeviceId,
): Placement => ({
  log,
  kind: ENTRY_KIND.ack,
  channel: bundle.channel,
  epoch: bundle.epoch,
  book: bundle.book,
  device,
  commitment: toId(bundle.leaf),
  of: bundle.seq,
});
