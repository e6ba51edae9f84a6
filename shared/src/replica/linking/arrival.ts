import { toId } from "../../base/bytes.ts";
import type { LogId } from "../../base/ids.ts";
import { FORMAT_LEVEL } from "../../sync/found.ts";
import type { ReplicaCore } from "../core.ts";
import type { LinkDesk } from "./link-desk.ts";
import { secretKeys } from "../secret-rows.ts";
import { sayStatement } from "../statements.ts";

const STEP = 250;
const REFUSED = 5_000;

/** What a device does once it has the record: it says so, and reads the logs. */
export class Arrival {
  readonly #core: ReplicaCore;
  readonly #desk: LinkDesk;
  #isSyncing = false;

  constructor(core: ReplicaCore, desk: LinkDesk) {
    this.#core = core;
    this.#desk = desk;
  }

  /**
   * Says in a log that this device is there, which the old one waits for, and shows how far the logs are read. Also after a restart in its
   * middle.
   */
  async goOn(): Promise<void> {
    const log = await this.#core.rows?.get("secret", secretKeys.hello);
    if (this.#isSyncing || log?.length !== 32) return;
    this.#isSyncing = true;
    try {
      const isHere = await this.#hello(toId<LogId>(log));
      if (!isHere) return;
      await this.#core.rows?.commit([{ table: "secret", key: secretKeys.hello, value: null }]);
      while (this.#desk.state === "syncing" && this.#core.vault.state === "open") {
        const { done, of, isDone } = this.#progress();
        this.#desk.show(isDone ? { state: "taken" } : { state: "syncing", done, of });
        await this.#pause();
      }
    } finally {
      this.#isSyncing = false;
    }
  }

  async #hello(log: LogId): Promise<boolean> {
    for (;;) {
      const session = this.#core.logs.get(log)?.session;
      if (!session || this.#core.vault.state !== "open") return false;
      const { state } = session.link;
      if (session.isRemoved || (state.state === "stopped" && state.why === "not-member")) {
        this.#desk.show({ state: "failed", side: "new", error: { code: "removed" } });
        return false;
      }
      if (state.state === "live" && session.isDevice()) {
        const said = await sayStatement(session, () => ({ type: "level", level: FORMAT_LEVEL }));
        if (said.ok) return true;
        // Refused for now; the relay is not asked four times a second.
        await this.#pause(REFUSED);
      }
      this.#desk.connected(state.state !== "waiting");
      if (this.#desk.state === "syncing") {
        const { done, of } = this.#progress();
        this.#desk.show({ state: "syncing", done, of });
      }
      await this.#pause();
    }
  }

  /** Entries read and entries there are, over all logs. */
  #progress(): { readonly done: number; readonly of: number; readonly isDone: boolean } {
    let done = 0;
    let of = 0;
    let isDone = true;
    for (const { session } of this.#core.logs.values()) {
      const { state } = session.link;
      done += session.position();
      of += state.state === "catching-up" ? Math.max(state.of, session.position()) : session.position();
      isDone &&= state.state === "live";
    }
    return { done, of, isDone };
  }

  #pause(ms = STEP): Promise<void> {
    return new Promise((done) => this.#core.deps.ports.clock.after(ms, done));
  }
}
