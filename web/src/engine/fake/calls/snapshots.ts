import { err, ok } from "@countersign/shared/base/result";
import type { SnapshotApi } from "@countersign/shared/replica/api";
import { startOf } from "../../../lib/openedFile.ts";
import { PASSPHRASE } from "../answers.ts";
import type { Jobs } from "../jobs.ts";
import { compareReportOf, reportOf } from "../snapshot.ts";
import { makeWorld, type World } from "../world.ts";

/** Snapshots: made, checked, compared, countersigned. */
export const snapshotCalls = (world: World, jobs: Jobs): SnapshotApi => ({
  previewSnapshot: async (log, scope, name) => {
    if (jobs.stands(name) && !(await jobs.run(name))) return err({ code: "cancelled" } as const);
    const { children } = scope;
    const about = new Map(world.messages.map((m) => [m.id, m.children]));
    const isIn = (named: readonly string[] = []): boolean => children === undefined || named.some((name) => children.includes(name));
    const messages = world.messages.filter(
      (m) =>
        m.log === log &&
        isIn(about.get(m.thread)) &&
        (scope.threads === "all" || scope.threads.includes(m.thread)) &&
        (scope.settlement === "include" || !m.settlement),
    );
    const { expenses: chosen } = scope;
    const expenses = world.expenses.filter(
      (e) => e.log === log && isIn(e.children) && chosen !== "none" && (chosen === "all" || chosen.includes(e.id)),
    );
    const all = world.messages.filter((m) => m.log === log).length + world.expenses.filter((e) => e.log === log).length;
    const files = scope.files ? messages.reduce((n, m) => n + m.files.length, 0) + expenses.reduce((n, e) => n + e.files.length, 0) : 0;
    const count = messages.length + expenses.length;
    return ok({
      messages: messages.length,
      expenses: expenses.length,
      files,
      bytes: 400_000 + count * 9_000,
      leftOut: all - count,
      ...(children
        ? {
            unnamed: [...world.messages.map((m) => ({ ...m, children: about.get(m.thread) })), ...world.expenses].filter(
              (r) => r.log === log && r.children === undefined,
            ).length,
          }
        : {}),
      pages: 4 + Math.ceil(count / 3),
    });
  },
  exportSnapshot: async (_log, _scope, passphrase, name, seal) => {
    if (passphrase !== PASSPHRASE) return err({ code: "passphrase-wrong" } as const);
    if (!(await jobs.run(name))) return err({ code: "cancelled" } as const);
    return ok({ name: `countersign-2026-11-20.zip${seal ? ".age" : ""}`, file: new Blob([new Uint8Array(200_000)]) });
  },
  verifySnapshot: async (file, name, opener) => {
    if (file.size < 8) return err({ code: "snapshot-not-zip" } as const);
    const first = (await startOf(file, 1))?.[0];
    // 'a' as in age: sealed.
    if (first === 97 && opener !== PASSPHRASE) return err({ code: opener === undefined ? "snapshot-sealed" : "seal-wrong" } as const);
    if (!(await jobs.run(name))) return err({ code: "cancelled" } as const);
    return ok(reportOf(world.messages.length > 0 ? world : makeWorld("home"), first === 70));
  },
  countersignSnapshot: async (_log, _file, passphrase, name) => {
    if (passphrase !== PASSPHRASE) return err({ code: "passphrase-wrong" } as const);
    if (!(await jobs.run(name))) return err({ code: "cancelled" } as const);
    return ok({ name: "countersigned-2026-11-20.zip", file: new Blob([new Uint8Array(200_000)]) });
  },
  compareSnapshots: async (_a, b, name, openers) => {
    const first = (await startOf(b, 1))?.[0];
    const opener = openers?.[1];
    if (first === 97 && opener !== PASSPHRASE) return err({ code: opener === undefined ? "snapshot-sealed" : "seal-wrong" } as const);
    if (!(await jobs.run(name))) return err({ code: "cancelled" } as const);
    return ok(compareReportOf(first === 70));
  },
});
