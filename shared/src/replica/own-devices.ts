import type { DeviceId, LogId } from "../base/ids.ts";
import { deviceOf, devicesOf } from "../charter/query.ts";
import type { Device } from "../charter/state.ts";
import type { OpenLog, ReplicaCore } from "./core.ts";

/** A device as one log knows it. */
export interface DeviceRef {
  readonly log: LogId;
  readonly device: DeviceId;
}

/** A linking writes its statements in all logs within the time that a code lives. */
const TOGETHER = 15 * 60_000;

/**
 * The same device in the other logs of this person. Devices that linked each other know it; another one goes by the time: a device that came
 * into two logs within the same few minutes, and alone in them, is one.
 */
export function twinsOf(core: ReplicaCore, log: LogId, device: DeviceId): readonly DeviceRef[] {
  const here = core.logs.get(log);
  if (!here) return [];
  if (device === here.session.device)
    return others(core, log).map(({ session }): DeviceRef => ({ log: session.log, device: session.device }));
  const group = core.groups.find((g) => g.some((m) => m.l === log && m.d === device));
  return others(core, log).flatMap((other): DeviceRef[] => {
    const known = group?.find((m) => m.l === other.session.log)?.d;
    const found = known ?? byTime(core, here, device, other);
    return found ? [{ log: other.session.log, device: found }] : [];
  });
}

const others = (core: ReplicaCore, log: LogId): readonly OpenLog[] => [...core.logs.values()].filter((l) => l.session.log !== log);

/** Unrevoked devices of this person in a log that came within a time, this very one and those of known groups aside. */
function cameAt(core: ReplicaCore, { session }: OpenLog, time: number): readonly Device[] {
  const { charter, identity, log } = session;
  if (!charter) return [];
  return devicesOf(charter, identity.member).filter(
    (d) =>
      d.revoked === undefined &&
      d.id !== session.device &&
      Math.abs(d.linked.time - time) <= TOGETHER &&
      !core.groups.some((g) => g.some((m) => m.l === log && m.d === d.id)),
  );
}

function byTime(core: ReplicaCore, here: OpenLog, device: DeviceId, other: OpenLog): DeviceId | undefined {
  const known = here.session.charter && deviceOf(here.session.charter, device);
  if (!known) return undefined;
  const mine = cameAt(core, here, known.linked.time);
  const theirs = cameAt(core, other, known.linked.time);
  return mine.length === 1 && mine[0]?.id === device && theirs.length === 1 ? theirs[0]?.id : undefined;
}
