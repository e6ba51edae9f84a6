import type { DeviceId, StatementId } from "../base/ids.ts";
import { grown, lastOf, setHex, getHex } from "./persistent.ts";
import { stands, type Charter, type Device, type Member, type Pending, type Since } from "./state.ts";
import type { DeviceKeys, Position } from "./types.ts";

/** The member with an id that is known to exist. */
export function memberIn(charter: Charter, id: Member["id"]): Member {
  const member = getHex(charter.members, id);
  if (!member) throw new Error("no such member");
  return member;
}

export const withMember = (charter: Charter, member: Member): Charter => ({
  ...charter,
  members: setHex(charter.members, member.id, member),
});

/** A device of a member stands from `since`, as its youngest. */
export function withDevice(
  charter: Charter,
  member: Member,
  device: { readonly keys: DeviceKeys; readonly level: number; readonly statement: StatementId; readonly since: Since },
): Charter {
  const id = device.keys.sign;
  const added: Device = {
    id,
    keys: device.keys,
    member: member.id,
    statement: device.statement,
    linked: device.since,
    revoked: undefined,
    level: device.level,
  };
  const keys = setHex(setHex(charter.keys, id, { as: "device" }), device.keys.box, { as: "box" });
  const next = { ...charter, keys, devices: setHex(charter.devices, id, added) };
  return withMember(next, { ...member, active: [...member.active, id], devices: grown(member.devices, id) });
}

/** A device is revoked from `since`. Nothing happens to one that was revoked before. */
export function withoutDevice(charter: Charter, id: DeviceId, since: Since): Charter {
  const device = getHex(charter.devices, id);
  if (device?.revoked !== undefined || device === undefined) return charter;
  const member = memberIn(charter, device.member);
  const next = { ...charter, devices: setHex(charter.devices, id, { ...device, revoked: since }) };
  return withMember(next, { ...member, active: member.active.filter((x) => x !== id) });
}

/**
 * The log's level after a step that stands from `since` (rule C7): the lowest that the present members' unrevoked devices declared, but
 * never below what it was.
 */
export function withLevel(charter: Charter, since: Since): Charter {
  const declared = charter.parents.flatMap((id) =>
    memberIn(charter, id).active.map((device) => getHex(charter.devices, device)?.level ?? 0),
  );
  const now = lastOf(charter.levels)?.level ?? 0;
  const lowest = declared.length === 0 ? now : Math.min(...declared);
  return lowest > now ? { ...charter, levels: grown(charter.levels, { since, level: lowest }) } : charter;
}

/** A recovery or a revocation by recovery key stands from `since`. */
export function withRecovered(charter: Charter, pending: Pick<Pending, "id" | "member" | "device" | "revokes">, since: Since): Charter {
  const revoked = pending.revokes.reduce((c, device) => withoutDevice(c, device, since), charter);
  if (!pending.device) return withLevel(revoked, since);
  const member = memberIn(revoked, pending.member);
  return withLevel(withDevice(revoked, member, { ...pending.device, statement: pending.id, since }), since);
}

/** The charter as it is for the entry at `at`: what has waited its 72 hours by then stands (rule C9), in the order of its time. */
export function settle(charter: Charter, at: Position): Charter {
  const since = (p: Pending): Since => ({ seq: p.made.seq, time: p.standsAt, after: p.standsAt });
  const due = charter.pending.filter((p) => stands(since(p), at));
  if (due.length === 0) return charter;
  const rest: Charter = { ...charter, pending: charter.pending.filter((p) => !due.includes(p)) };
  return due.reduce((c, p) => withRecovered(c, p, since(p)), rest);
}
