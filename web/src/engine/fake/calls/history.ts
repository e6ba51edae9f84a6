import { err, ok } from "@countersign/shared/base/result";
import type { HistoryApi } from "@countersign/shared/replica/api";
import { PASSPHRASE } from "../answers.ts";
import { detailOf, filteredHistory, TAKEN } from "../history.ts";
import type { Jobs } from "../jobs.ts";
import { page } from "../views.ts";
import type { World } from "../world.ts";

/** What happened, line by line. */
export const historyCalls = (world: World, jobs: Jobs): HistoryApi => ({
  history: (log, filter, offset, limit, at) => Promise.resolve(page(filteredHistory(world, log, filter, at), offset, limit)),
  historyDetail: (_log, id, at) => Promise.resolve(detailOf(world, id, at)),
  accesses: () => Promise.resolve(world.scenario === "taken" ? TAKEN : []),
  exportHistory: async (log, filter, passphrase, at, name) => {
    if (passphrase !== PASSPHRASE) return err({ code: "passphrase-wrong" } as const);
    if (!(await jobs.run(name))) return err({ code: "cancelled" } as const);
    const bytes = new TextEncoder().encode(`lines,${String(filteredHistory(world, log, filter, at).length)}\r\n`);
    return ok({ name: "countersign-history-2026-11-20.csv", bytes });
  },
});
