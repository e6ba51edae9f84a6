import type { FaultRow } from "../sync/rows.ts";
import type { LogSession } from "../sync/session.ts";
import { CLOCK_OFF } from "../views/clock.ts";
import type { FaultCode, FaultView, SyncState, SyncView } from "./sync-view.ts";

/** How far a log is in step with its relay, and whether this device's clock is. */
export function syncView(session: LogSession): SyncView {
  const { skew } = session;
  return { ...syncState(session), ...(Math.abs(skew) > CLOCK_OFF ? { clockAhead: -skew } : {}) };
}

function syncState(session: LogSession): SyncState {
  const { state } = session.link;
  const { unsent } = session.outbox;
  const lastSynced = session.lastSynced === undefined ? {} : { lastSynced: session.lastSynced };
  switch (state.state) {
    case "off":
      return { state: "off" };
    case "stopped":
      if (session.isRemoved) return { state: "removed", unsent, ...lastSynced };
      return state.why === "relay-version" || state.why === "relay-refused"
        ? { state: "refused", why: state.why, unsent, ...lastSynced }
        : { state: "stopped", fault: whyStopped(session), unsent, ...lastSynced };
    case "live":
      return unsent === 0 && session.lastSynced !== undefined
        ? { state: "up-to-date", at: session.lastSynced }
        : { state: "waiting", unsent, ...lastSynced };
    case "catching-up":
      return state;
    case "connecting":
      return { state: "waiting", unsent, ...lastSynced };
    case "waiting":
      return { state: "waiting", unsent, retryAt: state.retryAt, ...lastSynced };
  }
}

/** The last that the relay did wrong. */
function whyStopped(session: LogSession): FaultView {
  const last = session.faults.all.findLast((f) => f.device === null);
  return last
    ? faultView(session, last)
    : { id: "", log: session.log, at: 0, who: "relay", code: "relay-header", proof: false, portable: false };
}

export const faultViews = (session: LogSession): readonly FaultView[] => session.faults.all.map((f) => faultView(session, f));

function faultView({ log }: LogSession, f: FaultRow): FaultView {
  const seq = f.seq === null ? {} : { seq: f.seq };
  return { id: f.id, log, at: f.at, who: f.device ?? "relay", code: f.code as FaultCode, ...seq, proof: true, portable: isPortable(f) };
}

/** Others can check what the relay did: it signed it. The proof of an entry under a replaced key is made when it is asked for. */
const isPortable = (f: FaultRow): boolean => f.proof !== undefined || f.code === "relay-stale-epoch";
