/** Inviting, voiding, joining and confirming the second parent (rule C2). */
import type { MemberId } from "../../base/ids.ts";
import { ok } from "../../base/result.ts";
import { channelsOf } from "../../base/channels.ts";
import { refused } from "../errors.ts";
import { INVITE_LIFE } from "../limits.ts";
import { growing, grown, lengthOf, setHex } from "../persistent.ts";
import { memberIn, withDevice, withLevel, withMember } from "../settle.ts";
import type { Charter, Invite, Member, Since } from "../state.ts";
import type { CoveredEpoch, Position } from "../types.ts";
import { keyFault, levelNow, pairs, signingDevice, type Rule } from "./context.ts";

const isOpen = (invite: Invite | undefined, at: Position): boolean => invite?.state === "open" && at.time < invite.expires;

/** An invitation hands over keys that are in force, of channels that the log has, each once. */
function coversCurrent(charter: Charter, covers: readonly CoveredEpoch[]): boolean {
  const channels = new Set(covers.map((c) => c.channel));
  if (channels.size !== covers.length) return false;
  return covers.every(({ channel, epoch }) => {
    const known = charter.epochs[channel];
    return channelsOf(charter.kind).includes(channel) && known !== undefined && epoch === lengthOf(known) - 1;
  });
}

/** Whoever holds the link knows these epochs' keys and is no reader: they must be replaced before anything more is written under them. */
export function exposeInvite(charter: Charter): Charter {
  const covers = charter.invite?.covers ?? [];
  return { ...charter, exposed: { ...charter.exposed, ...Object.fromEntries(covers.map((c) => [c.channel, c.epoch])) } };
}

export const invite: Rule<"invite"> = ({ charter, signed, at, since }, statement) => {
  const signer = signingDevice(charter, statement.by);
  if (!signer.ok) return signer;
  if (charter.kind === "personal") return refused("charter-personal");
  if (charter.parents.length > 1) return refused("charter-second-parent");
  if (isOpen(charter.invite, at)) return refused("charter-invite-open");
  if (statement.expires <= at.time || statement.expires > at.time + INVITE_LIFE) return refused("charter-invite-expires");
  if (!coversCurrent(charter, statement.covers)) return refused("charter-invite-covers");
  const fault = keyFault(charter, { sign: [statement.key], box: [] });
  if (fault) return refused(fault);
  const { device, member } = signer.value;
  // One that expired unused is forgotten here, but not that its keys went out.
  const before = charter.invite?.state === "open" ? exposeInvite(charter) : charter;
  const made: Invite = {
    id: signed.id,
    by: member.id,
    device: device.id,
    key: statement.key,
    made: since,
    expires: statement.expires,
    covers: statement.covers,
    box: statement.box,
    state: "open",
    joined: undefined,
  };
  const next: Charter = { ...before, invite: made, keys: setHex(before.keys, statement.key, { as: "invite" }) };
  return ok({ charter: next, signers: [device.id], member: member.id });
};

export const join: Rule<"join"> = ({ charter, signed, at, since }, statement) => {
  const { device, recovery, level } = statement;
  const open = charter.invite;
  if (statement.by !== device.sign) return refused("charter-signers");
  if (open?.id !== statement.invite || open.state !== "open") return refused("charter-invite-unknown");
  if (!isOpen(open, at)) return refused("charter-invite-expired");
  if (level < levelNow(charter)) return refused("charter-level-low");
  const fault = keyFault(charter, pairs(device, recovery));
  if (fault) return refused(fault);
  // A member's id is the id of the statement that brought it in (section 3).
  const id = signed.id as string as MemberId;
  const member: Member = {
    id,
    role: "parent",
    joined: since,
    confirmed: undefined,
    ended: undefined,
    active: [],
    devices: growing(),
    recoveries: growing({ keys: recovery, since }),
    used: { day: 0, statements: 0, recoveries: 0 },
  };
  const keys = setHex(setHex(charter.keys, recovery.sign, { as: "recovery", key: recovery.sign, member: id }), recovery.box, { as: "box" });
  const next: Charter = {
    ...charter,
    keys,
    everyone: grown(charter.everyone, id),
    parents: [...charter.parents, id],
    invite: { ...open, state: "joined", joined: id },
  };
  const joined = withLevel(withDevice(next, member, { keys: device, level, statement: signed.id, since }), since);
  return ok({ charter: joined, signers: [device.sign, open.key], member: id });
};

export const confirm: Rule<"confirm"> = ({ charter, since }, statement) => {
  const signer = signingDevice(charter, statement.by);
  if (!signer.ok) return signer;
  const { device, member } = signer.value;
  const waiting = charter.invite;
  if (waiting?.state !== "joined" || waiting.joined === undefined || waiting.joined !== (statement.join as string))
    return refused("charter-join-unknown");
  if (waiting.by !== member.id) return refused("charter-not-inviter");
  const confirmed = withMember(charter, { ...memberIn(charter, waiting.joined), confirmed: since });
  return ok({ charter: { ...confirmed, invite: { ...waiting, state: "confirmed" } }, signers: [device.id], member: member.id });
};

export const voidInvite: Rule<"void"> = ({ charter, since }, statement) => {
  const signer = signingDevice(charter, statement.by);
  if (!signer.ok) return signer;
  const { device, member } = signer.value;
  const open = charter.invite;
  if (open?.id !== statement.invite || (open.state !== "open" && open.state !== "joined")) return refused("charter-invite-unknown");
  if (open.by !== member.id) return refused("charter-not-inviter");
  return ok({ charter: withInviteVoid(charter, since), signers: [device.id], member: member.id });
};

/** The latest invitation is void, and whoever joined by it, unconfirmed, is no member any more. */
export function withInviteVoid(charter: Charter, since: Since): Charter {
  const open = charter.invite;
  if (open === undefined) return charter;
  const ended: Charter = { ...exposeInvite(charter), invite: { ...open, state: "void" } };
  const joined = open.state === "joined" ? open.joined : undefined;
  return joined === undefined || memberIn(charter, joined).ended ? ended : withMemberEnded(ended, joined, "void", since);
}

/** A member is gone: no device of theirs acts or reads any more, and nothing of theirs waits. */
export function withMemberEnded(charter: Charter, id: MemberId, why: "void" | "leave", since: Since): Charter {
  const gone = withMember(charter, { ...memberIn(charter, id), ended: { since, why } });
  const next: Charter = {
    ...gone,
    parents: gone.parents.filter((p) => p !== id),
    pending: gone.pending.filter((p) => p.member !== id),
    // What waited for a consent was put to parents who are no longer both here.
    proposals: [],
  };
  return withLevel(next, since);
}
