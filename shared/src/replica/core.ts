import { concat, equalBytes } from "../base/bytes.ts";
import type { LogId, RecordId } from "../base/ids.ts";
import { err, ok, type Result } from "../base/result.ts";
import { recoveryKeys, sheetUnlockKey, type SheetPurpose, type SheetSeed } from "../charter/recovery-sheet.ts";
import type { LogChange } from "../sync/local-log.ts";
import type { Opener } from "../sync/log-state.ts";
import { identityCodec, keys, type Identity } from "../sync/rows.ts";
import { LeavingUnfinished } from "../sync/session-load.ts";
import { LogSession } from "../sync/session.ts";
import type { Guise } from "../sync/signing-in.ts";
import { prefix, type RowStore, type Write } from "../vault/row-store.ts";
import type { ActError } from "./answer.ts";
import type { Patch } from "./api.ts";
import type { ReplicaDeps } from "./deps.ts";
import { decodeNames, encodeNames, type Names } from "./names.ts";
import { given } from "./naming.ts";
import type { MoveView } from "./people-view.ts";
import {
  decodeGroups,
  decodeGuise,
  decodeSeeds,
  encodeGroups,
  secretKeys,
  settingsCodec,
  sheetCodec,
  type DeviceGroup,
  type SheetGuise,
  type SheetRow,
} from "./secret-rows.ts";
import { actErrorOf, type VaultHolder } from "./vault-holder.ts";

/** Where nothing else was set. */
const UNDO_SECONDS = 5;

export interface OpenLog {
  readonly session: LogSession;
  names: Names;
}

/** What all parts of a replica share: the vault, the open logs, and who is told of changes. */
export class ReplicaCore {
  readonly deps: ReplicaDeps;
  readonly vault: VaultHolder;
  readonly logs = new Map<LogId, OpenLog>();
  /** Logs that are closed for a moment, while this device takes another history in place of its own. */
  readonly leaving = new Set<LogId>();
  autoLock = 10;
  /** For how many seconds what is sent can be taken back. */
  undoSeconds = UNDO_SECONDS;
  /** A generated household in memory: nothing of it is stored or sent. */
  isSample = false;
  sheet: SheetRow | undefined;
  /** Seeds of this person's sheets before the present one: they open what was wrapped to those (rule C9a). */
  earlierSeeds: readonly SheetSeed[] = [];
  groups: readonly DeviceGroup[] = [];
  readonly #listeners = new Set<(patch: Patch) => void>();
  /** Called after records of a log changed, e.g. to acknowledge what arrived. */
  onLive: (log: OpenLog) => void = () => undefined;
  /** Called when names were given here or came in, or when this device became one of the personal log. */
  onNamed: () => void = () => undefined;
  /** Called after a log went on in whatever way, e.g. to follow it where it moves. */
  onSteps: (log: OpenLog) => void = () => undefined;
  /** How far a log's move to another relay is. */
  moveOf: (log: OpenLog) => MoveView | undefined = () => undefined;

  constructor(deps: ReplicaDeps, vault: VaultHolder) {
    this.deps = deps;
    this.vault = vault;
  }

  watch(listener: (patch: Patch) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  tell(patch: Patch): void {
    for (const listener of this.#listeners) listener(patch);
  }

  get rows(): RowStore | undefined {
    return this.vault.rows;
  }

  get personal(): OpenLog | undefined {
    return [...this.logs.values()].find((l) => l.session.identity.kind === "personal");
  }

  log(id: LogId): Result<OpenLog, ActError> {
    if (this.vault.state !== "open") return err({ code: this.vault.state === "none" ? "no-vault" : "locked" });
    const log = this.logs.get(id);
    return log ? ok(log) : err({ code: "record-unknown" });
  }

  // ------------------------------------------------------------------------------------------------------- vault contents

  /** Opens every log that the vault holds and connects them. */
  async openLogs(connect = true): Promise<void> {
    const rows = this.rows;
    if (!rows) return;
    const sheet = await rows.get("secret", secretKeys.sheet);
    const parsedSheet = sheet && sheetCodec.decode(sheet);
    if (parsedSheet?.ok) this.sheet = parsedSheet.value;
    this.earlierSeeds = decodeSeeds(await rows.get("secret", secretKeys.earlierSheets));
    const settings = await rows.get("secret", secretKeys.settings);
    const parsedSettings = settings && settingsCodec.decode(settings);
    if (parsedSettings?.ok) ({ autoLock: this.autoLock, undo: this.undoSeconds = UNDO_SECONDS } = parsedSettings.value);
    this.groups = decodeGroups(await rows.get("secret", secretKeys.devices));
    for (const row of await rows.scan("secret", prefix("identity/"))) {
      const identity = identityCodec.decode(row.value);
      if (!identity.ok) throw new Error("a stored identity does not parse");
      if (this.logs.has(identity.value.log) || this.leaving.has(identity.value.log)) continue;
      const guise = decodeGuise(await rows.get("secret", secretKeys.guise(identity.value.log)));
      await this.openIfFinished(identity.value, guise, connect);
    }
    this.tell({ topic: "households" });
  }

  /** Undefined where the device can't store now what opening needs: it is tried at the next unlocking. */
  async openIfFinished(...log: Parameters<ReplicaCore["openLog"]>): Promise<OpenLog | undefined> {
    try {
      return await this.openLog(...log);
    } catch (problem) {
      if (!(problem instanceof LeavingUnfinished)) throw problem;
      return undefined;
    }
  }

  async openLog(identity: Identity, guise: Guise | SheetGuise | undefined, connect = true): Promise<OpenLog> {
    const rows = this.rows;
    if (!rows) throw new Error("the vault is open");
    const purpose = identity.purpose as SheetPurpose;
    const seeds = this.sheet ? [this.sheet.seed, ...this.earlierSeeds] : [];
    const sheets = seeds.map((seed) => recoveryKeys(seed, purpose));
    const openers = sheets.map((s): Opener => ({ recipient: s.keys.sign, pair: s.box }));
    const seed = guise && !("keys" in guise) ? (guise.seed ?? this.sheet?.seed) : undefined;
    const asGuise: Guise | undefined =
      guise && "keys" in guise ? guise : seed && { as: "recovery", keys: recoveryKeys(seed, purpose).sign };
    const session = await LogSession.open({
      ports: this.deps.ports,
      rows,
      identity,
      openers,
      ...(asGuise ? { guise: asGuise } : {}),
      ...(this.deps.bundling ? { bundling: this.deps.bundling } : {}),
      onChange: (change) => {
        this.#changed(identity.log, change);
      },
    });
    const open: OpenLog = { session, names: decodeNames(await rows.get("secret", secretKeys.names(identity.log))) };
    this.logs.set(identity.log, open);
    if (connect) session.link.start();
    return open;
  }

  async closeLogs(): Promise<void> {
    const open = [...this.logs.values()];
    this.logs.clear();
    await Promise.all(open.map((l) => l.session.close()));
    this.sheet = undefined;
    this.earlierSeeds = [];
    this.groups = [];
  }

  async closeLog(log: LogId): Promise<void> {
    const open = this.logs.get(log);
    this.logs.delete(log);
    await open?.session.close();
  }

  async saveSheet(sheet: SheetRow): Promise<Result<void, ActError>> {
    return this.save(secretKeys.sheet, sheetCodec.encode(sheet), () => {
      this.sheet = sheet;
    });
  }

  /** Another sheet in place of the present one, which is kept for what it opens: the vault's slot, the sheet and the seeds before it in one write. */
  async replaceSheet(sheet: SheetRow): Promise<Result<void, ActError>> {
    const earlier = this.sheet ? [this.sheet.seed, ...this.earlierSeeds] : this.earlierSeeds;
    const kept = await this.vault.replaceSheet(sheetUnlockKey(sheet.seed), [
      { table: "secret", key: secretKeys.sheet, value: sheetCodec.encode(sheet) },
      { table: "secret", key: secretKeys.earlierSheets, value: concat(...earlier) },
    ]);
    if (!kept.ok) return kept;
    this.sheet = sheet;
    this.earlierSeeds = earlier;
    return kept;
  }

  /** Seeds of earlier sheets that this device was given. */
  async saveEarlierSeeds(seeds: readonly SheetSeed[]): Promise<Result<void, ActError>> {
    return this.save(secretKeys.earlierSheets, concat(...seeds), () => {
      this.earlierSeeds = seeds;
    });
  }

  /** What this person set for this device. */
  async saveSettings(what: { readonly autoLock?: number; readonly undo?: number }): Promise<Result<void, ActError>> {
    const settings = { autoLock: this.autoLock, undo: this.undoSeconds, ...what };
    return this.save(secretKeys.settings, settingsCodec.encode(settings), () => {
      this.autoLock = settings.autoLock;
      this.undoSeconds = settings.undo;
      this.tell({ topic: "vault" });
    });
  }

  async saveGroups(groups: readonly DeviceGroup[]): Promise<Result<void, ActError>> {
    return this.save(secretKeys.devices, encodeGroups(groups), () => {
      this.groups = groups;
      this.tell({ topic: "households" });
    });
  }

  async saveIdentity(identity: Identity): Promise<Result<void, ActError>> {
    return this.save(keys.identity(identity.log), identityCodec.encode(identity), () => undefined);
  }

  /** What this person set for a log on this device. */
  async adopt(open: OpenLog, what: { readonly zone?: string; readonly viewReceipts?: boolean }): Promise<Result<void, ActError>> {
    const saved = await this.saveIdentity({ ...open.session.identity, ...what });
    if (!saved.ok) return saved;
    open.session.adopt(what);
    this.tell({ topic: "households" });
    return ok(undefined);
  }

  /** Names that this person gives here: kept at once, and noted in their personal log (rule R8). */
  async saveNames(log: OpenLog, names: Names): Promise<Result<void, ActError>> {
    const noted = this.personal ? given(log.session.log, log.names, names) : [];
    const saved = await this.add([{ table: "secret", key: secretKeys.names(log.session.log), value: encodeNames(names) }, ...noted]);
    if (!saved.ok) return saved;
    log.names = names;
    this.tell({ topic: "households" });
    if (noted.length > 0) this.onNamed();
    return saved;
  }

  /** Names as the personal log has them. */
  async keepNames(log: OpenLog, names: Names): Promise<void> {
    const value = encodeNames(names);
    if (equalBytes(value, encodeNames(log.names))) return;
    // A row that can't be kept is made anew from the same records at the next unlocking.
    await this.add([{ table: "secret", key: secretKeys.names(log.session.log), value }]);
    log.names = names;
    this.tell({ topic: "households" });
  }

  /** Rows that belong together: all of them, or none. */
  async add(writes: readonly Write[]): Promise<Result<void, ActError>> {
    const done = await this.rows?.commit(writes);
    if (!done) return err({ code: "locked" });
    return done.ok ? ok(undefined) : err(actErrorOf(done.error.code));
  }

  async save(key: string, value: Uint8Array, kept: () => void): Promise<Result<void, ActError>> {
    const done = await this.add([{ table: "secret", key, value }]);
    if (done.ok) kept();
    return done;
  }

  #changed(log: LogId, change: LogChange): void {
    const open = this.logs.get(log);
    if (open && (change.type === "sync" || change.type === "charter" || change.type === "live")) this.onSteps(open);
    switch (change.type) {
      case "sync":
      case "fault":
        this.tell({ topic: "sync", log });
        return;
      case "charter":
        this.tell({ topic: "households" });
        if (open !== undefined && open === this.personal) this.onNamed();
        return;
      case "again":
        this.tell({ topic: "households" });
        return;
      case "history":
        this.tell({ topic: "history", log });
        return;
      case "live":
        if (open) this.onLive(open);
        return;
      case "records":
        for (const record of change.records) this.#tellRecord(log, record, open);
        if (open !== undefined && open === this.personal) {
          if (change.records.some((record) => open.session.index.digest(record)?.kind === "name")) this.onNamed();
        }
    }
  }

  #tellRecord(log: LogId, record: RecordId, open: OpenLog | undefined): void {
    const digest = open?.session.index.digest(record);
    if (digest?.kind === "name") return;
    if (digest?.kind === "expense") this.tell({ topic: "expenses", log, record });
    else if (digest?.kind === "message") this.tell({ topic: "messages", log, thread: digest.thread });
    else if (digest) this.tell({ topic: "messages", log, thread: record });
  }
}
