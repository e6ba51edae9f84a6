import type { DeviceId, LogId } from "../../base/ids.ts";
import { ok, type Result } from "../../base/result.ts";
import { deviceOf } from "../../charter/query.ts";
import type { ActError } from "../answer.ts";
import type { ReplicaCore } from "../core.ts";
import { twinsOf } from "../own-devices.ts";
import { sayIn } from "../statements.ts";

/** Removes a device of this person from every log in which it is known to be the same one: what is removed must not read on anywhere. */
export async function revokeDevice(core: ReplicaCore, log: LogId, device: DeviceId): Promise<Result<void, ActError>> {
  const twins = twinsOf(core, log, device);
  const first = await revokeIn(core, log, device);
  if (!first.ok) return first;
  for (const twin of twins) {
    const session = core.logs.get(twin.log)?.session;
    if (session?.charter && deviceOf(session.charter, twin.device)?.revoked) continue;
    const done = await revokeIn(core, twin.log, twin.device);
    if (!done.ok) return done;
  }
  return ok(undefined);
}

/** Removes a device from one log. */
export const revokeIn = (core: ReplicaCore, log: LogId, device: DeviceId): Promise<Result<void, ActError>> =>
  sayIn(core, log, () => ({ type: "revoke", device }));

/** This person leaves a household. */
export const leave = (core: ReplicaCore, log: LogId): Promise<Result<void, ActError>> => sayIn(core, log, () => ({ type: "leave" }));
