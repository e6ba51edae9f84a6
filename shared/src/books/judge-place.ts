import type { DeviceId } from "../base/ids.ts";
import { coded, err, ok, type Coded, type Result } from "../base/result.ts";
import { MAX_DEPS } from "./columns.ts";
import type { ParsedChange } from "./chunk.ts";
import { GENESIS_ACTOR } from "./genesis.ts";
import { inPast, pastOf, type Past } from "./past.ts";
import type { ReasonCode } from "../base/reasons.ts";
import type { BookState } from "./state.ts";

/** A device may leave this many ends open (rule X6): three thousand made an honest change 96 kB long. */
export const MAX_DEVICE_HEADS = 16;

const no = (code: ReasonCode, detail?: string): Result<never, Coded<ReasonCode>> => err(coded(code, detail));

/**
 * Where a change stands among the others, once all that it is built on is known: actor, sequence, dependencies, startOp, heads (rules X5 to
 * X7, X9). These are the shapes that Automerge would take in and then never load again.
 */
export function judgePlace(state: BookState, change: ParsedChange, author: DeviceId): Result<Past, Coded<ReasonCode>> {
  const { actor, deps } = change;
  const facts = state.actor(actor);
  if (actor === GENESIS_ACTOR || !/^[0-9a-f]{32}$/.test(actor)) return no("change-actor", "form");
  if (facts && facts.author !== author) return no("change-actor", "other author");
  if (deps.length === 0 || deps.length > MAX_DEPS || new Set(deps).size !== deps.length) return no("change-dependencies");
  if (deps.some((dep) => state.setAside.has(dep))) return no("change-on-set-aside");
  const past = pastOf(deps.flatMap((dep) => state.get(dep) ?? []));
  const fault = judgeSequence(state, change, past);
  if (fault) return no(fault);
  if (change.startOp !== Math.max(...deps.map((dep) => state.endOpOf(dep))) + 1) return no("change-start");
  if (state.headsOf(author, past).length >= MAX_DEVICE_HEADS) return no("change-too-many-heads");
  return ok(past);
}

/** One after the actor's last in the change's own past, built directly on that one, and the first in the log with its number. */
function judgeSequence(state: BookState, { actor, seq, deps }: ParsedChange, past: Past): ReasonCode | undefined {
  if (seq > 1) {
    const before = state.slot(actor, seq - 1);
    const previous = before && state.get(before);
    if (!previous || !inPast(past, previous.position)) return "change-sequence";
    if (!deps.includes(previous.hash)) return "change-dependencies";
  }
  const taken = state.slot(actor, seq);
  if (taken === undefined) return undefined;
  // It built on the number's holder and used the number again: no fork, a plain repetition.
  const holder = state.get(taken);
  return holder && inPast(past, holder.position) ? "change-sequence" : "change-forked";
}
