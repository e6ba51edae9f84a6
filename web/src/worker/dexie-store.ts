import Dexie, { type Table as DexieTable } from "dexie";
import { coded, err, ok, type Coded, type Result } from "@countersign/shared/base/result";
import { TABLES, type Range, type Row, type RowStore, type StoreCode, type Table, type Write } from "@countersign/shared/vault/row-store";

interface Stored {
  readonly key: string;
  readonly value: Uint8Array;
}

/** The name of an error, also of the one that Dexie wrapped. */
function nameOf(e: unknown): string {
  if (!(e instanceof Error)) return "";
  const inner = "inner" in e && e.inner instanceof Error ? e.inner.name : "";
  return `${e.name} ${inner}`;
}

function codeOf(e: unknown): Coded<StoreCode> {
  const name = nameOf(e);
  if (name.includes("QuotaExceeded")) return coded("store-full", name);
  if (/OpenFailed|InvalidState|MissingAPI|Security|NotAllowed/.test(name)) return coded("store-refused", name);
  if (/DatabaseClosed|VersionChange/.test(name)) return coded("store-closed", name);
  return coded("store-failed", name);
}

/**
 * Rows in IndexedDB. Commits are strict: since version 121 Chrome otherwise answers before the bytes are on the disk, and a power cut can
 * take what the screen called saved. The browser may close the connection under us (a suspended phone tab): then it is opened again and the
 * write tried once more.
 */
export class DexieStore implements RowStore {
  #db: Dexie;
  readonly #name: string;
  #closed = false;

  private constructor(name: string, db: Dexie) {
    this.#name = name;
    this.#db = db;
  }

  static async open(name: string): Promise<Result<DexieStore, Coded<StoreCode>>> {
    try {
      return ok(new DexieStore(name, await openDb(name)));
    } catch (e) {
      return err(codeOf(e));
    }
  }

  /** Takes everything of this store off the device. */
  static async erase(name: string): Promise<void> {
    await Dexie.delete(name);
  }

  async get(table: Table, key: string): Promise<Uint8Array | undefined> {
    return this.#again(async () => (await this.#table(table).get(key))?.value);
  }

  async scan(table: Table, range: Range): Promise<readonly Row[]> {
    return this.#again(async () => {
      let rows = this.#table(table)
        .where("key")
        .between(range.from ?? "", range.to ?? "\uffff", true, false);
      if (range.reverse) rows = rows.reverse();
      if (range.limit !== undefined) rows = rows.limit(range.limit);
      return rows.toArray();
    });
  }

  async commit(writes: readonly Write[]): Promise<Result<void, Coded<StoreCode>>> {
    if (this.#closed) return err(coded("store-closed"));
    try {
      await this.#again(() => this.#write(writes));
      return ok(undefined);
    } catch (e) {
      return err(codeOf(e));
    }
  }

  close(): Promise<void> {
    this.#closed = true;
    this.#db.close();
    return Promise.resolve();
  }

  #table(table: Table): DexieTable<Stored, string> {
    return this.#db.table(table);
  }

  async #write(writes: readonly Write[]): Promise<void> {
    const tables = [...new Set(writes.map((w) => w.table))];
    if (tables.length === 0) return;
    await this.#db.transaction("rw", tables, async () => {
      for (const table of tables) {
        // The last write to a key wins, as in a sequence of single writes.
        const last = new Map(writes.filter((w) => w.table === table).map((w) => [w.key, w.value]));
        const puts: Stored[] = [];
        const deletes: string[] = [];
        for (const [key, value] of last) {
          if (value === null) deletes.push(key);
          else puts.push({ key, value });
        }
        if (puts.length > 0) await this.#table(table).bulkPut(puts);
        if (deletes.length > 0) await this.#table(table).bulkDelete(deletes);
      }
    });
  }

  async #again<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (e) {
      if (this.#closed || codeOf(e).code !== "store-closed") throw e;
      this.#db = await openDb(this.#name);
      return work();
    }
  }
}

async function openDb(name: string): Promise<Dexie> {
  const db = new Dexie(name, { chromeTransactionDurability: "strict" });
  db.version(1).stores(Object.fromEntries(TABLES.map((t) => [t, "key"])));
  await db.open();
  return db;
}
