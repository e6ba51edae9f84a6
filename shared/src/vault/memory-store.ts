import { coded, err, ok, type Coded, type Result } from "../base/result.ts";
import type { Range, Row, RowStore, StoreCode, Table, Write } from "./row-store.ts";

/** What a test may make go wrong. */
export interface StoreFaults {
  /** Called before each commit; an error refuses it, as a full disk would. */
  beforeCommit?(writes: readonly Write[]): Coded<StoreCode> | undefined;
}

/** Rows in memory: for samples, tests and the simulator. `snapshot` and `restore` play a machine that loses power. */
export class MemoryStore implements RowStore {
  #tables = new Map<Table, Map<string, Uint8Array>>();
  #closed = false;
  readonly #faults: StoreFaults;

  constructor(faults: StoreFaults = {}) {
    this.#faults = faults;
  }

  get(table: Table, key: string): Promise<Uint8Array | undefined> {
    return Promise.resolve(this.#tables.get(table)?.get(key));
  }

  scan(table: Table, range: Range): Promise<readonly Row[]> {
    const { from = "", to, limit = Infinity, reverse = false } = range;
    const rows: Row[] = [];
    for (const [key, value] of this.#tables.get(table) ?? []) if (key >= from && (to === undefined || key < to)) rows.push({ key, value });
    rows.sort((a, b) => (a.key < b.key ? -1 : 1));
    if (reverse) rows.reverse();
    return Promise.resolve(rows.slice(0, limit));
  }

  commit(writes: readonly Write[]): Promise<Result<void, Coded<StoreCode>>> {
    if (this.#closed) return Promise.resolve(err(coded("store-closed")));
    const fault = this.#faults.beforeCommit?.(writes);
    if (fault) return Promise.resolve(err(fault));
    for (const w of writes) {
      let table = this.#tables.get(w.table);
      if (!table) this.#tables.set(w.table, (table = new Map<string, Uint8Array>()));
      if (w.value === null) table.delete(w.key);
      else table.set(w.key, Uint8Array.from(w.value));
    }
    return Promise.resolve(ok(undefined));
  }

  close(): Promise<void> {
    this.#closed = true;
    return Promise.resolve();
  }

  /** Everything that was committed so far, as a store that a restarted process would open. */
  reopened(faults: StoreFaults = {}): MemoryStore {
    const next = new MemoryStore(faults);
    next.#tables = new Map([...this.#tables].map(([t, rows]) => [t, new Map(rows)]));
    return next;
  }

  /** All bytes at rest, for tests that search them. */
  *bytes(): Generator<{ readonly table: Table; readonly key: string; readonly value: Uint8Array }> {
    for (const [table, rows] of this.#tables) for (const [key, value] of rows) yield { table, key, value };
  }
}
