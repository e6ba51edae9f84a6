import type { Millis } from "@countersign/shared/base/ids";
import { CLOSE } from "@countersign/shared/wire/messages";
import type { LogActor } from "../log/actor.ts";
import { Committer } from "../log/committer.ts";
import { stillHolds } from "../log/rights.ts";
import { Admission } from "./admission.ts";
import { Founding } from "./founding.ts";
import { DEFAULT_LIMITS, type RelayLimits } from "./limits.ts";
import type { RelayPeer } from "./link.ts";
import { Mail } from "./mail.ts";
import { Moves } from "./moves.ts";
import { OpenLogs } from "./open-logs.ts";
import { NO_METER, RelayTime, SILENT_LOG, type RelayLog, type RelayMeter, type RelayPorts } from "./ports.ts";
import { MemberLimits } from "./push-limits.ts";
import { Reservations } from "./reservations.ts";
import { Session } from "./session.ts";
import type { SessionHost } from "./session-host.ts";
import { Tokens, type Access } from "./tokens.ts";

/** One connection, as the transport under it sees it. */
export interface RelayConnection {
  /** Bytes from the client. */
  send(bytes: Uint8Array): void;
  /** A sign of life below the protocol. */
  alive(): void;
  /** What was sent has left. */
  drained(): void;
  /** The client is gone. */
  close(): void;
}

export interface Relay {
  readonly name: string;
  readonly limits: RelayLimits;
  /** A new connection. The relay speaks first, after this has returned. */
  connect(peer: RelayPeer): RelayConnection;
  /** What the bearer of a token may speak as now; undefined also for a member who was removed since. */
  access(token: string): Promise<{ readonly access: Access; readonly actor: LogActor } | undefined>;
  readonly members: MemberLimits;
  readonly committer: Committer;
  readonly now: () => Millis;
  /** Connections, logs in memory, live tokens. */
  counts(): { readonly connections: number; readonly logs: number; readonly tokens: number };
  /** Closes every connection and resolves when all that was taken is durable. */
  stop(): Promise<void>;
}

/** How often mail is looked through for what has outlived its time. */
const SWEEP = 600_000;

/** The relay without sockets: everything that it does, over the ports that it is given. `initCrypto` has resolved before. */
export async function createRelay(ports: RelayPorts): Promise<Relay> {
  const limits: RelayLimits = { ...DEFAULT_LIMITS, ...ports.limits };
  const time = new RelayTime(ports.clock, await ports.store.lastTime());
  return new Hub(ports, limits, time).relay();
}

class Hub implements SessionHost {
  readonly ports: RelayPorts;
  readonly limits: RelayLimits;
  readonly now: () => Millis;
  readonly tokens: Tokens;
  readonly mail: Mail;
  readonly log: RelayLog;
  readonly meter: RelayMeter;
  readonly admission: Admission;
  readonly founding: Founding;
  readonly logs: OpenLogs;
  readonly moves: Moves;
  readonly #committer: Committer;
  readonly #members: MemberLimits;
  #stopped = false;
  #stopSweep: () => void = () => undefined;

  constructor(ports: RelayPorts, limits: RelayLimits, time: RelayTime) {
    const { store, random, clock, turn, name } = ports;
    this.ports = ports;
    this.limits = limits;
    this.now = () => time.now();
    this.log = ports.log ?? SILENT_LOG;
    this.meter = ports.meter ?? NO_METER;
    const { now, log, meter } = this;
    const committer = new Committer({ store, turn, time: now, onFailure: (problem) => log.error("commit-failed", problem) });
    const members = new MemberLimits(limits, now);
    const reservations = new Reservations(random, limits.reservationLife, limits.reservations);
    this.#committer = committer;
    this.#members = members;
    this.tokens = new Tokens(random, clock);
    this.mail = new Mail({ store, committer, limits, now });
    this.admission = new Admission(limits, now);
    this.logs = new OpenLogs({ ports, committer, members, now, log, meter, reserved: (logKey) => reservations.find(logKey) });
    this.founding = new Founding(name, this.logs, reservations, now);
    this.moves = new Moves({ store, committer, random, now, most: limits.stages, logs: this.logs });
    this.#sweep();
  }

  relay(): Relay {
    return {
      name: this.ports.name,
      limits: this.limits,
      connect: (peer) => this.#connect(peer),
      access: (token) => this.#access(token),
      members: this.#members,
      committer: this.#committer,
      now: this.now,
      counts: () => ({ connections: this.admission.size, logs: this.logs.size, tokens: this.tokens.size }),
      stop: () => this.#stop(),
    };
  }

  #connect(peer: RelayPeer): RelayConnection {
    const session = new Session(this, peer);
    const refusal = this.#stopped ? CLOSE.goingAway : this.admission.enter(session);
    queueMicrotask(() => {
      if (refusal !== undefined) session.close(refusal);
      else if (!session.isClosed) session.greet();
    });
    return {
      send: (bytes) => session.receive(bytes),
      alive: () => session.alive(),
      drained: () => session.drained(),
      close: () => session.close(CLOSE.goingAway),
    };
  }

  async #access(token: string): ReturnType<Relay["access"]> {
    const access = this.tokens.find(token);
    const actor = access && (await this.logs.open(access.log));
    return access && actor && stillHolds(actor.charter, access.grant, actor.here()) ? { access, actor } : undefined;
  }

  #sweep(): void {
    this.#stopSweep = this.ports.clock.after(SWEEP, () => {
      this.mail.expire().catch((problem: unknown) => this.log.error("mail-expire-failed", problem));
      this.moves.expire().catch((problem: unknown) => this.log.error("stage-expire-failed", problem));
      this.#sweep();
    });
  }

  async #stop(): Promise<void> {
    this.#stopped = true;
    await this.logs.settled();
    await Promise.all([this.ports.witnesses?.stop(), this.ports.stamps?.stop()]);
    this.#stopSweep();
    await this.#committer.idle();
    for (const session of this.admission.sessions()) session.close(CLOSE.goingAway);
    await this.#committer.idle();
  }
}
