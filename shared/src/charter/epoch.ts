/** Making and receiving channel keys (rule K4). */
import { concat, equalBytes, idBytes, toId } from "../base/bytes.ts";
import type { ChannelKey, LogId } from "../base/ids.ts";
import { coded, err, ok, type Coded, type Result } from "../base/result.ts";
import { encode } from "../cbor/cbor.ts";
import { boxOpen, boxSealUnder, type BoxKeyPair } from "../crypto/box.ts";
import { hash } from "../crypto/hash.ts";
import type { RandomBytes } from "../crypto/random.ts";
import type { Channel } from "../base/channels.ts";
import { LIMITS } from "../base/limits.ts";
import { lengthOf } from "./persistent.ts";
import { readersOf, type Reader } from "./people.ts";
import type { Charter } from "./state.ts";
import type { CoveredEpoch, KeyCommitment, OpenedEpoch, Position, RecipientId } from "./types.ts";

/** A channel key with its place. */
export interface EpochKey extends CoveredEpoch {
  readonly key: ChannelKey;
}

/** `H("epoch-key", log id || CBOR [channel, epoch, key])`: what the statement commits to, so that nobody is handed another key. */
export const epochCommitment = (log: LogId, { channel, epoch, key }: EpochKey): KeyCommitment =>
  toId<KeyCommitment>(hash("epoch-key", concat(idBytes(log), encode([channel, epoch, key]))));

/** Wraps one key to its readers, each box under a one-time key of its own. */
export function wrapEpoch(log: LogId, epochKey: EpochKey, readers: readonly Reader[], random: RandomBytes): OpenedEpoch {
  const { channel, epoch, key } = epochKey;
  const wraps = readers.map((r) => ({ to: r.id, box: boxSealUnder(idBytes(r.box), key, random(32)) }));
  return { channel, epoch, commitment: epochCommitment(log, epochKey), wraps };
}

/** CBOR bytes of one wrap and of the rest of an opened epoch, at most. */
const WRAP_COST = 128;
const EPOCH_COST = 96;

/**
 * New keys for these channels, wrapped to whoever reads at `at`, with the number that comes next in each. `statements` holds the `epochs`
 * fields of one or more `open-epoch` statements, each within the size limit; only members with very many devices need a second.
 */
export function newEpochs(
  charter: Charter,
  channels: readonly Channel[],
  at: Position,
  random: RandomBytes,
): { readonly statements: readonly (readonly OpenedEpoch[])[]; readonly keys: readonly EpochKey[] } {
  const keys = channels.map((channel): EpochKey => {
    const known = charter.epochs[channel];
    return { channel, epoch: known ? lengthOf(known) : 0, key: random(32) as ChannelKey };
  });
  const opened = keys.map((k) => wrapEpoch(charter.log, k, readersOf(charter, k.channel, at), random));
  const widest = Math.max(1, ...opened.map((o) => o.wraps.length));
  // A quarter of the limit is room for the frame and for a second look at these estimates.
  const fit = Math.max(1, Math.floor((LIMITS.statement * 3) / 4 / (EPOCH_COST + WRAP_COST * widest)));
  const statements: (readonly OpenedEpoch[])[] = [];
  for (let i = 0; i < opened.length; i += fit) statements.push(opened.slice(i, i + fit));
  return { statements, keys };
}

export type WrapCode =
  /** The statement wraps nothing to this recipient. */
  | "wrap-missing"
  /** The box does not open, or holds no key. */
  | "wrap-broken"
  /** The key is another than the statement commits to. */
  | "wrap-commitment";

/** The channel key that an `open-epoch` statement holds for a device or recovery key. On an error the device opens a new epoch (rule K4). */
export function openWrap(log: LogId, opened: OpenedEpoch, recipient: RecipientId, pair: BoxKeyPair): Result<ChannelKey, Coded<WrapCode>> {
  const wrap = opened.wraps.find((w) => w.to === recipient);
  if (!wrap) return err(coded("wrap-missing"));
  const key = boxOpen(pair, wrap.box);
  if (key?.length !== 32) return err(coded("wrap-broken"));
  const { channel, epoch, commitment } = opened;
  const isPromised = equalBytes(idBytes(epochCommitment(log, { channel, epoch, key: key as ChannelKey })), idBytes(commitment));
  return isPromised ? ok(key as ChannelKey) : err(coded("wrap-commitment"));
}
