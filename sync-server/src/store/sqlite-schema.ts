import type { Database } from "libsql";
import { StoreProblem } from "./store.ts";

export const SCHEMA_VERSION = 3;

/**
 * Appending to a rowid table with an index beside it is twice as fast as a primary key without rowid. `body` stands last, so that
 * reading an outline does not touch the pages of large bodies. No foreign keys: the relay appends and never deletes entries.
 */
const SCHEMA = `
CREATE TABLE settings (name TEXT PRIMARY KEY, value INTEGER NOT NULL);
CREATE TABLE logs (id INTEGER PRIMARY KEY, log BLOB NOT NULL UNIQUE, key_seed BLOB NOT NULL, made INTEGER NOT NULL);
CREATE TABLE entries (
  id INTEGER PRIMARY KEY,
  log INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  ch TEXT NOT NULL,
  cseq INTEGER NOT NULL,
  time INTEGER NOT NULL,
  author_id INTEGER NOT NULL,
  leaf BLOB NOT NULL,
  device BLOB NOT NULL,
  body_length INTEGER NOT NULL,
  author BLOB NOT NULL,
  relay BLOB NOT NULL,
  body BLOB NOT NULL
);
CREATE UNIQUE INDEX entries_position ON entries (log, seq);
CREATE INDEX entries_author ON entries (author_id);
CREATE INDEX entries_charter ON entries (log, seq) WHERE ch = 'charter';
CREATE TABLE milestones (id INTEGER PRIMARY KEY, log INTEGER NOT NULL, idx INTEGER NOT NULL, node BLOB NOT NULL, state BLOB NOT NULL);
CREATE UNIQUE INDEX milestones_place ON milestones (log, idx);
CREATE TABLE recovery (key BLOB NOT NULL, log INTEGER NOT NULL, UNIQUE (key, log));
CREATE INDEX recovery_log ON recovery (log);
CREATE TABLE mail (id INTEGER PRIMARY KEY, box BLOB NOT NULL, n INTEGER NOT NULL, time INTEGER NOT NULL, m BLOB NOT NULL);
CREATE UNIQUE INDEX mail_place ON mail (box, n);
CREATE INDEX mail_time ON mail (time);
CREATE TABLE files (
  id INTEGER PRIMARY KEY, log INTEGER NOT NULL, file BLOB NOT NULL, member BLOB NOT NULL,
  total INTEGER NOT NULL, length INTEGER NOT NULL, time INTEGER NOT NULL
);
CREATE UNIQUE INDEX files_place ON files (log, file);
`;

/**
 * Version 2, bundles (rule L8e). `bundle` is null while the body is there; a dropped body is empty, and `bundle` says where its contents went. A
 * column that is null costs no bytes, so it may stand behind the body and is read without it.
 */
const BUNDLES = `
ALTER TABLE entries ADD COLUMN bundle INTEGER;
CREATE TABLE acks (log INTEGER NOT NULL, bundle INTEGER NOT NULL, device BLOB NOT NULL, UNIQUE (log, bundle, device));
`;

/** Version 3, logs that are being moved here (rule C8d). `staged` is when something of one last came, and null for all others. */
const STAGES = `
ALTER TABLE logs ADD COLUMN staged INTEGER;
ALTER TABLE logs ADD COLUMN stage_floor INTEGER;
ALTER TABLE logs ADD COLUMN stage_note TEXT;
ALTER TABLE logs ADD COLUMN stage_offer BLOB;
CREATE INDEX logs_staged ON logs (staged) WHERE staged IS NOT NULL;
`;

/** Sets durability and makes or checks the tables. Throws StoreProblem with a sentence where it cannot go on. */
export function prepareDatabase(db: Database): void {
  setting(db, "journal_mode = WAL");
  setting(db, "synchronous = FULL");
  setting(db, "wal_autocheckpoint = 2000");
  // In WAL mode the engine may fall back to NORMAL by itself, which loses acknowledged entries when power fails: ask what it does.
  if (value(db, "journal_mode") !== "wal") throw new StoreProblem("The data folder does not allow a write-ahead log; use a local disk.");
  if (value(db, "synchronous") !== 2) throw new StoreProblem("The database refuses to write every commit through to the disk.");

  const version = value(db, "user_version");
  if (typeof version !== "number") throw new StoreProblem("The database does not tell its version.");
  if (version > SCHEMA_VERSION) {
    throw new StoreProblem(
      `The data folder was written by a newer relay (data version ${version}, this relay knows ${SCHEMA_VERSION}). Start that relay, or restore a backup.`,
    );
  }
  const steps = [SCHEMA, BUNDLES, STAGES].slice(version);
  if (steps.length > 0) db.exec(`BEGIN; ${steps.join("")} PRAGMA user_version = ${SCHEMA_VERSION}; COMMIT;`);
}

/** Whether every commit is still written through. Called after the first write too, which is when engines were seen to fall back. */
export const isDurable = (db: Database): boolean => value(db, "synchronous") === 2;

function setting(db: Database, text: string): void {
  db.pragma(text);
}

function value(db: Database, name: string): unknown {
  const row: unknown = db.prepare(`PRAGMA ${name}`).raw().get();
  return Array.isArray(row) ? (row as readonly unknown[])[0] : undefined;
}
