import { idBytes } from "@countersign/shared/base/bytes";
import type { Hex32, LogId, MemberId } from "@countersign/shared/base/ids";
import { err, type Result } from "@countersign/shared/base/result";
import type { Charter } from "@countersign/shared/charter/state";
import type { Position } from "@countersign/shared/charter/types";
import { authorPartId, ENTRY_KIND, type AuthorPart } from "@countersign/shared/entry/header";
import { openCheckpoint } from "@countersign/shared/log/checkpoint";
import { originOf } from "@countersign/shared/log/origin";
import type { PushEntry, RestoreMessage, WireCode } from "@countersign/shared/wire/messages";
import type { StampedNote } from "../stamp/desk.ts";
import type { Write } from "../store/store.ts";
import type { ActorPorts, Attached, CheckpointSigner, Receipt } from "./actor-ports.ts";
import { refusedWith, type Admitted } from "./admit.ts";
import { checkAll } from "./check.ts";
import { Checkpoints } from "./checkpoints.ts";
import type { Flushable } from "./committer.ts";
import { LogHead } from "./head.ts";
import { MovingIn } from "./moving-in.ts";
import { Pushes } from "./pushes.ts";
import { checkLost, restore, type CheckedLost, type Restored } from "./restore.ts";
import type { Grant, Speaker } from "./rights.ts";
import { Served } from "./served.ts";
import type { Staging } from "./stage.ts";
import type { LogState } from "./state.ts";
import { Unwritten } from "./unwritten.ts";

/**
 * The state machine of one log: takes what is sent one after another (`Pushes`, `MovingIn`), and tells of it only when it is durable. It knows
 * neither sockets nor clocks of its own, so the simulator runs the very same.
 */
export class LogActor implements Flushable {
  readonly log: LogId;
  /** What connections read of it. */
  readonly served: Served;
  readonly #ports: ActorPorts;
  readonly #unwritten: Unwritten;
  readonly #head: LogHead;
  readonly #pushes: Pushes;
  readonly #moving: MovingIn;
  readonly #checkpoints: Checkpoints;
  readonly #attached = new Set<Attached>();
  #queue: Promise<void> = Promise.resolve();
  #jobs = 0;
  #lost = false;

  constructor(ports: ActorPorts, state: LogState, signer: CheckpointSigner, staging?: Staging) {
    this.log = state.log;
    this.#ports = ports;
    this.#unwritten = new Unwritten(state.log);
    this.#head = new LogHead(ports, state, signer, this.#unwritten);
    this.#moving = new MovingIn(ports, this.#head, staging);
    this.#pushes = new Pushes(ports, this.#head, () => !this.#moving.isStaged && !this.#head.hasMovedAway);
    this.#checkpoints = new Checkpoints(ports.store, this.#head);
    this.served = new Served(ports, this.#head, this.#checkpoints, this.#moving);
  }

  /** The key that signs its checkpoints here, or will. */
  get logKey(): Hex32 {
    return this.#head.signer.publicKey;
  }

  get charter(): Charter {
    return this.#head.charter;
  }

  /** Whether nobody uses it, so that it may be dropped and read again later. */
  get isIdle(): boolean {
    return this.#attached.size === 0 && this.#jobs === 0 && this.#unwritten.isEmpty;
  }

  /** Now, as a place: what an entry would get that came now. */
  here(): Position {
    return this.#head.here();
  }

  bytesOf(member: MemberId): number {
    return this.#head.bytesOf(member);
  }

  get isStaged(): boolean {
    return this.#moving.isStaged;
  }

  /** What whoever moves the log here is told of it; undefined where it is here. */
  get stage(): MovingIn["stage"] {
    return this.#moving.stage;
  }

  /** Whether a relay that its charter names signed the checkpoint under which it came so far. */
  get isStageSure(): boolean {
    return this.#moving.isSure;
  }

  attach(who: Attached): () => void {
    this.#attached.add(who);
    return () => this.#attached.delete(who);
  }

  // ------------------------------------------------------------------------------------------------------------- taking

  /**
   * Takes a push. The answer comes when what was taken is durable; with a lost log it never comes, and the connection ends.
   * @returns when its entries have their places or were refused
   */
  push(grant: Grant, entries: readonly PushEntry[], answer: (receipt: Receipt) => void): Promise<void> {
    const checked = this.#pushes.check(grant, entries);
    checked.catch(() => undefined);
    return this.#enqueue(async () => {
      const ready = await checked;
      const acks = acksAmong(ready.flatMap(({ alone }) => (alone?.ok ? [alone.value] : [])));
      // Read in turn, since what a bundle lacks changes with each that is taken.
      if (acks.length > 0) await this.#head.bundles.prepare(acks);
      if (!this.#lost) this.#finish(this.#pushes.take(grant, ready), answer);
    });
  }

  /** The founding entry, checked by the hub, and what came after it in the same push. */
  found(admitted: Admitted, entries: readonly PushEntry[], keySeed: Uint8Array, grant: Grant, answer: (receipt: Receipt) => void): void {
    const [first, ...rest] = entries;
    if (!first) return;
    void this.#enqueue(async () => {
      const ready = await this.#pushes.check(grant, rest);
      const at = this.here();
      this.#unwritten.add({ t: "log", log: this.log, keySeed, time: at.time });
      this.#head.append(admitted, first, authorPartId(first.a), at);
      const more = this.#pushes.take(grant, ready);
      this.#finish({ n: [at.seq, ...more.n], ...(more.error ? { error: { ...more.error, at: more.error.at + 1 } } : {}) }, answer);
    });
  }

  /** Takes back entries that the store lost, all of a message or none (rule C8b). Other pushes wait their turn meanwhile. */
  restore(grant: Grant, message: RestoreMessage, answer: (receipt: Receipt) => void): Promise<void> {
    return this.#takeBack(grant, message, answer, (copy, alone) => {
      if (this.isStaged) return err("restore");
      const checkpoint = openCheckpoint(message.note, originOf(this.#ports.name, this.log), idBytes(this.logKey));
      if (!checkpoint.ok) return err("restore");
      const { from, proof } = message;
      return restore(copy, alone, { from, proof, checkpoint: checkpoint.value, now: this.#ports.now() });
    });
  }

  /** Takes a piece of a log that moves here, under the checkpoint of the relay that it comes from (rule C8d). */
  bring(who: Speaker, message: RestoreMessage, answer: (receipt: Receipt) => void): Promise<void> {
    return this.#takeBack(who, message, answer, (copy, alone) => this.#moving.bring(copy, alone, message));
  }

  #takeBack(
    who: Speaker,
    message: RestoreMessage,
    answer: (receipt: Receipt) => void,
    judge: (copy: LogState, alone: readonly CheckedLost[]) => Result<readonly Restored[], WireCode>,
  ): Promise<void> {
    const { limits } = this.#ports;
    const { bundles } = this.#head;
    const isWithin = message.entries.every(({ a, b }) => limits.withinRate(this.log, who, { a, b: b ?? new Uint8Array() }));
    const checked = isWithin ? checkLost(message.entries, who.as === "move") : Promise.resolve(err<WireCode>("rate"));
    return this.#enqueue(async () => {
      const alone = await checked;
      const acks = alone.ok ? acksAmong(alone.value.map((c) => c.author)) : [];
      await bundles.prepare(acks);
      if (this.#lost) return;
      const copy = this.#head.state.clone();
      const isOrphan = acks.some((ack) => !bundles.isOfBundle(ack));
      const back = !alone.ok ? alone : isOrphan ? err<WireCode>("restore") : judge(copy, alone.value);
      if (back.ok) this.#moving.keep(copy, back.value);
      this.#finish(back.ok ? { n: back.value.map((r) => r.entry.seq) } : refusedWith(back.error), answer);
    });
  }

  /**
   * Statements that move the log here, where the relay that it comes from is gone (rule C8e). If the move stands with them the log is founded
   * here; else they are kept as they are for the parent whose consent is wanting.
   */
  offer(who: Speaker, entries: readonly PushEntry[], answer: (receipt: Receipt) => void): Promise<void> {
    const checked = checkAll(entries, {
      seen: () => Promise.resolve(undefined),
      withinRate: (entry) => this.#ports.limits.withinRate(this.log, who, entry),
    });
    checked.catch(() => undefined);
    return this.#enqueue(async () => {
      const done = this.#moving.offer(await checked);
      this.#finish(done.ok ? { n: [...done.value] } : refusedWith(done.error), answer);
    });
  }

  /** Resolves when every push that came so far has its places, which are not durable yet. */
  settled(): Promise<void> {
    return this.#queue;
  }

  #enqueue(job: () => Promise<void>): Promise<void> {
    this.#jobs++;
    this.#queue = this.#queue
      .then(() => (this.#lost ? undefined : job()))
      .catch((problem: unknown) => this.#lose(problem))
      .finally(() => {
        this.#jobs--;
      });
    return this.#queue;
  }

  #finish(receipt: Receipt, answer: (receipt: Receipt) => void): void {
    this.#unwritten.answer(receipt, answer);
    this.#ports.committer.add(this);
  }

  // ------------------------------------------------------------------------------------------------- around each commit

  take(): readonly Write[] {
    const { writes, flush } = this.#unwritten.take();
    if (flush.entries.length > 0) this.#checkpoints.begin(!this.#moving.isUnsigned);
    return writes;
  }

  ready(): Promise<void> {
    return this.#checkpoints.ready();
  }

  committed(): void {
    const done = this.#unwritten.ended();
    if (!done || this.#lost) return;
    this.#unwritten.forget(done);
    if (done.arrives) this.#moving.arrived();
    if (done.entries.length > 0) this.#checkpoints.committed();
    this.served.keep(done);
    const { entries } = done;
    const bytes = entries.reduce((sum, e) => sum + e.bodyLength, 0);
    if (entries.length > 0) this.#ports.onAccepted(entries.length, bytes);
    for (const { receipt, answer } of done.receipts) answer(receipt);
    if (this.#head.hasNewCharter()) for (const who of [...this.#attached]) who.onCharter();
    if (entries.length === 0) return;
    if (!this.isStaged) this.#ports.onGrown?.(this);
    this.served.beginRound();
    this.#tellGrown();
  }

  #tellGrown(): void {
    for (const who of [...this.#attached]) who.onGrown();
  }

  failed(): void {
    this.#lose(undefined);
  }

  /** What is in memory is ahead of the store and cannot be made true: everybody begins again from what is durable. */
  #lose(problem: unknown): void {
    if (this.#lost) return;
    this.#lost = true;
    // Whoever reads the log anew must not meet what this one had still to write.
    this.#unwritten.discard();
    this.#ports.onLost(this.log, problem);
    this.#endAll();
  }

  /** What was begun of it goes: nothing that it had still to write is written. */
  discard(): void {
    this.#lost = true;
    this.#unwritten.discard();
    this.#endAll();
  }

  #endAll(): void {
    for (const who of [...this.#attached]) who.onLost();
    this.#attached.clear();
  }

  // ------------------------------------------------------------------------------------- what others sign over its end

  freshNote(): string | null {
    return this.served.freshNote();
  }

  verifierKey(): string {
    return this.#head.signer.verifierKey;
  }

  consistency(from: number, size: number): Promise<readonly Uint8Array[] | undefined> {
    return this.#checkpoints.consistency(from, size);
  }

  /** Witnesses have cosigned the note over the first `size` entries: whoever has come so far is told. */
  cosigned(text: string, size: number): void {
    this.#checkpoints.cosigned(text, size);
    this.#tellGrown();
  }

  /** A time-stamp authority has stamped a checkpoint: whoever is that far is told. */
  stamped(stamp: StampedNote): void {
    this.#checkpoints.stamped(stamp);
    this.#tellGrown();
  }
}

const acksAmong = (authors: readonly AuthorPart[]): readonly AuthorPart[] => authors.filter((a) => a.kind === ENTRY_KIND.ack);
