import type { Millis } from "../base/ids.ts";
import type { ProofView } from "./record.ts";

/** A clock that is further than this outside of what the relay's times allow is marked (rule L6). */
export const CLOCK_OFF: Millis = 10 * 60_000;

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Where an author's clock lies against the relay's interval (rule H4): how far outside, and whether that is marked. */
export function clockFacts(claimed: Millis, notBefore: Millis | undefined, notAfter: Millis): Pick<ProofView, "clockBy" | "clockOff"> {
  const clockBy = claimed > notAfter ? claimed - notAfter : Math.min(0, claimed - (notBefore ?? claimed));
  if (clockBy === 0) return {};
  return { clockBy, ...(Math.abs(clockBy) > CLOCK_OFF ? { clockOff: true } : {}) };
}

/** A distance in the largest unit in which it is at least two, or one of the smallest. */
export function spanOf(ms: Millis): { readonly n: number; readonly unit: "days" | "hours" | "minutes" } {
  if (ms >= 2 * DAY) return { n: Math.round(ms / DAY), unit: "days" };
  if (ms >= 2 * HOUR) return { n: Math.round(ms / HOUR), unit: "hours" };
  return { n: Math.max(1, Math.round(ms / MINUTE)), unit: "minutes" };
}
