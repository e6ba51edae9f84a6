import Database from "libsql";
import { idBytes, toId } from "@countersign/shared/base/bytes";
import type { DeviceId, FileId, Hex32, LogId, MemberId } from "@countersign/shared/base/ids";
import type { EntryChannel } from "@countersign/shared/base/channels";
import { channelOf, entryOf, num, outlineOf, plain, settle, type Row } from "./sqlite-rows.ts";
import { shortId, SqliteQueries } from "./sqlite-queries.ts";
import { isDurable, prepareDatabase } from "./sqlite-schema.ts";
import { writeRow } from "./sqlite-write.ts";
import {
  pageCost,
  StoreProblem,
  type BundleRecord,
  type EntryOutline,
  type MailItem,
  type Milestone,
  type PageItem,
  type RelayStore,
  type Stage,
  type StoredEntry,
  type Write,
} from "./store.ts";

/** What stands of a log that is being moved here. */
function stageOf(row: Row): { readonly stage?: Stage } {
  if (row[2] === null) return {};
  const note = typeof row[4] === "string" ? row[4] : null;
  return { stage: { touched: num(row[2]), floor: num(row[3]), note, offer: plain(row[5]) } };
}

const OUTLINE = "seq, ch, cseq, time, device, leaf, body_length";
const WHOLE = `${OUTLINE}, author, relay, body, bundle`;

/** Opens or makes the database. Throws StoreProblem with a sentence for the person who runs the relay. */
export function openSqliteStore(path: string): SqliteStore {
  let db: Database.Database;
  try {
    db = new Database(path, { timeout: 5_000 });
    prepareDatabase(db);
  } catch (problem) {
    if (problem instanceof StoreProblem) throw problem;
    throw new StoreProblem(`The database ${path} cannot be opened (${problem instanceof Error ? problem.message : "unknown reason"}).`);
  }
  return new SqliteStore(db);
}

/** `libsql` on one file. Its calls block the event loop, so callers keep batches and pages small. */
export class SqliteStore implements RelayStore {
  readonly #db: Database.Database;
  readonly #queries: SqliteQueries;
  #checkedDurable = false;

  constructor(db: Database.Database) {
    this.#db = db;
    this.#queries = new SqliteQueries(db);
  }

  commit(writes: readonly Write[]): Promise<void> {
    return settle(() => {
      this.#db.exec("BEGIN IMMEDIATE");
      try {
        for (const write of writes) writeRow(this.#queries, write);
        this.#db.exec("COMMIT");
      } catch (problem) {
        if (this.#db.inTransaction) this.#db.exec("ROLLBACK");
        // A log that this batch made is gone again.
        this.#queries.forget();
        throw problem;
      }
      if (!this.#checkedDurable) {
        if (!isDurable(this.#db)) throw new Error("the database stopped writing commits through");
        this.#checkedDurable = true;
      }
    });
  }

  log(log: LogId): ReturnType<RelayStore["log"]> {
    return settle(() => {
      const row = this.#queries
        .query("SELECT id, key_seed, staged, stage_floor, stage_note, stage_offer FROM logs WHERE log = ?")
        .get([idBytes(log)]);
      if (!row) return undefined;
      const last = this.#queries.query("SELECT seq FROM entries WHERE log = ? ORDER BY seq DESC LIMIT 1").get([row[0]]);
      return { log, keySeed: plain(row[1]), size: last ? num(last[0]) + 1 : 0, ...stageOf(row) };
    });
  }

  logsOfRecoveryKey(key: Hex32): Promise<readonly LogId[]> {
    return settle(() =>
      this.#queries
        .query("SELECT logs.log FROM recovery JOIN logs ON logs.id = recovery.log WHERE key = ? ORDER BY logs.id LIMIT 64")
        .all([idBytes(key)])
        .map((row) => toId<LogId>(plain(row[0]))),
    );
  }

  charter(log: LogId): Promise<readonly StoredEntry[]> {
    return settle(() =>
      this.#queries
        .query(`SELECT ${WHOLE} FROM entries WHERE log = ? AND ch = 'charter' ORDER BY seq`)
        .all([this.#queries.numberOf(log)])
        .map(entryOf),
    );
  }

  outline(log: LogId, from: number): Promise<readonly EntryOutline[]> {
    return settle(() =>
      this.#queries
        .query(`SELECT ${OUTLINE} FROM entries WHERE log = ? AND seq >= ? ORDER BY seq`)
        .all([this.#queries.numberOf(log), from])
        .map(outlineOf),
    );
  }

  leaves(log: LogId, from: number, to: number): Promise<readonly Uint8Array[]> {
    return settle(() =>
      this.#queries
        .query("SELECT leaf FROM entries WHERE log = ? AND seq >= ? AND seq < ? ORDER BY seq")
        .all([this.#queries.numberOf(log), from, to])
        .map((row) => plain(row[0])),
    );
  }

  milestones(log: LogId): Promise<readonly Milestone[]> {
    return settle(() =>
      this.#queries
        .query("SELECT idx, node FROM milestones WHERE log = ? ORDER BY idx")
        .all([this.#queries.numberOf(log)])
        .map((row) => ({ index: num(row[0]), node: plain(row[1]) })),
    );
  }

  lastMilestone(log: LogId): ReturnType<RelayStore["lastMilestone"]> {
    return settle(() => {
      const row = this.#queries
        .query("SELECT idx, node, state FROM milestones WHERE log = ? ORDER BY idx DESC LIMIT 1")
        .get([this.#queries.numberOf(log)]);
      return row && { milestone: { index: num(row[0]), node: plain(row[1]) }, state: plain(row[2]) };
    });
  }

  page(log: LogId, from: number, limit: number, bytes: number, readable: ReadonlySet<EntryChannel>): Promise<readonly PageItem[]> {
    return settle(() => {
      const number = this.#queries.numberOf(log);
      const shape = this.#queries
        .query(
          "SELECT ch, CASE WHEN bundle IS NULL THEN body_length ELSE 0 END FROM entries WHERE log = ? AND seq >= ? ORDER BY seq LIMIT ?",
        )
        .all([number, from, limit]);
      let to = from;
      let sum = 0;
      for (const row of shape) {
        const cost = readable.has(channelOf(row[0])) ? pageCost(num(row[1])) : 34;
        if (to > from && sum + cost > bytes) break;
        sum += cost;
        to++;
      }
      const channels = [...readable].join(",");
      const shown = "instr(',' || ? || ',', ',' || ch || ',') > 0";
      return this.#queries
        .query(
          `SELECT ${OUTLINE}, CASE WHEN ${shown} THEN author END, CASE WHEN ${shown} THEN relay END, CASE WHEN ${shown} THEN body END, bundle
         FROM entries WHERE log = ? AND seq >= ? AND seq < ? ORDER BY seq`,
        )
        .all([channels, channels, channels, number, from, to])
        .map((row) => (row[7] === null ? { seq: num(row[0]), leaf: plain(row[5]), author: null } : entryOf(row)));
    });
  }

  bundle(log: LogId, seq: number): Promise<BundleRecord | undefined> {
    return settle(() => {
      const at = [this.#queries.numberOf(log), seq];
      const row = this.#queries.query("SELECT author, leaf FROM entries WHERE log = ? AND seq = ?").get(at);
      const acks = this.#queries.query("SELECT device FROM acks WHERE log = ? AND bundle = ? ORDER BY rowid").all(at);
      return row && { author: plain(row[0]), leaf: plain(row[1]), acks: acks.map((a) => toId<DeviceId>(plain(a[0]))) };
    });
  }

  bodyless(log: LogId): Promise<readonly number[]> {
    return settle(() =>
      this.#queries
        .query("SELECT seq FROM entries WHERE log = ? AND bundle IS NULL AND body_length > 0 AND length(body) = 0 ORDER BY seq")
        .all([this.#queries.numberOf(log)])
        .map((row) => num(row[0])),
    );
  }

  stages(): ReturnType<RelayStore["stages"]> {
    return settle(() =>
      this.#queries
        .query("SELECT log, staged, stage_floor FROM logs WHERE staged IS NOT NULL ORDER BY staged")
        .all([])
        .map((row) => ({ log: toId<LogId>(plain(row[0])), touched: num(row[1]), floor: num(row[2]) })),
    );
  }

  find(log: LogId, id: Hex32, author: Uint8Array): Promise<number | undefined> {
    return settle(() => {
      const rows = this.#queries
        .query("SELECT seq FROM entries WHERE author_id = ? AND log = ? AND author = ?")
        .all([shortId(id), this.#queries.numberOf(log), author]);
      return rows[0] && num(rows[0][0]);
    });
  }

  mail(box: Hex32, after: number, limit: number): Promise<readonly MailItem[]> {
    return settle(() =>
      this.#queries
        .query("SELECT n, m FROM mail WHERE box = ? AND n > ? ORDER BY n LIMIT ?")
        .all([idBytes(box), after, limit])
        .map((row) => ({ n: num(row[0]), m: plain(row[1]) })),
    );
  }

  mailbox(box: Hex32): ReturnType<RelayStore["mailbox"]> {
    return settle(() => {
      const row = this.#queries
        .query("SELECT coalesce(max(n), 0), count(*), coalesce(sum(length(m)), 0) FROM mail WHERE box = ?")
        .get([idBytes(box)]);
      return { last: num(row?.[0]), items: num(row?.[1]), bytes: num(row?.[2]) };
    });
  }

  mailTotal(): Promise<number> {
    return settle(() => num(this.#queries.query("SELECT coalesce(sum(length(m)), 0) FROM mail").get([])?.[0]));
  }

  file(log: LogId, file: FileId): ReturnType<RelayStore["file"]> {
    return settle(() => {
      const row = this.#queries
        .query("SELECT member, total, length FROM files WHERE log = ? AND file = ?")
        .get([this.#queries.numberOf(log), idBytes(file)]);
      return row && { file, member: toId<MemberId>(plain(row[0])), total: num(row[1]), length: num(row[2]) };
    });
  }

  fileBytes(log: LogId): Promise<ReadonlyMap<MemberId, number>> {
    return settle(() => {
      const rows = this.#queries
        .query("SELECT member, sum(length) FROM files WHERE log = ? GROUP BY member")
        .all([this.#queries.numberOf(log)]);
      return new Map(rows.map((row) => [toId<MemberId>(plain(row[0])), num(row[1])] as const));
    });
  }

  lastTime(): Promise<number> {
    return settle(() => num(this.#queries.query("SELECT coalesce(max(value), 0) FROM settings WHERE name = 'time'").get([])?.[0]));
  }

  healthy(): Promise<boolean> {
    return settle(() => {
      try {
        return this.#queries.query("SELECT 1").get([]) !== undefined;
      } catch {
        return false;
      }
    });
  }

  close(): Promise<void> {
    return settle(() => {
      this.#queries.close();
      this.#db.close();
    });
  }
}
