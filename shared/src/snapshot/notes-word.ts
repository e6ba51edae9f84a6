import type { BookId, ChangeHash, DeviceId } from "../base/ids.ts";
import { noteName } from "../books/checkpoint-field.ts";
import { changeHash } from "../books/chunk.ts";
import { memberOf } from "../charter/query.ts";
import { Ancestry } from "./ancestry.ts";
import type { ChangeRow } from "./change-rows.ts";
import type { Checks } from "./checks.ts";
import { whereOf } from "./exporter-word.ts";
import { namedCheckpoint, namedDeps } from "./named.ts";
import type { Proof } from "./proof.ts";
import type { Replayed } from "./replay.ts";
import { namesIn } from "./statement.ts";

/** S3: every checkpoint that a disclosed change names lies before X and has the root that was recomputed. S25: its note is here, or said not to have come. */
export function checkNamed(proof: Proof, replayed: Replayed, checks: Checks): void {
  const known = new Set<string>();
  const complained = new Set<string>();
  const absent = new Map<string, number>();
  let unknown = 0;
  const nameOf = namesIn(proof.statement);
  for (const row of proof.rows) {
    for (const item of row.items) {
      const field = item.form === "disclosed" ? namedCheckpoint(item.change) : undefined;
      if (!field || item.form !== "disclosed") continue;
      const { size } = field;
      const name = noteName(field);
      const isOurs = size <= replayed.checkpoint.size && replayed.rootOf(size) === field.root;
      const hasNote = replayed.hasNote(field);
      const isFirst = !complained.has(name);
      complained.add(name);
      // With a note, a false root is a second history; without one it sets the change aside (rule L6), whatever the exporter says.
      if (hasNote && !isOurs && isFirst) {
        if (size > replayed.checkpoint.size) checks.failed("named-later", whereOf(row), { named: size, size: replayed.checkpoint.size });
        else checks.failed("named-false", whereOf(row), { named: size });
      }
      if (hasNote && isOurs) known.add(name);
      if (isOurs && !hasNote && !item.noteless && isFirst) checks.failed("note-missing", whereOf(row), { named: size });
      if (isOurs && item.noteless) {
        const by = nameOf(memberOf(replayed.charter, pusherOf(replayed, row)));
        absent.set(by, (absent.get(by) ?? 0) + 1);
      }
      if (!isOurs && !hasNote) unknown += 1;
    }
  }
  checks.add("named", "good", { count: known.size });
  for (const [name, count] of absent) checks.add("notes-absent", "remarks", { count, name });
  if (unknown > 0) checks.add("named-unknown", "remarks", { count: unknown });
  if (absent.size > 0) checkKnown(proof, replayed, checks);
}

function pusherOf(replayed: Replayed, row: ChangeRow): DeviceId {
  const header = replayed.headerOf(row.seq);
  if (!header) throw new Error("rows were checked against their headers before");
  return header.author.device;
}

/** That a change came without its note is false where the exporter's own device sent it, or another of their devices built on it: it would wait. */
function checkKnown(proof: Proof, replayed: Replayed, checks: Checks): void {
  const { exporter } = proof.statement;
  const member = memberOf(replayed.charter, exporter);
  const books = new Map<BookId, ChangeRow[]>();
  for (const row of proof.rows) {
    if (row.items.some((i) => i.form === "disclosed" && i.noteless) && pusherOf(replayed, row) === exporter)
      checks.failed("notes-known", whereOf(row));
    const book = replayed.headerOf(row.seq)?.author.book;
    if (book !== undefined) books.set(book, [...(books.get(book) ?? []), row]);
  }
  for (const rows of books.values()) {
    const bare = bareIn(rows);
    if (bare.size === 0) continue;
    const ancestry = new Ancestry();
    const own = new Map<DeviceId, ChangeHash[]>();
    for (const row of rows) {
      const pusher = pusherOf(replayed, row);
      const hashes = row.items.flatMap((i) => (i.form === "disclosed" ? [[changeHash(i.change), i.change] as const] : []));
      for (const [hash, bytes] of hashes) ancestry.add(hash, namedDeps(bytes), []);
      if (memberOf(replayed.charter, pusher) === member) own.set(pusher, [...(own.get(pusher) ?? []), ...hashes.map(([hash]) => hash)]);
    }
    for (const [device, hashes] of own) {
      const past = ancestry.pastOf(...hashes);
      for (const [hash, row] of bare) if (past.has(hash) && pusherOf(replayed, row) !== device) checks.failed("notes-known", whereOf(row));
    }
  }
}

/** Changes of which no copy came with its note. */
function bareIn(rows: readonly ChangeRow[]): ReadonlyMap<ChangeHash, ChangeRow> {
  const bare = new Map<ChangeHash, ChangeRow>();
  const proper = new Set<ChangeHash>();
  for (const row of rows) {
    for (const item of row.items) {
      if (item.form !== "disclosed") continue;
      if (item.noteless) bare.set(changeHash(item.change), row);
      else proper.add(changeHash(item.change));
    }
  }
  for (const hash of proper) bare.delete(hash);
  return bare;
}
