import { err, ok } from "../../base/result.ts";
import { checkProof } from "../../fault-proof/check.ts";
import type { SyncApi } from "../api.ts";
import type { ReplicaCore } from "../core.ts";
import type { Idle } from "../idle.ts";
import type { Moves } from "../moves/moves.ts";
import type { RelayCare } from "../relay-care.ts";
import { faultViews, syncView } from "../sync-state.ts";
import { afterPassphrase } from "./passphrase.ts";

/** How the logs and their relays are, what relays did wrong, and the way to another one. */
export const syncCalls = (core: ReplicaCore, relay: RelayCare, moves: Moves, idle: Idle): SyncApi => ({
  sync: (log) => {
    const open = core.logs.get(log);
    return Promise.resolve(open ? syncView(open.session) : { state: "off" });
  },
  syncNow: () => {
    for (const { session } of core.logs.values()) {
      session.link.start();
      session.link.wake();
    }
    moves.tryAgain();
    return Promise.resolve();
  },

  witnesses: (log) => Promise.resolve(core.logs.get(log)?.session.outside.witnesses.all ?? []),
  stamps: (log) => {
    const book = core.logs.get(log)?.session.outside.stamps;
    return Promise.resolve({ known: book?.all ?? [], ...(book?.problem ? { problem: book.problem } : {}) });
  },

  restoreRelay: (log, job) => idle.during(relay.giveBack(log, job)),

  checkRelay: (address) => moves.check(address),
  moveRelay: ({ passphrase, ...to }, job) => afterPassphrase(core, passphrase, () => idle.during(moves.move(to, job))),
  consentMove: (log, passphrase, job) => afterPassphrase(core, passphrase, () => idle.during(moves.consent(log, job))),
  stopMove: (log) => moves.stop(log),
  followRelay: (address) => idle.during(moves.follow(address)),
  seenAgain: (log) => moves.seenAgain(log),

  faults: () => Promise.resolve([...core.logs.values()].flatMap(({ session }) => faultViews(session))),
  faultProof: async (id) => {
    for (const { session } of core.logs.values()) {
      const file = await session.faults.file(id);
      if (file) return ok(file);
    }
    return err({ code: "record-unknown" });
  },
  checkFaultProof: (bytes) => {
    const report = checkProof(bytes);
    return Promise.resolve(report.ok ? report : err({ code: report.error.code }));
  },
});
