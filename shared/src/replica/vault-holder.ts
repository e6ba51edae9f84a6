import type { Millis, VaultKey } from "../base/ids.ts";
import { err, ok, type Result } from "../base/result.ts";
import type { RandomBytes } from "../crypto/random.ts";
import { characters } from "../kinds/fields.ts";
import type { Clock } from "../sync/ports.ts";
import type { RowStore, StoreCode, Write } from "../vault/row-store.ts";
import { SealedStore } from "../vault/sealed-store.ts";
import {
  ARGON_MIN,
  createVault,
  decodeHeader,
  encodeHeader,
  unlock,
  unlockWithSheet,
  unlockWithWay,
  withoutWay,
  withPassphrase,
  withSheet,
  withWay,
  type ArgonCost,
  type UnlockSlot,
  type VaultHeader,
  type WayKind,
} from "../vault/slots.ts";
import type { ActError } from "./answer.ts";

/** Of the row with what opens the vault. */
export const HEADER_KEY = "vault";
export const PASSPHRASE_MIN = 12;

/** What a storage error means to the person who asked for something. */
export function actErrorOf(code: StoreCode): ActError {
  switch (code) {
    case "store-full":
      return { code: "storage-full" };
    case "store-refused":
    case "store-closed":
    case "store-damaged":
    case "store-failed":
      return { code: "storage-refused" };
  }
}

/** Makes, opens, locks and re-keys the vault over one store. Holds the vault key only while it is open. */
export class VaultHolder {
  readonly #rows: RowStore;
  readonly #clock: Clock;
  readonly #random: RandomBytes;
  readonly #cost: ArgonCost;
  #header: VaultHeader | undefined;
  #key: VaultKey | undefined;
  #sealed: SealedStore | undefined;

  private constructor(rows: RowStore, clock: Clock, random: RandomBytes, cost: ArgonCost, header: VaultHeader | undefined) {
    this.#rows = rows;
    this.#clock = clock;
    this.#random = random;
    this.#cost = cost;
    this.#header = header;
  }

  /** Reads whether there is a vault. A header that does not parse is an error, never an empty vault: making a new one would hide the old. */
  static async load(
    rows: RowStore,
    clock: Clock,
    random: RandomBytes,
    cost: ArgonCost = ARGON_MIN,
  ): Promise<Result<VaultHolder, ActError>> {
    const bytes = await rows.get("meta", HEADER_KEY);
    if (!bytes) return ok(new VaultHolder(rows, clock, random, cost, undefined));
    const header = decodeHeader(bytes);
    return header.ok ? ok(new VaultHolder(rows, clock, random, cost, header.value)) : err({ code: "storage-refused" });
  }

  get state(): "none" | "locked" | "open" {
    return this.#sealed ? "open" : this.#header ? "locked" : "none";
  }

  get waitUntil(): Millis | undefined {
    const wait = this.#header?.wait ?? 0;
    return wait > this.#clock.now() ? wait : undefined;
  }

  /** The rows under the vault key, while it is open. */
  get rows(): SealedStore | undefined {
    return this.#sealed;
  }

  /** Makes a vault that holds these rows from its first moment: all of it is durable, or none. */
  async create(passphrase: string, sheetKey: Uint8Array, rows: readonly Write[] = []): Promise<Result<SealedStore, ActError>> {
    if (this.#header) return err({ code: "vault-exists" });
    if (characters(passphrase) < PASSPHRASE_MIN) return err({ code: "passphrase-short", limit: PASSPHRASE_MIN });
    const { key, header } = createVault(passphrase, sheetKey, this.#random, this.#cost);
    const kept = await this.#keep(header, new SealedStore(this.#rows, key, this.#random).sealed(rows));
    if (!kept.ok) return kept;
    return ok(this.#opened(key));
  }

  /**
   * A wrong passphrase is counted before it is answered, so that a restart does not forget it. The right one opens also where the disk takes no
   * more writes: reading and exporting are what a person with a full device needs.
   */
  async unlock(passphrase: string): Promise<Result<SealedStore, ActError>> {
    if (!this.#header) return err({ code: "no-vault" });
    const { result, header } = unlock(this.#header, passphrase, this.#clock.now(), this.#cost);
    // Where it can't be written it counts at least until the next start.
    if (header !== this.#header && !(await this.#keep(header)).ok) this.#header = header;
    if (result.ok) return ok(this.#opened(result.value));
    switch (result.error.code) {
      case "passphrase-wait":
        return err({ code: "passphrase-wait", until: this.#header.wait });
      case "slot-downgrade":
        return err({ code: "storage-refused" });
      case "passphrase-wrong":
        return err({ code: "passphrase-wrong", ...(header.wait > 0 ? { until: header.wait } : {}) });
    }
  }

  /** Asks for the passphrase again before a dangerous act; the vault is open already and stays so. */
  async confirm(passphrase: string): Promise<Result<void, ActError>> {
    if (!this.#sealed) return err({ code: "locked" });
    const again = await this.unlock(passphrase);
    return again.ok ? ok(undefined) : again;
  }

  /** A forgotten passphrase: the recovery sheet opens the vault, and another passphrase takes the place of the old one. */
  async resetPassphrase(sheetKey: Uint8Array, next: string): Promise<Result<SealedStore, ActError>> {
    if (!this.#header) return err({ code: "no-vault" });
    if (characters(next) < PASSPHRASE_MIN) return err({ code: "passphrase-short", limit: PASSPHRASE_MIN });
    const key = unlockWithSheet(this.#header, sheetKey);
    if (!key) return err({ code: "sheet-not-this" });
    const kept = await this.#keep(withPassphrase(this.#header, key, next, this.#random, this.#cost));
    return kept.ok ? ok(this.#opened(key)) : kept;
  }

  /** The further ways to open this vault; readable while it is locked, since a lock screen offers them. */
  get ways(): readonly UnlockSlot[] {
    return this.#header?.more ?? [];
  }

  /** Adds a way to open, after the passphrase: whoever finds the device open must not be able to leave a door behind. */
  async addWay(
    passphrase: string,
    way: { readonly kind: WayKind; readonly secret: Uint8Array; readonly hint: Uint8Array },
  ): Promise<Result<void, ActError>> {
    const confirmed = await this.confirm(passphrase);
    if (!confirmed.ok) return confirmed;
    if (!this.#header || !this.#key) return err({ code: "locked" });
    const next = withWay(this.#header, this.#key, { ...way, made: this.#clock.now() }, this.#random);
    return next ? this.#keep(next) : err({ code: "not-allowed" });
  }

  async unlockWithWay(id: string, secret: Uint8Array): Promise<Result<SealedStore, ActError>> {
    if (!this.#header) return err({ code: "no-vault" });
    const key = unlockWithWay(this.#header, id, secret);
    return Promise.resolve(key ? ok(this.#opened(key)) : err({ code: "way-unknown" }));
  }

  async removeWay(id: string): Promise<Result<void, ActError>> {
    return this.#header ? this.#keep(withoutWay(this.#header, id)) : err({ code: "no-vault" });
  }

  async changePassphrase(old: string, next: string): Promise<Result<void, ActError>> {
    if (characters(next) < PASSPHRASE_MIN) return err({ code: "passphrase-short", limit: PASSPHRASE_MIN });
    const confirmed = await this.confirm(old);
    if (!confirmed.ok) return confirmed;
    if (!this.#header || !this.#key) return err({ code: "locked" });
    return this.#keep(withPassphrase(this.#header, this.#key, next, this.#random, this.#cost));
  }

  /** Another recovery sheet opens this vault, in place of the one before; `rows` are durable with it or not at all. */
  async replaceSheet(sheetKey: Uint8Array, rows: readonly Write[]): Promise<Result<void, ActError>> {
    if (!this.#header || !this.#key || !this.#sealed) return err({ code: "locked" });
    return this.#keep(withSheet(this.#header, this.#key, sheetKey, this.#random), this.#sealed.sealed(rows));
  }

  lock(): void {
    this.#key?.fill(0);
    this.#key = undefined;
    this.#sealed = undefined;
  }

  #opened(key: VaultKey): SealedStore {
    if (this.#sealed) {
      key.fill(0);
      return this.#sealed;
    }
    this.#key = key;
    return (this.#sealed = new SealedStore(this.#rows, key, this.#random));
  }

  async #keep(header: VaultHeader, rows: readonly Write[] = []): Promise<Result<void, ActError>> {
    const kept = await this.#rows.commit([{ table: "meta", key: HEADER_KEY, value: encodeHeader(header) }, ...rows]);
    if (!kept.ok) return err(actErrorOf(kept.error.code));
    this.#header = header;
    return ok(undefined);
  }
}
