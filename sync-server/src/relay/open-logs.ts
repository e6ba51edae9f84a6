import type { Hex32, LogId, Millis } from "@countersign/shared/base/ids";
import { LogActor } from "../log/actor.ts";
import type { Committer } from "../log/committer.ts";
import { checkpointSigner, openState } from "../log/open.ts";
import type { Staging } from "../log/stage.ts";
import type { LogState } from "../log/state.ts";
import type { RelayLog, RelayMeter, RelayPorts } from "./ports.ts";
import type { MemberLimits } from "./push-limits.ts";

/** Logs that nobody uses and that stay in memory all the same. */
const IDLE_LOGS = 512;

interface OpenLogsHost {
  readonly ports: RelayPorts;
  readonly committer: Committer;
  readonly members: MemberLimits;
  readonly now: () => Millis;
  readonly log: RelayLog;
  readonly meter: RelayMeter;
  /** The seed of a log key that was handed out here and waits for its statement. */
  readonly reserved: (logKey: Hex32) => Uint8Array | undefined;
}

/** The logs that are in memory: each is read once, when it is first asked for, and dropped when nobody has used it for long. */
export class OpenLogs {
  readonly #host: OpenLogsHost;
  readonly #actors = new Map<LogId, Promise<LogActor | undefined>>();

  constructor(host: OpenLogsHost) {
    this.#host = host;
  }

  get size(): number {
    return this.#actors.size;
  }

  /** Undefined where this relay has no such log. */
  open(log: LogId): Promise<LogActor | undefined> {
    const known = this.#actors.get(log);
    if (known) return known;
    const opening = this.#read(log);
    this.#actors.set(log, opening);
    const forget = (): void => {
      if (this.#actors.get(log) === opening) this.#actors.delete(log);
    };
    opening.then((actor) => {
      if (!actor) forget();
    }, forget);
    return opening;
  }

  async #read(log: LogId): Promise<LogActor | undefined> {
    const { committer, members, ports } = this.#host;
    // A log that was lost may still have a transaction under way.
    await committer.afterCurrent();
    const opened = await openState(ports.store, log);
    if (!opened) return undefined;
    members.setFiles(log, await ports.store.fileBytes(log));
    const actor = this.#actor(opened.state, opened.keySeed, opened.staging);
    if (!opened.staging) this.#grew(actor);
    return actor;
  }

  /** A log that begins here: founded, or with the first piece of one that moves here. */
  begin(state: LogState, keySeed: Uint8Array, staging?: Staging): LogActor {
    const actor = this.#actor(state, keySeed, staging);
    this.#actors.set(state.log, Promise.resolve(actor));
    return actor;
  }

  forget(log: LogId): void {
    this.#actors.delete(log);
  }

  /** Others may sign its new checkpoint too; nothing waits for them. */
  #grew(log: LogActor): void {
    const { ports } = this.#host;
    ports.witnesses?.grew(log);
    ports.stamps?.grew(log);
  }

  #actor(state: LogState, keySeed: Uint8Array, staging?: Staging): LogActor {
    const { committer, members, now, log: logger, meter, reserved } = this.#host;
    const { store, turn, name } = this.#host.ports;
    return new LogActor(
      {
        ...{ store, turn, name, now, committer },
        limits: members,
        reserved: (logKey) => {
          const seed = reserved(logKey);
          return seed && { seed, signer: checkpointSigner(name, state.log, seed) };
        },
        onAccepted: (entries, bytes) => meter.accepted(entries, bytes),
        onGrown: (log) => this.#grew(log),
        onLost: (log, problem) => {
          this.#actors.delete(log);
          logger.error("log-lost", problem, { log: logger.tag(log) });
        },
      },
      state,
      checkpointSigner(name, state.log, keySeed),
      staging,
    );
  }

  /** Logs that nobody uses are dropped, the longest unused first. */
  forgetIdle(): void {
    if (this.#actors.size <= IDLE_LOGS) return;
    for (const [log, opening] of this.#actors) {
      if (this.#actors.size <= IDLE_LOGS) return;
      void opening.then((actor) => {
        if (actor?.isIdle === true && this.#actors.size > IDLE_LOGS) this.#actors.delete(log);
      });
    }
  }

  /** Resolves when all that came so far has its places. */
  async settled(): Promise<void> {
    for (const opening of this.#actors.values()) await opening.then((actor) => actor?.settled()).catch(() => undefined);
  }
}
