import { concat, idBytes, toId } from "../base/bytes.ts";
import type { Hex32, LogId, StatementId } from "../base/ids.ts";
import { hash } from "../crypto/hash.ts";
import { lastThat } from "./persistent.ts";
import { memberIn } from "./settle.ts";
import { stands, type Charter } from "./state.ts";
import type { LogKeyId } from "./types.ts";

/** What two parents compare: `H("safety-words", log id || relay log key || join id)` (rule C2a). */
export const safetyDigest = (log: LogId, logKey: LogKeyId, join: StatementId): Hex32 =>
  toId<Hex32>(hash("safety-words", concat(idBytes(log), idBytes(logKey), idBytes(join))));

/**
 * The digest of the two present parents, or undefined if there are not two. The join is that of the one who came last, and the log key the
 * one that was pinned when they joined, so that the words of a pair never change.
 */
export function safetyDigestOf(charter: Charter): Hex32 | undefined {
  const last = charter.parents[1];
  if (last === undefined) return undefined;
  const { joined } = memberIn(charter, last);
  const pin = lastThat(charter.relays, (r) => stands(r.since, { seq: joined.seq, time: joined.time }));
  // A joiner's member id is the id of their join (section 3).
  return pin && safetyDigest(charter.log, pin.logKey, last as string as StatementId);
}
