import type { ReplicaApi } from "@countersign/shared/replica/api";
import { open } from "./answers.ts";
import { historyCalls } from "./calls/history.ts";
import { linkingCalls } from "./calls/linking.ts";
import { peopleCalls } from "./calls/people.ts";
import { recordCalls } from "./calls/records.ts";
import { snapshotCalls } from "./calls/snapshots.ts";
import { syncCalls } from "./calls/sync.ts";
import { vaultCalls } from "./calls/vault.ts";
import { Jobs } from "./jobs.ts";
import { makeWorld, type World } from "./world.ts";

/**
 * A replica made up in memory, for looking at screens and for tests of screens. Nothing is signed, stored or sent. Its passphrase is
 * `correct horse battery staple`.
 */
export function fakeReplica(scenario: string): ReplicaApi {
  const world = makeWorld(scenario);
  const api = makeApi(world);
  if (world.mood === "fine" || world.mood === "full") return api;
  // Only the vault and the households answer; everything else hangs or breaks.
  const basic = new Set<PropertyKey>(["vault", "households", "watch", "viewReceipts", "draft", "sync"]);
  return new Proxy(api, {
    get(target, name, self) {
      const call: unknown = Reflect.get(target, name, self);
      // A promise asks every value for `then`; only the calls of the interface are replaced.
      if (typeof call !== "function" || basic.has(name)) return call;
      return () => (world.mood === "slow" ? new Promise(() => undefined) : Promise.reject(new Error("the engine does not answer")));
    },
  });
}

function makeApi(world: World): ReplicaApi {
  const jobs = new Jobs(world);
  return {
    ...vaultCalls(world),
    ...linkingCalls(world),
    ...peopleCalls(world),
    ...syncCalls(world, jobs),
    ...recordCalls(world),
    ...historyCalls(world, jobs),
    ...snapshotCalls(world, jobs),
    cancel: (job) => {
      jobs.cancel(job);
      return Promise.resolve();
    },
    openSample: () => {
      const sample = makeWorld("home");
      world.households = sample.households;
      world.messages = sample.messages;
      world.expenses = sample.expenses;
      world.vault = { ...sample.vault, sample: true };
      return open(world);
    },
    watch: (listener) => {
      world.listeners.add(listener);
      return () => world.listeners.delete(listener);
    },
  };
}
