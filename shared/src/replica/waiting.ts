import { err, ok, type Result } from "../base/result.ts";
import type { StatementId } from "../base/ids.ts";
import { frameOn, makeStatement } from "../charter/sign.ts";
import type { Charter } from "../charter/state.ts";
import type { CheckpointRef, Position, Statement } from "../charter/types.ts";
import type { DialFailure } from "../sync/found.ts";
import type { Clock } from "../sync/ports.ts";
import type { StatementFailure } from "../sync/statement-desk.ts";
import type { LogSession } from "../sync/session.ts";
import type { ActError } from "./answer.ts";

const STEP = 25;

/** Waits until something holds of a session, or its connection says that it never will, or the time is up. */
export async function until(session: LogSession, clock: Clock, holds: () => boolean, limit = 30_000): Promise<Result<void, ActError>> {
  const end = clock.now() + limit;
  for (;;) {
    if (holds()) return ok(undefined);
    const { state } = session.link;
    if (state.state === "stopped") return err(stoppedError(state.why));
    if (clock.now() >= end) return err({ code: "relay-unreachable" });
    await new Promise<void>((done) => clock.after(STEP, done));
  }
}

function stoppedError(why: string): ActError {
  switch (why) {
    case "relay-version":
      return { code: "relay-version" };
    case "relay-busy":
      return { code: "relay-busy" };
    case "network":
      return { code: "relay-unreachable" };
    default:
      return { code: "relay-refused" };
  }
}

/** What a failed conversation with a relay means to the person. */
export function dialError(failure: DialFailure): ActError {
  switch (failure.code) {
    case "refused":
      return { code: failure.wire === "rate" || failure.wire === "busy" ? "relay-busy" : "relay-refused" };
    case "relay-version":
    case "relay-busy":
    case "relay-refused":
      return { code: failure.code };
    case "not-member":
    case "relay-name":
    case "violation":
      return { code: "relay-refused" };
    case "network":
    case "timeout":
    case "closed":
      return { code: "relay-unreachable" };
  }
}

/**
 * One statement by this device on a log, on the head that is current when it can be said.
 * @param fields what it says beside its frame; undefined where it makes no sense any more
 */
export async function sayStatement(
  session: LogSession,
  fields: (charter: Charter, at: Position, checkpoint: CheckpointRef) => object | undefined,
): Promise<Result<StatementId, ActError>> {
  const done = await session.statements.request<ActError>((charter, at, checkpoint) => {
    const said = fields(charter, at, checkpoint);
    if (!said) return err({ code: "not-allowed" });
    const statement = { ...frameOn(charter, session.device, checkpoint), ...said } as Statement;
    return ok({ signed: makeStatement(statement, [session.signKeys]), secret: session.signKeys.secretKey });
  }, session);
  return done.ok ? ok(done.value.id) : err(statementError(done.error));
}

export const statementError = (failure: StatementFailure | ActError): ActError => {
  if (failure.code === "abandoned") return { code: "cancelled" };
  if (failure.code === "refused") return { code: "wire" in failure && failure.wire === "rate" ? "relay-busy" : "not-allowed" };
  return failure;
};
