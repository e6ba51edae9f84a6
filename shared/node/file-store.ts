import Database from "libsql";
import { coded, err, ok, type Coded, type Result } from "../src/base/result.ts";
import { TABLES, type Range, type Row, type RowStore, type StoreCode, type Table, type Write } from "../src/vault/row-store.ts";

const SCHEMA = 1;

interface Found {
  readonly key: string;
  readonly value: Uint8Array;
}

function codeOf(e: unknown): Coded<StoreCode> {
  const code = e instanceof Error && "code" in e ? String(e.code) : "";
  if (code === "SQLITE_FULL") return coded("store-full", code);
  if (code === "SQLITE_READONLY" || code === "SQLITE_CANTOPEN") return coded("store-refused", code);
  if (code === "SQLITE_BUSY") return coded("store-closed", code);
  if (code === "SQLITE_CORRUPT" || code === "SQLITE_NOTADB") return coded("store-damaged", code);
  return coded("store-failed", code);
}

/** Rows in one SQLite file, durable at each commit (WAL, synchronous FULL): the headless replica's disk. */
export class FileStore implements RowStore {
  readonly #db: Database.Database;
  readonly #get = new Map<Table, Database.Statement>();
  #open = true;

  private constructor(db: Database.Database) {
    this.#db = db;
  }

  /** Opens or makes the file. A file of a newer version is refused and left as it is. */
  static open(path: string): Result<FileStore, Coded<StoreCode>> {
    try {
      const db = new Database(path);
      db.pragma("journal_mode = WAL");
      // Set on purpose: in WAL the library otherwise falls back to NORMAL, which can lose the last commit when power fails.
      db.pragma("synchronous = FULL");
      const [version] = db.pragma("user_version") as { user_version: number }[];
      if ((version?.user_version ?? 0) > SCHEMA) {
        db.close();
        return err(coded("store-refused", "newer schema"));
      }
      for (const table of TABLES) db.exec(`CREATE TABLE IF NOT EXISTS "row_${table}" (key TEXT PRIMARY KEY, value BLOB NOT NULL)`);
      db.pragma(`user_version = ${String(SCHEMA)}`);
      return ok(new FileStore(db));
    } catch (e) {
      return err(codeOf(e));
    }
  }

  get(table: Table, key: string): Promise<Uint8Array | undefined> {
    let statement = this.#get.get(table);
    if (!statement) this.#get.set(table, (statement = this.#db.prepare(`SELECT value FROM "row_${table}" WHERE key = ?`)));
    const row = statement.get(key) as { value: Uint8Array } | undefined;
    return Promise.resolve(row && new Uint8Array(row.value));
  }

  scan(table: Table, range: Range): Promise<readonly Row[]> {
    const { from = "", to, limit = -1, reverse = false } = range;
    const rows = this.#db
      .prepare(
        `SELECT key, value FROM "row_${table}" WHERE key >= ? ${to === undefined ? "" : "AND key < ?"} ORDER BY key ${reverse ? "DESC" : "ASC"} LIMIT ?`,
      )
      .all(...(to === undefined ? [from, limit] : [from, to, limit])) as Found[];
    return Promise.resolve(rows.map((r) => ({ key: r.key, value: new Uint8Array(r.value) })));
  }

  commit(writes: readonly Write[]): Promise<Result<void, Coded<StoreCode>>> {
    if (!this.#open) return Promise.resolve(err(coded("store-closed")));
    try {
      this.#db.transaction(() => {
        for (const w of writes) {
          if (w.value === null) this.#db.prepare(`DELETE FROM "row_${w.table}" WHERE key = ?`).run(w.key);
          else
            this.#db
              .prepare(`INSERT INTO "row_${w.table}" (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value`)
              .run(w.key, Buffer.from(w.value));
        }
      })();
      return Promise.resolve(ok(undefined));
    } catch (e) {
      return Promise.resolve(err(codeOf(e)));
    }
  }

  close(): Promise<void> {
    if (this.#open) {
      this.#open = false;
      this.#db.close();
    }
    return Promise.resolve();
  }
}
