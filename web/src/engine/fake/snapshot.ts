import type { CompareReport } from "@countersign/shared/compare/report";
import type { ProofReport } from "@countersign/shared/fault-proof/report";
import type { CheckState, CheckView, SnapshotReport } from "@countersign/shared/views/snapshot";
import { ALEX, HOME, NOW, SAM, ZONE } from "./household.ts";
import { threadViews } from "./views.ts";
import { historyOf } from "./history.ts";
import type { World } from "./world.ts";

const check = (key: string, state: CheckState = "good", more: Partial<CheckView> = {}): CheckView => ({ key, state, ...more });

/** A made-up report: good with remarks, or failed where the file's name says so. */
export function reportOf(world: World, failed: boolean): SnapshotReport {
  return {
    log: HOME,
    exporter: SAM,
    verdict: {
      unchanged: {
        state: failed ? "failed" : "good",
        checks: [
          check("files", failed ? "failed" : "good", failed ? { where: "data/csv/messages.csv" } : { values: { count: 31 } }),
          check("signature", "good", { values: { key: "9f2c 4e1a 7b3d" } }),
          check("log", "good", { values: { count: 412 } }),
          check(
            failed ? "records-differ" : "records",
            failed ? "failed" : "good",
            failed ? { where: "data/csv/messages.csv", values: { line: 4 } } : {},
          ),
        ],
      },
      complete: {
        state: "remarks",
        checks: [
          check("channel", "good", { values: { channel: "messages", entries: 37, size: 412 } }),
          check("named", "good", { values: { count: 18 } }),
          check("settlement", "remarks", { values: { count: 1, author: "Sam" } }),
          check("files-left-out", "remarks", { values: { count: 2 } }),
        ],
      },
      keys: {
        state: "good",
        checks: [
          check("exporter", "good", { values: { name: "Alex" } }),
          check("compared", "good", { values: { by: "Alex", name: "Sam", method: "safety words", time: "22 Oct 2025" } }),
        ],
      },
      facts: {
        exporter: "Alex",
        exported: NOW,
        relay: "relay.example.org",
        entries: 412,
        checkpoint: NOW - 7_200_000,
        zone: ZONE,
        from: "2026-10-01",
        to: "",
        messages: 8,
        expenses: 10,
        files: 2,
        setAside: 1,
        leftOut: 2,
        app: "countersign 0.1.0",
      },
    },
    people: [
      { member: ALEX, name: "Alex" },
      { member: SAM, name: "Sam" },
    ],
    zone: ZONE,
    messages: world.messages.filter((m) => m.log === HOME && !m.settlement),
    threads: threadViews(world, HOME).filter((th) => world.messages.some((m) => m.thread === th.id && !m.settlement)),
    expenses: world.expenses.filter((e) => e.log === HOME),
    setAside: historyOf(world).filter((row) => row.type === "set-aside"),
  };
}

/** A proof file that holds, or one that only keeps what a device saw. */
export const proofReportOf = (holds: boolean): ProofReport => ({
  holds,
  ...(holds ? { proven: "fork" as const } : { reason: "kept" as const, code: "relay-chain" }),
  relay: "relay.example.org",
  log: HOME,
  key: `relay.example.org/${HOME}+9f2c4e1a+AQ3q2+7vJ0xY1m5b8Qd4e6T9uR2wZ8kL1pV7sN5cG0hMx`,
  notes: holds ? [412, 412].map((size, i) => ({ size, root: `${"7b3d9f2c".repeat(7)}0000000${String(i)}`, time: NOW - 7_200_000 })) : [],
});

/** Two snapshots side by side: of one history, or of two. */
export function compareReportOf(forked: boolean): CompareReport {
  const none = { a: 0, b: 0 };
  const side = (exporter: string, days: number, shown: number) => ({
    ...{
      exporter,
      member: undefined,
      exported: NOW - days * 86_400_000,
      size: 412 - days,
      time: NOW - days * 86_400_000,
      shown,
      failed: [],
    },
  });
  return {
    log: HOME,
    relay: "relay.example.org",
    zone: ZONE,
    a: side("Alex", 1, 371),
    b: side("Sam", 4, 302),
    ...(forked ? { fork: { seq: 401 }, proof: new Uint8Array(8) } : {}),
    counts: {
      ...{
        same: { a: 300, b: 300 },
        "withheld-scope": { a: 64, b: 0 },
        "withheld-settlement": { a: 1, b: 0 },
        "withheld-redacted": none,
        unexplained: none,
      },
      ...{ "withheld-both": { a: 3, b: 0 }, later: forked ? none : { a: 6, b: 0 }, fork: forked ? { a: 6, b: 2 } : none },
    },
    rows: [
      { is: "withheld-scope", only: "a", seq: 96, channel: "expenses", time: NOW - 86_400_000 * 40, kind: "expense" },
      { is: "withheld-settlement", only: "a", seq: 211, channel: "messages", time: NOW - 86_400_000 * 20, kind: "message" },
      { is: forked ? "fork" : "later", only: "a", seq: 409, channel: "messages", time: NOW - 86_400_000, kind: "message" },
    ],
    words: [
      { is: "ended-early", of: "b", count: 2 },
      { is: "name-other", of: "a", said: ["Sam", "Samantha"] },
    ],
    agrees: !forked,
  };
}
