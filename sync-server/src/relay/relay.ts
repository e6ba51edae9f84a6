import type { Hex32, LogId, MemberId, Millis } from "@countersign/shared/base/ids";
import { CLOSE, type ClientMessage, type WireCode } from "@countersign/shared/wire/messages";
import { LogActor } from "../log/actor.ts";
import { admitFounding, foundingOf, refusedWith } from "../log/admit.ts";
import { Committer } from "../log/committer.ts";
import { checkpointSigner, openState } from "../log/open.ts";
import { grantOf, stillHolds, type Grant } from "../log/rights.ts";
import type { Staging } from "../log/stage.ts";
import { LogState } from "../log/state.ts";
import { Admission } from "./admission.ts";
import { DEFAULT_LIMITS, type RelayLimits } from "./limits.ts";
import { Mail } from "./mail.ts";
import { NO_METER, RelayTime, SILENT_LOG, type RelayLog, type RelayMeter, type RelayPorts } from "./ports.ts";
import { Moves } from "./moves.ts";
import { MemberLimits } from "./push-limits.ts";
import { Reservations } from "./reservations.ts";
import type { RelayPeer } from "./link.ts";
import { Session, type SessionHost } from "./session.ts";
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

/** Logs that nobody uses and that stay in memory all the same. */
const IDLE_LOGS = 512;
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
  readonly #committer: Committer;
  readonly #reservations: Reservations;
  readonly #members: MemberLimits;
  readonly #admission: Admission;
  readonly moves: Moves;
  readonly #actors = new Map<LogId, Promise<LogActor | undefined>>();
  #stopped = false;
  #stopSweep: () => void = () => undefined;

  constructor(ports: RelayPorts, limits: RelayLimits, time: RelayTime) {
    this.ports = ports;
    this.limits = limits;
    this.now = () => time.now();
    this.log = ports.log ?? SILENT_LOG;
    this.meter = ports.meter ?? NO_METER;
    this.#committer = new Committer({
      store: ports.store,
      turn: ports.turn,
      time: this.now,
      onFailure: (problem) => this.log.error("commit-failed", problem),
    });
    this.tokens = new Tokens(ports.random, ports.clock);
    this.mail = new Mail({ store: ports.store, committer: this.#committer, limits, now: this.now });
    this.#reservations = new Reservations(ports.random, limits.reservationLife, limits.reservations);
    this.#members = new MemberLimits(limits, this.now);
    this.#admission = new Admission(limits, this.now);
    this.moves = new Moves({
      ...{ store: ports.store, committer: this.#committer, random: ports.random, now: this.now, most: limits.stages },
      open: (log) => this.open(log),
      make: (state, seed, staging) => this.#actor(state, seed, staging),
      set: (log, actor) => void this.#actors.set(log, Promise.resolve(actor)),
      forget: (log) => void this.#actors.delete(log),
    });
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
      counts: () => ({ connections: this.#admission.size, logs: this.#actors.size, tokens: this.tokens.size }),
      stop: () => this.#stop(),
    };
  }

  // ------------------------------------------------------------------------------------------------------- connections

  #connect(peer: RelayPeer): RelayConnection {
    const session = new Session(this, peer);
    const refusal = this.#stopped ? CLOSE.goingAway : this.#admission.enter(session);
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

  signedIn(session: Session, key: Hex32, log: LogId | null): void {
    this.#admission.signedIn(session, `${log ?? ""}/${key}`);
  }

  ended(session: Session): void {
    this.#admission.leave(session);
    this.#forgetIdle();
  }

  mayFrame(key: Hex32): boolean {
    return this.#admission.mayFrame(key);
  }

  mayMail(session: Session, bytes: number): boolean {
    return this.#admission.mayMail(session, bytes);
  }

  mayFound(session: Session): boolean {
    return this.#admission.mayFound(session);
  }

  logsOfRecoveryKey(key: Hex32): Promise<readonly LogId[]> {
    return this.ports.store.logsOfRecoveryKey(key);
  }

  // -------------------------------------------------------------------------------------------------------------- logs

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
    // A log that was lost may still have a transaction under way.
    await this.#committer.afterCurrent();
    const opened = await openState(this.ports.store, log);
    if (!opened) return undefined;
    this.#members.setFiles(log, await this.ports.store.fileBytes(log));
    const actor = this.#actor(opened.state, opened.keySeed, opened.staging);
    if (!opened.staging) this.#grew(actor);
    return actor;
  }

  /** Others may sign its new checkpoint too; nothing waits for them. */
  #grew(log: LogActor): void {
    this.ports.witnesses?.grew(log);
    this.ports.stamps?.grew(log);
  }

  #actor(state: LogState, keySeed: Uint8Array, staging?: Staging): LogActor {
    const { store, turn, name } = this.ports;
    return new LogActor(
      {
        store,
        turn,
        name,
        now: this.now,
        committer: this.#committer,
        limits: this.#members,
        reserved: (logKey) => {
          const seed = this.#reservations.find(logKey);
          return seed && { seed, signer: checkpointSigner(name, state.log, seed) };
        },
        onAccepted: (entries, bytes) => this.meter.accepted(entries, bytes),
        onGrown: (log) => this.#grew(log),
        onLost: (log, problem) => {
          this.#actors.delete(log);
          this.log.error("log-lost", problem, { log: this.log.tag(log) });
        },
      },
      state,
      checkpointSigner(name, state.log, keySeed),
      staging,
    );
  }

  reserve(): Uint8Array | undefined {
    return this.#reservations.reserve(this.now());
  }

  /** A push on a `found` connection: its first entry founds the log; coming twice it gets its first receipt (L3). */
  async found(session: Session, push: Extract<ClientMessage, { t: "push" }>, signer: Hex32): Promise<void> {
    const [first] = push.entries;
    if (!first) return;
    const answer = (receipt: Parameters<Session["answer"]>[1]): void => session.answer(push.id, receipt);
    const refuse = (code: WireCode): void => answer(refusedWith(code));
    const at = { seq: 0, time: this.now() };
    const admitted = await admitFounding(signer, first.a, first.b, at);
    if (!admitted.ok) {
      refuse(admitted.error);
      return;
    }
    const founding = foundingOf(admitted.value);
    if (!founding) {
      refuse("not-writer");
      return;
    }
    const existing = await this.open(founding.log);
    if (existing) {
      // The same author part gets its receipt again; another over the same statement is told that the log is there.
      const grant = grantOf(existing.charter, "device", signer, existing.here());
      if (grant) {
        session.founded(existing, grant);
        void existing.push(grant, push.entries, answer);
      } else refuse("log-exists");
      return;
    }
    const seed = this.#reservations.find(founding.logKey);
    if (!seed || founding.relay !== this.ports.name) {
      refuse("reserve-first");
      return;
    }
    const actor = this.#actor(LogState.founded(admitted.value.charter), seed);
    // The founder's member id is the founding statement's, which is the log's.
    const grant: Grant = { as: "device", device: admitted.value.author.device, member: founding.log as Hex32 as MemberId };
    this.#actors.set(founding.log, Promise.resolve(actor));
    session.founded(actor, grant);
    actor.found(admitted.value, push.entries, seed, grant, (receipt) => {
      // Kept until now, so that a founding that was lost with its commit can be pushed again.
      this.#reservations.used(founding.logKey);
      answer(receipt);
    });
  }

  /** Logs that nobody uses are dropped, the longest unused first. */
  #forgetIdle(): void {
    if (this.#actors.size <= IDLE_LOGS) return;
    for (const [log, opening] of this.#actors) {
      if (this.#actors.size <= IDLE_LOGS) return;
      void opening.then((actor) => {
        if (actor?.isIdle === true && this.#actors.size > IDLE_LOGS) this.#actors.delete(log);
      });
    }
  }

  async #access(token: string): ReturnType<Relay["access"]> {
    const access = this.tokens.find(token);
    const actor = access && (await this.open(access.log));
    return access && actor && stillHolds(actor.charter, access.grant, actor.here()) ? { access, actor } : undefined;
  }

  // ---------------------------------------------------------------------------------------------------------- lifetime

  #sweep(): void {
    this.#stopSweep = this.ports.clock.after(SWEEP, () => {
      this.mail.expire().catch((problem: unknown) => this.log.error("mail-expire-failed", problem));
      this.moves.expire().catch((problem: unknown) => this.log.error("stage-expire-failed", problem));
      this.#sweep();
    });
  }

  async #stop(): Promise<void> {
    this.#stopped = true;
    for (const opening of this.#actors.values()) await opening.then((actor) => actor?.settled()).catch(() => undefined);
    await Promise.all([this.ports.witnesses?.stop(), this.ports.stamps?.stop()]);
    this.#stopSweep();
    await this.#committer.idle();
    for (const session of this.#admission.sessions()) session.close(CLOSE.goingAway);
    await this.#committer.idle();
  }
}
