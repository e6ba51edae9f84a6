import { fromUtf8, toHex, utf8 } from "../base/bytes.ts";
import type { DeviceId, LogId } from "../base/ids.ts";
import { err, ok, type Result } from "../base/result.ts";
import { readSheetWords, sheetCode, sheetUnlockKey, sheetWords } from "../charter/recovery-sheet.ts";
import { characters } from "../kinds/fields.ts";
import { checkProof } from "../fault-proof/check.ts";
import type { ProofReport } from "../fault-proof/report.ts";
import { MAX_HINT } from "../vault/slots.ts";
import type { ActError, Answer } from "./answer.ts";
import type { FaultView, SyncState, SyncView, StampsView, WitnessView } from "./sync-view.ts";
import type { RecoverySheet, UnlockWay, VaultView } from "./vault-view.ts";
import type { ReplicaApi } from "./api.ts";
import { ReplicaCore, type OpenLog } from "./core.ts";
import type { ReplicaDeps } from "./deps.ts";
import { tooLongName } from "./names.ts";
import { secretKeys } from "./secret-rows.ts";
import { Accesses } from "./accesses.ts";
import { historyCsv } from "./history-csv.ts";
import { historyDetail } from "./history-detail.ts";
import { faultViews, Histories, isPortable } from "./history.ts";
import { AddDevice } from "./add-device.ts";
import { Arrival } from "./arrival.ts";
import { LinkDesk } from "./link-desk.ts";
import { Naming } from "./naming.ts";
import { Moves } from "./moves/moves.ts";
import { attest, checkKeyCard, keyCards, safetyWords } from "./people/comparing.ts";
import { start } from "./people/founding.ts";
import { householdView, householdViews } from "./people/household-view.ts";
import { confirmJoin, invite, voidInvite } from "./people/inviting.ts";
import { continueJoin, join, previewInvite } from "./people/joining.ts";
import { leave, revokeDevice } from "./people/leaving.ts";
import { restore } from "./people/recovery.ts";
import { Records } from "./records/records.ts";
import { RelayCare } from "./relay-care.ts";
import { SnapshotJobs } from "./snapshots.ts";
import { TakeOver } from "./take-over.ts";
import { UnfinishedLinks } from "./unfinished-links.ts";
import { actErrorOf, PASSPHRASE_MIN, VaultHolder } from "./vault-holder.ts";
import { CLOCK_OFF } from "./proofs.ts";

const PAGE_MAX = 500;
const page = (n: number): number => Math.max(0, Math.min(n, PAGE_MAX));
/** Delivery receipts leave at these hours of the household's day when nothing of one's own took them along. */
const RECEIPT_HOURS = [8, 20];
const MINUTE = 60_000;

/** A replica that also lets tests and command lines look inside. */
export interface Replica extends ReplicaApi {
  readonly core: ReplicaCore;
  close(): Promise<void>;
}

/** Opens the replica over a store. Crypto and Automerge have been initialised. */
export async function openReplica(deps: ReplicaDeps): Promise<Result<Replica, ActError>> {
  const vault = await VaultHolder.load(deps.rows, deps.ports.clock, deps.ports.random, deps.argonCost);
  return vault.ok ? ok(new LocalReplica(new ReplicaCore(deps, vault.value))) : vault;
}

class LocalReplica implements Replica {
  readonly core: ReplicaCore;
  readonly #records: Records;
  readonly #snapshots: SnapshotJobs;
  readonly #histories: Histories;
  readonly #accesses: Accesses;
  readonly #naming: Naming;
  readonly #relay: RelayCare;
  readonly #moves: Moves;
  readonly #desk: LinkDesk;
  readonly #unfinished: UnfinishedLinks;
  readonly #addDevice: AddDevice;
  readonly #arrival: Arrival;
  readonly #takeOver: TakeOver;
  readonly #transfers = new Set<LogId>();
  #stopReceipts: () => void = () => undefined;
  #stopLock: () => void = () => undefined;
  #lastReceiptHour = "";

  constructor(core: ReplicaCore) {
    this.core = core;
    this.#records = new Records(core);
    this.#snapshots = new SnapshotJobs(core);
    this.#histories = new Histories(core);
    this.#accesses = new Accesses(core, this.#records.writer);
    this.#naming = new Naming(core, this.#records.writer);
    this.#relay = new RelayCare(core);
    this.#moves = new Moves(core);
    this.#desk = new LinkDesk(core);
    this.#unfinished = new UnfinishedLinks(core);
    this.#addDevice = new AddDevice(core, this.#desk, this.#unfinished);
    this.#arrival = new Arrival(core, this.#desk);
    this.#takeOver = new TakeOver(core, this.#desk, this.#arrival, () => {
      this.#opened();
    });
    core.onLive = (open) => {
      this.#transfer(open);
    };
    core.onNamed = () => void this.#naming.look();
  }

  // ---------------------------------------------------------------------------------------------------------------- vault

  async vault(): Promise<VaultView> {
    const { vault, deps } = this.core;
    const storage = await deps.storage?.();
    return {
      state: vault.state,
      storage: storage?.persistent === undefined ? "unknown" : storage.persistent ? "persistent" : "best-effort",
      ...(storage?.used === undefined ? {} : { usedBytes: storage.used }),
      ...(storage?.quota === undefined ? {} : { quotaBytes: storage.quota }),
      ...(vault.waitUntil === undefined ? {} : { waitUntil: vault.waitUntil }),
      autoLockMinutes: this.core.autoLock,
      sheetConfirmed: this.core.sheet?.confirmed ?? false,
      ...(this.core.isSample ? { sample: true } : {}),
    };
  }

  async start(input: Parameters<ReplicaApi["start"]>[0]): Answer<void> {
    const fit = tooLongName(input.name) ?? (await this.#fitPassphrase(input.passphrase));
    if (fit) return err(fit);
    if (this.core.vault.state !== "none") return err({ code: "vault-exists" });
    const started = await start(this.core, input);
    if (started.ok) this.#opened();
    return started;
  }

  unlock(passphrase: string): Answer<void> {
    return this.#unlocked(this.core.vault.unlock(passphrase));
  }

  unlockWith(id: string, secret: Uint8Array): Answer<void> {
    return this.#unlocked(this.core.vault.unlockWithWay(id, secret));
  }

  async resetPassphrase(words: readonly string[], next: string): Answer<void> {
    const seed = readSheetWords(words);
    if (!seed.ok) return err({ code: "sheet-broken" });
    const fit = await this.#fitPassphrase(next);
    return fit ? err(fit) : this.#unlocked(this.core.vault.resetPassphrase(sheetUnlockKey(seed.value), next));
  }

  unlockWays(): Promise<readonly UnlockWay[]> {
    return Promise.resolve(this.core.vault.ways.map(({ id, kind, made, hint }) => ({ id: toHex(id), kind, made, hint })));
  }

  async addUnlockWay({ passphrase, kind, secret, hint }: Parameters<ReplicaApi["addUnlockWay"]>[0]): Answer<void> {
    if (secret.length !== 32 || hint.length > MAX_HINT) return err({ code: "not-allowed" });
    const added = await this.core.vault.addWay(passphrase, { kind, secret, hint });
    if (added.ok) this.core.tell({ topic: "vault" });
    return added;
  }

  async removeUnlockWay(id: string): Answer<void> {
    if (this.core.vault.state !== "open") return err({ code: "locked" });
    const removed = await this.core.vault.removeWay(id);
    this.core.tell({ topic: "vault" });
    return removed;
  }

  async lock(): Promise<void> {
    await this.stopLink();
    this.#unfinished.forget();
    this.#stopReceipts();
    this.#stopLock();
    this.#records.receipts.forget();
    this.#histories.forget();
    this.#moves.forget();
    await this.core.closeLogs();
    this.core.vault.lock();
    this.core.tell({ topic: "vault" });
    this.core.tell({ topic: "households" });
  }

  async setAutoLock(minutes: number): Answer<void> {
    return this.core.saveAutoLock(Math.max(0, Math.min(Math.round(minutes), 24 * 60)));
  }

  async changePassphrase(old: string, next: string): Answer<void> {
    const fit = await this.#fitPassphrase(next);
    return fit ? err(fit) : this.core.vault.changePassphrase(old, next);
  }

  async recoverySheet(passphrase: string): Answer<RecoverySheet> {
    const confirmed = await this.core.vault.confirm(passphrase);
    if (!confirmed.ok) return confirmed;
    const { sheet } = this.core;
    if (!sheet) return err({ code: "locked" });
    return ok({ words: sheetWords(sheet.seed), relay: sheet.relay, made: sheet.made, code: sheetCode(sheet.relay, sheet.seed) });
  }

  async confirmSheet(words: Parameters<ReplicaApi["confirmSheet"]>[0]): Answer<void> {
    const { sheet } = this.core;
    if (!sheet) return err({ code: "locked" });
    const right = sheetWords(sheet.seed);
    if (words.length < 2 || !words.every((w) => right[w.at] === w.word.trim().toLowerCase())) return err({ code: "sheet-broken" });
    const saved = await this.core.saveSheet({ ...sheet, confirmed: true });
    this.core.tell({ topic: "vault" });
    return saved;
  }

  async restore(input: Parameters<ReplicaApi["restore"]>[0]): Answer<void> {
    const fit = tooLongName(input.name) ?? (await this.#fitPassphrase(input.passphrase));
    if (fit) return err(fit);
    const restored = await restore(this.core, input);
    if (this.core.vault.state === "open") this.#opened();
    return restored;
  }

  async eraseDevice(passphrase: string): Answer<void> {
    if (this.core.vault.state === "open") {
      const confirmed = await this.core.vault.confirm(passphrase);
      if (!confirmed.ok) return confirmed;
    }
    await this.close();
    await this.core.deps.eraseStore?.();
    return ok(undefined);
  }

  // --------------------------------------------------------------------------------------------------------------- people

  households: ReplicaApi["households"] = () => Promise.resolve(householdViews(this.core));

  async rename(log: LogId, names: Parameters<ReplicaApi["rename"]>[1]): Answer<void> {
    const tooLong = tooLongName(names.label, names.me, names.other, names.device);
    if (tooLong) return err(tooLong);
    const open = this.core.log(log);
    if (!open.ok) return open;
    const { session } = open.value;
    const people = new Map(open.value.names.people);
    const devices = new Map(open.value.names.devices);
    if (names.me !== undefined) people.set(session.identity.member, names.me);
    const other = householdView(this.core, open.value).people.find((p) => !p.me);
    if (names.other !== undefined && other) people.set(other.member, names.other);
    if (names.device !== undefined) devices.set(session.device, names.device);
    const saved = await this.core.saveNames(open.value, {
      ...open.value.names,
      people,
      devices,
      ...(names.label === undefined ? {} : { label: names.label }),
    });
    if (!saved.ok || names.zone === undefined) return saved;
    return this.#change(open.value, { zone: names.zone });
  }

  async invite(input: Parameters<ReplicaApi["invite"]>[0]): ReturnType<ReplicaApi["invite"]> {
    const tooLong = tooLongName(input.label);
    return tooLong ? err(tooLong) : invite(this.core, input);
  }

  voidInvite: ReplicaApi["voidInvite"] = (log) => voidInvite(this.core, log);
  previewInvite: ReplicaApi["previewInvite"] = (link) => Promise.resolve(previewInvite(link));

  async join(input: Parameters<ReplicaApi["join"]>[0]): Answer<LogId> {
    const tooLong = tooLongName(input.name);
    if (tooLong) return err(tooLong);
    if (this.core.vault.state === "none") {
      const fit = await this.#fitPassphrase(input.passphrase ?? "");
      if (fit) return err(fit);
    }
    const joined = await join(this.core, input);
    if (this.core.vault.state === "open") this.#opened();
    return joined;
  }

  // ------------------------------------------------------------------------------------------------------- a second device

  linkState(): ReturnType<ReplicaApi["linkState"]> {
    return Promise.resolve(this.#desk.view);
  }

  async addDevice(passphrase: string): Answer<void> {
    const confirmed = await this.core.vault.confirm(passphrase);
    return confirmed.ok ? this.#addDevice.begin() : confirmed;
  }

  typeDigits: ReplicaApi["typeDigits"] = (digits) => this.#addDevice.typeDigits(digits);

  async takeOver(input: Parameters<ReplicaApi["takeOver"]>[0]): Answer<void> {
    const fit = await this.#fitPassphrase(input.passphrase);
    return fit ? err(fit) : this.#takeOver.begin(input);
  }

  fetchMore: ReplicaApi["fetchMore"] = (input) => this.#takeOver.beginMore(input);

  stopLink(): Promise<void> {
    this.#addDevice.stop();
    this.#takeOver.stop();
    return Promise.resolve();
  }

  // --------------------------------------------------------------------------------------------------------------- people

  confirmJoin: ReplicaApi["confirmJoin"] = (log) => confirmJoin(this.core, log);
  safetyWords: ReplicaApi["safetyWords"] = (log) => Promise.resolve(safetyWords(this.core, log));
  keyCards: ReplicaApi["keyCards"] = (log) => Promise.resolve(keyCards(this.core, log));
  checkKeyCard: ReplicaApi["checkKeyCard"] = (log, text) => Promise.resolve(checkKeyCard(this.core, log, text));
  attest: ReplicaApi["attest"] = (log, method) => attest(this.core, log, method);

  async revokeDevice(log: LogId, device: DeviceId, passphrase: string): Answer<void> {
    const confirmed = await this.core.vault.confirm(passphrase);
    return confirmed.ok ? revokeDevice(this.core, log, device) : confirmed;
  }

  async leave(log: LogId, passphrase: string): Answer<void> {
    const confirmed = await this.core.vault.confirm(passphrase);
    return confirmed.ok ? leave(this.core, log) : confirmed;
  }

  // ----------------------------------------------------------------------------------------------------------------- sync

  sync(log: LogId): Promise<SyncView> {
    const open = this.core.logs.get(log);
    return Promise.resolve(open ? syncView(open) : { state: "off" });
  }

  syncNow(): Promise<void> {
    for (const { session } of this.core.logs.values()) {
      session.link.start();
      session.link.wake();
    }
    this.#moves.tryAgain();
    return Promise.resolve();
  }

  witnesses(log: LogId): Promise<readonly WitnessView[]> {
    return Promise.resolve(this.core.logs.get(log)?.session.outside.witnesses.all ?? []);
  }

  stamps(log: LogId): Promise<StampsView> {
    const book = this.core.logs.get(log)?.session.outside.stamps;
    return Promise.resolve({ known: book?.all ?? [], ...(book?.problem ? { problem: book.problem } : {}) });
  }

  restoreRelay: ReplicaApi["restoreRelay"] = (log, job) => this.#relay.giveBack(log, job);
  checkRelay: ReplicaApi["checkRelay"] = (address) => this.#moves.check(address);

  async moveRelay(...[{ passphrase, ...to }, job]: Parameters<ReplicaApi["moveRelay"]>): Answer<void> {
    const confirmed = await this.core.vault.confirm(passphrase);
    return confirmed.ok ? this.#moves.move(to, job) : confirmed;
  }

  async consentMove(...[log, passphrase, job]: Parameters<ReplicaApi["consentMove"]>): Answer<void> {
    const confirmed = await this.core.vault.confirm(passphrase);
    return confirmed.ok ? this.#moves.consent(log, job) : confirmed;
  }

  stopMove: ReplicaApi["stopMove"] = (log) => this.#moves.stop(log);
  followRelay: ReplicaApi["followRelay"] = (address) => this.#moves.follow(address);
  seenAgain: ReplicaApi["seenAgain"] = (log) => this.#moves.seenAgain(log);

  faults(): Promise<readonly FaultView[]> {
    return Promise.resolve([...this.core.logs.values()].flatMap(faultViews));
  }

  async faultProof(id: string): Answer<Uint8Array> {
    for (const { session } of this.core.logs.values()) {
      const file = await session.faults.file(id);
      if (file) return ok(file);
    }
    return err({ code: "record-unknown" });
  }

  checkFaultProof(bytes: Uint8Array): Answer<ProofReport> {
    const report = checkProof(bytes);
    return Promise.resolve(report.ok ? report : err({ code: report.error.code }));
  }

  // -------------------------------------------------------------------------------------------------------------- records

  threads: ReplicaApi["threads"] = (log, offset, limit, at) => this.#records.messages.threads(log, offset, page(limit), at);
  messages: ReplicaApi["messages"] = (log, thread, offset, limit, at) =>
    this.#records.messages.inThread(log, thread, offset, page(limit), at);
  message: ReplicaApi["message"] = (log, id, at) => this.#records.messages.one(log, id, at);
  readingStart: ReplicaApi["readingStart"] = (log, thread, message, at) => this.#records.messages.readingStart(log, thread, message, at);
  sendMessage: ReplicaApi["sendMessage"] = (input) => this.#touched(this.#records.messages.send(input));
  seen: ReplicaApi["seen"] = (log, message) => this.#records.receipts.seen(log, message);
  viewReceipts: ReplicaApi["viewReceipts"] = (log) => Promise.resolve(this.core.logs.get(log)?.session.identity.viewReceipts ?? false);

  async setViewReceipts(log: LogId, on: boolean): Answer<void> {
    const open = this.core.log(log);
    return open.ok ? this.#change(open.value, { viewReceipts: on }) : open;
  }

  expenses: ReplicaApi["expenses"] = (log, filter, offset, limit, at) => this.#records.expenses.list(log, filter, offset, page(limit), at);
  expense: ReplicaApi["expense"] = (log, id, at) => this.#records.expenses.one(log, id, at);
  balances: ReplicaApi["balances"] = (log, at) => Promise.resolve(this.#records.expenses.balances(log, at));
  categories: ReplicaApi["categories"] = (log, at) => Promise.resolve(this.#records.expenses.categories(log, at));
  addExpense: ReplicaApi["addExpense"] = (input) => this.#touched(this.#records.expenses.add(input));
  answerExpense: ReplicaApi["answerExpense"] = (input) => this.#touched(this.#records.expenses.answer(input));
  share: ReplicaApi["share"] = (from, to, record) => this.#touched(this.#records.share(from, to, record));
  file: ReplicaApi["file"] = (log, id) => this.#records.files.file(log, id);

  async draft(key: string): Promise<string | undefined> {
    const row = await this.core.rows?.get("draft", key);
    return row && fromUtf8(row);
  }

  async saveDraft(key: string, text: string): Answer<void> {
    const rows = this.core.rows;
    if (!rows) return err({ code: "locked" });
    const kept = await rows.commit([{ table: "draft", key, value: text === "" ? null : utf8(text) }]);
    return kept.ok ? ok(undefined) : err(actErrorOf(kept.error.code));
  }

  async history(...[log, filter, offset, limit, at]: Parameters<ReplicaApi["history"]>): ReturnType<ReplicaApi["history"]> {
    const open = this.core.log(log);
    return open.ok ? this.#histories.page(open.value, filter, offset, page(limit), at) : { rows: [], total: 0 };
  }

  async historyDetail(...[log, id, at]: Parameters<ReplicaApi["historyDetail"]>): ReturnType<ReplicaApi["historyDetail"]> {
    const open = this.core.log(log);
    const row = open.ok ? await this.#histories.row(open.value, id, at) : undefined;
    return open.ok && row ? historyDetail(this.core, open.value, row, at) : undefined;
  }

  async exportHistory(...[log, filter, at, job]: Parameters<ReplicaApi["exportHistory"]>): ReturnType<ReplicaApi["exportHistory"]> {
    const open = this.core.log(log);
    if (!open.ok) return open;
    const made = await this.#snapshots.run(job, (running) => historyCsv(this.#histories, open.value, filter, at, running));
    if (!made.ok) return made;
    await this.#accesses.took("history-csv", { log, file: made.value, scope: at === undefined ? { filter } : { filter, at } });
    const day = new Date(this.core.deps.ports.clock.now()).toISOString().slice(0, 10);
    return ok({ name: `countersign-history-${day}.csv`, bytes: made.value });
  }

  previewSnapshot: ReplicaApi["previewSnapshot"] = (log, scope) => this.#snapshots.preview(log, scope);

  async exportSnapshot(
    ...[log, scope, passphrase, job, seal]: Parameters<ReplicaApi["exportSnapshot"]>
  ): ReturnType<ReplicaApi["exportSnapshot"]> {
    // It can be stopped from its first moment, also while the passphrase is tried.
    return this.#snapshots.run(job, async (running, stopped) => {
      const confirmed = await this.#confirm(passphrase);
      if (!confirmed.ok) return confirmed;
      const made = await this.#snapshots.export(log, scope, { running, stopped }, seal);
      if (made.ok) await this.#accesses.took("snapshot", { log, file: made.value.file, scope });
      return made;
    });
  }

  /** A sample has nothing to protect, and nobody was told a passphrase for it. */
  async #confirm(passphrase: string): Promise<Result<void, ActError>> {
    return this.core.isSample ? ok(undefined) : this.core.vault.confirm(passphrase);
  }

  compareSnapshots: ReplicaApi["compareSnapshots"] = (a, b, job) => this.#snapshots.compare(a, b, job);
  verifySnapshot: ReplicaApi["verifySnapshot"] = (file, job, opener) => this.#snapshots.verify(file, job, opener);

  async countersignSnapshot(
    ...[log, file, passphrase, job, opener]: Parameters<ReplicaApi["countersignSnapshot"]>
  ): ReturnType<ReplicaApi["countersignSnapshot"]> {
    return this.#snapshots.run(job, async (running) => {
      const confirmed = await this.#confirm(passphrase);
      return confirmed.ok ? this.#snapshots.countersign(log, file, running, opener) : confirmed;
    });
  }

  cancel(job: string): Promise<void> {
    this.#snapshots.cancel(job);
    this.#relay.cancel(job);
    this.#moves.cancel(job);
    return Promise.resolve();
  }

  openSample: ReplicaApi["openSample"] = () => Promise.resolve(err({ code: "internal" }));

  watch: ReplicaApi["watch"] = (listener) => this.core.watch(listener);

  async close(): Promise<void> {
    await this.lock();
    await this.core.deps.rows.close();
  }

  // --------------------------------------------------------------------------------------------------------------- inside

  async #fitPassphrase(passphrase: string): Promise<ActError | undefined> {
    if (characters(passphrase) < PASSPHRASE_MIN) return { code: "passphrase-short", limit: PASSPHRASE_MIN };
    return (await this.core.deps.isBreached?.(passphrase)) === true ? { code: "passphrase-breached" } : undefined;
  }

  async #unlocked(opening: Promise<Result<unknown, ActError>>): Answer<void> {
    const opened = await opening;
    if (!opened.ok) {
      this.core.tell({ topic: "vault" });
      return opened;
    }
    await this.core.openLogs();
    this.#opened();
    this.core.tell({ topic: "vault" });
    void this.#goOn();
    void this.#accesses.opened();
    return ok(undefined);
  }

  /** What a crash left half-done goes on. */
  async #goOn(): Promise<void> {
    await this.#unfinished.load();
    void this.#arrival.goOn();
    for (const open of [...this.core.logs.values()]) {
      const secret = await this.core.rows?.get("secret", secretKeys.guise(open.session.log));
      const me = [...open.names.people.values()][0] ?? "";
      if (secret?.length === 32) await continueJoin(this.core, open, secret, me);
    }
  }

  #opened(): void {
    void this.#naming.look();
    void this.#moves.load();
    this.#stopReceipts();
    const { clock } = this.core.deps.ports;
    const tick = (): void => {
      const now = new Date(clock.now());
      const hour = now.getUTCHours();
      const name = `${now.toISOString().slice(0, 10)}/${String(hour)}`;
      if (RECEIPT_HOURS.includes(hour) && name !== this.#lastReceiptHour) {
        this.#lastReceiptHour = name;
        for (const open of this.core.logs.values()) void this.#records.receipts.acknowledge(open);
      }
      this.#stopReceipts = clock.after(MINUTE, tick);
    };
    this.#stopReceipts = clock.after(MINUTE, tick);
  }

  async #change(open: OpenLog, what: { readonly zone?: string; readonly viewReceipts?: boolean }): Answer<void> {
    const saved = await this.core.saveIdentity({ ...open.session.identity, ...what });
    if (!saved.ok) return saved;
    open.session.adopt(what);
    this.core.tell({ topic: "households" });
    return ok(undefined);
  }

  async #touched<T>(work: Promise<Result<T, ActError>>): Promise<Result<T, ActError>> {
    const done = await work;
    if (done.ok) for (const open of this.core.logs.values()) this.#transfer(open);
    return done;
  }

  /** Files go one log at a time, behind everything else. */
  #transfer(open: OpenLog): void {
    const { log } = open.session;
    if (this.#transfers.has(log) || open.session.link.state.state !== "live") return;
    this.#transfers.add(log);
    void this.#records.files.transfer(open).finally(() => this.#transfers.delete(log));
  }
}

function syncView(open: OpenLog): SyncView {
  const { skew } = open.session;
  return { ...syncState(open), ...(Math.abs(skew) > CLOCK_OFF ? { clockAhead: -skew } : {}) };
}

function syncState({ session }: OpenLog): SyncState {
  const { state } = session.link;
  const unsent = session.outbox.unsent;
  const lastSynced = session.lastSynced === undefined ? {} : { lastSynced: session.lastSynced };
  switch (state.state) {
    case "off":
      return { state: "off" };
    case "stopped":
      if (session.isRemoved) return { state: "removed", unsent, ...lastSynced };
      if (state.why === "relay-version" || state.why === "relay-refused")
        return { state: "refused", why: state.why, unsent, ...lastSynced };
      break;
    case "live":
      return unsent === 0 && session.lastSynced !== undefined
        ? { state: "up-to-date", at: session.lastSynced }
        : { state: "waiting", unsent, ...lastSynced };
    case "catching-up":
      return state;
    case "connecting":
      return { state: "waiting", unsent, ...lastSynced };
    case "waiting":
      return { state: "waiting", unsent, retryAt: state.retryAt, ...lastSynced };
  }
  const last = session.faults.all.findLast((f) => f.device === null);
  const fault: FaultView = {
    id: last?.id ?? "",
    log: session.log,
    at: last?.at ?? 0,
    who: "relay",
    code: (last?.code ?? "relay-header") as FaultView["code"],
    proof: last !== undefined,
    portable: last !== undefined && isPortable(last),
  };
  return { state: "stopped", fault, unsent, ...lastSynced };
}
