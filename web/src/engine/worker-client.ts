import type { Patch, ReplicaApi } from "@countersign/shared/replica/api";
import { Parts } from "../worker/parts.ts";
import { METHODS, type Call, type FromWorker, type Method } from "../worker/protocol.ts";

/** The engine in its worker, as the screens see it: the same calls, answered from another thread. */
export function connectWorker(worker: Worker): ReplicaApi {
  const open = new Map<number, { resolve: (value: unknown) => void; reject: (reason: Error) => void }>();
  const listeners = new Set<(patch: Patch) => void>();
  const parts = new Parts();
  let next = 0;

  worker.onmessage = (event: MessageEvent<FromWorker>) => {
    const message = event.data;
    if (message.type === "patch") {
      for (const listener of listeners) listener(message.patch);
      return;
    }
    if (message.type === "part") {
      parts.take(message);
      return;
    }
    const call = open.get(message.id);
    open.delete(message.id);
    if (message.type === "reply") call?.resolve(parts.whole(message.id, message.value));
    else call?.reject(new Error(message.why));
  };

  const call = (method: Method, args: readonly unknown[]): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const id = next++;
      open.set(id, { resolve, reject });
      worker.postMessage({ type: "call", id, method, args } satisfies Call);
    });

  const methods = Object.fromEntries([...METHODS].map((method) => [method, (...args: unknown[]) => call(method, args)]));
  const watch = (listener: (patch: Patch) => void): (() => void) => {
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
    };
  };
  // Every name in METHODS is a call of the interface; the set is checked against it in protocol.ts.
  return { ...methods, watch } as unknown as ReplicaApi;
}
