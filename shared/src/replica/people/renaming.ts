import type { LogId } from "../../base/ids.ts";
import { err, type Result } from "../../base/result.ts";
import type { ActError } from "../answer.ts";
import type { ReplicaCore } from "../core.ts";
import { tooLongName } from "../names.ts";
import { householdView } from "./household-view.ts";

/** What this person calls a household, the people in it and this device (rule R8), and the zone of its days. */
export interface NewNames {
  readonly label?: string;
  readonly me?: string;
  readonly other?: string;
  readonly device?: string;
  readonly zone?: string;
}

export async function rename(core: ReplicaCore, log: LogId, names: NewNames): Promise<Result<void, ActError>> {
  const tooLong = tooLongName(names.label, names.me, names.other, names.device);
  if (tooLong) return err(tooLong);
  const opened = core.log(log);
  if (!opened.ok) return opened;
  const open = opened.value;
  const people = new Map(open.names.people);
  const devices = new Map(open.names.devices);
  if (names.me !== undefined) people.set(open.session.identity.member, names.me);
  const other = householdView(core, open).people.find((p) => !p.me);
  if (names.other !== undefined && other) people.set(other.member, names.other);
  if (names.device !== undefined) devices.set(open.session.device, names.device);
  const label = names.label ?? open.names.label;
  const saved = await core.saveNames(open, { ...open.names, label, people, devices });
  return saved.ok && names.zone !== undefined ? core.adopt(open, { zone: names.zone }) : saved;
}
