import type { DeviceId, MemberId } from "../../base/ids.ts";
import { comparedOf, deviceOf, devicesOf, everyone, inviteOf, isProvisional, levelAt, memberOf, stage } from "../../charter/query.ts";
import type { Charter } from "../../charter/state.ts";
import type { Position } from "../../charter/types.ts";
import { FORMAT_LEVEL } from "../../sync/found.ts";
import type { OpenLog, ReplicaCore } from "../core.ts";
import { isSenior } from "../moves/standing.ts";
import { deviceNameOf, nameOf } from "../names.ts";
import { twinsOf } from "../own-devices.ts";
import type { HouseholdView, LapsedView, PersonView, RecoveryView } from "../people-view.ts";
import { writesFrom } from "./recovery.ts";
import { waitingFor } from "./refusing.ts";

/** What screens show of the logs of this vault and of who is in them: households first. */
export const householdViews = (core: ReplicaCore): readonly HouseholdView[] =>
  [...core.logs.values()]
    .map((open) => householdView(core, open))
    .sort((a, b) => (a.kind === b.kind ? 0 : a.kind === "household" ? -1 : 1));

export function householdView(core: ReplicaCore, open: OpenLog): HouseholdView {
  const { session, names } = open;
  const { identity, charter } = session;
  const base = {
    log: session.log,
    kind: identity.kind,
    label: names.label,
    relay: identity.address,
    zone: identity.zone,
    me: identity.member,
  };
  if (!charter) return { ...base, people: [], stage: "alone", level: 0, needsUpdate: false };
  const at = session.now();
  const from = writesFrom(session, identity.member);
  const level = levelAt(charter, at);
  const invite = inviteOf(charter, at);
  const move = core.moveOf(open);
  return {
    ...base,
    people: everyone(charter)
      .filter((m) => m.ended === undefined)
      .map((m, i) => personView(core, open, charter, m.id, i === 0 ? 1 : 2, at)),
    stage: stage(charter, identity.member, at),
    level,
    needsUpdate: level > FORMAT_LEVEL,
    ...(session.isRemoved ? { removed: true } : {}),
    ...(move ? { move } : {}),
    ...againOf(open),
    ...(from === undefined ? {} : { writesFrom: from }),
    ...(session.isRefused ? { refused: true as const } : {}),
    ...recoveriesOf(open),
    ...(invite && names.link !== null && invite.invite.by === identity.member
      ? { invite: { link: names.link, made: invite.invite.made.time, expires: invite.invite.expires, state: invite.state } }
      : {}),
  };
}

function personView(core: ReplicaCore, open: OpenLog, charter: Charter, member: MemberId, colour: 1 | 2, at: Position): PersonView {
  const { session, names } = open;
  const compared = comparedOf(charter, member, at);
  const isMine = member === session.identity.member;
  const own = isMine ? deviceOf(charter, session.device)?.linked.seq : undefined;
  return {
    member,
    name: nameOf(names, member, session.identity.member),
    me: isMine,
    role: "parent",
    colour,
    provisional: isProvisional(charter, member, at),
    ...(compared ? { compared: { method: compared.method, at: compared.since.time, by: compared.by } } : {}),
    devices: devicesOf(charter, member).map((d) => ({
      device: d.id,
      name: deviceNameOf(names, d.id),
      me: d.id === session.device,
      linked: d.linked.time,
      ...(d.revoked ? { revoked: d.revoked.time } : {}),
      ...(isMine ? { twins: twinsOf(core, session.log, d.id).map((twin) => twin.device) } : {}),
      ...(own !== undefined && d.linked.seq > own ? { later: true } : {}),
    })),
  };
}

/** Uses of this person's sheet that wait, by another device than this one. */
function recoveriesOf({ session }: OpenLog): Pick<HouseholdView, "recoveries"> {
  const recoveries = waitingFor(session).map(({ id, made, standsAt }): RecoveryView => ({
    id,
    at: made.time,
    stands: standsAt,
    canRefuse: isSenior(session),
  }));
  return recoveries.length === 0 ? {} : { recoveries };
}

/** What this device had of a history that was given up, and what of it is not in the log again. */
function againOf({ session }: OpenLog): Pick<HouseholdView, "again"> {
  const { left, charter } = session;
  if (!left) return {};
  const lapsed = left.lapsed.map(({ statement, time }): LapsedView => {
    const device = statement.by as string as DeviceId;
    const member = charter && memberOf(charter, device);
    return { what: statement.type, at: time, device, ...(member ? { member } : {}) };
  });
  return { again: { waiting: left.size, of: left.meta.of, lapsed } };
}
