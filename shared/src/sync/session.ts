import type { ChannelKey, DeviceId, LogId, Millis } from "../base/ids.ts";
import { coded, err, type Coded, type Result } from "../base/result.ts";
import type { RelayPin } from "../charter/query.ts";
import type { Charter } from "../charter/state.ts";
import type { DeviceKeys, Position } from "../charter/types.ts";
import type { SignKeyPair } from "../crypto/sign.ts";
import type { Channel } from "../base/channels.ts";
import type { StoreCode, Write } from "../vault/row-store.ts";
import type { PushEntry } from "../wire/messages.ts";
import type { NewAct, WriteActCode, WrittenAct } from "./act-writer.ts";
import type { AnchorDesk } from "./anchor-desk.ts";
import type { BundleLedger } from "./bundle-ledger.ts";
import type { BookDesk } from "./desk.ts";
import type { FaultDesk } from "./fault-desk.ts";
import { giveBack, type GiveBackProblem, type GiveBackSource } from "./give-back.ts";
import type { LeftBranch } from "./left-branch.ts";
import type { EntriesMessage, LinkOwner, LogLink, ReceiptMessage } from "./link.ts";
import type { LocalLog } from "./local-log.ts";
import type { LogState } from "./log-state.ts";
import type { Outbox } from "./outbox.ts";
import type { AddedKey } from "./receiver.ts";
import type { RecordIndex } from "./record-index.ts";
import type { SignIn, Welcome } from "./relay-client.ts";
import type { Identity } from "./rows.ts";
import { loadKeptLog, type KeptLog } from "./session-load.ts";
import { sessionParts, type SessionDeps, type SessionParts } from "./session-parts.ts";
import type { StatementDesk } from "./statement-desk.ts";

/**
 * One log on this device, with its connection: what stands of it (`LocalLog`), what this device writes (`ActWriter`), sends (`Pusher`) and takes
 * in (`Receiver`). It answers the link, and lets each of them run.
 */
export class LogSession implements LinkOwner {
  readonly log: LogId;
  readonly device: DeviceId;
  readonly desk: BookDesk;
  readonly index: RecordIndex;
  readonly outbox: Outbox;
  readonly link: LogLink;
  readonly faults: FaultDesk;
  readonly statements: StatementDesk;
  /** Witnesses, time-stamp authorities, and the anchors that keep what they said. */
  readonly outside: AnchorDesk;
  readonly #local: LocalLog;
  readonly #parts: SessionParts;

  private constructor(deps: SessionDeps, kept: KeptLog) {
    const parts = sessionParts(deps, kept, this);
    this.#parts = parts;
    this.#local = parts.local;
    this.log = parts.local.log;
    this.device = parts.local.device;
    ({ outbox: this.outbox, index: this.index, outside: this.outside, faults: this.faults } = parts);
    ({ desk: this.desk, link: this.link, statements: this.statements } = parts);
    void parts.pages.write();
  }

  static async open(deps: SessionDeps): Promise<LogSession> {
    const session = new LogSession(deps, await loadKeptLog(deps.identity.log, deps.rows, deps.ports));
    await session.#parts.left.readOwn((message) => session.received(message));
    return session;
  }

  // ------------------------------------------------------------------------------------------------------------ questions

  get charter(): Charter | undefined {
    return this.#local.charter;
  }

  get identity(): Identity {
    return this.#local.identity;
  }

  get state(): LogState {
    return this.#local.state;
  }

  get deviceKeys(): DeviceKeys {
    return this.#local.deviceKeys;
  }

  get signKeys(): SignKeyPair {
    return this.#local.signKeys;
  }

  get lastSynced(): Millis | undefined {
    return this.#local.lastSynced;
  }

  get storeFault(): StoreCode | undefined {
    return this.#local.storeFault;
  }

  get skew(): number {
    return this.#local.skew;
  }

  /** What is known of bundles, and which entries are still loose. */
  get ledger(): BundleLedger {
    return this.#parts.bundler.ledger;
  }

  /** What this device had of a history that was given up, and pushes again. */
  get left(): LeftBranch | undefined {
    return this.#parts.left.left;
  }

  /** The person has read what became of that history. */
  dismissLeft(): Promise<Result<void, Coded<StoreCode>>> {
    return this.#local.exclusive(() => this.#parts.left.dismiss());
  }

  /** The present place: after everything that was verified, at the relay's time as far as this device can tell. */
  now(): Position {
    return this.#local.now();
  }

  isDevice(): boolean {
    return this.#local.isDevice();
  }

  /** The relay says that this device has no place in the log any more. What is here stays readable; nothing that is written would reach anybody. */
  get isRemoved(): boolean {
    const { state } = this.link;
    return state.state === "stopped" && state.why === "not-member" && (!this.#parts.signingIn.hasInvitation || this.isDevice());
  }

  /** Another device of this person refused the recovery that brought this one in (rule C9): it reads, and never writes. */
  get isRefused(): boolean {
    return this.#local.isRefused();
  }

  /** The relay to which this log has moved, while this device is still at another (rule C8c). */
  get movedOn(): RelayPin | undefined {
    return this.#local.movedOn;
  }

  keyOf(channel: Channel): { readonly epoch: number; readonly key: ChannelKey } | undefined {
    return this.#local.keyOf(channel);
  }

  // ------------------------------------------------------------------------------------------------------------- requests

  /** Told of every line of the history that became durable, or that went. */
  set onLines(told: (lines: readonly Write[]) => void) {
    this.#local.onLines = told;
  }

  /** Writes pages of the history's lines that were not there. */
  keepLines(pages: readonly number[]): Promise<void> {
    return this.#parts.linePages.write(pages);
  }

  /** What this person changed of how they see the log, or where it is now; keys and places stay. */
  adopt(what: Parameters<LocalLog["adopt"]>[0]): void {
    this.#local.adopt(what);
  }

  /** Writes one act: judged first, then durable, then shown (design, 'How a change travels', step 2). */
  write(act: NewAct): Promise<Result<WrittenAct, Coded<WriteActCode>>> {
    return this.#local.exclusive(async () => {
      const written = await this.#parts.writer.write(act);
      if (written.ok) this.link.wake();
      return written;
    });
  }

  /**
   * Keys that came by another way than a wrap (an invitation, another own device). Entries that were kept sealed for want of them are opened
   * now, in log order.
   */
  addKeys(added: readonly AddedKey[]): Promise<Result<void, Coded<StoreCode>>> {
    return this.#local.exclusive(() => this.#parts.receiver.addKeys(added));
  }

  /**
   * Gives the relay back what it lost and this device holds, after the person agreed (rule C8); then syncs on. What was found before stays
   * among the faults.
   * @returns how many entries it took
   */
  async giveBack(job: Pick<GiveBackSource, "onProgress" | "isCancelled">): Promise<Result<number, GiveBackProblem>> {
    const { charter, tail } = this.state;
    if (!charter || this.isHalted()) return err(coded("relay-fork"));
    this.link.stop();
    await this.link.idle();
    const { log, rows, ports } = this.#local;
    const done = await giveBack({ log, ports, rows, signIn: this.signIn(), charter, verified: tail.verified, ...job });
    const fault = done.ok ? undefined : done.error.fault;
    if (fault) await this.#local.exclusive(() => this.faults.ofRelay(fault));
    if (!this.#local.isClosed) this.link.start();
    return done;
  }

  /** Takes over entries that another relay has of this log, looked at before, under the checkpoint of the relay that it comes from. */
  async takeFrom(pages: readonly EntriesMessage[]): Promise<boolean> {
    this.link.stop();
    await this.link.idle();
    let isKept = true;
    for (const page of pages) isKept &&= page.from === this.state.tail.size && (await this.received(page)) === "kept";
    if (!this.#local.isClosed) this.link.start();
    return isKept;
  }

  restartLink(): void {
    if (this.#local.isClosed) return;
    this.link.stop();
    this.link.start();
  }

  /** Not while the link's own work is under way. */
  #restartSoon(): void {
    void this.#local.ports.pause().then(() => {
      this.restartLink();
    });
  }

  /** Waits until everything that was under way is done, and lets go of books. */
  async close(): Promise<void> {
    this.#local.close();
    this.#parts.forks.stop();
    this.link.stop();
    await this.link.idle();
    await this.#local.settled();
    this.#parts.bundler.close();
    await this.desk.close();
    this.statements.abandon();
  }

  // ----------------------------------------------------------------------------------------------------- the link's owner

  signIn(): SignIn {
    return this.#parts.signingIn.next();
  }

  position(): number {
    return this.state.tail.size;
  }

  isHalted(): boolean {
    return this.faults.isForked;
  }

  changed(): void {
    const { state } = this.link;
    // A used invitation that is refused may have been used by this very device, before a crash.
    const isRefused = state.state === "stopped" && (state.why === "relay-refused" || state.why === "not-member");
    if (isRefused && this.#parts.signingIn.isInvited) {
      this.#parts.signingIn.useUpInvitation();
      this.link.start();
      return;
    }
    this.#local.tell({ type: "sync" });
    if (this.isRemoved) this.#local.tell({ type: "charter" });
    if (this.link.state.state === "live") this.#local.tell({ type: "live" });
    this.#parts.bundler.stir();
  }

  welcomed(welcome: Welcome): Promise<boolean> {
    return this.#local.exclusive(() => this.#welcomed(welcome));
  }

  async #welcomed(welcome: Welcome): Promise<boolean> {
    this.#local.setTime(welcome.time);
    this.#parts.pusher.begin();
    this.#parts.bundler.attached.clear();
    // Also before there is a charter: who founds a log, or joins it, may stay connected for days.
    await this.#parts.anchoring.learn(welcome.witnesses ?? []);
    if (!(await this.faults.checkWelcome(welcome))) return false;
    if (this.charter && welcome.size === this.state.tail.size) this.#local.setSynced();
    return true;
  }

  async received(message: EntriesMessage): Promise<"kept" | "fault" | "later"> {
    const done = await this.#local.exclusive(async () => {
      const wasDevice = this.isDevice();
      const taken = await this.#parts.receiver.take(message);
      // A device that has just come into the log signs in as itself from here on.
      if (taken === "kept" && !wasDevice && this.isDevice() && this.#parts.signingIn.hasGuise) this.#restartSoon();
      return taken;
    });
    if (typeof done === "string") return done;
    // That takes its time, and the person goes on writing meanwhile.
    const fork = await this.#parts.forks.name(this.signIn());
    if (!this.#local.isClosed) await this.#local.exclusive(() => this.faults.ofRelay(fork?.fault ?? done, fork?.proof));
    return "fault";
  }

  toPush(): Promise<readonly PushEntry[] | undefined | "later"> {
    return this.#local.exclusive(() => this.#parts.pusher.next());
  }

  receipted(message: ReceiptMessage): Promise<"kept" | "later" | "refused"> {
    return this.#local.exclusive(async () => {
      const done = await this.#parts.pusher.receipted(message);
      if (!message.error && this.#parts.signingIn.isInvited && !this.statements.isIdle) {
        this.#parts.signingIn.useUpInvitation();
        this.#restartSoon();
      }
      return done;
    });
  }
}
