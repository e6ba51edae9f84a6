import type { Coded, Result } from "../base/result.ts";

/**
 * Where a device keeps its rows. One process at a time owns a store; the contract suite in `shared/test/row-store-contract.ts` holds
 * for every implementation (memory, files, the browser).
 */
export interface RowStore {
  get(table: Table, key: string): Promise<Uint8Array | undefined>;
  /** Rows with `from <= key < to`, ascending by key (descending with `reverse`), at most `limit`. */
  scan(table: Table, range: Range): Promise<readonly Row[]>;
  /** All of it or nothing, and durable when it answers ok. Nothing else of the store changes on an error. */
  commit(writes: readonly Write[]): Promise<Result<void, Coded<StoreCode>>>;
  close(): Promise<void>;
}

export const TABLES = [
  "meta",
  "secret",
  "log",
  "entry",
  "statement",
  "note",
  "change",
  "outbox",
  "book",
  "record",
  "history",
  "fault",
  "file",
  "draft",
  "cache",
] as const;
export type Table = (typeof TABLES)[number];

export interface Range {
  readonly from?: string;
  readonly to?: string;
  readonly limit?: number;
  readonly reverse?: boolean;
}

export interface Row {
  readonly key: string;
  readonly value: Uint8Array;
}

export type Write =
  | { readonly table: Table; readonly key: string; readonly value: Uint8Array }
  | { readonly table: Table; readonly key: string; readonly value: null };

export type StoreCode =
  /** No room: nothing of this commit was kept. */
  | "store-full"
  /** The platform refuses to store at all (private window, policy). */
  | "store-refused"
  /** A row did not open or parse: the disk or somebody changed it. */
  | "store-damaged"
  /** The store is closed, or another process holds it. */
  | "store-closed"
  | "store-failed";

/** The range of all keys that begin with a prefix. Keys are plain ASCII. */
export const prefix = (text: string): Range => ({ from: text, to: `${text}\u007f` });

/** A number as a key part that sorts like the number. */
export const numberKey = (n: number): string => n.toString(10).padStart(12, "0");

/** Rows whose keys begin with a prefix, ascending, a run at a time: a table may be larger than what a device wants in memory at once. */
export async function* scanRuns(rows: RowStore, table: Table, before: string, limit: number): AsyncGenerator<readonly Row[]> {
  const { from = "", to } = prefix(before);
  for (let next = from; ;) {
    const some = await rows.scan(table, { from: next, ...(to === undefined ? {} : { to }), limit });
    const last = some.at(-1);
    if (!last) return;
    yield some;
    if (some.length < limit) return;
    next = `${last.key}\u0000`;
  }
}
