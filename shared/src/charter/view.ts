import { settle } from "./settle.ts";
import type { Charter } from "./state.ts";
import type { Position } from "./types.ts";

/**
 * The charter and the place for which a question is answered. After the last statement relay time is at least that statement's, even if the
 * caller had only a clock that is behind; and what waited 72 hours by then stands, though no statement says so.
 */
export function viewed(charter: Charter, at: Position): { readonly charter: Charter; readonly at: Position; readonly isNow: boolean } {
  const isNow = at.seq > charter.at.seq;
  const then = isNow && at.time < charter.at.time ? { seq: at.seq, time: charter.at.time } : at;
  return { charter: settle(charter, then), at: then, isNow };
}
