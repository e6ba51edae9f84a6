/**
 * Baseline: the same fan-out, but every message is durable before anyone hears of it. One transaction holds what came in one turn of the event
 * loop, with the relay's own settings of the database; no signatures, no hashes, no log.
 */
import path from "node:path";
import Database from "libsql";
import type { WebSocket } from "ws";
import { fanOut, serveRooms, type Room } from "./listen.ts";

interface Waiting {
  readonly from: WebSocket;
  readonly room: Room;
  readonly name: string;
  readonly message: Buffer;
}

const db = new Database(path.join(process.env["DATA"] ?? ".", "turn.db"));
for (const setting of ["journal_mode = WAL", "synchronous = FULL", "wal_autocheckpoint = 2000"]) db.pragma(setting);
db.exec("CREATE TABLE messages (id INTEGER PRIMARY KEY, room TEXT NOT NULL, seq INTEGER NOT NULL, body BLOB NOT NULL)");
db.exec("CREATE UNIQUE INDEX position ON messages (room, seq)");
const insert = db.prepare("INSERT INTO messages (room, seq, body) VALUES (?, ?, ?)");
const next = new Map<string, number>();
let waiting: Waiting[] = [];

function commit(): void {
  const batch = waiting;
  waiting = [];
  db.exec("BEGIN IMMEDIATE");
  for (const { name, message } of batch) {
    const seq = next.get(name) ?? 0;
    next.set(name, seq + 1);
    insert.run([name, seq, message]);
  }
  db.exec("COMMIT");
  for (const { from, room, message } of batch) {
    // The acknowledgement: the message's own number.
    from.send(message.subarray(0, 4));
    fanOut(from, room, message);
  }
}

serveRooms((from, room, name, message) => {
  if (waiting.length === 0) setImmediate(commit);
  waiting.push({ from, room, name, message });
});
