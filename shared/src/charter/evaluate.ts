/**
 * The evaluator of the charter (docs/protocol.md section 4): a pure function of the statements and of the places of their entries. Relay and
 * devices run the same (rule C6). It takes hostile input: whatever breaks a rule is refused with a closed code and changes nothing.
 */
import { idBytes } from "../base/bytes.ts";
import type { Hex32, MemberId } from "../base/ids.ts";
import { ok, type Result } from "../base/result.ts";
import { verify } from "../crypto/sign.ts";
import { refused, type CharterError } from "./errors.ts";
import { CHARTER_LIMITS, DAY } from "./limits.ts";
import { getHex } from "./persistent.ts";
import { judge, PROTECTIVE } from "./rules/all.ts";
import { found } from "./rules/found.ts";
import { memberIn, settle, withMember } from "./settle.ts";
import { from, type Charter } from "./state.ts";
import type { Position, SignedStatement, StatementType } from "./types.ts";

const isPosition = (at: Position): boolean => Number.isSafeInteger(at.seq) && at.seq >= 0 && Number.isSafeInteger(at.time) && at.time >= 0;

/** The signers are those that the rule asks for, in its order, and each signature holds (rules E7, K1). */
function checkSigners(signed: SignedStatement, wanted: readonly Hex32[]): CharterError | undefined {
  const keys = signed.signatures.map((s) => s.key);
  if (keys.length !== wanted.length || !keys.every((key, i) => key === wanted[i])) return { code: "charter-signers" };
  const holds = signed.signatures.every((s) => verify("statement", signed.body, s.signature, idBytes(s.key)));
  return holds ? undefined : { code: "charter-signature" };
}

/** Counts a statement against its member's daily limits (rule L10: for each member, never for the household). */
function counted(charter: Charter, id: MemberId, type: StatementType, byRecovery: boolean, at: Position): Result<Charter, CharterError> {
  const member = memberIn(charter, id);
  const day = Math.floor(at.time / DAY);
  const used = member.used.day === day ? member.used : { day, statements: 0, recoveries: 0 };
  const statements = used.statements + (byRecovery || PROTECTIVE.has(type) ? 0 : 1);
  const recoveries = used.recoveries + (byRecovery ? 1 : 0);
  if (statements > CHARTER_LIMITS.perDay || recoveries > CHARTER_LIMITS.recoveriesPerDay) return refused("charter-rate");
  return ok(withMember(charter, { ...member, used: { day, statements, recoveries } }));
}

/**
 * Starts a charter from its founding statement. `at` is the place of its entry, which is the log's first.
 */
export function foundCharter(signed: SignedStatement, at: Position): Result<Charter, CharterError> {
  const statement = signed.statement;
  if (statement.type !== "found") return refused("charter-not-found");
  if (!isPosition(at) || at.seq !== 0) return refused("charter-position");
  if (statement.log !== null) return refused("charter-wrong-log");
  if (statement.prev !== null) return refused("charter-head");
  if (statement.checkpoint !== null) return refused("charter-checkpoint");
  const judged = found(signed, statement, at);
  if (!judged.ok) return judged;
  const fault = checkSigners(signed, judged.value.signers);
  if (fault) return refused(fault.code);
  return counted(judged.value.charter, judged.value.member, "found", false, at);
}

/**
 * The charter with one more statement. `at` is the place of its entry: sequence number and relay time. The given charter stays as it is,
 * and whether the statement stands never depends on anything after it.
 *
 * A refusal means that the statement is no part of this log; in an entry that a relay let in it is the relay's fault (rules C10, L2).
 */
export function extendCharter(charter: Charter, signed: SignedStatement, at: Position): Result<Charter, CharterError> {
  const { statement } = signed;
  if (!isPosition(at) || at.seq <= charter.at.seq || at.time < charter.at.time) return refused("charter-position");
  if (statement.type === "found") return refused("charter-found-again");
  if (statement.log !== charter.log) return refused("charter-wrong-log");
  if (statement.prev !== charter.head) return refused("charter-head");
  // Nobody can have verified a checkpoint over entries that were not there yet. An older one than the statement before names is lawful:
  // devices are offline for different times.
  if (statement.checkpoint !== null && statement.checkpoint.size > at.seq) return refused("charter-checkpoint");
  const judged = judge({ charter: settle(charter, at), signed, at, since: from(at) });
  if (!judged.ok) return judged;
  const { charter: next, signers, member } = judged.value;
  const fault = checkSigners(signed, signers);
  if (fault) return refused(fault.code);
  // A recovery key signs first, or second after the device that it brings in.
  const byRecovery = statement.type === "recover" || getHex(next.keys, statement.by)?.as === "recovery";
  const within = counted(next, member, statement.type, byRecovery, at);
  if (!within.ok) return within;
  return ok({ ...within.value, head: signed.id, at, count: charter.count + 1 });
}
