import type Database from "libsql";
import { idBytes } from "@countersign/shared/base/bytes";
import type { Hex32, LogId } from "@countersign/shared/base/ids";
import { num, type Row } from "./sqlite-rows.ts";

interface Query {
  get(values: readonly unknown[]): Row | undefined;
  all(values: readonly unknown[]): readonly Row[];
  run(values: readonly unknown[]): void;
}

/** 48 bits of an author part's hash: enough to look up, and half the size in the index. Who finds compares the bytes. */
export const shortId = (id: Hex32): number => Number.parseInt(id.slice(0, 12), 16);

/** Prepared statements of one database, and the short numbers that its tables have for logs. */
export class SqliteQueries {
  readonly #db: Database.Database;
  readonly #queries = new Map<string, Query>();
  readonly #numbers = new Map<LogId, number>();

  constructor(db: Database.Database) {
    this.#db = db;
  }

  /** A log's short number in the tables; −1, which no row has, for one that is not there. */
  numberOf(log: LogId): number {
    const known = this.#numbers.get(log);
    if (known !== undefined) return known;
    const row = this.query("SELECT id FROM logs WHERE log = ?").get([idBytes(log)]);
    if (!row) return -1;
    if (this.#numbers.size > 10_000) this.#numbers.clear();
    this.#numbers.set(log, num(row[0]));
    return num(row[0]);
  }

  /** The log is gone, or was never made; without one, all numbers are asked anew. */
  forget(log?: LogId): void {
    if (log === undefined) this.#numbers.clear();
    else this.#numbers.delete(log);
  }

  query(sql: string): Query {
    let query = this.#queries.get(sql);
    if (!query) {
      const statement = this.#db.prepare(sql);
      const reader = /^SELECT/i.test(sql);
      if (reader) statement.raw();
      // Values always go in one array: the driver takes a lone byte string for named values.
      query = {
        get: (values) => statement.get(values) as Row | undefined,
        all: (values) => statement.all(values) as readonly Row[],
        run: (values) => void statement.run(values),
      };
      this.#queries.set(sql, query);
    }
    return query;
  }

  /** Lets go of all statements, before the database closes. */
  close(): void {
    this.#queries.clear();
  }
}
