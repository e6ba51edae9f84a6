import { err, ok } from "@countersign/shared/base/result";
import type { SyncApi } from "@countersign/shared/replica/api";
import { guarded, PASSPHRASE, update } from "../answers.ts";
import { NOW } from "../household.ts";
import type { Jobs } from "../jobs.ts";
import { faultsOf, MOVES, STAMPS, WITNESSES } from "../relays.ts";
import { proofReportOf } from "../snapshot.ts";
import type { World } from "../world.ts";

/** How the logs and their relays are, what relays did wrong, and the way to another one. */
export const syncCalls = (world: World, jobs: Jobs): SyncApi => ({
  sync: () => Promise.resolve(world.sync),
  syncNow: () => Promise.resolve(),
  stamps: () => Promise.resolve(world.scenario === "home" ? STAMPS : { known: [] }),
  witnesses: () => Promise.resolve(world.scenario === "home" ? WITNESSES : []),
  restoreRelay: async (log, name) => {
    if (!(await jobs.run(name))) return err({ code: "cancelled" });
    world.sync = { state: "up-to-date", at: NOW };
    for (const listener of world.listeners) listener({ topic: "sync", log });
    return ok(12);
  },
  checkRelay: (address) =>
    Promise.resolve(
      /^https?:\/\//.test(address) ? ok({ address, name: "relay.example.net", isHere: false }) : err({ code: "relay-address" }),
    ),
  moveRelay: async ({ passphrase, gone }, name) => {
    if (passphrase !== PASSPHRASE) return err({ code: "passphrase-wrong" });
    if (!(await jobs.run(name))) return err({ code: "cancelled" });
    if (gone) return err({ code: "less-here" });
    return update(world, (h) => (h.kind === "household" ? { ...h, move: MOVES["move-mine"] } : h));
  },
  consentMove: (_log, passphrase) =>
    guarded(world, passphrase, () => {
      world.households = world.households.map((h) => (h.move ? { ...h, move: MOVES["move-going"] } : h));
    }),
  stopMove: () => update(world, ({ move: _, ...h }) => h),
  followRelay: (address) => Promise.resolve(address.includes("new") ? ok({ moved: 1, asked: 0 }) : err({ code: "move-none" })),
  seenAgain: () => update(world, ({ again: _, ...h }) => h),
  faults: () => Promise.resolve(faultsOf(world.scenario)),
  faultProof: () => Promise.resolve(ok(new TextEncoder().encode("made-up proof"))),
  checkFaultProof: (bytes) => Promise.resolve(ok(proofReportOf(bytes.at(-1) === 70))),
});
