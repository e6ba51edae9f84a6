/** Who is who, and who may do what, for the entry at any place of the log. */
import type { DeviceId, Hex32, MemberId, Millis } from "../base/ids.ts";
import { channelsOf, type Channel, type EntryChannel } from "../base/channels.ts";
import { getHex, itemsOf, lastThat } from "./persistent.ts";
import { readersNow, readersThen, type Reader } from "./readers.ts";
import { recoveringMember } from "./rules/context.ts";
import { memberIn } from "./settle.ts";
import { stands, type Attestation, type Charter, type Device, type Member } from "./state.ts";
import type { Position, RecoveryKeys } from "./types.ts";
import { viewed } from "./view.ts";

export type { Reader } from "./readers.ts";

const isPresent = (member: Member, at: Position): boolean => stands(member.joined, at) && !stands(member.ended?.since, at);
const isActive = (device: Device, at: Position): boolean => stands(device.linked, at) && !stands(device.revoked, at);
const hasChannel = (charter: Charter, channel: Channel): boolean => channelsOf(charter.kind).includes(channel);

/** A device that was linked and not revoked, of a member who was present, for the entry at `at`; else undefined. */
export function deviceAt(charter: Charter, id: DeviceId, at: Position): Device | undefined {
  const view = viewed(charter, at);
  const device = getHex(view.charter.devices, id);
  return device && isActive(device, view.at) && isPresent(memberIn(view.charter, device.member), view.at) ? device : undefined;
}

/** A device as the charter knows it, active or not. */
export const deviceOf = (charter: Charter, id: DeviceId): Device | undefined => getHex(charter.devices, id);

/** Whose device this is, or was, or will be when its recovery stands. */
export const memberOf = (charter: Charter, id: DeviceId): MemberId | undefined =>
  getHex(charter.devices, id)?.member ?? charter.pending.find((p) => p.device?.keys.sign === id)?.member;

/** Whose device this was for the entry at `at`, revoked or not; undefined where nobody had linked it by then. */
export function memberAt(charter: Charter, id: DeviceId, at: Position): MemberId | undefined {
  const view = viewed(charter, at);
  const device = getHex(view.charter.devices, id);
  return device && stands(device.linked, view.at) ? device.member : undefined;
}

/** Everything known of a member, present or not. */
export const memberById = (charter: Charter, id: MemberId): Member | undefined => getHex(charter.members, id);

/** All members that there ever were, in the order of arrival. */
export const everyone = (charter: Charter): readonly Member[] => itemsOf(charter.everyone).map((id) => memberIn(charter, id));

/** All devices that a member ever had, in the order of linking. */
export function devicesOf(charter: Charter, id: MemberId): readonly Device[] {
  const member = getHex(charter.members, id);
  return member ? itemsOf(member.devices).flatMap((device) => getHex(charter.devices, device) ?? []) : [];
}

/** The members present for the entry at `at`, provisional ones included, in the order of arrival: at most two. */
export function parentsOf(charter: Charter, at: Position): readonly Member[] {
  const view = viewed(charter, at);
  return view.isNow
    ? view.charter.parents.map((id) => memberIn(view.charter, id))
    : everyone(view.charter).filter((m) => isPresent(m, view.at));
}

/** The other present parent, if there is one. */
export const otherParent = (charter: Charter, me: MemberId, at: Position): Member | undefined =>
  parentsOf(charter, at).find((m) => m.id !== me);

/** Whether a member had joined and was not confirmed yet. */
export function isProvisional(charter: Charter, id: MemberId, at: Position): boolean {
  const view = viewed(charter, at);
  const member = getHex(view.charter.members, id);
  return member !== undefined && isPresent(member, view.at) && !stands(member.confirmed, view.at);
}

/** The member's senior device: the unrevoked one that was linked first (rule C9). */
export function seniorOf(charter: Charter, id: MemberId, at: Position): DeviceId | undefined {
  const view = viewed(charter, at);
  return devicesOf(view.charter, id).find((d) => isActive(d, view.at))?.id;
}

/** A member's recovery key in force. */
export function recoveryKeyOf(charter: Charter, id: MemberId, at: Position): RecoveryKeys | undefined {
  const view = viewed(charter, at);
  const member = getHex(view.charter.members, id);
  return member && isPresent(member, view.at) ? lastThat(member.recoveries, (r) => stands(r.since, view.at))?.keys : undefined;
}

/** The present member whose recovery key in force this is, by the last statement: whom a sign-in `as: recovery` speaks for. */
export const memberOfRecoveryKey = (charter: Charter, key: Hex32): MemberId | undefined => recoveringMember(charter, key)?.id;

/** Whether a device may be given a channel's headers and bodies. A closed log is read on. */
export const mayRead = (charter: Charter, device: DeviceId, channel: EntryChannel, at: Position): boolean =>
  (channel === "charter" || hasChannel(charter, channel)) && deviceAt(charter, device, at) !== undefined;

/** Whether a device may push changes to a channel at `at`. Of statements the evaluator judges each; of epochs see `acceptsEpoch`. */
export const mayWrite = (charter: Charter, device: DeviceId, channel: Channel, at: Position): boolean =>
  hasChannel(charter, channel) && !stands(charter.closed, at) && deviceAt(charter, device, at) !== undefined;

/** To whom exactly an epoch that is opened at `at` wraps a channel's key (rule K4). */
export function readersOf(charter: Charter, channel: Channel, at: Position): readonly Reader[] {
  if (!hasChannel(charter, channel)) return [];
  const view = viewed(charter, at);
  return view.isNow ? readersNow(view.charter) : readersThen(view.charter, view.at);
}

/**
 * Rule L7: whether a change that `signer` signed and `pusher` pushed is authorised at `at`: the pushing device may write there, and
 * the signer is, or was before its revocation, a device of the same member.
 */
export function isAuthorised(
  charter: Charter,
  {
    signer,
    pusher,
    channel,
    at,
  }: { readonly signer: DeviceId; readonly pusher: DeviceId; readonly channel: Channel; readonly at: Position },
): boolean {
  if (!mayWrite(charter, pusher, channel, at)) return false;
  if (signer === pusher) return true;
  const view = viewed(charter, at);
  const author = getHex(view.charter.devices, signer);
  return author !== undefined && stands(author.linked, view.at) && author.member === getHex(view.charter.devices, pusher)?.member;
}

/**
 * The same of a change that is pushed again with the header that it had in a branch that was given up (rule C8k): `carrier` pushes it now and may write there, `pusher`
 * pushed it then, and had not been revoked by the time of that header.
 */
export function isAuthorisedAgain(
  charter: Charter,
  who: {
    readonly signer: DeviceId;
    readonly pusher: DeviceId;
    readonly carrier: DeviceId;
    readonly channel: Channel;
    readonly at: Position;
    readonly then: Millis;
  },
): boolean {
  if (!mayWrite(charter, who.carrier, who.channel, who.at)) return false;
  const view = viewed(charter, who.at);
  const author = getHex(view.charter.devices, who.signer);
  const pushed = getHex(view.charter.devices, who.pusher);
  if (!author || !pushed || !stands(author.linked, view.at) || !stands(pushed.linked, view.at)) return false;
  return author.member === pushed.member && (pushed.revoked === undefined || pushed.revoked.time > who.then);
}

/** How a member's keys were compared last, by another; undefined is 'not compared'. */
export function comparedOf(charter: Charter, member: MemberId, at: Position): Attestation | undefined {
  const view = viewed(charter, at);
  return itemsOf(view.charter.attestations).findLast((a) => a.member === member && stands(a.since, view.at));
}
