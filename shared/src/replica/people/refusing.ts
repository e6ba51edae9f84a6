import { err, ok, type Result } from "../../base/result.ts";
import { pendingRecover } from "../../charter/query.ts";
import type { Pending } from "../../charter/state.ts";
import type { LogSession } from "../../sync/session.ts";
import type { ActError } from "../answer.ts";
import type { ReplicaCore } from "../core.ts";
import { isSenior } from "../moves/standing.ts";
import { sayIn } from "../statements.ts";

/** What somebody did with this person's recovery sheet and waits its 72 hours (rule C9), this device's own coming aside. */
export function waitingFor(session: LogSession): readonly Pending[] {
  const { charter, identity, device } = session;
  return charter ? pendingRecover(charter, identity.member, session.now()).filter((p) => p.device?.keys.sign !== device) : [];
}

/**
 * Refuses every use of the sheet that waits, in all logs of this person: whoever came by the sheet came into each of them. What a lost network left out
 * goes on waiting, so that it is asked about again.
 */
export async function refuseRecovery(core: ReplicaCore): Promise<Result<void, ActError>> {
  const asked = [...core.logs.values()].filter(({ session }) => waitingFor(session).length > 0);
  if (asked.length === 0) return err({ code: "not-allowed" });
  const mine = asked.filter(({ session }) => isSenior(session));
  if (mine.length === 0) return err({ code: "senior-only" });
  for (const { session } of mine) {
    for (const { id } of waitingFor(session)) {
      const done = await sayIn(core, session.log, () =>
        waitingFor(session).some((p) => p.id === id) ? { type: "refuse", recover: id } : undefined,
      );
      if (!done.ok) return done;
    }
  }
  return ok(undefined);
}
