import type { Millis } from "../base/ids.ts";
import type { Anchored } from "../entry/bounds.ts";
import { CLOCK_OFF } from "../views/clock.ts";
import type { Checks } from "./checks.ts";
import type { Replayed } from "./replay.ts";

/** Keys that are told at most: whoever pushes anchors can bring as many as they like. */
const MAX_NAMED = 32;
const MINUTE = 60_000;

/** Where the relay's clock and another cannot both be right, and by how much. */
interface Apart {
  readonly name: string;
  readonly entry: number;
  readonly by: Millis;
}

/**
 * Holds the relay's times against what anchors say (rule S46): what somebody saw in the log at a moment was logged by then, and the entry that tells of it was
 * not logged before. A relay that dates back, or ahead, can so be seen where anybody else's clock is in the log.
 */
export function checkClocks(anchored: readonly Anchored[], replayed: Replayed, checks: Checks): void {
  const byKey = new Map<string, Apart>();
  for (const { key, name, seq, size, time } of anchored) {
    const ahead = (replayed.headerOf(size - 1)?.relay.time ?? time) - time;
    const behind = time - (replayed.headerOf(seq)?.relay.time ?? time);
    const [entry, by] = ahead > behind ? [size, ahead] : [seq + 1, behind];
    if (by > CLOCK_OFF && by > (byKey.get(key)?.by ?? 0)) byKey.set(key, { name, entry, by });
  }
  for (const [key, apart] of [...byKey].slice(0, MAX_NAMED)) tell(apart, key, checks);
}

/** The same of a time stamp of the manifest: all of the log was there before it. */
export function checkStampClock(
  stamp: { readonly time: Millis; readonly authority: string },
  key: string,
  replayed: Replayed,
  checks: Checks,
): void {
  const { length } = replayed.entries;
  const by = (replayed.headerOf(length - 1)?.relay.time ?? stamp.time) - stamp.time;
  if (by > CLOCK_OFF) tell({ name: stamp.authority, entry: length, by }, key, checks);
}

const tell = ({ name, entry, by }: Apart, key: string, checks: Checks): void =>
  checks.add("clocks-apart", "remarks", { name, key, entry, minutes: Math.floor(by / MINUTE) });
