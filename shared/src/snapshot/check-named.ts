import type { MemberId } from "../base/ids.ts";
import { noteName } from "../books/checkpoint-field.ts";
import { namedCheckpoint } from "../books/named.ts";
import { memberOf } from "../charter/query.ts";
import type { ChangeRow } from "./change-rows.ts";
import type { Checks } from "./checks.ts";
import { whereOf } from "./exporter-word.ts";
import type { Proof } from "./proof.ts";
import type { Replayed } from "./replay.ts";
import type { ShownNotes } from "./shown-notes.ts";
import { namesIn } from "./statement.ts";

/** S3, S25: every checkpoint that a disclosed change names, with the relay's note, lies before X and has the root that was recomputed. */
export function checkNamed(proof: Proof, replayed: Replayed, notes: ShownNotes, checks: Checks): void {
  const known = new Set<string>();
  const complained = new Set<string>();
  const absent = new Map<string, number>();
  let unknown = 0;
  let far = 0;
  const nameOf = namesIn(proof.statement);
  for (const row of proof.rows) {
    for (const item of row.items) {
      const field = item.form === "disclosed" ? namedCheckpoint(item.change) : undefined;
      if (!field || item.form !== "disclosed") continue;
      const { size } = field;
      const isOurs = size <= replayed.checkpoint.size && replayed.rootOf(size) === field.root;
      const name = noteName(field);
      if (!isOurs && notes.isSigned(item) && replayed.isFar(field, row.seq)) far += 1;
      else if (notes.isSigned(item)) {
        // With a note, a false root is a second history; without one it only sets the change aside (rule L6).
        if (isOurs) known.add(name);
        else if (!complained.has(name)) {
          if (size > replayed.checkpoint.size) checks.failed("named-later", whereOf(row), { named: size, size: replayed.checkpoint.size });
          else checks.failed("named-false", whereOf(row), { named: size });
        }
        complained.add(name);
      } else if (isOurs) {
        const by = nameOf(pusherOf(replayed, row));
        absent.set(by, (absent.get(by) ?? 0) + 1);
      } else unknown += 1;
    }
  }
  checks.add("named", "good", { count: known.size });
  for (const [name, count] of absent) checks.add("notes-absent", "remarks", { count, name });
  if (far > 0) checks.add("named-far", "remarks", { count: far });
  if (unknown > 0) checks.add("named-unknown", "remarks", { count: unknown });
}

function pusherOf(replayed: Replayed, row: ChangeRow): MemberId | undefined {
  const header = replayed.headerOf(row.seq);
  if (!header) throw new Error("rows were checked against their headers before");
  return memberOf(replayed.charter, header.author.device);
}
