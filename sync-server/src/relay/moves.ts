import { toId } from "@countersign/shared/base/bytes";
import type { Hex32, LogId, Millis } from "@countersign/shared/base/ids";
import { err, ok, type Result } from "@countersign/shared/base/result";
import { parseRelayPart } from "@countersign/shared/entry/header";
import { signKeyPair } from "@countersign/shared/crypto/sign";
import type { RandomBytes } from "@countersign/shared/crypto/random";
import type { PushEntry, RestoreMessage, WireCode } from "@countersign/shared/wire/messages";
import type { Receipt } from "../log/actor-ports.ts";
import type { LogActor } from "../log/actor.ts";
import { admitFounding, refusedWith } from "../log/admit.ts";
import type { Committer } from "../log/committer.ts";
import type { Speaker } from "../log/rights.ts";
import { newStaging, STAGE_LIFE, stageOf } from "../log/stage.ts";
import { LogState } from "../log/state.ts";
import type { RelayStore, Write } from "../store/store.ts";
import type { OpenLogs } from "./open-logs.ts";

/** What moving logs here needs of the relay around it. */
export interface MovesHost {
  readonly store: RelayStore;
  readonly committer: Committer;
  readonly random: RandomBytes;
  readonly now: () => Millis;
  /** Logs that may be on their way here together. */
  readonly most: number;
  readonly logs: OpenLogs;
}

type Answer = (receipt: Receipt) => void;

/** Logs that move to this relay (rules C8d, C8e), from the key that is kept for them to the moment at which they are founded here. */
export class Moves {
  readonly #host: MovesHost;
  /** What makes a log out of nothing, or nothing out of one, is done one after another. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(host: MovesHost) {
    this.#host = host;
  }

  /**
   * The key that will sign the log's checkpoints if it comes here: the same for whoever asks, kept over restarts as long as a move may wait.
   * @param mayBegin asked where the log is not known yet, since a stranger may ask too
   */
  async reserve(log: LogId, mayBegin: () => boolean): Promise<Result<Hex32, "rate" | "log-exists">> {
    const actor = await this.#host.logs.open(log);
    if (actor) return actor.stage ? ok(actor.logKey) : err("log-exists");
    const seed = await this.#alone(async () => {
      const record = await this.#host.store.log(log);
      if (record) return record.keySeed;
      if (!mayBegin() || (await this.#host.store.stages()).length >= this.#host.most) return undefined;
      const keySeed = this.#host.random(32);
      await this.#host.committer.write([this.#begin(log, keySeed)]);
      return keySeed;
    });
    return seed ? ok(toId<Hex32>(signKeyPair(seed).publicKey)) : err("rate");
  }

  /** @param onActor told who takes the piece, before it does: if that is lost no answer comes */
  async bring(
    who: Speaker & { as: "move" },
    log: LogId,
    message: RestoreMessage,
    answer: Answer,
    onActor: (actor: LogActor) => void,
  ): Promise<void> {
    const actor = await this.#alone(async () => (await this.#begun(log, message)) ?? (await this.#first(log, message)));
    if (typeof actor === "string") {
      answer(refusedWith(actor));
      return;
    }
    onActor(actor);
    await actor.bring(who, message, answer);
    // Its first piece was refused: nothing of it is here.
    if (actor.here().seq === 0) this.#host.logs.forget(log);
  }

  async offer(who: Speaker & { as: "move" }, log: LogId, entries: readonly PushEntry[], answer: Answer): Promise<void> {
    const actor = await this.#host.logs.open(log);
    if (actor) await actor.offer(who, entries, answer);
    else answer(refusedWith("no-such-log"));
  }

  /** What was begun and not brought to an end is discarded; what the relay had before is not. */
  async expire(): Promise<void> {
    for (const { log, touched, floor } of await this.#host.store.stages())
      if (floor === 0 && touched + STAGE_LIFE < this.#host.now()) await this.#alone(() => this.#discard(log, []));
  }

  #alone<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => undefined);
    return done;
  }

  /** The log as far as it is here. Where that was not proven yet, whoever begins anew may. */
  async #begun(log: LogId, message: RestoreMessage): Promise<LogActor | undefined> {
    const actor = await this.#host.logs.open(log);
    const isAnew = message.from === 0 && actor?.stage?.floor === 0 && actor.here().seq > 0 && !actor.isStageSure;
    if (!isAnew) return actor;
    const record = await this.#host.store.log(log);
    if (record) await this.#discard(log, [this.#begin(log, record.keySeed)]);
    return undefined;
  }

  async #discard(log: LogId, then: readonly Write[]): Promise<void> {
    const actor = await this.#host.logs.open(log);
    actor?.discard();
    this.#host.logs.forget(log);
    await this.#host.committer.write([{ t: "unstage", log }, ...then]);
  }

  /** The first piece begins with the founding statement, whose hash is the log's id. */
  async #first(log: LogId, message: RestoreMessage): Promise<LogActor | WireCode> {
    const record = await this.#host.store.log(log);
    const [first] = message.entries;
    if (!record?.stage) return "reserve-first";
    const part = first && parseRelayPart(first.r);
    if (message.from !== 0 || !first || first.b === null || !part?.ok) return "restore";
    const founding = await admitFounding(undefined, first.a, first.b, { seq: 0, time: part.value.time });
    if (!founding.ok) return founding.error;
    if (founding.value.charter.log !== log) return "wrong-log";
    return this.#host.logs.begin(LogState.founded(founding.value.charter), record.keySeed, newStaging());
  }

  #begin(log: LogId, keySeed: Uint8Array): Write {
    return { t: "stage", log, keySeed, stage: stageOf(newStaging(), this.#host.now()) };
  }
}
