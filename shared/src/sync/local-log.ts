import { toId } from "../base/bytes.ts";
import type { ChannelKey, DeviceId, LogId, Millis, RecordId } from "../base/ids.ts";
import type { Coded, Result } from "../base/result.ts";
import { acceptsEpoch, currentEpoch, deviceAt, isRefused, relaysOf, type RelayPin } from "../charter/query.ts";
import type { Charter } from "../charter/state.ts";
import type { BoxKeyId, DeviceKeys, Position } from "../charter/types.ts";
import { boxKeyPair, type BoxKeyPair } from "../crypto/box.ts";
import { signKeyPair, type SignKeyPair } from "../crypto/sign.ts";
import type { Channel } from "../base/channels.ts";
import type { RowStore, StoreCode, Write } from "../vault/row-store.ts";
import { withoutStalePages } from "./line-pages.ts";
import { keyName, type LogState, type Opener } from "./log-state.ts";
import type { Ports } from "./ports.ts";
import type { Identity } from "./rows.ts";

/** What changed in a log, for whoever shows it. */
export type LogChange =
  | { readonly type: "sync" }
  | { readonly type: "charter" }
  /** More of a history that this device left is in the log again. */
  | { readonly type: "again" }
  | { readonly type: "records"; readonly records: readonly RecordId[] }
  | { readonly type: "history" }
  | { readonly type: "live" }
  | { readonly type: "fault" };

export interface LocalLogDeps {
  readonly ports: Ports;
  readonly rows: RowStore;
  readonly identity: Identity;
  readonly onChange: (what: LogChange) => void;
}

/**
 * One log as it stands on this device: what was verified of it, whose device this is in it, and its rows. Everything that changes it runs one
 * after another; every step is committed to the vault before memory, screen or relay see it.
 */
export class LocalLog {
  readonly log: LogId;
  readonly device: DeviceId;
  readonly signKeys: SignKeyPair;
  readonly ports: Ports;
  readonly rows: RowStore;
  /** Told of every line of the history that became durable, or that went. */
  onLines: ((lines: readonly Write[]) => void) | undefined;
  readonly #box: BoxKeyPair;
  readonly #onChange: (what: LogChange) => void;
  #identity: Identity;
  #state: LogState;
  #lock: Promise<unknown> = Promise.resolve();
  #skew = 0;
  #lastSynced: Millis | undefined;
  #storeFault: StoreCode | undefined;
  #isClosed = false;

  constructor({ ports, rows, identity, onChange }: LocalLogDeps, state: LogState) {
    this.ports = ports;
    this.rows = rows;
    this.#onChange = onChange;
    this.#identity = identity;
    this.log = identity.log;
    this.signKeys = signKeyPair(identity.sign);
    this.#box = boxKeyPair(identity.box);
    this.device = toId(this.signKeys.publicKey);
    this.#state = state;
  }

  // ------------------------------------------------------------------------------------------------------------ questions

  get state(): LogState {
    return this.#state;
  }

  get charter(): Charter | undefined {
    return this.#state.charter;
  }

  get identity(): Identity {
    return this.#identity;
  }

  get deviceKeys(): DeviceKeys {
    return { sign: this.device, box: toId<BoxKeyId>(this.#box.publicKey) };
  }

  /** What opens wraps that are made for this device. */
  get opener(): Opener {
    return { recipient: this.device, pair: this.#box };
  }

  /** How far the relay's clock is ahead of this device's, in milliseconds. */
  get skew(): number {
    return this.#skew;
  }

  get lastSynced(): Millis | undefined {
    return this.#lastSynced;
  }

  /** Why the last commit failed, if it did. */
  get storeFault(): StoreCode | undefined {
    return this.#storeFault;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** The present place: after everything that was verified, at the relay's time as far as this device can tell. */
  now(): Position {
    return { seq: this.#state.tail.size, time: Math.max(this.ports.clock.now() + this.#skew, this.#state.tail.time) };
  }

  isDevice(): boolean {
    return this.#state.charter !== undefined && deviceAt(this.#state.charter, this.device, this.now()) !== undefined;
  }

  /** This device was brought in by the recovery sheet, and another device of its person refused it (rule C9). */
  isRefused(): boolean {
    return this.#state.charter !== undefined && isRefused(this.#state.charter, this.device, this.now());
  }

  /** The relay to which this log has moved, while this device is still at another (rule C8c). */
  get movedOn(): RelayPin | undefined {
    const { charter } = this.#state;
    const [pin, ...before] = charter ? relaysOf(charter) : [];
    const here = this.#identity.relayName;
    // A relay that the charter does not name yet is one that this device was shown to be the next.
    return pin && pin.relay !== here && before.some((b) => b.relay === here) ? pin : undefined;
  }

  /** The epoch under which this device writes in a channel, and its key; undefined where it has none. */
  keyOf(channel: Channel): { readonly epoch: number; readonly key: ChannelKey } | undefined {
    const { charter, keys: ring } = this.#state;
    const epoch = charter && currentEpoch(charter, channel)?.epoch;
    const key = epoch === undefined ? undefined : ring.get(keyName(channel, epoch));
    if (!charter || epoch === undefined || !key) return undefined;
    return acceptsEpoch(charter, { device: this.device, channel, epoch, at: this.now() }) ? { epoch, key } : undefined;
  }

  // ------------------------------------------------------------------------------------------------------------- changing

  /** Runs `work` after everything that was asked for before it, and before anything that is asked for later. */
  exclusive<T>(work: () => Promise<T>): Promise<T> {
    const run = this.#lock.then(work);
    this.#lock = run.catch(() => undefined);
    return run;
  }

  async commit(writes: readonly Write[]): Promise<Result<void, Coded<StoreCode>>> {
    const kept = await this.rows.commit([...writes, ...withoutStalePages(this.log, writes)]);
    this.#storeFault = kept.ok ? undefined : kept.error.code;
    if (kept.ok && this.onLines) {
      const lines = writes.filter((w) => w.table === "history");
      if (lines.length > 0) this.onLines(lines);
    }
    if (!kept.ok) this.tell({ type: "sync" });
    return kept;
  }

  tell(...changes: LogChange[]): void {
    for (const change of changes) this.#onChange(change);
  }

  /** What was verified further, once it is durable. */
  advanceTo(state: LogState): void {
    this.#state = state;
  }

  /** What this person changed of how they see the log, or where it is now; keys and places stay. */
  adopt(what: Partial<Pick<Identity, "zone" | "viewReceipts" | "label" | "address" | "relayName">>): void {
    this.#identity = { ...this.#identity, ...what };
  }

  /** The relay says what time it is. */
  setTime(time: Millis): void {
    this.#skew = time - this.ports.clock.now();
  }

  /** Everything that the relay has is here. */
  setSynced(): void {
    this.#lastSynced = this.ports.clock.now();
  }

  /** Nothing that is still going on begins another step. */
  close(): void {
    this.#isClosed = true;
  }

  /** Resolves when everything that was asked for so far is done. */
  async settled(): Promise<void> {
    await this.#lock;
  }
}
