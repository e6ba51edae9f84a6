import type { Hex32, LogId, MemberId, Millis } from "@countersign/shared/base/ids";
import type { EntryChannel } from "@countersign/shared/base/channels";
import { idBytes, toId } from "@countersign/shared/base/bytes";
import { err, ok, type Result } from "@countersign/shared/base/result";
import { originOf } from "@countersign/shared/log/origin";
import { authorPartId, ENTRY_KIND, type AuthorPart } from "@countersign/shared/entry/header";
import { everyone, parentsOf, proposals, recoveryKeyOf, relayNow } from "@countersign/shared/charter/query";
import type { Charter } from "@countersign/shared/charter/state";
import type { Position } from "@countersign/shared/charter/types";
import { MOST_OFFERED, type PushEntry, type RestoreMessage, type WireCode } from "@countersign/shared/wire/messages";
import { openCheckpoint, type Checkpoint } from "@countersign/shared/log/checkpoint";
import { makeConsistency, planConsistency } from "@countersign/shared/log/proof";
import type { PageItem, StoredEntry, Write } from "../store/store.ts";
import { admit, admitOld, mayRetry, refusedWith, type Admitted } from "./admit.ts";
import { checkAll, type Checked } from "./check.ts";
import { checkLost, restore, type CheckedLost, type RestoreClaim, type Restored } from "./restore.ts";
import { claimedCheckpoint, hasArrived, isSure, NO_STAGING, noteCounts, stageOf, withoutDropped, type Staging } from "./stage.ts";
import type { ActorPorts, Attached, CheckpointSigner, Receipt } from "./actor-ports.ts";
import type { Flushable } from "./committer.ts";
import type { Grant, Speaker } from "./rights.ts";
import { Bundles } from "./bundles.ts";
import { nodesFor } from "./nodes.ts";
import { Recent } from "./recent.ts";
import type { StampedNote } from "../stamp/desk.ts";
import type { Source } from "./reader.ts";
import { entryCost, type LogState } from "./state.ts";

/** The end of what is durable: what a checkpoint may be signed over. */
interface End {
  readonly size: number;
  readonly root: Uint8Array;
  readonly time: Millis;
}

interface Flushing {
  readonly end: End;
  readonly receipts: readonly Waiting[];
  readonly entries: readonly StoredEntry[];
  readonly ids: readonly Hex32[];
  /** The checkpoint over `end`, which is being signed while the store writes. It is shown to nobody before the commit. */
  readonly note: Promise<string | undefined>;
  readonly drops: boolean;
  readonly arrives: boolean;
}

interface Waiting {
  readonly receipt: Receipt;
  readonly answer: (receipt: Receipt) => void;
}

/**
 * The state machine of one log: takes pushes one after another, gives places, and tells of them only when they are durable. It knows neither
 * sockets nor clocks of its own, so the simulator runs the very same.
 */
export class LogActor implements Flushable, Source {
  readonly log: LogId;
  readonly #ports: ActorPorts;
  #state: LogState;
  readonly #attached = new Set<Attached>();
  readonly #bundles: Bundles;
  #recent = new Recent();
  readonly #frames = new Map<string, Uint8Array>();
  #signer: CheckpointSigner;
  #queue: Promise<void> = Promise.resolve();
  #jobs = 0;
  #end: End;
  #note: { readonly size: number; readonly text: string } | undefined;
  #signed: { readonly size: number; readonly text: string } | undefined;
  #cosigned: { readonly size: number; readonly text: string } | undefined;
  #stamp: StampedNote | undefined;
  #lost = false;
  #charterGrew = false;
  #inRound = false;
  /** Entries that are not durable yet, by the hash of their author part (rule L3). */
  #fresh = new Map<Hex32, number>();
  #writes: Write[] = [];
  #receipts: Waiting[] = [];
  #flushing: Flushing | undefined;
  /** It is being moved here (rule C8d); with `#arriving` it is founded as soon as what waits is durable. */
  #staging: Staging | undefined;
  #arriving = false;

  constructor(ports: ActorPorts, state: LogState, signer: CheckpointSigner, staging?: Staging) {
    this.#staging = staging;
    this.log = state.log;
    this.#ports = ports;
    this.#state = state;
    this.#signer = signer;
    this.#bundles = new Bundles(state.log, ports.store);
    this.#end = this.#endNow();
  }

  /** The key that signs its checkpoints here, or will. */
  get logKey(): Hex32 {
    return this.#signer.publicKey;
  }

  /** What was begun of it goes: nothing that it had still to write is written. */
  discard(): void {
    this.#lost = true;
    this.#writes = [];
    this.#receipts = [];
    for (const who of [...this.#attached]) who.onLost();
    this.#attached.clear();
  }

  get charter(): Charter {
    return this.#state.charter;
  }

  /** Whether nobody uses it, so that it may be dropped and read again later. */
  get isIdle(): boolean {
    return (
      this.#attached.size === 0 &&
      this.#jobs === 0 &&
      this.#writes.length === 0 &&
      this.#flushing === undefined &&
      this.#receipts.length === 0
    );
  }

  /** Now, as a place: what an entry would get that came now. */
  here(): Position {
    return this.#state.next(this.#ports.now());
  }

  /** Resolves when every push that came so far has its places, which are not durable yet. */
  settled(): Promise<void> {
    return this.#queue;
  }

  bytesOf(member: MemberId): number {
    return this.#state.bytesOf(member);
  }

  attach(who: Attached): () => void {
    this.#attached.add(who);
    return () => this.#attached.delete(who);
  }

  // ------------------------------------------------------------------------------------------------------------ pushing

  /**
   * Takes a push. The answer comes when what was taken is durable; with a lost log it never comes, and the connection ends.
   * @returns when its entries have their places or were refused
   */
  push(grant: Grant, entries: readonly PushEntry[], answer: (receipt: Receipt) => void): Promise<void> {
    // Looked at as soon as they come, while those before them wait for their place.
    const checked = this.#check(grant, entries);
    checked.catch(() => undefined);
    return this.#enqueue(async () => {
      const ready = await checked;
      const acks = acksAmong(ready.flatMap(({ alone }) => (alone?.ok ? [alone.value] : [])));
      // Read in turn, since what a bundle lacks changes with each that is taken.
      if (acks.length > 0) await this.#bundles.prepare(acks);
      if (!this.#lost) this.#finish(this.#take(grant, ready), answer);
    });
  }

  /** Takes back entries that the store lost, all of a message or none (rule C8b). Other pushes wait their turn meanwhile. */
  restore(grant: Grant, message: RestoreMessage, answer: (receipt: Receipt) => void): Promise<void> {
    return this.#takeBack(grant, message, answer, (copy, alone) => {
      if (this.#staging) return err("restore");
      const checkpoint = openCheckpoint(message.note, originOf(this.#ports.name, this.log), idBytes(this.#signer.publicKey));
      return checkpoint.ok ? restore(copy, alone, this.#claim(message, checkpoint.value)) : err("restore");
    });
  }

  /** Takes a piece of a log that moves here, under the checkpoint of the relay that it comes from (rule C8d). */
  bring(who: Speaker, message: RestoreMessage, answer: (receipt: Receipt) => void): Promise<void> {
    return this.#takeBack(who, message, answer, (copy, alone) => {
      const staging = this.#staging ?? this.#comingBack();
      const checkpoint = claimedCheckpoint(message.note);
      if (!staging) return err("log-exists");
      if (!checkpoint) return err("restore");
      const back = restore(copy, alone, this.#claim(message, checkpoint));
      if (!back.ok) return back;
      const wasSure = this.isStageSure;
      if (!noteCounts(copy, message.note, checkpoint) || (wasSure && !isSure(copy.charter, message.note))) return err("restore");
      const { limits } = this.#ports;
      const isWithin = everyone(copy.charter).every(({ id }) => limits.withinQuota(this.log, id, copy.bytesOf(id), 0));
      if (!isWithin) return err("quota-member");
      const bare = back.value.flatMap(({ entry }) => (entry.body === null ? [entry.seq] : []));
      this.#staging = { floor: staging.floor, note: message.note, offer: [], missing: new Set([...staging.missing, ...bare]) };
      return back;
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
      const ready = await checked;
      const staging = this.#staging;
      const done = staging ? this.#offered(staging, ready) : err<WireCode>("log-exists");
      this.#finish(done.ok ? { n: [...done.value] } : refusedWith(done.error), answer);
    });
  }

  #offered(staging: Staging, entries: readonly Checked[]): Result<readonly number[], WireCode> {
    const checkpoint = staging.note === null ? undefined : claimedCheckpoint(staging.note);
    if (staging.note === null || checkpoint?.size !== this.#state.size || entries.length > MOST_OFFERED) return err("restore");
    const copy = this.#state.clone();
    const back: Restored[] = [];
    for (const { entry, id, alone } of entries) {
      if (!alone?.ok) return err(alone?.error ?? "internal");
      if (alone.value.kind !== ENTRY_KIND.charter) return err("not-writer");
      const at = copy.next(this.#ports.now());
      const admitted = admitOld(copy.charter, alone.value, entry.b, at);
      if (!admitted.ok) return admitted;
      const said = admitted.value.statement?.statement;
      const isTrue = said?.type !== "move-log" || (said.size === checkpoint.size && said.root === toId<Hex32>(checkpoint.root));
      if (!isTrue || (said?.type !== "move-log" && said?.type !== "consent")) return err("restore");
      const { entry: stored, milestone } = copy.append(alone.value, entry.a, entry.b, at, admitted.value.charter);
      back.push({ admitted: admitted.value, id, entry: stored, ...(milestone ? { milestone } : {}) });
    }
    if (hasArrived(copy, staging, this.#here())) {
      this.#state = copy;
      this.#keep(back);
      return ok(back.map((r) => r.entry.seq));
    }
    const names = proposals(copy.charter, copy.next(this.#ports.now())).some(
      (p) => p.type === "move-log" && p.relay === this.#ports.name && p.logKey === (this.logKey as string),
    );
    if (!names) return err("restore");
    this.#staging = { ...staging, offer: entries.map(({ entry }) => entry) };
    this.#keep([]);
    return ok([]);
  }

  #takeBack(
    who: Speaker,
    message: RestoreMessage,
    answer: (receipt: Receipt) => void,
    judge: (copy: LogState, alone: readonly CheckedLost[]) => Result<readonly Restored[], WireCode>,
  ): Promise<void> {
    const { limits } = this.#ports;
    const isWithin = message.entries.every(({ a, b }) => limits.withinRate(this.log, who, { a, b: b ?? new Uint8Array() }));
    const checked = isWithin ? checkLost(message.entries, who.as === "move") : Promise.resolve(err<WireCode>("rate"));
    return this.#enqueue(async () => {
      const alone = await checked;
      const acks = alone.ok ? acksAmong(alone.value.map((c) => c.author)) : [];
      await this.#bundles.prepare(acks);
      if (this.#lost) return;
      const copy = this.#state.clone();
      const isOrphan = acks.some((ack) => !this.#bundles.isOfBundle(ack));
      const back = !alone.ok ? alone : isOrphan ? err<WireCode>("restore") : judge(copy, alone.value);
      if (!back.ok) {
        this.#finish(refusedWith(back.error), answer);
        return;
      }
      this.#state = copy;
      this.#keep(back.value);
      this.#finish({ n: back.value.map((r) => r.entry.seq) }, answer);
    });
  }

  #claim({ from, proof }: RestoreMessage, checkpoint: Checkpoint): RestoreClaim {
    return { from, proof, checkpoint, now: this.#ports.now() };
  }

  /** Entries that keep their old places are written; of a log that moves here, also how far it has come. */
  #keep(back: readonly Restored[]): void {
    const moves: Write[] = [];
    for (const { admitted, id, entry, milestone } of back) {
      this.#write(admitted, id, entry, milestone);
      const { author } = admitted;
      if (author.kind === ENTRY_KIND.ack) moves.push(...this.#bundles.take(author, this.charter, { seq: entry.seq, time: entry.time }));
    }
    this.#writes.push(...moves);
    const staging = this.#staging;
    if (!staging) return;
    const missing = withoutDropped(staging.missing, moves);
    this.#staging = { ...staging, missing };
    if (hasArrived(this.#state, this.#staging, this.#here())) {
      this.#arriving = true;
      this.#writes.push({ t: "stage-end", log: this.log });
      this.#charterGrown();
    } else this.#writes.push({ t: "stage", log: this.log, keySeed: this.#signer.seed, stage: stageOf(this.#staging, this.#ports.now()) });
  }

  #here(): { readonly relay: string; readonly logKey: Hex32 } {
    return { relay: this.#ports.name, logKey: this.#signer.publicKey };
  }

  /** A log that was here once, moved away, and comes back. */
  #comingBack(): Staging | undefined {
    return this.#movedAway() && !this.#arriving ? { ...NO_STAGING, floor: this.#state.size } : undefined;
  }

  get isStaged(): boolean {
    return this.#staging !== undefined;
  }

  /** What whoever moves the log here is told of it; undefined where it is here. */
  get stage(): { readonly offer: readonly PushEntry[]; readonly floor: number } | undefined {
    return this.#staging ?? this.#comingBack();
  }

  /** Whether a relay that its charter names signed the checkpoint under which it came so far. */
  get isStageSure(): boolean {
    const note = this.#staging?.note ?? null;
    return note !== null && isSure(this.charter, note);
  }

  /** The founding entry, checked by the hub, and what came after it in the same push. */
  found(admitted: Admitted, entries: readonly PushEntry[], keySeed: Uint8Array, grant: Grant, answer: (receipt: Receipt) => void): void {
    const [first, ...rest] = entries;
    if (!first) return;
    void this.#enqueue(async () => {
      const ready = await this.#check(grant, rest);
      const at = this.here();
      this.#writes.push({ t: "log", log: this.log, keySeed, time: at.time });
      this.#append(admitted, first, authorPartId(first.a), at);
      const more = this.#take(grant, ready);
      this.#finish({ n: [at.seq, ...more.n], ...(more.error ? { error: { ...more.error, at: more.error.at + 1 } } : {}) }, answer);
    });
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

  /** What waits for the commit is looked at first: it is in the store by the time that it leaves this list. */
  async #seen(id: Hex32, author: Uint8Array): Promise<number | undefined> {
    return this.#fresh.get(id) ?? (await this.#ports.store.find(this.log, id, author));
  }

  #check(grant: Grant, entries: readonly PushEntry[]): Promise<readonly Checked[]> {
    return checkAll(entries, {
      seen: (id, author) => this.#seen(id, author),
      withinRate: (entry) => this.#ports.limits.withinRate(this.log, grant, entry),
    });
  }

  #take(grant: Grant, entries: readonly Checked[]): Receipt {
    const n: number[] = [];
    for (const [i, checked] of entries.entries()) {
      const before = checked.known ?? this.#fresh.get(checked.id);
      if (before !== undefined) {
        n.push(before);
        continue;
      }
      const refusal = this.#takeOne(grant, checked);
      if (refusal !== undefined) return { n, error: { code: refusal, retry: mayRetry(refusal), at: i } };
      n.push(this.#state.size - 1);
    }
    return { n };
  }

  #takeOne(grant: Grant, { entry, id, alone }: Checked): WireCode | undefined {
    if (!alone) return "internal";
    if (!alone.ok && alone.error === "rate") return "rate";
    const at = this.here();
    if (this.#staging || this.#movedAway()) return "log-closed";
    const admitted = alone.ok ? admit(this.charter, grant, alone.value, entry.b, at) : alone;
    if (!admitted.ok) return admitted.error;
    const isAck = admitted.value.author.kind === ENTRY_KIND.ack;
    if (isAck && !this.#bundles.isOfBundle(admitted.value.author)) return "malformed";
    const kept = this.#state.bytesOf(grant.member);
    const isWithin = (): boolean => this.#ports.limits.withinQuota(this.log, grant.member, kept, entryCost(entry.b.length));
    if (!admitted.value.statement && !isWithin()) return "quota-member";
    this.#append(admitted.value, entry, id, at);
    if (isAck) this.#writes.push(...this.#bundles.take(admitted.value.author, this.charter, at));
    return undefined;
  }

  #append(admitted: Admitted, entry: PushEntry, id: Hex32, at: Position): void {
    const { entry: stored, milestone } = this.#state.append(admitted.author, entry.a, entry.b, at, admitted.charter);
    this.#write(admitted, id, stored, milestone);
  }

  #write(admitted: Admitted, id: Hex32, stored: StoredEntry, milestone: Restored["milestone"]): void {
    this.#fresh.set(id, stored.seq);
    this.#writes.push({ t: "entry", log: this.log, id, entry: stored });
    if (milestone) this.#writes.push({ t: "milestone", log: this.log, ...milestone });
    if (admitted.statement && !this.#staging) this.#charterGrown();
  }

  #charterGrown(): void {
    this.#charterGrew = true;
    const here = this.here();
    const keys = parentsOf(this.charter, here).flatMap((member) => recoveryKeyOf(this.charter, member.id, here)?.sign ?? []);
    this.#writes.push({ t: "recovery", log: this.log, keys });
    const pinned = relayNow(this.charter);
    if (pinned.logKey === (this.#signer.publicKey as string) || pinned.relay !== this.#ports.name) return;
    // A move to a new key of this same relay: positions go on, checkpoints are signed by the new key (C8).
    const reserved = this.#ports.reserved(pinned.logKey);
    if (!reserved) return;
    this.#signer = reserved.signer;
    this.#writes.push({ t: "log-key", log: this.log, keySeed: reserved.seed });
  }

  /** A log that moved to another relay is read here, and no longer written. */
  #movedAway(): boolean {
    const pinned = relayNow(this.charter);
    return pinned.relay !== this.#ports.name || pinned.logKey !== (this.#signer.publicKey as string);
  }

  #finish(receipt: Receipt, answer: (receipt: Receipt) => void): void {
    this.#receipts.push({ receipt, answer });
    this.#ports.committer.add(this);
  }

  // -------------------------------------------------------------------------------------------------------- after commit

  take(): readonly Write[] {
    const writes = this.#writes;
    const fresh = writes.flatMap((w) => (w.t === "entry" ? [w] : []));
    const end = fresh.length > 0 ? this.#endNow() : this.#end;
    const signs = fresh.length > 0 && (!this.#staging || this.#arriving);
    this.#flushing = {
      end,
      note: signs ? this.#signLater(end) : Promise.resolve(undefined),
      receipts: this.#receipts,
      entries: fresh.map((w) => w.entry),
      ids: fresh.map((w) => w.id),
      drops: writes.some((w) => w.t === "drop"),
      arrives: writes.some((w) => w.t === "stage-end"),
    };
    this.#writes = [];
    this.#receipts = [];
    return writes;
  }

  async ready(): Promise<void> {
    const flushing = this.#flushing;
    const text = await flushing?.note;
    if (flushing && text !== undefined) this.#signed = { size: flushing.end.size, text };
  }

  committed(): void {
    const done = this.#flushing;
    this.#flushing = undefined;
    if (!done || this.#lost) return;
    for (const id of done.ids) this.#fresh.delete(id);
    if (done.arrives) {
      this.#staging = undefined;
      this.#arriving = false;
    }
    // Among the last entries may be some whose bodies are gone: the store knows.
    if (done.drops) this.#recent = new Recent();
    for (const entry of done.entries) this.#recent.add(entry);
    if (done.entries.length > 0) {
      this.#end = done.end;
      if (this.#signed?.size === done.end.size) this.#note = this.#signed;
      this.#ports.onAccepted(
        done.entries.length,
        done.entries.reduce((sum, e) => sum + e.bodyLength, 0),
      );
    }
    for (const { receipt, answer } of done.receipts) answer(receipt);
    if (this.#charterGrew || this.charter.pending.length > 0) {
      this.#charterGrew = false;
      for (const who of [...this.#attached]) who.onCharter();
    }
    if (done.entries.length === 0) return;
    if (!this.#staging) this.#ports.onGrown?.(this);
    this.#inRound = true;
    this.#ports.turn(() => {
      this.#inRound = false;
      this.#frames.clear();
    });
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
    this.#writes = [];
    this.#receipts = [];
    this.#ports.onLost(this.log, problem);
    for (const who of [...this.#attached]) who.onLost();
    this.#attached.clear();
  }

  // ------------------------------------------------------------------------------------------------------------ reading

  durable(): number {
    return this.#end.size;
  }

  page(from: number, limit: number, bytes: number, readable: ReadonlySet<EntryChannel>): Promise<readonly PageItem[]> {
    const kept = this.#recent.page(from, limit, bytes, readable);
    return kept ? Promise.resolve(kept) : this.#ports.store.page(this.log, from, limit, bytes, readable);
  }

  /** The checkpoint over the first `size` entries; only the durable end has one. */
  note(size: number): string | null {
    if (size !== this.#end.size || size === 0) return null;
    if (this.#staging) return this.#stageNote();
    if (this.#note?.size !== size) this.#sign();
    return this.#note?.text ?? null;
  }

  /** The checkpoint over what is durable, with the time of now where nothing is on its way that would be older. */
  freshNote(): string | null {
    if (this.#staging) return this.#stageNote();
    if (this.#end.size > 0) this.#sign();
    return this.#note?.text ?? null;
  }

  /** Nothing of a log that is being moved here is signed here: its end has the note of the relay that it comes from, if it came so far. */
  #stageNote(): string | null {
    const note = this.#staging?.note ?? null;
    return note !== null && claimedCheckpoint(note)?.size === this.#end.size ? note : null;
  }

  cosignedNote(size: number): string | null {
    return this.#cosigned?.size === size && size === this.#end.size ? this.#cosigned.text : null;
  }

  /** Witnesses have cosigned the note over the first `size` entries: whoever has come so far is told. */
  cosigned(text: string, size: number): void {
    this.#cosigned = { size, text };
    for (const who of [...this.#attached]) who.onGrown();
  }

  stampUpTo(size: number): StampedNote | undefined {
    return this.#stamp && this.#stamp.size <= size ? this.#stamp : undefined;
  }

  /** A time-stamp authority has stamped a checkpoint: whoever is that far is told. */
  stamped(stamp: StampedNote): void {
    this.#stamp = stamp;
    for (const who of [...this.#attached]) who.onGrown();
  }

  verifierKey(): string {
    return this.#signer.verifierKey;
  }

  async consistency(from: number, size: number): Promise<readonly Uint8Array[] | undefined> {
    const plan = size <= this.#end.size ? planConsistency(from, size) : undefined;
    const proof = plan && makeConsistency(from, size, await nodesFor(this.#ports.store, this.log, plan, this.#end.size));
    return proof?.ok === true ? proof.value : undefined;
  }

  #sign(): void {
    const { size, root, time } = this.#end;
    this.#note = { size, text: this.#signer.sign(size, root, this.#state.size === size ? this.here().time : time) };
  }

  /** Undefined where it could not be signed: then it is signed when it is asked for. */
  #signLater({ size, root, time }: End): Promise<string | undefined> {
    return this.#signer.signLater(size, root, time).catch(() => undefined);
  }

  #endNow(): End {
    return { size: this.#state.size, root: this.#state.root(), time: this.#state.time };
  }

  frame(key: string, make: () => Uint8Array): Uint8Array {
    if (!this.#inRound) return make();
    const known = this.#frames.get(key);
    if (known) return known;
    const made = make();
    this.#frames.set(key, made);
    return made;
  }
}

const acksAmong = (authors: readonly AuthorPart[]): readonly AuthorPart[] => authors.filter((a) => a.kind === ENTRY_KIND.ack);
