/** Where things stand: the stage of a household, its invitation, what waits, its level, its relay. */
import type { DeviceId, MemberId, Millis } from "../base/ids.ts";
import { PROPOSAL_LIFE } from "./limits.ts";
import { getHex, itemsOf, lastThat } from "./persistent.ts";
import { memberIn } from "./settle.ts";
import { stands, type Charter, type Healed, type Invite, type Pending, type Proposal } from "./state.ts";
import type { InviteKeyId, LogKeyId, Position } from "./types.ts";
import { viewed } from "./view.ts";

/** How far two parents have come, as one of them sees it. */
export type Stage = "alone" | "invited" | "waiting" | "together" | "left" | "closed";

/** The stage for a member after the last statement. `waiting` is for both: a join that the inviter has not confirmed. */
export function stage(charter: Charter, me: MemberId, at: Position): Stage {
  const view = viewed(charter, at);
  if (view.charter.closed) return "closed";
  if (!view.charter.parents.includes(me)) return "left";
  if (view.charter.parents.length > 1)
    return view.charter.parents.every((id) => memberIn(view.charter, id).confirmed) ? "together" : "waiting";
  return inviteOf(charter, at)?.state === "open" ? "invited" : "alone";
}

export interface InviteStatus {
  readonly invite: Invite;
  readonly state: "open" | "used" | "expired" | "void";
}

/** The latest invitation, by the relay time given. */
export function inviteOf(charter: Charter, at: Position): InviteStatus | undefined {
  const { charter: now, at: then } = viewed(charter, at);
  const invite = now.invite;
  if (!invite) return undefined;
  switch (invite.state) {
    case "open":
      return { invite, state: then.time < invite.expires ? "open" : "expired" };
    case "joined":
    case "confirmed":
      return { invite, state: "used" };
    default:
      return { invite, state: "void" };
  }
}

/** The open invitation with this one-time key: whom a sign-in `as: invite` speaks for. */
export function openInvite(charter: Charter, key: InviteKeyId, at: Position): Invite | undefined {
  const latest = inviteOf(charter, at);
  return latest?.state === "open" && latest.invite.key === key ? latest.invite : undefined;
}

/** What waits its 72 hours for a member (rule C9) and can still be refused by their senior device. */
export const pendingRecover = (charter: Charter, member: MemberId, at: Position): readonly Pending[] =>
  viewed(charter, at).charter.pending.filter((p) => p.member === member);

/** Whether a recovery by this device was refused, or ended with its member: what was taken in and neither waits nor stands (rule C9). */
export function isRefused(charter: Charter, device: DeviceId, at: Position): boolean {
  const now = viewed(charter, at).charter;
  return getHex(now.keys, device)?.as === "waiting" && !now.pending.some((p) => p.device?.keys.sign === device);
}

/** When the next waiting recovery stands, for whoever wants to look again then. */
export const nextStanding = (charter: Charter): Millis | undefined => charter.pending[0]?.standsAt;

/** Statements that wait for the consent of the other parent (rule C1). */
export const proposals = (charter: Charter, at: Position): readonly Proposal[] =>
  viewed(charter, at).charter.proposals.filter((p) => viewed(charter, at).at.time < p.made.time + PROPOSAL_LIFE);

/** The log's format level for the entry at `at` (rule C7). */
export function levelAt(charter: Charter, at: Position): number {
  const view = viewed(charter, at);
  return lastThat(view.charter.levels, (l) => stands(l.since, view.at))?.level ?? 0;
}

/** Whether the log was closed before the entry at `at`. */
export const isClosed = (charter: Charter, at: Position): boolean => stands(charter.closed, at);

/** A relay as a charter names it: its name, and the key with which it signs this log's checkpoints. */
export interface RelayPin {
  readonly relay: string;
  readonly logKey: LogKeyId;
  readonly address?: string;
  readonly fork?: Healed;
}

const pinAt = (charter: Charter, seq: number): RelayPin => {
  const pin = lastThat(charter.relays, (r) => r.since.seq < seq) ?? charter.relays.full[0]?.[0] ?? charter.relays.tail[0];
  if (!pin) throw new Error("a charter pins a relay");
  return pin;
};

/** The key of the relay that logged the entry at `seq` and signed the checkpoints that end with it (rule C8). */
export const logKeyAt = (charter: Charter, seq: number): LogKeyId => pinAt(charter, seq).logKey;

/** That relay's name. */
export const relayNameAt = (charter: Charter, seq: number): string => pinAt(charter, seq).relay;

/** Every relay by whose clock entries have their times, in the order in which the log was theirs. */
export const relayNames = (charter: Charter): readonly string[] => [...new Set(itemsOf(charter.relays).map((r) => r.relay))];

/** The relay and log key in force by the last statement. */
export const relayNow = (charter: Charter): RelayPin => pinAt(charter, Number.MAX_SAFE_INTEGER);

/**
 * The relays that a move named as having shown two histories (rule C8h), for the entry at `seq`: all up to the last such move that stands there.
 */
export function relaysForked(charter: Charter, seq = Number.MAX_SAFE_INTEGER): readonly RelayPin[] {
  const pins = itemsOf(charter.relays);
  return pins.slice(
    0,
    Math.max(
      0,
      pins.findLastIndex((p) => p.fork !== undefined && p.since.seq < seq),
    ),
  );
}

/** All relays that this log ever had, the latest first. */
export const relaysOf = (charter: Charter): readonly RelayPin[] => itemsOf(charter.relays).toReversed();

/**
 * Whose checkpoint over the first `size` entries counts (rule C8): that of the relay which logged the last of them, and, where a move stands
 * with that one, that of the relay which goes on from there.
 */
export function relaysOfCheckpoint(charter: Charter, size: number): readonly RelayPin[] {
  const logged = pinAt(charter, size - 1);
  const next = pinAt(charter, size);
  return logged.logKey === next.logKey && logged.relay === next.relay ? [logged] : [logged, next];
}

/** Whether a member has left or was voided. */
export const hasEnded = (charter: Charter, member: MemberId): boolean => getHex(charter.members, member)?.ended !== undefined;
