import { err, ok, type Result } from "../base/result.ts";
import type { LogId, StatementId } from "../base/ids.ts";
import { frameOn, makeStatement } from "../charter/sign.ts";
import type { Charter } from "../charter/state.ts";
import type { CheckpointRef, Position, StatementFields, StatementType } from "../charter/types.ts";
import type { SignKeyPair } from "../crypto/sign.ts";
import type { LogSession } from "../sync/session.ts";
import type { StatementFailure } from "../sync/statement-desk.ts";
import type { ActError } from "./answer.ts";
import type { ReplicaCore } from "./core.ts";
import { untilLive } from "./waiting.ts";

/** What a statement says beside its frame. */
export type Said = { readonly [K in StatementType]: { readonly type: K } & StatementFields[K] }[StatementType];

/**
 * One statement by this device on a log, on the head that is current when it can be said.
 * @param says undefined where it makes no sense any more (`not-allowed`)
 */
export const sayStatement = (
  session: LogSession,
  says: (charter: Charter, at: Position, checkpoint: CheckpointRef) => Said | undefined,
): Promise<Result<StatementId, ActError>> =>
  sayTogether(session, undefined, (...now) => {
    const said = says(...now);
    return said ? ok(said) : err({ code: "not-allowed" });
  });

/** The same, signed also with a key that is not this device's: of an invitation or of the recovery sheet. */
export async function sayTogether(
  session: LogSession,
  other: SignKeyPair | undefined,
  says: (charter: Charter, at: Position, checkpoint: CheckpointRef) => Result<Said, ActError>,
): Promise<Result<StatementId, ActError>> {
  const done = await session.statements.request<ActError>((charter, at, checkpoint) => {
    const said = says(charter, at, checkpoint);
    if (!said.ok) return said;
    const statement = { ...frameOn(charter, session.device, checkpoint), ...said.value };
    const signed = makeStatement(statement, [session.signKeys, ...(other ? [other] : [])]);
    return ok({ signed, secret: session.signKeys.secretKey });
  }, session);
  return done.ok ? ok(done.value.id) : err(statementError(done.error));
}

/** One statement by this device in a log of this vault, as soon as all of the log is here; `says` as for `sayStatement`. */
export async function sayIn(
  core: ReplicaCore,
  log: LogId,
  says: (charter: Charter, at: Position) => Said | undefined,
): Promise<Result<void, ActError>> {
  const open = core.log(log);
  if (!open.ok) return open;
  const { session } = open.value;
  const live = await untilLive(session, core.deps.ports.clock);
  if (!live.ok) return live;
  const done = await sayStatement(session, says);
  return done.ok ? ok(undefined) : done;
}

function statementError(failure: StatementFailure | ActError): ActError {
  if (failure.code === "abandoned") return { code: "cancelled" };
  if (failure.code === "refused") return { code: "wire" in failure && failure.wire === "rate" ? "relay-busy" : "not-allowed" };
  return failure;
}
