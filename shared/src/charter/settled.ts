/** When a bundle is settled (rule L8e). Relay and devices ask the same function at the same places. */
import type { DeviceId } from "../base/ids.ts";
import { memberOf, parentsOf } from "./people.ts";
import type { Charter } from "./state.ts";
import type { Position } from "./types.ts";

/**
 * Whether enough devices answer for a bundle: one of each parent present for the entry at `at`, and two at least. A parent alone needs two devices, so
 * that no single device, and no single mistake of one, is all that stands between a body and its loss.
 * @param devices who made it, and who acknowledged it
 */
export function isSettled(charter: Charter, devices: Iterable<DeviceId>, at: Position): boolean {
  const parents = new Set(parentsOf(charter, at).map((m) => m.id));
  const members = [...new Set(devices)].flatMap((d) => memberOf(charter, d) ?? []).filter((m) => parents.has(m));
  return members.length >= 2 && [...parents].every((p) => members.includes(p));
}
