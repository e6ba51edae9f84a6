import { equalBytes } from "@countersign/shared/base/bytes";
import type { Hex32, Millis } from "@countersign/shared/base/ids";
import { err, ok, type Result } from "@countersign/shared/base/result";
import { authorPartId, parseRelayPart, type AuthorPart } from "@countersign/shared/entry/header";
import type { Checkpoint } from "@countersign/shared/log/checkpoint";
import { verifyConsistency } from "@countersign/shared/log/proof";
import type { RestoreMessage, WireCode } from "@countersign/shared/wire/messages";
import type { Milestone, StoredEntry } from "../store/store.ts";
import { admitFirst, admitOld, checkEntry, type Admitted } from "./admit.ts";
import type { LogState } from "./state.ts";

type Lost = RestoreMessage["entries"][number];

/** An entry of a restoration that holds by itself, and what it is. */
export interface CheckedLost {
  readonly lost: Lost;
  readonly author: AuthorPart;
}

/** What comes back into the log, in order. */
export interface Restored {
  readonly admitted: Admitted;
  readonly id: Hex32;
  readonly entry: StoredEntry;
  readonly milestone?: { readonly milestone: Milestone; readonly state: Uint8Array };
}

/**
 * Signatures and body hashes of entries that are brought, all beside each other. The first that does not hold refuses them all.
 * @param mayLack whether bodies may be missing that a bundle stands for (rule C8d)
 */
export async function checkLost(entries: readonly Lost[], mayLack: boolean): Promise<Result<readonly CheckedLost[], WireCode>> {
  const alone = await Promise.all(
    entries.map(async (lost) => (lost.b === null && !mayLack ? err<WireCode>("restore") : checkEntry(lost.a, lost.b))),
  );
  const checked: CheckedLost[] = [];
  for (const [i, lost] of entries.entries()) {
    const one = alone[i];
    if (!one?.ok) return err(one?.error ?? "internal");
    checked.push({ lost, author: one.value });
  }
  return ok(checked);
}

/** Where entries begin, and the checkpoint under which they come. That its signature counts is for the caller to look at. */
export interface RestoreClaim extends Pick<RestoreMessage, "from" | "proof"> {
  readonly checkpoint: Checkpoint;
  readonly now: Millis;
}

/**
 * Takes back entries that this relay gave places once and lost (rule C8). They come with their old headers, so every field of them is
 * recomputed from the log as it stands: places, chains and charter rules at the old places and times. Above that stands a checkpoint that this
 * log's key signed, and a proof that the log with these entries is the beginning of the log under that checkpoint: nobody can put in anything
 * that was not there, nor give it another place or time.
 *
 * `state` is a copy that the caller throws away where the answer is an error, and takes over where it is not.
 */
export function restore(state: LogState, checked: readonly CheckedLost[], claim: RestoreClaim): Result<readonly Restored[], WireCode> {
  if (claim.from !== state.size) return err("restore");
  const { size, root } = claim.checkpoint;
  const back: Restored[] = [];
  for (const { lost, author } of checked) {
    const part = parseRelayPart(lost.r);
    if (!part.ok) return err("malformed");
    const at = { seq: state.size, time: part.value.time };
    if (at.time < state.time || at.time > Math.max(claim.now, claim.checkpoint.time)) return err("restore");
    const admitted = state.size === 0 ? admitFirst(state.charter, author, lost.b) : admitOld(state.charter, author, lost.b, at);
    if (!admitted.ok) return admitted;
    const { entry, milestone } = state.append(author, lost.a, lost.b, at, admitted.value.charter);
    // Made anew from the log and the old time: only the header that the relay made then is the same.
    if (!equalBytes(entry.relay, lost.r)) return err("restore");
    back.push({ admitted: admitted.value, id: authorPartId(lost.a), entry, ...(milestone ? { milestone } : {}) });
  }
  const holds = state.size <= size && verifyConsistency(state.size, size, claim.proof, state.root(), root);
  return holds ? ok(back) : err("restore");
}
