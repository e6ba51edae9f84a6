import type { Patch, ReplicaApi } from "@countersign/shared/replica/api";
import type { VaultView } from "@countersign/shared/replica/vault-view";
import { METHODS, type Call, type Reply } from "./protocol.ts";
import type { Engine } from "./tab-switch.ts";

/** Answers the pages' calls from the one replica. Without one (no storage) every call that needs it says so. */
export class Host implements Engine {
  readonly #replica: ReplicaApi | undefined;

  constructor(replica: ReplicaApi | undefined, tell: (patch: Patch) => void) {
    this.#replica = replica;
    replica?.watch(tell);
  }

  async run(call: Call): Promise<Reply> {
    if (!METHODS.has(call.method)) return { type: "broken", id: call.id, why: "unknown call" };
    if (!this.#replica) return { type: "reply", id: call.id, value: withoutStorage(call.method) };
    try {
      const answer = this.#replica as unknown as Record<Call["method"], (...args: readonly unknown[]) => Promise<unknown>>;
      return { type: "reply", id: call.id, value: await answer[call.method](...call.args) };
    } catch (e) {
      // A bug, or a disk that changed under us: the page is told, nothing is shown as done.
      return { type: "broken", id: call.id, why: e instanceof Error ? e.message : "unknown" };
    }
  }
}

/** The browser refuses to store anything: the app says so instead of starting. */
function withoutStorage(method: Call["method"]): unknown {
  switch (method) {
    case "vault":
      return {
        state: "none",
        storage: "unknown",
        autoLockMinutes: 10,
        undoSeconds: 5,
        activeAt: 0,
        working: false,
        sheetConfirmed: false,
        storageRefused: true,
      } satisfies VaultView;
    case "unlockWays":
    case "households":
    case "faults":
    case "balances":
    case "categories":
    case "children":
      return [];
    case "draft":
      return undefined;
    default:
      return { ok: false, error: { code: "storage-refused" } };
  }
}
