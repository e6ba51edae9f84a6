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
  /** Keys in order, for tables that were scanned since a key came or went. */
  readonly #sorted = new Map<Table, string[]>();
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
    const stored = this.#tables.get(table);
    const all = this.#keys(table);
    const between = all.slice(placeOf(all, from), to === undefined ? all.length : placeOf(all, to));
    const keys = reverse ? between.reverse() : between;
    return Promise.resolve(keys.slice(0, limit).flatMap((key): Row[] => rowOf(key, stored?.get(key))));
  }

  #keys(table: Table): string[] {
    const known = this.#sorted.get(table);
    if (known) return known;
    const keys = [...(this.#tables.get(table)?.keys() ?? [])].sort();
    this.#sorted.set(table, keys);
    return keys;
  }

  commit(writes: readonly Write[]): Promise<Result<void, Coded<StoreCode>>> {
    if (this.#closed) return Promise.resolve(err(coded("store-closed")));
    const fault = this.#faults.beforeCommit?.(writes);
    if (fault) return Promise.resolve(err(fault));
    for (const w of writes) {
      let table = this.#tables.get(w.table);
      if (!table) this.#tables.set(w.table, (table = new Map<string, Uint8Array>()));
      if (w.value === null) {
        if (table.delete(w.key)) this.#sorted.delete(w.table);
        continue;
      }
      const isNew = !table.has(w.key);
      table.set(w.key, Uint8Array.from(w.value));
      const sorted = isNew ? this.#sorted.get(w.table) : undefined;
      if (sorted && (sorted.at(-1) ?? "") < w.key) sorted.push(w.key);
      else if (sorted) this.#sorted.delete(w.table);
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

const rowOf = (key: string, value: Uint8Array | undefined): Row[] => (value ? [{ key, value }] : []);

/** The first place of a sorted list that is not before `key`. */
function placeOf(keys: readonly string[], key: string): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((keys[middle] ?? "") < key) low = middle + 1;
    else high = middle;
  }
  return low;
}
