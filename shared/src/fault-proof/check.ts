import { equalBytes, idBytes, toHex } from "../base/bytes.ts";
import type { LogId } from "../base/ids.ts";
import { err, ok, type Coded, type Result } from "../base/result.ts";
import { parseSigned } from "../charter/codec.ts";
import { extendCharter, foundCharter } from "../charter/evaluate.ts";
import { itemsOf } from "../charter/persistent.ts";
import type { Charter, RelayPin } from "../charter/state.ts";
import { openCheckpoint, parseCheckpoint, type Checkpoint } from "../log/checkpoint.ts";
import { formatVerifierKey, noteKey, parseNote } from "../log/note.ts";
import { verifyConsistency } from "../log/proof.ts";
import { originOf } from "../log/origin.ts";
import { proveCharter, proveEntry, proveEpoch, provePair, type Judged } from "./entries.ts";
import { decodeProof, type FaultClaim, type FaultProof, type ProofFileCode } from "./file.ts";
import type { NotProven, ProofReport } from "./report.ts";

/** What all claims of a file stand on. */
export interface Pinned {
  readonly log: LogId;
  readonly relay: string;
  readonly logKey: Uint8Array;
}

/**
 * Checks a fault proof. Whoever accuses is as suspect as the accused: only what the log key signed counts, and where that does not
 * contradict the rules the report says why it proves nothing. `initCrypto` has resolved.
 */
export function checkProof(bytes: Uint8Array): Result<ProofReport, Coded<ProofFileCode>> {
  const read = decodeProof(bytes);
  return read.ok ? ok(checkClaim(read.value)) : read;
}

function checkClaim(proof: FaultProof): ProofReport {
  const charter = charterOf(proof);
  if (!charter) return { holds: false, reason: "pin", notes: [] };
  const claim = proof.f;
  const pins = itemsOf(charter.relays);
  const last = pins.at(-1);
  const about = (pin: RelayPin | undefined): Pick<ProofReport, "relay" | "log" | "key"> => {
    if (!pin) return { log: charter.log };
    const key = noteKey(originOf(pin.relay, charter.log), idBytes(pin.logKey));
    return { log: charter.log, relay: pin.relay, ...(key ? { key: formatVerifierKey(key) } : {}) };
  };
  if (claim.t === "kept")
    return { ...about(last), holds: false, reason: "kept", code: claim.code, notes: [], ...(claim.n === null ? {} : { seq: claim.n }) };
  const texts = claim.t === "fork" || claim.t === "rollback" ? [claim.a, claim.b] : [claim.a];
  const opened = openAll(texts, charter.log, pins);
  if (!opened.ok) return { ...about(last), holds: false, reason: opened.error, notes: [] };
  const { pin, checkpoints } = opened.value;
  const notes = checkpoints.map((c) => ({ size: c.size, root: toHex(c.root), time: c.time }));
  const judged = judge(claim, checkpoints, { log: charter.log, relay: pin.relay, logKey: idBytes(pin.logKey) });
  return { ...about(pin), notes, ...judged };
}

/** The charter as far as the file tells it; undefined where it does not stand. Its places are the file's word. */
function charterOf(proof: FaultProof): Charter | undefined {
  let charter: Charter | undefined;
  for (const { n, t, b } of proof.c) {
    const signed = parseSigned(b);
    if (!signed.ok) return undefined;
    const at = { seq: n, time: t };
    const next: ReturnType<typeof foundCharter> = charter ? extendCharter(charter, signed.value, at) : foundCharter(signed.value, at);
    if (!next.ok) return undefined;
    charter = next.value;
  }
  return charter;
}

/** Every note must be signed by one and the same key of the log. */
function openAll(
  texts: readonly string[],
  log: LogId,
  pins: readonly RelayPin[],
): Result<{ readonly pin: RelayPin; readonly checkpoints: readonly Checkpoint[] }, NotProven> {
  let reason: NotProven = "unsigned";
  for (const pin of pins) {
    const origin = originOf(pin.relay, log);
    const checkpoints: Checkpoint[] = [];
    for (const text of texts) {
      const opened = openCheckpoint(text, origin, idBytes(pin.logKey));
      if (opened.ok) checkpoints.push(opened.value);
      else if (opened.error.code === "checkpoint-malformed") reason = "no-checkpoint";
      else if (isOfAnother(text, origin)) reason = "other-log";
    }
    if (checkpoints.length === texts.length) return ok({ pin, checkpoints });
    // Each signed by some key of this log, but not both by one: no key contradicts itself.
    if (checkpoints.length > 0 && pins.length > 1) reason = "other-log";
  }
  return err(reason);
}

function isOfAnother(text: string, origin: string): boolean {
  const note = parseNote(text);
  const checkpoint = note.ok ? parseCheckpoint(note.value.text) : undefined;
  return checkpoint !== undefined && checkpoint.origin !== origin;
}

function judge(claim: Exclude<FaultClaim, { t: "kept" }>, checkpoints: readonly Checkpoint[], pinned: Pinned): Judged {
  const [a, b] = checkpoints;
  if (!a) throw new Error("a claim has a note");
  switch (claim.t) {
    case "fork":
      return judgeFork(claim, a, b ?? a);
    case "rollback":
      return judgeRollback(a, b ?? a);
    case "entry":
      return proveEntry(claim.e, a, pinned);
    case "pair":
      return provePair(claim.e, claim.f, a, pinned);
    case "charter":
      return proveCharter(claim.e, a, pinned);
    case "epoch":
      return proveEpoch(claim.e, a, pinned);
  }
}

function judgeFork(claim: Extract<FaultClaim, { t: "fork" }>, a: Checkpoint, b: Checkpoint): Judged {
  if (a.size === b.size) return equalBytes(a.root, b.root) ? { holds: false, reason: "agree" } : { holds: true, proven: "fork" };
  // The path binds the second tree's own beginning: of `a.size` entries, and with the root that the file states.
  if (!claim.r || !claim.p || a.size > b.size || !verifyConsistency(a.size, b.size, claim.p, claim.r, b.root))
    return { holds: false, reason: "path" };
  return equalBytes(claim.r, a.root) ? { holds: false, reason: "agree" } : { holds: true, proven: "fork" };
}

function judgeRollback(a: Checkpoint, b: Checkpoint): Judged {
  if (a.size === b.size && equalBytes(a.root, b.root)) return { holds: false, reason: "agree" };
  return a.size > b.size && a.time < b.time ? { holds: true, proven: "rollback" } : { holds: false, reason: "no-rollback" };
}
