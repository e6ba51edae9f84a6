import { idBytes } from "@countersign/shared/base/bytes";
import { shortId, type SqliteQueries } from "./sqlite-queries.ts";
import type { Write } from "./store.ts";

/** Writes one thing of a batch; the transaction round it is the caller's. */
export function writeRow(db: SqliteQueries, write: Write): void {
  switch (write.t) {
    case "time":
      db.query(
        "INSERT INTO settings (name, value) VALUES ('time', ?) ON CONFLICT (name) DO UPDATE SET value = max(value, excluded.value)",
      ).run([write.time]);
      return;
    case "log":
      db.query("INSERT INTO logs (log, key_seed, made) VALUES (?, ?, ?)").run([idBytes(write.log), write.keySeed, write.time]);
      return;
    case "log-key":
      db.query("UPDATE logs SET key_seed = ? WHERE id = ?").run([write.keySeed, db.numberOf(write.log)]);
      return;
    case "entry": {
      const e = write.entry;
      db.query(
        "INSERT INTO entries (log, seq, ch, cseq, time, author_id, leaf, device, body_length, author, relay, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      ).run([
        ...[db.numberOf(write.log), e.seq, e.channel, e.channelSeq, e.time, shortId(write.id), e.leaf, idBytes(e.device), e.bodyLength],
        ...[e.author, e.relay, e.body ?? new Uint8Array()],
      ]);
      return;
    }
    case "stage": {
      const { touched, floor, note, offer } = write.stage;
      db.query(
        `INSERT INTO logs (log, key_seed, made, staged, stage_floor, stage_note, stage_offer) VALUES (?1, ?2, ?3, ?3, ?4, ?5, ?6)
         ON CONFLICT (log) DO UPDATE SET staged = ?3, stage_floor = ?4, stage_note = ?5, stage_offer = ?6`,
      ).run([idBytes(write.log), write.keySeed, touched, floor, note, offer]);
      return;
    }
    case "stage-end":
      db.query("UPDATE logs SET staged = NULL, stage_floor = NULL, stage_note = NULL, stage_offer = NULL WHERE id = ?").run([
        db.numberOf(write.log),
      ]);
      return;
    case "unstage":
      for (const table of ["entries", "milestones", "acks", "recovery", "files"])
        db.query(`DELETE FROM ${table} WHERE log = ?`).run([db.numberOf(write.log)]);
      db.query("DELETE FROM logs WHERE id = ?").run([db.numberOf(write.log)]);
      db.forget(write.log);
      return;
    case "ack":
      db.query("INSERT OR IGNORE INTO acks (log, bundle, device) VALUES (?, ?, ?)").run([
        ...[db.numberOf(write.log), write.bundle, idBytes(write.device)],
      ]);
      return;
    case "drop":
      for (const { from, count } of write.spans)
        db.query(
          `UPDATE entries SET body = x'', bundle = ?1 WHERE log = ?2 AND seq >= ?3 AND seq < ?4 AND ch = ?5 AND bundle IS NULL
           AND NOT EXISTS (SELECT 1 FROM acks WHERE acks.log = ?2 AND acks.bundle = entries.seq)`,
        ).run([write.bundle, db.numberOf(write.log), from, from + count, write.channel]);
      return;
    case "milestone":
      db.query("INSERT INTO milestones (log, idx, node, state) VALUES (?, ?, ?, ?)").run([
        ...[db.numberOf(write.log), write.milestone.index, write.milestone.node, write.state],
      ]);
      return;
    case "recovery":
      db.query("DELETE FROM recovery WHERE log = ?").run([db.numberOf(write.log)]);
      for (const key of write.keys)
        db.query("INSERT OR IGNORE INTO recovery (key, log) VALUES (?, ?)").run([idBytes(key), db.numberOf(write.log)]);
      return;
    case "mail":
      db.query("INSERT INTO mail (box, n, time, m) VALUES (?, ?, ?, ?)").run([idBytes(write.box), write.item.n, write.time, write.item.m]);
      return;
    case "mail-expire":
      db.query("DELETE FROM mail WHERE time < ?").run([write.before]);
      return;
    case "file": {
      const r = write.record;
      db.query(
        `INSERT INTO files (log, file, member, total, length, time) VALUES (?, ?, ?, ?, ?, ?)
         ON CONFLICT (log, file) DO UPDATE SET length = excluded.length, time = excluded.time`,
      ).run([db.numberOf(write.log), idBytes(r.file), idBytes(r.member), r.total, r.length, write.time]);
      return;
    }
  }
}
