import type { ReplicaApi } from "@countersign/shared/replica/api";
import { connectEngine } from "./connect.ts";

const FAKE = "fake";

/**
 * The replica that all screens ask. In development and in the test build `?fake=<scenario>` gives a made-up one in memory, with
 * `&given=<what>` something that another app shared; the condition is a constant at build time, so a production bundle holds neither the fake nor this branch.
 */
export async function obtainReplica(): Promise<ReplicaApi> {
  if (import.meta.env.DEV || import.meta.env.MODE === "test") {
    const scenario = new URLSearchParams(location.search).get(FAKE) ?? sessionStorage.getItem(FAKE);
    if (scenario !== null && scenario !== "") {
      sessionStorage.setItem(FAKE, scenario);
      const { fakeReplica } = await import("./fake/fake.ts");
      const given = new URLSearchParams(location.search).get("given");
      if (given !== null) (await import("./fake/arrivals.ts")).giveMadeUp(given);
      return fakeReplica(scenario);
    }
  }
  return connectEngine();
}
