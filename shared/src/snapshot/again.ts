import type { DeviceId, Hex32 } from "../base/ids.ts";
import { pushTo } from "../base/push-to.ts";
import { itemsOf } from "../charter/persistent.ts";
import { memberAt, relaysForked } from "../charter/query.ts";
import type { Charter } from "../charter/state.ts";
import { oldHeaderOf, openAgain, type OldHeader } from "../entry/again.ts";
import { bodyMatches, ENTRY_KIND } from "../entry/header.ts";
import type { AnchorRow } from "./anchors.ts";
import type { Checks } from "./checks.ts";
import type { LoggedHeader, LogIndex } from "./log-index.ts";
import { PATH } from "./paths.ts";

/** An entry that was pushed again with the header that it had in a history that was given up (protocol C8k). */
export interface PushedAgain {
  readonly old: OldHeader;
  /** Who pushed it now. */
  readonly carrier: DeviceId;
  /** The entry with the old header. */
  readonly from: number;
}

export type AgainIndex = ReadonlyMap<number, PushedAgain>;

/** Whose device an entry is judged to be of: that of its old header, where it has one (protocol C8k). */
export const pusherOf = (again: AgainIndex, { author, relay }: LoggedHeader): DeviceId => again.get(relay.seq)?.old.device ?? author.device;

/**
 * The move that heals a fork says which head was kept, and its proof shows that the one given up is none of that. So where the one kept is this log's there were two; where
 * it is not, people who agreed on it may have claimed a fork that never was, so that checkpoints which do not fit this log are excused.
 */
export function checkForks(entries: LogIndex, charter: Charter, checks: Checks): void {
  for (const { fork, since } of itemsOf(charter.relays))
    if (fork && entries.rootOf(fork.kept.size) !== fork.kept.root)
      checks.add("fork-unfounded", "remarks", {}, `${PATH.charter}, entry ${String(since.seq)}`);
}

/**
 * Old headers stand open in the log, and every device of the household channel has them: without one the other parent's change could look like one without authority, so
 * what is missing fails. A body that does not hold is what some device pushed, and counts for nothing.
 */
export function checkAgain(rows: readonly AnchorRow[], entries: LogIndex, charter: Charter, checks: Checks): AgainIndex {
  // Nobody pushed anything again, as in nearly every log: then no entry has to be looked at.
  if (![...entries.wholeHeaders].some((h) => h.author.kind === ENTRY_KIND.again)) return new Map();
  const bodies = new Map(rows.map((row) => [row.seq, row.body]));
  const known = new Map<Hex32, { readonly old: OldHeader; readonly from: number }[]>();
  const again = new Map<number, PushedAgain>();
  for (const { seq, header } of entries) {
    if (header?.author.kind === ENTRY_KIND.changes) {
      const at = { seq, time: header.relay.time };
      const { device } = header.author;
      const before = oldHeaderOf(known.get(entries.commitmentAt(seq)), device, (d) => memberAt(charter, d, at));
      if (before) again.set(seq, { ...before, carrier: device });
    }
    const whole = header?.author.kind === ENTRY_KIND.again ? entries.wholeHeaderOf(seq) : undefined;
    if (!whole) continue;
    const body = bodies.get(seq);
    const where = `${PATH.anchors}, entry ${String(seq)}`;
    if (!body || !bodyMatches(whole.author, body)) {
      checks.failed("again-false", where);
      continue;
    }
    const opened = openAgain(whole.author, body, relaysForked(charter, seq));
    if (!opened) checks.add("again-aside", "remarks", {}, where);
    for (const old of opened ?? [])
      if (!known.get(old.commitment)?.some((k) => k.old.device === old.device)) pushTo(known, old.commitment, { old, from: seq });
  }
  if (again.size > 0) checks.add("again", "good", { count: again.size });
  return again;
}
