import { toId } from "../../base/bytes.ts";
import type { LogId } from "../../base/ids.ts";
import { err, ok, type Result } from "../../base/result.ts";
import { isRelayAddress, plainAddress } from "../../charter/relay-address.ts";
import type { LogKeyId } from "../../charter/types.ts";
import type { Branch } from "../../sync/branch.ts";
import { carryLog, type CarryProblem } from "../../sync/carry.ts";
import { withLine, type Line, type LineProblem, type Opened } from "../../sync/line.ts";
import { lookThere, type Found, type LookProblem } from "../../sync/look-there.ts";
import type { LogSession } from "../../sync/session.ts";
import type { PushEntry } from "../../wire/messages.ts";
import type { ActError } from "../answer.ts";
import type { RelayView } from "../people-view.ts";
import type { OpenLog, ReplicaCore } from "../core.ts";

function moveError({ code, wire }: CarryProblem | LookProblem): ActError {
  switch (code) {
    case "relay-unreachable":
    case "relay-busy":
    case "relay-version":
      return { code };
    case "relay-name":
    case "relay-key":
    case "other-history":
      return { code: "relay-other" };
    case "less-here":
      return { code: "less-here" };
    case "not-held":
      return { code: "not-all-here" };
    case "cancelled":
      return { code: "cancelled" };
    case "relay-refused":
      return { code: wire === "quota-member" ? "relay-full" : wire === "rate" || wire === "busy" ? "relay-busy" : "relay-refused" };
  }
}

/** How far a move has come, in entries. */
export interface MoveProgress {
  readonly done: number;
  readonly of: number;
}

/** Talking to a relay that a log is not at (yet), and bringing it there: how far that is, and whether it was stopped. */
export class MoveLine {
  readonly #core: ReplicaCore;
  readonly #running = new Map<LogId, MoveProgress>();
  readonly #cancelled = new Set<string>();
  /** Other histories that were read: what waits elsewhere is looked at twice a minute, and reading one verifies a log from its beginning. */
  readonly #branches = new Map<LogId, Branch>();

  constructor(core: ReplicaCore) {
    this.#core = core;
  }

  forget(): void {
    this.#running.clear();
    this.#branches.clear();
  }

  // ---------------------------------------------------------------------------------------------- what is under way

  get isRunning(): boolean {
    return this.#running.size > 0;
  }

  /** How far the move of a log is that goes on by itself just now. */
  running(log: LogId): MoveProgress | undefined {
    return this.#running.get(log);
  }

  begin({ log, state }: LogSession): void {
    this.#running.set(log, { done: 0, of: state.tail.size });
  }

  end(log: LogId): void {
    this.#running.delete(log);
  }

  cancel(job: string): void {
    this.#cancelled.add(job);
  }

  /** A job is asked for anew. */
  allow(job: string): void {
    this.#cancelled.delete(job);
  }

  // ------------------------------------------------------------------------------------------------------- talking

  /** Whether a relay is there, and who it says it is. */
  async check(typed: string): Promise<Result<RelayView, ActError>> {
    const open = this.#core.personal;
    const address = plainAddress(typed.trim());
    if (!open) return err({ code: "locked" });
    if (!isRelayAddress(address)) return err({ code: "relay-address" });
    return this.#onLine(open.session, address, (_line, { welcome, name }) =>
      Promise.resolve(ok({ address, name, isHere: welcome.stage === undefined })),
    );
  }

  /** The key that a relay will sign this log's checkpoints with. */
  async reserve(session: LogSession, address: string): Promise<Result<LogKeyId, ActError>> {
    const reserved = await this.#onLine(session, address, (line) => line.reserve());
    return reserved.ok ? ok(toId<LogKeyId>(reserved.value)) : reserved;
  }

  /** Pushes a statement to a relay to which this log is being moved. */
  async say(session: LogSession, address: string, statement: PushEntry): Promise<Result<void, ActError>> {
    const said = await this.#onLine(session, address, (line) => line.push([statement]));
    if (!said.ok) return said;
    const { error } = said.value;
    return error ? err(moveError({ code: error.retry ? "relay-busy" : "relay-refused", wire: error.code })) : ok(undefined);
  }

  /** What a relay has of this log. */
  async look({ session }: OpenLog, address: string, relayName?: string): Promise<Result<Found, ActError>> {
    const { rows } = this.#core;
    if (!rows) return err({ code: "locked" });
    const known = this.#branches.get(session.log);
    const found = await lookThere({
      ...{ log: session.log, ports: this.#core.deps.ports, rows, state: session.state, address },
      ...{ signIn: session.signIn(), keys: session.signKeys },
      ...(relayName === undefined ? {} : { relayName }),
      ...(known ? { known } : {}),
    });
    if (found.ok && found.value.state === "forked") this.#branches.set(session.log, found.value.branch);
    return found.ok ? found : err(moveError(found.error));
  }

  /** Brings a log to a relay; see `carryLog`. */
  async carry(
    open: OpenLog,
    to: { readonly address: string; readonly relayName?: string; readonly logKey?: LogKeyId },
    job: string,
    statements?: (relay: { readonly name: string; readonly logKey: LogKeyId }) => readonly PushEntry[],
  ): Promise<Result<{ readonly state: "here" | "offered"; readonly name: string }, ActError>> {
    const { session } = open;
    const rows = this.#core.rows;
    if (!rows) return err({ code: "locked" });
    const done = await carryLog({
      ...{ log: session.log, ports: this.#core.deps.ports, rows, keys: session.signKeys, verified: session.state.tail.verified },
      ...to,
      ...(statements ? { statements } : {}),
      onProgress: (at, of) => {
        if (this.#running.has(session.log)) this.#running.set(session.log, { done: at, of });
        this.#core.tell({ topic: "progress", job, done: at, of });
        this.#core.tell({ topic: "households" });
      },
      isCancelled: () => this.#cancelled.has(job) || this.#core.logs.get(session.log) !== open,
    });
    return done.ok ? done : err(moveError(done.error));
  }

  async #onLine<T>(
    session: LogSession,
    address: string,
    talk: (line: Line, opened: Opened) => Promise<Result<T, LineProblem>>,
  ): Promise<Result<T, ActError>> {
    const { publicKey, secretKey } = session.signKeys;
    const done = await withLine(this.#core.deps.ports, { address, log: session.log, as: "move", publicKey, secretKey }, talk);
    return done.ok ? done : err(moveError(done.error));
  }
}
