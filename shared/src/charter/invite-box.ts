/** The channel keys inside an invitation (rule C2): sealed under the link's secret, so that the invited parent reads at once. */
import { z } from "zod";
import { idBytes } from "../base/bytes.ts";
import type { ChannelKey, LogId } from "../base/ids.ts";
import { coded, err, ok, type Coded, type Result } from "../base/result.ts";
import { structCodec, zExact, zUint } from "../cbor/struct.ts";
import { keyed } from "../crypto/keyed.ts";
import type { RandomBytes } from "../crypto/random.ts";
import { seal, unseal } from "../crypto/seal.ts";
import { signKeyPair, type SignKeyPair } from "../crypto/sign.ts";
import { ALL_CHANNELS, type Channel } from "../base/channels.ts";
import { epochCommitment, type EpochKey } from "./epoch.ts";
import { CHARTER_LIMITS } from "./limits.ts";
import { epochOf } from "./owed.ts";
import type { Charter, Invite } from "./state.ts";

export type InviteBoxCode =
  /** The box does not open under this secret, or holds something else than keys. */
  | "invite-box-broken"
  /** It opens, but its keys are not those that the invitation covers and the log commits to. */
  | "invite-box-keys";

const channel = z.enum(ALL_CHANNELS as [Channel, ...Channel[]]);
const contents = structCodec(
  z.array(z.strictObject({ c: channel, e: zUint(), k: zExact<ChannelKey>(32) })).max(ALL_CHANNELS.length),
  CHARTER_LIMITS.inviteBox,
);

const boxKey = (log: LogId, secret: Uint8Array): Uint8Array => keyed("invite-seal", secret, idBytes(log));

/** The one-time key of an invitation: its seed is the link's secret. */
export const inviteKeyPair = (secret: Uint8Array): SignKeyPair => signKeyPair(secret);

/** Seals the keys that an invitation covers. */
export function sealInviteBox(log: LogId, secret: Uint8Array, keys: readonly EpochKey[], random: RandomBytes): Uint8Array {
  const bytes = contents.encode(keys.map(({ channel: c, epoch: e, key: k }) => ({ c, e, k })));
  return seal("invite-seal", boxKey(log, secret), idBytes(log), bytes, random);
}

/** The keys of an invitation, each checked against the commitment of its epoch's statement. */
export function openInviteBox(charter: Charter, invite: Invite, secret: Uint8Array): Result<readonly EpochKey[], Coded<InviteBoxCode>> {
  const bytes = unseal("invite-seal", boxKey(charter.log, secret), idBytes(charter.log), invite.box);
  const parsed = bytes && contents.decode(bytes);
  if (!parsed?.ok) return err(coded("invite-box-broken"));
  const keys = parsed.value.map(({ c, e, k }): EpochKey => ({ channel: c, epoch: e, key: k }));
  const covered = new Set(invite.covers.map((c) => `${c.channel} ${c.epoch}`));
  const named = new Set(keys.map((k) => `${k.channel} ${k.epoch}`));
  const isWhole = keys.length === covered.size && named.size === covered.size && [...covered].every((c) => named.has(c));
  const isTrue = keys.every((k) => epochOf(charter, k.channel, k.epoch)?.commitment === epochCommitment(charter.log, k));
  return isWhole && isTrue ? ok(keys) : err(coded("invite-box-keys"));
}
