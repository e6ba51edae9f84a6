import type { Coded, Result } from "@countersign/shared/base/result";
import { coded, err } from "@countersign/shared/base/result";
import type { Range, Row, RowStore, StoreCode, Table, Write } from "@countersign/shared/vault/row-store";
import type { MemoryStore } from "@countersign/shared/vault/memory-store";
import type { RelayStore } from "../../sync-server/src/store/store.ts";

const never = <T>(): Promise<T> => new Promise<T>(() => undefined);

/** One run of a program on a machine that may lose power. */
export interface Process {
  alive: boolean;
}

/** The disk of a device as one process sees it: full when the schedule says so, and the process may die at a commit. */
export class Disk implements RowStore {
  readonly #rows: MemoryStore;
  readonly #process: Process;
  readonly #onDeath: () => void;
  isFull = false;
  commits = 0;
  /** Dies at this commit: before its rows are kept, or after, before anybody hears of it. */
  deadly: { readonly commit: number; readonly isKept: boolean } | undefined;

  constructor(rows: MemoryStore, process: Process, onDeath: () => void) {
    this.#rows = rows;
    this.#process = process;
    this.#onDeath = onDeath;
  }

  get(table: Table, key: string): Promise<Uint8Array | undefined> {
    return this.#process.alive ? this.#rows.get(table, key) : never();
  }

  scan(table: Table, range: Range): Promise<readonly Row[]> {
    return this.#process.alive ? this.#rows.scan(table, range) : never();
  }

  async commit(writes: readonly Write[]): Promise<Result<void, Coded<StoreCode>>> {
    if (!this.#process.alive) return never();
    const n = ++this.commits;
    if (this.isFull) return err(coded("store-full"));
    if (this.deadly?.commit !== n) return this.#rows.commit(writes);
    // Rows and death in one step: whoever looked in between would find a device that runs and is about to be gone.
    if (this.deadly.isKept) void this.#rows.commit(writes);
    this.#onDeath();
    return never();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** A relay's store as one process sees it: once the process is dead nothing of it reaches the disk, nor comes back from there. */
export function fenced(store: RelayStore, process: Process): RelayStore {
  return new Proxy(store, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== "function") return value;
      return (...args: unknown[]): unknown => (process.alive ? Reflect.apply(value, target, args) : never());
    },
  });
}
