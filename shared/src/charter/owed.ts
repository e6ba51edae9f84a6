/** Epochs: which one is current, and which channels owe a new one (rules K3, K4, L7). */
import type { DeviceId, MemberId } from "../base/ids.ts";
import { channelsOf, type Channel } from "../base/channels.ts";
import { getHex, itemAt, lastOf, lastThat, lengthOf } from "./persistent.ts";
import { readersNow } from "./readers.ts";
import { stands, type Charter, type Epoch } from "./state.ts";
import type { Position } from "./types.ts";
import { viewed } from "./view.ts";

/** A channel that owes a new epoch, and why. */
export interface OwedEpoch {
  readonly channel: Channel;
  /** The number that the new epoch has. */
  readonly epoch: number;
  /**
   * `first`: the channel has none. `removed`: a receiver of the current one reads no more (a revoked device, a member that is gone, a replaced
   * recovery key). `exposed`: its key is in an invitation that is void, or expired unused. `joined`: a new member is no receiver.
   * `added`: only a new device or recovery key is none, which can get the key in another way.
   */
  readonly reason: "first" | "removed" | "exposed" | "joined" | "added";
  /** Nothing more is written under the current epoch. */
  readonly blocks: boolean;
  /** Who opens it: this member, or undefined for whichever device writes next. */
  readonly by: MemberId | undefined;
}

/** The epoch that was current for the entry at `at`, or by the last statement. */
export function currentEpoch(charter: Charter, channel: Channel, at?: Position): Epoch | undefined {
  const known = charter.epochs[channel];
  if (!known) return undefined;
  return at === undefined ? lastOf(known) : lastThat(known, (e) => stands(e.opened, at));
}

/** One epoch of a channel by its number: its commitment, and who received it. */
export function epochOf(charter: Charter, channel: Channel, epoch: number): Epoch | undefined {
  const known = charter.epochs[channel];
  return known && itemAt(known, epoch);
}

function owedOn(charter: Charter, channel: Channel, at: Position): OwedEpoch | undefined {
  const known = charter.epochs[channel];
  const current = known && lastOf(known);
  const epoch = known ? lengthOf(known) : 0;
  const owed = (reason: OwedEpoch["reason"], blocks: boolean, by?: MemberId): OwedEpoch => ({ channel, epoch, reason, blocks, by });
  if (!current) return owed("first", true);
  const readers = readersNow(charter);
  if (!current.recipients.every((id) => readers.some((r) => r.id === id))) return owed("removed", true);
  const { invite, exposed } = charter;
  const isExpired =
    invite?.state === "open" && at.time >= invite.expires && invite.covers.some((c) => c.channel === channel && c.epoch === current.epoch);
  if (exposed[channel] === current.epoch || isExpired) return owed("exposed", true);
  const missing = readers.filter((r) => !current.recipients.includes(r.id));
  const joined = missing.find((r) => !readers.some((other) => other.member === r.member && current.recipients.includes(other.id)));
  if (joined) return owed("joined", false, joined.member);
  return missing.length > 0 ? owed("added", false) : undefined;
}

/** What is owed after the last statement, at the given time; empty in a closed or deserted log. */
export function channelsNeedingEpoch(charter: Charter, at: Position): readonly OwedEpoch[] {
  const view = viewed(charter, at);
  if (view.charter.closed || view.charter.parents.length === 0) return [];
  return channelsOf(view.charter.kind).flatMap((channel) => owedOn(view.charter, channel, view.at) ?? []);
}

/**
 * Whether an entry of `device` under this epoch of the channel is let in after the last statement (rule L7): the epoch is current, none
 * is owed that blocks it (K3), and the device's member is among its receivers, so that who joined opens a new one first (C2).
 */
export function acceptsEpoch(
  charter: Charter,
  { device, channel, epoch, at }: { readonly device: DeviceId; readonly channel: Channel; readonly epoch: number; readonly at: Position },
): boolean {
  const view = viewed(charter, at);
  if (currentEpoch(view.charter, channel)?.epoch !== epoch) return false;
  const owed = owedOn(view.charter, channel, view.at);
  return owed === undefined || (!owed.blocks && (owed.by === undefined || owed.by !== getHex(view.charter.devices, device)?.member));
}
