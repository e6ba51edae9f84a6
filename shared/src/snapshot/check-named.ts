import { noteName } from "../books/checkpoint-field.ts";
import { namedCheckpoint } from "../books/named.ts";
import { memberOf } from "../charter/query.ts";
import type { ChangeRow } from "./change-rows.ts";
import type { Checks } from "./checks.ts";
import { whereOf } from "./exporter-word.ts";
import { countUp } from "./gathered.ts";
import type { Proof } from "./proof.ts";
import type { Replayed } from "./replay.ts";
import type { Disclosed, ShownNotes } from "./shown-notes.ts";
import { namesIn } from "./statement.ts";

/** S3, S25: every checkpoint that a disclosed change names, with the relay's note, lies before X and has the root that was recomputed. */
export class NamedCheck {
  readonly #replayed: Replayed;
  readonly #notes: ShownNotes;
  readonly #nameOf: ReturnType<typeof namesIn>;
  /** Checkpoints of this log, by size and time: of one size there is one root. */
  readonly #known = new Map<number, number | number[]>();
  #count = 0;
  readonly #complained = new Set<string>();
  /** What is wrong, told once all was looked at. */
  readonly #faults: ((checks: Checks) => void)[] = [];
  readonly #absent = new Map<string, number>();
  #unknown = 0;
  #far = 0;

  constructor({ statement }: Proof, replayed: Replayed, notes: ShownNotes) {
    this.#replayed = replayed;
    this.#notes = notes;
    this.#nameOf = namesIn(statement);
  }

  take(row: ChangeRow): void {
    for (const item of row.items) if (item.form === "disclosed") this.#take(row, item);
  }

  #take(row: ChangeRow, item: Disclosed): void {
    const field = namedCheckpoint(item.change);
    if (!field) return;
    const { charter, checkpoint } = this.#replayed;
    const { size, time } = field;
    const isOurs = size <= checkpoint.size && this.#replayed.rootOf(size) === field.root;
    const isSigned = this.#notes.isSigned(item);
    if (!isOurs && isSigned && this.#replayed.isFar(field, row.seq)) {
      this.#far += 1;
      return;
    }
    if (!isSigned) {
      const header = this.#replayed.headerOf(row.seq);
      if (!header) throw new Error("rows were checked against their headers before");
      if (isOurs) countUp(this.#absent, this.#nameOf(memberOf(charter, header.author.device)));
      else this.#unknown += 1;
      return;
    }
    if (isOurs) {
      this.#know(size, time);
      return;
    }
    // With a note, a false root is a second history; without one it only sets the change aside (rule L6).
    const name = noteName(field);
    if (this.#complained.has(name)) return;
    this.#complained.add(name);
    const [where, isLater] = [whereOf(row), size > checkpoint.size];
    this.#faults.push((checks) => {
      if (isLater) checks.failed("named-later", where, { named: size, size: checkpoint.size });
      else checks.failed("named-false", where, { named: size });
    });
  }

  #know(size: number, time: number): void {
    const times = this.#known.get(size);
    if (times === time || (typeof times === "object" && times.includes(time))) return;
    this.#count += 1;
    if (typeof times === "object") times.push(time);
    else this.#known.set(size, times === undefined ? time : [times, time]);
  }

  finish(checks: Checks): void {
    for (const tell of this.#faults) tell(checks);
    checks.add("named", "good", { count: this.#count });
    for (const [name, count] of this.#absent) checks.add("notes-absent", "remarks", { count, name });
    if (this.#far > 0) checks.add("named-far", "remarks", { count: this.#far });
    if (this.#unknown > 0) checks.add("named-unknown", "remarks", { count: this.#unknown });
  }
}
