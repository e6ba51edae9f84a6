import type { LogId } from "../base/ids.ts";
import { err, ok } from "../base/result.ts";
import { FileBox } from "../sync/files.ts";
import type { GiveBackCode } from "../sync/give-back.ts";
import type { ActCode, Answer } from "./answer.ts";
import type { ReplicaCore } from "./core.ts";
import { actErrorOf } from "./vault-holder.ts";

const ACT_CODES: Readonly<Record<GiveBackCode, ActCode>> = {
  "relay-unreachable": "relay-unreachable",
  "relay-busy": "relay-busy",
  "relay-refused": "relay-refused",
  "relay-fork": "relay-went-on",
  "not-held": "not-all-here",
  cancelled: "cancelled",
};

/** What a person does about the relay itself (rule C8). */
export class RelayCare {
  readonly #core: ReplicaCore;
  readonly #cancelled = new Set<string>();

  constructor(core: ReplicaCore) {
    this.#core = core;
  }

  /** Gives a relay that lost entries what this device holds of them, and its files; then syncing goes on. */
  async giveBack(log: LogId, job: string): Answer<number> {
    const open = this.#core.log(log);
    if (!open.ok) return open;
    const rows = this.#core.rows;
    if (!rows) return err({ code: "locked" });
    this.#cancelled.delete(job);
    const done = await open.value.session.giveBack({
      onProgress: (at, of) => this.#core.tell({ topic: "progress", job, done: at, of }),
      isCancelled: () => this.#cancelled.has(job),
    });
    if (!done.ok) return err({ code: ACT_CODES[done.error.code] });
    if (done.value > 0) {
      const offered = await new FileBox(log, rows, this.#core.deps.ports.transport).offerAgain();
      if (!offered.ok) return err(actErrorOf(offered.error.code));
    }
    return ok(done.value);
  }

  cancel(job: string): void {
    this.#cancelled.add(job);
  }
}
