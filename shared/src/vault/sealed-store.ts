import { utf8 } from "../base/bytes.ts";
import type { VaultKey } from "../base/ids.ts";
import { ok, type Coded, type Result } from "../base/result.ts";
import type { RandomBytes } from "../crypto/random.ts";
import { seal, unseal } from "../crypto/seal.ts";
import type { Range, Row, RowStore, StoreCode, Table, Write } from "./row-store.ts";

/** A row that was kept under this vault key does not open: somebody or something changed it. */
export class DamagedRow extends Error {
  readonly table: Table;
  readonly key: string;
  constructor(table: Table, key: string) {
    super(`a stored row of '${table}' does not open`);
    this.table = table;
    this.key = key;
  }
}

const place = (table: Table, key: string): Uint8Array => utf8(`${table}/${key}`);

/**
 * Every row sealed under the vault key and bound to its place, so that rows cannot be read, nor swapped with one another. Keys of rows stay
 * readable: they hold only random ids and counters.
 */
export class SealedStore implements RowStore {
  readonly #inner: RowStore;
  readonly #key: VaultKey;
  readonly #random: RandomBytes;

  constructor(inner: RowStore, key: VaultKey, random: RandomBytes) {
    this.#inner = inner;
    this.#key = key;
    this.#random = random;
  }

  async get(table: Table, key: string): Promise<Uint8Array | undefined> {
    const sealed = await this.#inner.get(table, key);
    return sealed && this.#open(table, key, sealed);
  }

  async scan(table: Table, range: Range): Promise<readonly Row[]> {
    return (await this.#inner.scan(table, range)).map((row) => ({ key: row.key, value: this.#open(table, row.key, row.value) }));
  }

  async commit(writes: readonly Write[]): Promise<Result<void, Coded<StoreCode>>> {
    return writes.length === 0 ? ok(undefined) : this.#inner.commit(this.sealed(writes));
  }

  /** The writes as the store below gets them. */
  sealed(writes: readonly Write[]): readonly Write[] {
    return writes.map((w) =>
      w.value === null ? w : { ...w, value: seal("vault-row", this.#key, place(w.table, w.key), w.value, this.#random) },
    );
  }

  close(): Promise<void> {
    return this.#inner.close();
  }

  #open(table: Table, key: string, sealed: Uint8Array): Uint8Array {
    const opened = unseal("vault-row", this.#key, place(table, key), sealed);
    if (!opened) throw new DamagedRow(table, key);
    return opened;
  }
}
