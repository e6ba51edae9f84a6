import { idBytes, toHex, toId } from "../base/bytes.ts";
import type { ChangeHash, ChannelKey, DeviceId, FileKey, Hex32, LogId, Millis, RecordId } from "../base/ids.ts";
import { coded, err, ok, type Coded, type Result } from "../base/result.ts";
import type { Taken } from "../books/book.ts";
import type { CheckpointField } from "../books/checkpoint-field.ts";
import type { BookName } from "../books/names.ts";
import type { ReasonCode } from "../base/reasons.ts";
import { signChange } from "../books/signature.ts";
import { makeChange, type Draft } from "../books/write.ts";
import { acceptsEpoch, currentEpoch, deviceAt, relaysOf, relaysOfCheckpoint, type RelayPin } from "../charter/query.ts";
import type { Charter } from "../charter/state.ts";
import type { BoxKeyId, DeviceKeys, Position } from "../charter/types.ts";
import { boxKeyPair, type BoxKeyPair } from "../crypto/box.ts";
import { signKeyPair, type SignKeyPair } from "../crypto/sign.ts";
import type { CarriedChange } from "../entry/body.ts";
import type { Channel } from "../base/channels.ts";
import { timestampRequest } from "../crypto/timestamp.ts";
import { ANCHOR_CHANNEL, makeAnchor, stampedText } from "../entry/anchor.ts";
import { ackPlacement } from "../entry/bundle.ts";
import { authorPartId, ENTRY_KIND, makeAuthorPart, parseAuthorPart } from "../entry/header.ts";
import { LIMITS } from "../base/limits.ts";
import { kindOf } from "../kinds/registry.ts";
import type { RowStore, StoreCode, Write } from "../vault/row-store.ts";
import type { EntriesItem, PushEntry } from "../wire/messages.ts";
import { AnchorDesk, ANCHOR_EVERY } from "./anchor-desk.ts";
import { BundleLedger } from "./bundle-ledger.ts";
import { Bundler } from "./bundler.ts";
import { BUNDLE_RULE, makeBundle, turnOf, type BundleRule } from "./bundling.ts";
import { BookDesk, type OpenBook } from "./desk.ts";
import { FaultBook } from "./fault-book.ts";
import { giveBack, type GiveBackProblem, type GiveBackSource } from "./give-back.ts";
import { LogLink, type EntriesMessage, type LinkOwner, type ReceiptMessage } from "./link.ts";
import { advance, keyName, type LogState, type Opener, type Step } from "./log-state.ts";
import { Outbox, type Sealed } from "./outbox.ts";
import type { Ports } from "./ports.ts";
import { actHistory, receive, type Received } from "./receive.ts";
import type { ActPlace } from "./record-act.ts";
import { RecordIndex } from "./record-index.ts";
import type { SignIn, Welcome } from "./relay-client.ts";
import { changeRowCodec, channelKeyCodec, historyRowCodec, keys, provisional, type Identity, type PendingChange } from "./rows.ts";
import { fileOfFault, proofOfFault, proofSource, type Said } from "./prove.ts";
import { loadLogState, sealedSteps } from "./session-load.ts";
import { StatementDesk } from "./statement-desk.ts";
import { openUnder } from "./log-checkpoint.ts";
import { originOf } from "../log/origin.ts";
import { type TailFault } from "./tail.ts";

/** How this device shows itself to the relay while it is not (yet) a device of the log: by the link it was given, or by the recovery sheet. */
export type Guise = { readonly as: "invite" | "recovery"; readonly keys: SignKeyPair };

export interface SessionDeps {
  readonly ports: Ports;
  readonly rows: RowStore;
  readonly identity: Identity;
  /** Further keys that may open wraps: the recovery sheet's. */
  readonly openers: readonly Opener[];
  readonly guise?: Guise;
  readonly onChange: (what: SessionChange) => void;
  /** When old entries are bundled; by rule L8g unless told otherwise. */
  readonly bundling?: BundleRule;
}

export type SessionChange =
  | { readonly type: "sync" }
  | { readonly type: "charter" }
  | { readonly type: "records"; readonly records: readonly RecordId[] }
  | { readonly type: "history" }
  | { readonly type: "live" }
  | { readonly type: "fault" };

export type WriteActCode = ReasonCode | StoreCode | "record-unknown" | "change-size" | "not-ready" | "removed";

/** One act to be written, with files that go with it. */
export interface NewAct {
  readonly book: BookName;
  readonly draft: Draft;
  readonly fileKeys: readonly { readonly file: PendingChange["files"][number]["file"]; readonly key: FileKey }[];
  /** Rows that belong into the same commit: sealed files. */
  readonly with: readonly Write[];
}

/** An authority that was asked in vain is not asked again so soon. */
const STAMP_AGAIN = 3_600_000;

/** What the entries of one push may have together: a frame, without its own fields and the lengths in it. */
const FRAME_ROOM = LIMITS.frame - 4_096;

/**
 * One log on this device: what was verified of it, what this device wrote, and its connection. Everything that changes state runs one after
 * another; every step is committed to the vault before memory, screen or relay see it.
 */
export class LogSession implements LinkOwner {
  readonly log: LogId;
  readonly device: DeviceId;
  readonly desk: BookDesk;
  readonly index: RecordIndex;
  readonly outbox: Outbox;
  readonly link: LogLink;
  readonly faults: FaultBook;
  readonly statements: StatementDesk;
  /** Told of every line of the history that became durable, or that went. */
  onLines: ((lines: readonly Write[]) => void) | undefined;
  /** Witnesses, time-stamp authorities, and the anchors that keep what they said. */
  readonly outside: AnchorDesk;
  readonly #bundler: Bundler;
  readonly #deps: SessionDeps;
  readonly #sign: SignKeyPair;
  readonly #box: BoxKeyPair;
  #identity: Identity;
  #state: LogState;
  #lock: Promise<unknown> = Promise.resolve();
  #skew = 0;
  #lastSynced: Millis | undefined;
  /** After a refusal that only newer entries can cure, nothing is pushed until they came. */
  #awaiting = false;
  /** How much of the log was here when the last push was made. */
  #pushedAt = 0;
  /** What the last push held, by author part, and what this connection has receipts for: that comes back in the log and is not pushed again. */
  #pushed: readonly Hex32[] = [];
  #receipted = new Set<Hex32>();
  #storeFault: StoreCode | undefined;
  #isClosed = false;
  /** When an authority was last asked from here. */
  #askedStamp = -Infinity;
  #isPaging = false;
  /** As what this connection signed in. */
  #signedInAs: SignIn["as"] = "device";
  /** The statement that brings this device in was taken: the invitation is used up, the device may sign in as itself. */
  #asDevice = false;

  private constructor(
    deps: SessionDeps,
    state: LogState,
    outbox: Outbox,
    index: RecordIndex,
    faults: FaultBook,
    outside: AnchorDesk,
    ledger: BundleLedger,
  ) {
    const { identity, rows, ports } = deps;
    this.#deps = deps;
    this.#identity = identity;
    this.log = identity.log;
    this.#sign = signKeyPair(identity.sign);
    this.#box = boxKeyPair(identity.box);
    this.device = toId(this.#sign.publicKey);
    this.#state = state;
    this.outbox = outbox;
    this.index = index;
    this.faults = faults;
    this.outside = outside;
    this.desk = new BookDesk(identity.log, rows, this.device, ports.random);
    this.link = new LogLink(ports, this);
    this.statements = new StatementDesk(this.log, ports.random);
    this.#bundler = new Bundler(this.log, ledger, {
      clock: ports.clock,
      isFree: () => this.link.state.state === "live" && this.outbox.isEmpty && this.statements.isIdle && !this.#isClosed,
      turn: () => (this.#state.charter ? turnOf(this.#state.charter, this.device, this.now()) : undefined),
      make: (rule) => this.#makeBundle(rule),
      rule: deps.bundling ?? BUNDLE_RULE,
    });
  }

  static async open(deps: SessionDeps): Promise<LogSession> {
    const { rows, identity } = deps;
    const state = await loadLogState(identity.log, rows);
    const session = new LogSession(
      deps,
      state,
      await Outbox.load(identity.log, rows),
      await RecordIndex.load(identity.log, rows),
      await FaultBook.load(identity.log, rows, deps.ports),
      await AnchorDesk.load(identity.log, rows, deps.ports),
      await BundleLedger.load(identity.log, rows),
    );
    void session.#writePages();
    return session;
  }

  // ------------------------------------------------------------------------------------------------------------ questions

  get charter(): Charter | undefined {
    return this.#state.charter;
  }

  get identity(): Identity {
    return this.#identity;
  }

  /** What this person changed of how they see the log, or where it is now; keys and places stay. */
  adopt(what: Partial<Pick<Identity, "zone" | "viewReceipts" | "label" | "address" | "relayName">>): void {
    this.#identity = { ...this.#identity, ...what };
  }

  get state(): LogState {
    return this.#state;
  }

  get deviceKeys(): DeviceKeys {
    return { sign: this.device, box: toId<BoxKeyId>(this.#box.publicKey) };
  }

  get signKeys(): SignKeyPair {
    return this.#sign;
  }

  get lastSynced(): Millis | undefined {
    return this.#lastSynced;
  }

  get storeFault(): StoreCode | undefined {
    return this.#storeFault;
  }

  /** What is known of bundles, and which entries are still loose. */
  get ledger(): BundleLedger {
    return this.#bundler.ledger;
  }

  get skew(): number {
    return this.#skew;
  }

  /** The present place: after everything that was verified, at the relay's time as far as this device can tell. */
  now(): Position {
    return { seq: this.#state.tail.size, time: Math.max(this.#deps.ports.clock.now() + this.#skew, this.#state.tail.time) };
  }

  isDevice(): boolean {
    return this.#state.charter !== undefined && deviceAt(this.#state.charter, this.device, this.now()) !== undefined;
  }

  /** The relay says that this device has no place in the log any more. What is here stays readable; nothing that is written would reach anybody. */
  get isRemoved(): boolean {
    const { state } = this.link;
    return state.state === "stopped" && state.why === "not-member" && (!this.#deps.guise || this.isDevice());
  }

  /** The relay to which this log has moved, while this device is still at another (rule C8c). */
  get movedOn(): RelayPin | undefined {
    const { charter } = this.#state;
    const [pin, ...before] = charter ? relaysOf(charter) : [];
    const here = this.#identity.relayName;
    // A relay that the charter does not name yet is one that this device was shown to be the next.
    return pin && pin.relay !== here && before.some((b) => b.relay === here) ? pin : undefined;
  }

  keyOf(channel: Channel): { readonly epoch: number; readonly key: ChannelKey } | undefined {
    const { charter, keys: ring } = this.#state;
    const epoch = charter && currentEpoch(charter, channel)?.epoch;
    const key = epoch === undefined ? undefined : ring.get(keyName(channel, epoch));
    if (!charter || epoch === undefined || !key) return undefined;
    return acceptsEpoch(charter, { device: this.device, channel, epoch, at: this.now() }) ? { epoch, key } : undefined;
  }

  // -------------------------------------------------------------------------------------------------------------- writing

  /** Writes one act: judged first, then durable, then shown (design, 'How a change travels', step 2). */
  write(act: NewAct): Promise<Result<{ readonly hash: ChangeHash; readonly record: RecordId }, Coded<WriteActCode>>> {
    return this.#exclusive(() => this.#write(act));
  }

  async #write(act: NewAct): Promise<Result<{ readonly hash: ChangeHash; readonly record: RecordId }, Coded<WriteActCode>>> {
    const { charter, tail } = this.#state;
    if (!charter || !tail.verified) return err(coded("not-ready"));
    if (this.isRemoved) return err(coded("removed"));
    const clock = this.#deps.ports.clock.now();
    const { size, root, time } = tail.verified.checkpoint;
    const checkpoint: CheckpointField = { size, root: toId<Hex32>(root), time, charterHead: charter.head };
    // Who may write what is judged by the relay's time, as it will be in the log; the change itself carries this device's own.
    const now = this.now().time;
    const book = await this.desk.open(act.book, charter, now);
    const made = makeChange(book.loaded.state, act.draft, { actor: book.actor, author: this.device, clock, checkpoint });
    if (!made.ok) return made;
    const { bytes, hash } = made.value;
    const change: CarriedChange = {
      bytes,
      signature: signChange(this.log, book.id, hash, this.#sign.secretKey),
      tag: this.#tagOf(book, act.draft),
    };
    const taken = this.desk.judgeOwn(book, change, charter, now);
    const verdict = taken.ownVerdicts.find((v) => v.hash === hash);
    if (verdict?.state !== "admitted") {
      this.desk.drop(book, taken.book);
      return err(coded(verdict?.reason ?? "change-dependencies"));
    }
    const kept = await this.#keepOwn(act, book, taken, change, hash, { notBefore: time, size }, tail.verified.note);
    if (!kept.ok) {
      this.desk.drop(book, taken.book);
      return kept;
    }
    this.link.wake();
    return ok({ hash, record: act.draft.record });
  }

  async #keepOwn(
    act: NewAct,
    book: OpenBook,
    taken: Taken,
    change: CarriedChange,
    hash: ChangeHash,
    place: ActPlace,
    note: string,
  ): Promise<Result<void, Coded<StoreCode>>> {
    const queued = this.outbox.add({
      book: act.book,
      bytes: change.bytes,
      signature: change.signature,
      hash,
      tag: change.tag,
      note,
      files: [...act.fileKeys],
    });
    const { record } = act.draft;
    const rows = this.index.change(new Map([[record, this.index.rowOf(record, taken.book.state, new Map([[hash, place]]))]]));
    const admitted = taken.book.state.get(hash);
    const history = admitted && { ...actHistory(admitted.kind, admitted.act, taken.book), notBefore: place.notBefore };
    const kept = await this.#commit([
      ...act.with,
      queued.write,
      {
        table: "change",
        key: keys.change(this.log, book.id, provisional(queued.n)),
        value: changeRowCodec.encode({
          hash,
          bytes: change.bytes,
          signature: change.signature,
          tag: [change.tag.kind, change.tag.root],
          note: true,
          carrier: null,
        }),
      },
      ...rows.writes,
      ...(history
        ? [{ table: "history" as const, key: keys.history(this.log, provisional(queued.n)), value: historyRowCodec.encode(history) }]
        : []),
    ]);
    if (!kept.ok) return kept;
    queued.kept();
    this.desk.swap(book, taken.book);
    rows.kept();
    this.#tell({ type: "records", records: [record] }, { type: "history" }, { type: "sync" });
    return ok(undefined);
  }

  #tagOf(book: OpenBook, draft: Draft): CarriedChange["tag"] {
    const first = draft.actKey === undefined ? undefined : book.loaded.state.actsOf(draft.record)[0];
    const fields = first?.fields ?? new Map(Object.entries(draft.fields).flatMap(([k, v]) => (v === undefined ? [] : [[k, v] as const])));
    const kind = kindOf(fields.get("kind"));
    return { kind: kind?.name ?? "", root: kind?.root(draft.record, fields) ?? draft.record };
  }

  /** What fails now is tried at the next opening; until then opening is slower and nothing else. */
  async #writePages(): Promise<void> {
    if (!this.index.isUnpaged || this.#isPaging) return;
    this.#isPaging = true;
    const steps = this.index.rebuild();
    const step = async (): Promise<boolean> => {
      const next = this.#isClosed ? undefined : steps.next();
      if (!next || next.done === true) return false;
      const kept = await this.#commit(next.value.writes);
      if (kept.ok) next.value.kept();
      return kept.ok;
    };
    while (await this.#exclusive(step)) await this.#deps.ports.pause();
    this.#isPaging = false;
  }

  // -------------------------------------------------------------------------------------------------------------- keys

  /**
   * Keys that came by another way than a wrap (an invitation, another own device). Entries that were kept sealed for want of them are opened
   * now, in log order.
   */
  addKeys(
    added: readonly { readonly channel: Channel; readonly epoch: number; readonly key: ChannelKey }[],
  ): Promise<Result<void, Coded<StoreCode>>> {
    return this.#exclusive(async () => {
      const fresh = added.filter((k) => !this.#state.keys.has(keyName(k.channel, k.epoch)));
      if (fresh.length === 0) return ok(undefined);
      const kept = await this.#commit(fresh.map((k) => keyWrite(this.log, k)));
      if (!kept.ok) return kept;
      this.#state = {
        ...this.#state,
        keys: new Map([...this.#state.keys, ...fresh.map((k) => [keyName(k.channel, k.epoch), k.key] as const)]),
      };
      const names = new Set(fresh.map((k) => keyName(k.channel, k.epoch)));
      await this.#bundler.attachSealed(this.#deps.rows, names);
      for await (const steps of sealedSteps(this.log, this.#deps.rows, this.#state, names)) {
        const done = await this.#absorb(steps, this.#state, [], []);
        if (!done.ok) return done;
        await this.#deps.ports.pause();
      }
      return ok(undefined);
    });
  }

  // ----------------------------------------------------------------------------------------------------- the link's owner

  signIn(): SignIn {
    const { guise } = this.#deps;
    const identity = this.#identity;
    const own = this.isDevice() || !guise || this.#asDevice;
    const pair = own ? this.#sign : guise.keys;
    this.#signedInAs = own ? "device" : guise.as;
    return {
      address: identity.address,
      relayName: identity.relayName,
      log: this.log,
      as: own ? "device" : guise.as,
      publicKey: pair.publicKey,
      secretKey: pair.secretKey,
    };
  }

  position(): number {
    return this.#state.tail.size;
  }

  changed(): void {
    const { state } = this.link;
    // A used invitation that is refused may have been used by this very device, before a crash.
    const isRefused = state.state === "stopped" && (state.why === "relay-refused" || state.why === "not-member");
    if (isRefused && this.#deps.guise?.as === "invite" && !this.#asDevice) {
      this.#asDevice = true;
      this.link.start();
      return;
    }
    this.#tell({ type: "sync" });
    if (this.isRemoved) this.#tell({ type: "charter" });
    if (this.link.state.state === "live") this.#tell({ type: "live" });
    this.#bundler.stir();
  }

  welcomed(welcome: Welcome): Promise<boolean> {
    return this.#exclusive(async () => {
      this.#skew = welcome.time - this.#deps.ports.clock.now();
      this.#awaiting = false;
      this.#receipted.clear();
      this.#bundler.attached.clear();
      // Also before there is a charter: who founds a log, or joins it, may stay connected for days.
      await this.#witnessed(this.outside.witnesses.learn(welcome.witnesses ?? []));
      const { charter, tail } = this.#state;
      if (!charter) return true;
      const pins = relaysOfCheckpoint(charter, Math.min(welcome.size, tail.size));
      const pin = pins.find((p) => welcome.note !== null && openUnder(welcome.note, this.log, [p]).ok) ?? pins[0];
      // What is ahead may hold a move that this device does not know yet: the entries themselves will say whose checkpoint counts.
      const isAhead = welcome.size > tail.size && welcome.note !== null;
      if (!pin || (isAhead && !openUnder(welcome.note ?? "", this.log, [pin]).ok)) return true;
      const fault = tail.checkWelcome(welcome.size, welcome.note, originOf(pin.relay, this.log), idBytes(pin.logKey));
      if (fault) return this.#relayFault(fault);
      if (welcome.size === this.#state.tail.size) this.#lastSynced = this.#deps.ports.clock.now();
      return true;
    });
  }

  isHalted(): boolean {
    return this.faults.all.some((f) => f.device === null && f.code === "relay-fork");
  }

  received(message: EntriesMessage): Promise<"kept" | "fault" | "later"> {
    return this.#exclusive(() => this.#received(message));
  }

  async #received(message: EntriesMessage): Promise<"kept" | "fault" | "later"> {
    const own: Sealed[] = [];
    const given = message.bundle && this.#bundler.attached.take(message.bundle, message.from);
    const items = message.items.map((item, i) => this.#withBody(item, message.from + i, own));
    const bare = given ?? withheldBody(message.from, items, (seq) => this.#bundler.attached.covers(seq));
    if (bare) {
      await this.#relayFault(bare, { ...message, items });
      return "fault";
    }
    const wasDevice = this.isDevice();
    const next = advance(this.#state, message.from, items, message.note, [openerOf(this.#deps.identity), ...this.#deps.openers]);
    if (!next.ok) {
      await this.#relayFault(next.error, { ...message, items });
      return "fault";
    }
    const { state, steps } = next.value;
    if (!state.charter) return "kept";
    const done = await this.#absorb(steps, state, own, [{ table: "log", key: keys.tail(this.log), value: state.tail.dump() }]);
    if (!done.ok) return "later";
    if (!(await this.#compareNotes(done.value))) return "fault";
    if (message.note !== null && state.tail.verified) await this.#witnessed(this.outside.witnesses.saw(state.tail.verified));
    if (message.stamp && !(await this.#takeStamp({ note: message.stamp.note, token: message.stamp.tsr }))) return "fault";
    if (own.length > 0) void this.#askStamp();
    // A device that has just come into the log signs in as itself from here on.
    if (!wasDevice && this.isDevice() && this.#deps.guise) this.#restartSoon();
    return "kept";
  }

  /** Judges, commits, then takes over a run of verified entries. */
  async #absorb(
    steps: readonly Step[],
    state: LogState,
    own: readonly Sealed[],
    more: readonly Write[],
  ): Promise<Result<Received["notes"], Coded<StoreCode>>> {
    if (!state.charter) return ok([]);
    const received = await receive(steps, {
      log: this.log,
      charter: state.charter,
      keyring: state.keys,
      rows: this.#deps.rows,
      desk: this.desk,
      index: this.index,
      now: this.#deps.ports.clock.now(),
      ownDevice: (device) => device === this.device,
      provisionalNumber: (hash) => this.outbox.numberOf(hash),
      ledger: this.ledger,
      attached: this.#bundler.attached,
      isEnd: state.tail.verified?.checkpoint.size === state.tail.size,
    });
    const leaving = own.map((sealed) => this.outbox.logged(sealed));
    const faults = this.faults.ofEntries(received.faults);
    const taken = steps.flatMap((s) => s.taken?.newKeys ?? []);
    const anchors = this.outside.anchors.add(received.anchors);
    const rows = this.index.change(received.records);
    const kept = await this.#commit([
      ...received.writes,
      ...rows.writes,
      ...faults.writes,
      ...anchors.writes,
      ...leaving.flatMap((l) => l.writes),
      ...taken.map((k) => keyWrite(this.log, k)),
      ...more,
    ]);
    if (!kept.ok) {
      for (const { book, loaded } of received.books) this.desk.drop(book, loaded);
      return kept;
    }
    for (const l of leaving) l.kept();
    faults.kept();
    anchors.kept();
    rows.kept();
    this.#take(state, steps, received);
    return ok(received.notes);
  }

  /** Not while the link's own work is under way. */
  #restartSoon(): void {
    void this.#deps.ports.pause().then(() => {
      this.restartLink();
    });
  }

  restartLink(): void {
    if (this.#isClosed) return;
    this.link.stop();
    this.link.start();
  }

  #take(state: LogState, steps: readonly Step[], received: Received): void {
    this.#state = state;
    this.#awaiting = false;
    this.#bundler.ledger = received.ledger;
    for (const { book, loaded, through } of received.books) this.desk.swap(book, loaded, through);
    for (const step of steps) if (step.taken) this.statements.logged(step.taken.signed.id, step.taken.seq);
    if (state.tail.verified?.checkpoint.size === state.tail.size) this.#lastSynced = this.#deps.ports.clock.now();
    if (steps.some((s) => s.taken)) this.#tell({ type: "charter" });
    if (received.records.size > 0) this.#tell({ type: "records", records: [...received.records.keys()] });
    if (received.faults.length > 0) this.#tell({ type: "fault" });
    if (steps.length > 0) this.#tell({ type: "history" }, { type: "sync" });
    void this.#writePages();
  }

  toPush(): Promise<readonly PushEntry[] | undefined | "later"> {
    return this.#exclusive(() => this.#toPush());
  }

  async #toPush(): Promise<readonly PushEntry[] | undefined | "later"> {
    // Where the log has moved nothing more is taken here; what waits goes along.
    if (this.#awaiting || this.movedOn) return undefined;
    // Its 72 hours went by on this connection, or the relay's clock is ahead of the one that it was opened by (rule C9): it comes back as itself.
    if (this.#signedInAs === "recovery" && this.isDevice()) return "later";
    this.#pushedAt = this.#state.tail.size;
    const statement = this.statements.next(this.#state, this, this.now());
    if (statement) return this.#fresh([statement]);
    if (!this.isDevice()) return undefined;
    const waiting = this.#unreceipted();
    if (waiting.length > 0) return this.#fresh(waiting);
    const sealed = this.outbox.seal(this.device, this.#sign.secretKey, (channel) => this.keyOf(channel), this.#deps.ports.random);
    if (sealed.writes.length === 0) return this.#fresh(this.#acks());
    // An anchor goes along with what this person wrote, and never by itself: it would tell when their device was on.
    const anchors = this.#dueAnchors();
    const kept = await this.#commit([...sealed.writes, ...anchors.writes]);
    if (!kept.ok) return "later";
    sealed.kept();
    anchors.kept();
    return this.#fresh(this.#unreceipted());
  }

  /** What this device answers for (rule L8d). Signed anew each time: the same words give the same bytes. */
  #acks(): readonly PushEntry[] {
    const { charter } = this.#state;
    const due = charter && !this.#bundler.isRefusing ? this.ledger.due(this.device, charter, this.now()) : [];
    return due.map((bundle) => {
      const b = new Uint8Array(0);
      return { a: makeAuthorPart(ackPlacement(this.log, bundle, this.device), b, this.#sign.secretKey), b };
    });
  }

  /** Makes the bundle that is due, if there is one, beside everything else; it goes into the outbox like an entry of changes. */
  async #makeBundle(rule: BundleRule): Promise<boolean> {
    const { ports, rows } = this.#deps;
    const made = await makeBundle(this.ledger, rule, {
      log: this.log,
      rows,
      device: this.device,
      secret: this.#sign.secretKey,
      keyOf: (channel, epoch) => this.#state.keys.get(keyName(channel, epoch)),
      random: ports.random,
      pause: () => ports.pause(),
      now: this.now().time,
    });
    if (!made || this.#isClosed) return false;
    const isQueued = await this.#exclusive(async () => {
      // Another device may have been quicker while this one packed.
      if (!this.#bundler.isWanted(made.a)) return false;
      const queued = this.outbox.addSealed(made);
      const kept = await this.#commit([queued.write]);
      if (kept.ok) queued.kept();
      return kept.ok;
    });
    if (isQueued) this.link.wake();
    return !isQueued;
  }

  /** Anchors that are due, as entries of the outbox (rule L11). */
  #dueAnchors(): { readonly writes: readonly Write[]; readonly kept: () => void } {
    const epoch = this.keyOf(ANCHOR_CHANNEL)?.epoch;
    // One that is on its way would come back as the very same entry.
    if (epoch === undefined || this.outbox.sealed.some(isAnchor)) return { writes: [], kept: () => undefined };
    const due = this.outside.due(this.#state.tail.verified ?? undefined);
    const added = due.anchors.map((anchor) =>
      this.outbox.addSealed(makeAnchor({ log: this.log, device: this.device, epoch, anchor, secret: this.#sign.secretKey })),
    );
    return {
      writes: [...due.writes, ...added.map((a) => a.write)],
      kept: () => {
        due.kept();
        for (const a of added) a.kept();
      },
    };
  }

  /** A stamped checkpoint is held against this device's own log like those inside changes, then kept until it goes into an anchor. False: a fork. */
  async #takeStamp(stamped: { readonly note: string; readonly token: Uint8Array }, nonce?: Uint8Array): Promise<boolean> {
    const { charter, tail } = this.#state;
    const opened = charter && (await this.outside.open(stamped, charter, this.#deps.ports.clock.now(), nonce));
    if (!opened) {
      this.#tell({ type: "sync" });
      return true;
    }
    const { size, root } = opened.checkpoint;
    if (!(await this.#compareNotes([{ note: stamped.note, size, root, seq: tail.size }]))) return false;
    await this.#witnessed(opened.take());
    return true;
  }

  /** Asks the authority that is set on this device, after this person wrote something and at most once in 20 hours; nothing waits for it. */
  async #askStamp(): Promise<void> {
    const { ports } = this.#deps;
    const { verified } = this.#state.tail;
    const now = ports.clock.now();
    const text = verified && stampedText(verified.note);
    if (!ports.authority || !text || this.keyOf(ANCHOR_CHANNEL) === undefined) return;
    if (now - this.outside.lastStamp < ANCHOR_EVERY || now - this.#askedStamp < STAMP_AGAIN) return;
    this.#askedStamp = now;
    const authority = await ports.authority();
    if (!authority) return;
    const nonce = ports.random(8);
    const token = await authority.ask(timestampRequest(text, nonce));
    await this.#exclusive(async () => {
      if (this.#isClosed) return;
      if (token) await this.#takeStamp({ note: verified.note, token }, nonce);
      else this.outside.refuse({ at: now, code: "stamp-unreachable" });
      this.#tell({ type: "sync" });
    });
  }

  #unreceipted(): readonly PushEntry[] {
    return this.outbox.sealed.filter((s) => !this.#receipted.has(s.id)).map((s) => ({ a: s.row.a, b: s.row.b }));
  }

  /** What has a receipt on this connection is on its way back and is not pushed again. As much of the rest as a frame holds. */
  #fresh(entries: readonly PushEntry[]): readonly PushEntry[] {
    const fresh: PushEntry[] = [];
    let bytes = 0;
    for (const entry of entries) {
      if (this.#receipted.has(authorPartId(entry.a))) continue;
      bytes += entry.a.length + entry.b.length;
      if (fresh.length === LIMITS.entriesInPush || (fresh.length > 0 && bytes > FRAME_ROOM)) break;
      fresh.push(entry);
    }
    this.#pushed = fresh.map((e) => authorPartId(e.a));
    return fresh;
  }

  receipted(message: ReceiptMessage): Promise<"kept" | "later" | "refused"> {
    return this.#exclusive(async () => {
      for (const id of this.#pushed.slice(0, message.n.length)) this.#receipted.add(id);
      if (!message.error) {
        // The invitation is used up with the join: it gives no entries any more, the device itself does.
        if (this.#deps.guise?.as === "invite" && !this.statements.isIdle && !this.#asDevice) {
          this.#asDevice = true;
          this.#restartSoon();
        }
        return "kept";
      }
      const { code } = message.error;
      const flight = this.statements.refused(code);
      if (flight) {
        // What came before it in the chain may be here already, or still be on its way; only then is it worth waiting for.
        const isAhead = code === "charter-head" ? flight.prev === this.#state.charter?.head : this.#state.tail.size === this.#pushedAt;
        this.#awaiting = isAhead;
        return "kept";
      }
      const refusedBundle = this.#bundler.isRefused(message.error, this.#pushed[message.n.length], this.outbox);
      if (refusedBundle) {
        // The relay has no room for it, or knows no bundles: everything else goes on as before.
        const dropped = this.outbox.unseal(refusedBundle);
        if (!(await this.#commit(dropped.writes)).ok) return "later";
        dropped.kept();
        return "refused";
      }
      if (code !== "epoch-stale") return "kept";
      // Under another epoch the same changes are another entry.
      const refused = new Set(this.#pushed.slice(message.n.length));
      const entries = this.outbox.sealed.filter((s) => refused.has(s.id));
      // The newer epoch may be here already: an entry that was sealed before a restart, for one.
      this.#awaiting = entries.some((s) => this.#isCurrent(s));
      const stale = this.outbox.unseal(entries);
      const kept = await this.#commit(stale.writes);
      if (!kept.ok) return "later";
      stale.kept();
      return "kept";
    });
  }

  /** As far as this device knows the epoch under which this was sealed is still the one. */
  #isCurrent({ row }: Sealed): boolean {
    const author = parseAuthorPart(row.a);
    if (!author.ok || author.value.channel === "charter") return false;
    return this.keyOf(author.value.channel)?.epoch === author.value.epoch;
  }

  // --------------------------------------------------------------------------------------------------------------- inside

  /** Own entries come back without their body (W3): it is still in the outbox. */
  #withBody(item: EntriesItem, seq: number, own: Sealed[]): EntriesItem {
    if (item instanceof Uint8Array) return item;
    const sealed = this.outbox.find(authorPartId(item.a));
    if (sealed) own.push(sealed);
    if (item.b !== null) return item;
    const body = sealed?.row.b ?? this.statements.bodyOf(item.a) ?? this.#bundler.bodyOf(item.a, seq);
    return body ? { ...item, b: body } : item;
  }

  /** What is not kept now is said again at the next sign-in, or with the next checkpoint. */
  async #witnessed(known: { readonly writes: readonly Write[]; readonly kept: () => void }): Promise<void> {
    if (known.writes.length === 0 || !(await this.#commit(known.writes)).ok) return;
    known.kept();
    this.#tell({ type: "sync" });
  }

  /**
   * Gives the relay back what it lost and this device holds, after the person agreed (rule C8); then syncs on. What was found before stays
   * among the faults.
   * @returns how many entries it took
   */
  async giveBack(job: Pick<GiveBackSource, "onProgress" | "isCancelled">): Promise<Result<number, GiveBackProblem>> {
    const { charter, tail } = this.#state;
    if (!charter || this.isHalted()) return err(coded("relay-fork"));
    this.link.stop();
    await this.link.idle();
    const { rows, ports } = this.#deps;
    const done = await giveBack({ log: this.log, ports, rows, signIn: this.signIn(), charter, verified: tail.verified, ...job });
    const fault = done.ok ? undefined : done.error.fault;
    if (fault) await this.#exclusive(() => this.#relayFault(fault));
    if (!this.#isClosed) this.link.start();
    return done;
  }

  /** Takes over entries that another relay has of this log, looked at before, under the checkpoint of the relay that it comes from. */
  async takeFrom(pages: readonly EntriesMessage[]): Promise<boolean> {
    this.link.stop();
    await this.link.idle();
    let isKept = true;
    for (const page of pages) isKept &&= page.from === this.#state.tail.size && (await this.received(page)) === "kept";
    if (!this.#isClosed) this.link.start();
    return isKept;
  }

  async #compareNotes(notes: Received["notes"]): Promise<boolean> {
    const fork = await this.faults.compare(notes, this.#state.tail, this.#deps.rows);
    return fork ? this.#relayFault(fork) : true;
  }

  async #relayFault(fault: TailFault, said?: Said): Promise<false> {
    const { charter, tail } = this.#state;
    const proof = charter && (await proofOfFault(proofSource(this.log, charter, this.#deps.rows), fault, tail.verified?.note, said));
    const noted = this.faults.ofRelay(fault, tail.verified?.note, proof);
    // If it cannot be kept it is shown all the same; the next connection finds it again.
    if ((await this.#commit(noted.writes)).ok) noted.kept();
    this.#tell({ type: "fault" }, { type: "sync" });
    return false;
  }

  async #commit(writes: readonly Write[]): Promise<Result<void, Coded<StoreCode>>> {
    const kept = await this.#deps.rows.commit(writes);
    this.#storeFault = kept.ok ? undefined : kept.error.code;
    if (kept.ok && this.onLines) {
      const lines = writes.filter((w) => w.table === "history");
      if (lines.length > 0) this.onLines(lines);
    }
    if (!kept.ok) this.#tell({ type: "sync" });
    return kept;
  }

  #exclusive<T>(work: () => Promise<T>): Promise<T> {
    const run = this.#lock.then(work);
    this.#lock = run.catch(() => undefined);
    return run;
  }

  /** A kept fault as a file that others can look at; undefined where there is no such fault. */
  async faultFile(id: string): Promise<Uint8Array | undefined> {
    const fault = this.faults.all.find((f) => f.id === id);
    const { charter, tail } = this.#state;
    if (!fault || !charter) return undefined;
    return fileOfFault(proofSource(this.log, charter, this.#deps.rows), fault, tail.verified?.note);
  }

  #tell(...changes: SessionChange[]): void {
    for (const change of changes) this.#deps.onChange(change);
  }

  /** Waits until everything that was under way is done, and lets go of books. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.link.stop();
    await this.link.idle();
    await this.#lock;
    this.#bundler.close();
    await this.desk.close();
    this.statements.abandon();
  }
}

function isAnchor({ row }: Sealed): boolean {
  const author = parseAuthorPart(row.a);
  return author.ok && author.value.kind === ENTRY_KIND.anchor;
}

/** Bodies are left out of what this device pushed and still has, of what a bundle that was given stands for, and of nothing else (rules W3, L8f). */
function withheldBody(from: number, items: readonly EntriesItem[], isCovered: (seq: number) => boolean): TailFault | undefined {
  const at = items.findIndex((item, i) => !(item instanceof Uint8Array) && item.b === null && !isCovered(from + i));
  const item = items[at];
  if (!item || item instanceof Uint8Array) return undefined;
  return { code: "relay-body", detail: "withheld", seq: from + at, evidence: [item.a, item.r] };
}

export const openerOf = (identity: Identity): Opener => ({
  recipient: toHex(signKeyPair(identity.sign).publicKey) as DeviceId,
  pair: boxKeyPair(identity.box),
});

const keyWrite = (log: LogId, k: { readonly channel: Channel; readonly epoch: number; readonly key: ChannelKey }): Write => ({
  table: "secret",
  key: keys.channelKey(log, k.channel, k.epoch),
  value: channelKeyCodec.encode(k),
});
