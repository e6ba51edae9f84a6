import { ok } from "../../base/result.ts";
import type { Accesses } from "../accesses.ts";
import type { HistoryApi } from "../api.ts";
import type { ReplicaCore } from "../core.ts";
import { historyCsv } from "../history-csv.ts";
import { historyDetail } from "../history-detail.ts";
import type { Histories } from "../history.ts";
import type { SnapshotJobs } from "../snapshots.ts";
import { afterPassphraseUnlessSample } from "./passphrase.ts";
import { pageOf } from "./page.ts";

/** The history, line by line and as a table. */
export const historyCalls = (core: ReplicaCore, histories: Histories, jobs: SnapshotJobs, accesses: Accesses): HistoryApi => ({
  history: async (log, filter, offset, limit, at) => {
    const open = core.log(log);
    return open.ok ? histories.page(open.value, filter, offset, pageOf(limit), at) : { rows: [], total: 0 };
  },

  historyDetail: async (log, id, at) => {
    const open = core.log(log);
    const row = open.ok ? await histories.row(open.value, id, at) : undefined;
    return open.ok && row ? historyDetail(core, open.value, row, at) : undefined;
  },

  accesses: (since) => Promise.resolve(accesses.since(since)),

  // It can be stopped from its first moment, also while the passphrase is tried.
  exportHistory: async (log, filter, passphrase, at, job) => {
    const open = core.log(log);
    if (!open.ok) return open;
    const made = await jobs.run(job, (running) =>
      afterPassphraseUnlessSample(core, passphrase, () => historyCsv(histories, open.value, filter, at, running)),
    );
    if (!made.ok) return made;
    await accesses.took("history-csv", { log, file: made.value, scope: at === undefined ? { filter } : { filter, at } });
    const day = new Date(core.deps.ports.clock.now()).toISOString().slice(0, 10);
    return ok({ name: `countersign-history-${day}.csv`, bytes: made.value });
  },
});
