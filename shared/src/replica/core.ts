import { z } from "zod";
import { equalBytes } from "../base/bytes.ts";
import type { DeviceId, LogId, MemberId, RecordId } from "../base/ids.ts";
import { err, ok, type Result } from "../base/result.ts";
import { structCodec, zExact, zId, zText, zUint, type Codec } from "../cbor/struct.ts";
import { recoveryKeys, type SheetPurpose, type SheetSeed } from "../charter/recovery-sheet.ts";
import type { BundleRule } from "../sync/bundling.ts";
import type { LogChange } from "../sync/local-log.ts";
import { LeavingUnfinished } from "../sync/session-load.ts";
import type { Opener } from "../sync/log-state.ts";
import type { Ports } from "../sync/ports.ts";
import { identityCodec, keys, type Identity } from "../sync/rows.ts";
import { LogSession } from "../sync/session.ts";
import type { Guise } from "../sync/signing-in.ts";
import { prefix, type RowStore, type Write } from "../vault/row-store.ts";
import type { ArgonCost } from "../vault/slots.ts";
import type { ReadOpened } from "../snapshot/input.ts";
import type { PageMaker } from "../snapshot/pdf/render.ts";
import { given } from "./naming.ts";
import type { ActError } from "./answer.ts";
import type { MoveView } from "./people-view.ts";
import type { Patch } from "./api.ts";
import { actErrorOf, type VaultHolder } from "./vault-holder.ts";

/** What the engine needs of a platform, and what making snapshots needs beside it. */
export interface ReplicaPorts extends Ports {
  /** Lays out PDF pages; left out where this program makes none. */
  readonly pdf?: PageMaker;
  /** Reads files that were opened with the desktop app; left out everywhere else. */
  readonly opened?: ReadOpened;
}

/** What a platform gives to a replica. */
export interface ReplicaDeps {
  readonly rows: RowStore;
  readonly ports: ReplicaPorts;
  /** Origin of the web app that invitation links lead to, e.g. `https://relay.example`. */
  readonly webOrigin: (relay: string) => string;
  /** Whether a passphrase is known from breaches, without asking anybody. */
  readonly isBreached?: (passphrase: string) => Promise<boolean>;
  readonly storage?: () => Promise<{ readonly persistent: boolean | undefined; readonly used?: number; readonly quota?: number }>;
  /** The template of the viewer that goes into snapshots; undefined where the app has none at hand. */
  readonly viewer?: () => Promise<Uint8Array | undefined>;
  readonly eraseStore?: () => Promise<void>;
  /** Tests only: a passphrase that is cheaper to try. */
  readonly argonCost?: ArgonCost;
  /** Tests only: entries are bundled earlier than by rule L8g. */
  readonly bundling?: BundleRule;
}

const sheetCodec = structCodec(
  z.strictObject({ seed: zExact<SheetSeed>(16), relay: zText(255), confirmed: z.boolean(), made: zUint() }),
  1_000,
);
export interface SheetRow {
  readonly seed: SheetSeed;
  readonly relay: string;
  readonly confirmed: boolean;
  readonly made: number;
}

/** The most of a name that somebody gives, in UTF-16 units. */
const MAX_NAME = 200;
const zName = zText(MAX_NAME);

/** A name that is longer than a name may be, as what it is refused with; the screens have a limit of their own, and the edge of the replica keeps it too. */
export function tooLongName(...names: readonly (string | undefined)[]): ActError | undefined {
  return names.every((name) => zName.optional().safeParse(name).success) ? undefined : { code: "text-too-long", limit: MAX_NAME };
}

const namesSchema = z.strictObject({
  label: zName,
  /** Names that this person chose, by member and by device. They never leave this person's devices. */
  people: z.array(z.tuple([zText(64), zName])).max(100),
  devices: z.array(z.tuple([zText(64), zName])).max(400),
  /** The link of the open invitation. */
  link: zText(2_048).nullable(),
});
type NamesRow = z.output<typeof namesSchema>;
const namesCodec: Codec<NamesRow> = structCodec<NamesRow>(namesSchema, 131_072);

/** The names of one log, as this person gave them. */
export interface Names {
  readonly label: string;
  readonly people: ReadonlyMap<string, string>;
  readonly devices: ReadonlyMap<string, string>;
  readonly link: string | null;
}
export const NO_NAMES: Names = { label: "", people: new Map(), devices: new Map(), link: null };

const settingsCodec = structCodec(z.strictObject({ autoLock: zUint() }), 200);

const groupsCodec = structCodec(
  z.strictObject({ groups: z.array(z.array(z.strictObject({ l: zId<LogId>(), d: zId<DeviceId>() })).max(32)).max(200) }),
  1_048_576,
);
/** One device of this person: which id it has in which log. Kept on the person's own devices alone, since nothing else ties the logs together. */
export type DeviceGroup = readonly { readonly l: LogId; readonly d: DeviceId }[];

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
  /** A generated household in memory: nothing of it is stored or sent. */
  isSample = false;
  sheet: SheetRow | undefined;
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
    const sheet = await rows.get("secret", "sheet");
    const parsedSheet = sheet && sheetCodec.decode(sheet);
    if (parsedSheet?.ok) this.sheet = parsedSheet.value;
    const settings = await rows.get("secret", "settings");
    const parsedSettings = settings && settingsCodec.decode(settings);
    if (parsedSettings?.ok) this.autoLock = parsedSettings.value.autoLock;
    const groups = await rows.get("secret", "devices");
    const parsedGroups = groups && groupsCodec.decode(groups);
    this.groups = parsedGroups?.ok ? parsedGroups.value.groups : [];
    for (const row of await rows.scan("secret", prefix("identity/"))) {
      const identity = identityCodec.decode(row.value);
      if (!identity.ok) throw new Error("a stored identity does not parse");
      if (this.logs.has(identity.value.log) || this.leaving.has(identity.value.log)) continue;
      const guise = await rows.get("secret", `guise/${identity.value.log}`);
      await this.openIfFinished(identity.value, guise ? { as: "recovery" } : undefined, connect);
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

  async openLog(identity: Identity, guise: Guise | { readonly as: "recovery" } | undefined, connect = true): Promise<OpenLog> {
    const rows = this.rows;
    if (!rows) throw new Error("the vault is open");
    const recovery = this.sheet && recoveryKeys(this.sheet.seed, identity.purpose as SheetPurpose);
    const openers: Opener[] = recovery ? [{ recipient: recovery.keys.sign, pair: recovery.box }] : [];
    const asGuise: Guise | undefined =
      guise && "keys" in guise ? guise : guise && recovery ? { as: "recovery", keys: recovery.sign } : undefined;
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
    const open: OpenLog = { session, names: await this.#loadNames(identity.log) };
    this.logs.set(identity.log, open);
    if (connect) session.link.start();
    return open;
  }

  async closeLogs(): Promise<void> {
    const open = [...this.logs.values()];
    this.logs.clear();
    await Promise.all(open.map((l) => l.session.close()));
    this.sheet = undefined;
    this.groups = [];
  }

  async closeLog(log: LogId): Promise<void> {
    const open = this.logs.get(log);
    this.logs.delete(log);
    await open?.session.close();
  }

  async saveSheet(sheet: SheetRow): Promise<Result<void, ActError>> {
    return this.save("sheet", encodeSheet(sheet), () => {
      this.sheet = sheet;
    });
  }

  async saveAutoLock(minutes: number): Promise<Result<void, ActError>> {
    return this.save("settings", encodeSettings({ autoLock: minutes }), () => {
      this.autoLock = minutes;
    });
  }

  async saveGroups(groups: readonly DeviceGroup[]): Promise<Result<void, ActError>> {
    return this.save("devices", encodeGroups(groups), () => {
      this.groups = groups;
      this.tell({ topic: "households" });
    });
  }

  async saveIdentity(identity: Identity): Promise<Result<void, ActError>> {
    return this.save(keys.identity(identity.log), identityCodec.encode(identity), () => undefined);
  }

  /** Names that this person gives here: kept at once, and noted in their personal log (rule R8). */
  async saveNames(log: OpenLog, names: Names): Promise<Result<void, ActError>> {
    const noted = this.personal ? given(log.session.log, log.names, names) : [];
    const saved = await this.add([{ table: "secret", key: `names/${log.session.log}`, value: encodeNames(names) }, ...noted]);
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
    await this.add([{ table: "secret", key: `names/${log.session.log}`, value }]);
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
    const rows = this.rows;
    if (!rows) return err({ code: "locked" });
    const done = await rows.commit([{ table: "secret", key, value }]);
    if (!done.ok) return err(actErrorOf(done.error.code));
    kept();
    return ok(undefined);
  }

  async #loadNames(log: LogId): Promise<Names> {
    const row = await this.rows?.get("secret", `names/${log}`);
    const parsed = row && namesCodec.decode(row);
    if (!parsed?.ok) return NO_NAMES;
    return {
      label: parsed.value.label,
      people: new Map(parsed.value.people),
      devices: new Map(parsed.value.devices),
      link: parsed.value.link,
    };
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

export const encodeNames = (names: Names): Uint8Array =>
  namesCodec.encode({ label: names.label, people: [...names.people], devices: [...names.devices], link: names.link });
export const encodeSheet = (sheet: SheetRow): Uint8Array => sheetCodec.encode(sheet);
export const encodeSettings = (settings: { readonly autoLock: number }): Uint8Array => settingsCodec.encode(settings);
export const encodeGroups = (groups: readonly DeviceGroup[]): Uint8Array => groupsCodec.encode({ groups: groups.map((g) => [...g]) });

/** A person's name for a member: theirs, or what stands for it until they give one. */
export const nameOf = (names: Names, member: MemberId, me: MemberId | undefined): string =>
  names.people.get(member) ?? (member === me ? "Me" : "Other parent");

export const deviceNameOf = (names: Names, device: DeviceId): string => names.devices.get(device) ?? `Device ${device.slice(0, 4)}`;
