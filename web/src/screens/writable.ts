import type { HouseholdView } from "@countersign/shared/replica/api";
import type { Session } from "../engine/context.ts";

/**
 * The household, where it can be written in: someone else is there, nobody has left, no update is needed, this device was not removed and need not
 * wait, and it is seen as it is now.
 */
export function writableHome({ home, at }: Session): HouseholdView | undefined {
  if (at !== undefined || home === undefined || home.people.length < 2) return undefined;
  if (home.needsUpdate || home.removed === true || home.writesFrom !== undefined) return undefined;
  return home.stage === "left" || home.stage === "closed" ? undefined : home;
}
