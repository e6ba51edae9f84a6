import type { LogId } from "../base/ids.ts";
import { err } from "../base/result.ts";
import type { Answer, SnapshotPreview, SnapshotReport, SnapshotScope } from "./api.ts";
import type { ReplicaCore } from "./core.ts";

export class SnapshotJobs {
  readonly #core: ReplicaCore;
  readonly #cancelled = new Set<string>();
  constructor(core: ReplicaCore) {
    this.#core = core;
  }
  preview(_log: LogId, _scope: SnapshotScope): Answer<SnapshotPreview> {
    return Promise.resolve(err({ code: "internal" }));
  }
  export(_log: LogId, _scope: SnapshotScope, _job: string): Answer<{ name: string; bytes: Uint8Array }> {
    return Promise.resolve(err({ code: this.#core ? "internal" : "internal" }));
  }
  verify(_bytes: Uint8Array, _job: string): Answer<SnapshotReport> {
    return Promise.resolve(err({ code: "internal" }));
  }
  cancel(job: string): void {
    this.#cancelled.add(job);
  }
}
