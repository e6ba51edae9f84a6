import type { ReplicaApi } from "@countersign/shared/replica/api";

/** Reaches the engine in its worker. Rejects where the engine can't start (no wasm, no storage); the app then says so. */
export function connectEngine(): Promise<ReplicaApi> {
  return Promise.reject(new Error("the engine is not plugged in yet"));
}
