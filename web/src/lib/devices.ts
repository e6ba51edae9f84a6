import type { Millis } from "@countersign/shared/base/ids";
import type { DeviceView, HouseholdView } from "@countersign/shared/replica/people-view";
import type { Session } from "../engine/context.ts";

/** A device of this person, and in which log it is shown. */
export interface OwnDevice {
  readonly device: DeviceView;
  readonly where: HouseholdView;
}

/** This person's devices, each once: those of the household, then those that only the personal log knows. */
export function ownDevices({ home, own }: Pick<Session, "home" | "own">): readonly OwnDevice[] {
  const of = (where: HouseholdView): OwnDevice[] =>
    where.people.filter((p) => p.me).flatMap((p) => p.devices.map((device) => ({ device, where })));
  if (home === undefined || home === own) return of(own);
  const first = of(home);
  const known = new Set(first.flatMap(({ device }) => device.twins ?? []));
  // What was removed there long ago is told by the household's list, as far as it was the same device.
  const more = of(own).filter(({ device }) => !device.me && device.revoked === undefined && !known.has(device.device));
  return [...first, ...more];
}

/** Every use of this person's recovery sheet that waits, as one: whoever came by the sheet came into each log. */
interface SheetUse {
  readonly at: Millis;
  readonly until: Millis;
  readonly canRefuse: boolean;
}

/** The first use of the sheet that waits, and until when this person can refuse; undefined where none does. */
export function sheetUse({ home, own }: Pick<Session, "home" | "own">): SheetUse | undefined {
  const all = [...(home?.recoveries ?? []), ...(home === own ? [] : (own.recoveries ?? []))];
  if (all.length === 0) return undefined;
  return {
    at: Math.min(...all.map((r) => r.at)),
    until: Math.min(...all.map((r) => r.stands)),
    canRefuse: all.some((r) => r.canRefuse),
  };
}

/** Devices that were brought in after this one, since a time, and still have the record. */
export const addedDevices = (session: Pick<Session, "home" | "own">, since: number): readonly OwnDevice[] =>
  ownDevices(session).filter(({ device }) => device.later === true && device.revoked === undefined && device.linked >= since);
