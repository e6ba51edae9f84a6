import type { ActCode } from "@countersign/shared/replica/answer";
import type { ReplicaApi } from "@countersign/shared/replica/api";
import { err } from "@countersign/shared/base/result";
import { showVersion } from "../../pwa.ts";
import { no, open } from "./answers.ts";
import { heldCalls } from "./calls/held.ts";
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
 * `correct horse battery staple`. What a call is refused with can be told after the scenario: `none!join=link-used`;
 * without a code the call breaks. With `!stand` whatever takes its time stands still on its way, with `!stand=export` only a job whose name begins so.
 */
export function fakeReplica(asked: string): ReplicaApi {
  const [scenario = "", refusal] = asked.split("!");
  if (scenario === "no-engine") throw new Error("the engine does not start");
  if (scenario === "new-version") showVersion("new");
  if (scenario === "old-tab") showVersion("old");
  const world = makeWorld(scenario);
  const [call = "", code] = refusal?.split("=") ?? [];
  if (call === "stand") return makeApi(world, code ?? "");
  const api = makeApi(world);
  if (refusal !== undefined) {
    return { ...api, [call]: () => (code === undefined ? Promise.reject(new Error("the engine does not answer")) : no(code as ActCode)) };
  }
  return world.mood === "fine" || world.mood === "full" ? api : withMood(api, world.mood);
}

/** Only the vault and the households answer; everything else hangs, breaks, or says what no replica would. */
function withMood(api: ReplicaApi, mood: "slow" | "broken" | "nonsense"): ReplicaApi {
  const basic = new Set<PropertyKey>(["vault", "households", "watch", "viewReceipts", "draft", "sync"]);
  const instead = {
    slow: () => new Promise(() => undefined),
    broken: () => Promise.reject(new Error("the engine does not answer")),
    nonsense: () => Promise.resolve("nonsense"),
  }[mood];
  return new Proxy(api, {
    get(target, name, self) {
      const call: unknown = Reflect.get(target, name, self);
      // A promise asks every value for `then`; only the calls of the interface are replaced.
      return typeof call !== "function" || basic.has(name) ? call : instead;
    },
  });
}

function makeApi(world: World, standing?: string): ReplicaApi {
  const jobs = new Jobs(world, standing);
  return {
    ...vaultCalls(world),
    ...linkingCalls(world),
    ...peopleCalls(world),
    ...syncCalls(world, jobs),
    ...recordCalls(world),
    ...heldCalls(world),
    ...historyCalls(world, jobs),
    ...snapshotCalls(world, jobs),
    cancel: (job) => {
      jobs.cancel(job);
      return Promise.resolve();
    },
    openSample: async () => {
      if (jobs.stands("sample") && !(await jobs.run("sample"))) return err({ code: "cancelled" });
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
