import type { ReplicaApi } from "@countersign/shared/replica/api";
import { connectWorker } from "./worker-client.ts";

/** Reaches the engine in its worker. Rejects where the engine can't start (no workers, no wasm); the app then says so. */
export async function connectEngine(): Promise<ReplicaApi> {
  const worker = new Worker(new URL("../worker/engine.worker.ts", import.meta.url), { type: "module", name: "countersign-engine" });
  const failed = new Promise<never>((_resolve, reject) => {
    worker.onerror = (event) => {
      reject(new Error(event.message || "the engine did not start"));
    };
  });
  const api = connectWorker(worker);
  // The first answer shows that the engine runs; it waits for another tab's engine too.
  await Promise.race([api.vault(), failed]);
  return api;
}
