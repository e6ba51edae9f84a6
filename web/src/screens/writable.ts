import type { HouseholdView } from "@countersign/shared/replica/people-view";
import type { Session } from "../engine/context.ts";

/** Whether this device may write in a household: nobody has left, no update is needed, and the device was not removed or refused and need not wait. */
export const isOpen = (h: HouseholdView): boolean =>
  h.stage !== "left" && h.stage !== "closed" && !h.needsUpdate && h.removed !== true && h.refused !== true && h.writesFrom === undefined;

/** The household, where it can be written in: it is open, someone else is there, and it is seen as it is now. */
export function writableHome({ home, at }: Session): HouseholdView | undefined {
  if (at !== undefined || home === undefined || home.people.length < 2) return undefined;
  return isOpen(home) ? home : undefined;
}
