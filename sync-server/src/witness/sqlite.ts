import Database from "libsql";
import { num, plain, settle, type Row } from "../store/sqlite-rows.ts";
import { StoreProblem } from "../store/store.ts";
import { isHead } from "./memory.ts";
import type { TreeHead, WitnessedLog, WitnessStore } from "./store.ts";

const VERSION = 1;
const SCHEMA = `
CREATE TABLE key (id INTEGER PRIMARY KEY CHECK (id = 1), seed BLOB NOT NULL);
CREATE TABLE logs (origin TEXT PRIMARY KEY, key TEXT NOT NULL, client TEXT NOT NULL, size INTEGER, root BLOB);
CREATE INDEX logs_client ON logs (client);
`;

/** Opens or makes the witness's own database beside the relay's. Throws StoreProblem with a sentence for the person who runs it. */
export function openSqliteWitness(path: string): WitnessStore {
  let db: Database.Database;
  try {
    db = new Database(path, { timeout: 5_000 });
    db.pragma("journal_mode = WAL");
    db.pragma("synchronous = FULL");
    const [version] = db.prepare("PRAGMA user_version").raw().get() as readonly unknown[];
    if (num(version) > VERSION) throw new StoreProblem("The witness's database was written by a newer relay. Start that one.");
    if (num(version) < VERSION) db.exec(`BEGIN; ${SCHEMA} PRAGMA user_version = ${VERSION}; COMMIT;`);
  } catch (problem) {
    if (problem instanceof StoreProblem) throw problem;
    throw new StoreProblem(`The database ${path} cannot be opened (${problem instanceof Error ? problem.message : "unknown reason"}).`);
  }
  return new SqliteWitness(db);
}

class SqliteWitness implements WitnessStore {
  readonly #db: Database.Database;

  constructor(db: Database.Database) {
    this.#db = db;
  }

  keySeed(fresh: () => Uint8Array): Promise<Uint8Array> {
    return settle(() =>
      this.#whole(() => {
        const kept = this.#get("SELECT seed FROM key");
        if (kept) return plain(kept[0]);
        const seed = fresh();
        this.#db.prepare("INSERT INTO key (id, seed) VALUES (1, ?)").run([seed]);
        return seed;
      }),
    );
  }

  log(origin: string): Promise<WitnessedLog | undefined> {
    return settle(() => this.#log(origin));
  }

  addLog(log: { origin: string; key: string; client: string }, limit: number): ReturnType<WitnessStore["addLog"]> {
    return settle(() =>
      this.#whole(() => {
        const known = this.#log(log.origin);
        if (known) return known.key === log.key ? "known" : "other-key";
        if (num(this.#get("SELECT COUNT(*) FROM logs WHERE client = ?", log.client)?.[0]) >= limit) return "full";
        this.#db.prepare("INSERT INTO logs (origin, key, client) VALUES (?, ?, ?)").run([log.origin, log.key, log.client]);
        return "added";
      }),
    );
  }

  advance(origin: string, old: TreeHead, next: TreeHead): Promise<boolean> {
    return settle(() =>
      this.#whole(() => {
        const log = this.#log(origin);
        if (!log || !isHead(log.head, old)) return false;
        this.#db.prepare("UPDATE logs SET size = ?, root = ? WHERE origin = ?").run([next.size, next.root, origin]);
        return true;
      }),
    );
  }

  close(): Promise<void> {
    return settle(() => {
      this.#db.close();
    });
  }

  #log(origin: string): WitnessedLog | undefined {
    const row = this.#get("SELECT key, size, root FROM logs WHERE origin = ?", origin);
    if (!row) return undefined;
    return { key: String(row[0]), head: row[1] === null ? undefined : { size: num(row[1]), root: plain(row[2]) } };
  }

  #get(sql: string, ...values: readonly unknown[]): Row | undefined {
    const row: unknown = this.#db
      .prepare(sql)
      .raw()
      .get([...values]);
    return Array.isArray(row) ? (row as Row) : undefined;
  }

  /** One transaction, written through before it returns: nobody comes between the look and the write. */
  #whole<T>(run: () => T): T {
    this.#db.exec("BEGIN IMMEDIATE");
    try {
      const value = run();
      this.#db.exec("COMMIT");
      return value;
    } catch (problem) {
      if (this.#db.inTransaction) this.#db.exec("ROLLBACK");
      throw problem;
    }
  }
}
