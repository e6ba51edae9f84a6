import { err, ok, type Result } from "../base/result.ts";
import type { Charter } from "../charter/state.ts";
import type { DialFailure } from "../sync/found.ts";
import type { Clock } from "../sync/ports.ts";
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

/** Waits until all that the relay has of a log is here, and gives its charter. */
export async function untilLive(session: LogSession, clock: Clock, limit?: number): Promise<Result<Charter, ActError>> {
  const live = await until(session, clock, () => session.link.state.state === "live" && session.charter !== undefined, limit);
  if (!live.ok) return live;
  return session.charter ? ok(session.charter) : err({ code: "relay-unreachable" });
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
