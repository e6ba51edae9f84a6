import type { MemberId, Millis, RecordId } from "../base/ids.ts";
import { foldTyped, hasFolded } from "../base/fold-text.ts";
import type { RecordIndex } from "../sync/record-index.ts";
import type { Line } from "../sync/line-page.ts";
import { aboutOf } from "./children.ts";
import type { HistoryFilter, HistoryKind, HistoryRow } from "../views/history.ts";

/** A line that stands in no row of this log: this person's own accesses, and what proofs contradict. */
export interface Side {
  readonly time: Millis;
  readonly row: HistoryRow;
}

/** What was chosen of a history, newest first. */
export type Chosen = readonly (Line | Side)[];

export const isSide = (line: Line | Side): line is Side => "row" in line;

/** The kind of record that an act is about, from its wording. */
const kindOfWhat = (what: string): string => what.slice(0, what.indexOf("."));
const KINDS: ReadonlySet<string> = new Set<HistoryKind>(["message", "receipt", "expense"]);

/** Own accesses are acts of the personal log; in the history they are a type of their own. */
export const typeOf = (line: Pick<Line, "type" | "what">): HistoryRow["type"] =>
  line.type === "act" && line.what.startsWith("access") ? "own" : line.type;

/** How a line read while its change still waited for what it is built on (rule X4). */
export const WAITING = { type: "set-aside", what: "change.waiting" } as const;

const asWaiting = (line: Line): Line => ({
  ...line,
  ...WAITING,
  member: line.waited?.member,
  device: line.waited?.device,
  record: undefined,
  title: undefined,
});

export const wasWaiting = ({ waited }: { readonly waited?: Line["waited"] }, at: Millis | undefined): boolean =>
  waited !== undefined && at !== undefined && at < waited.until[1];

interface Asked {
  readonly member: MemberId | undefined;
  readonly device: string | undefined;
  readonly record: string | undefined;
  readonly title: string | undefined;
  readonly time: Millis;
}

const NOBODY: Asked = { member: undefined, device: undefined, record: undefined, title: undefined, time: 0 };

/** Judges lines by a filter. Titles and texts are looked at once for each, however many lines share them. */
class Test {
  readonly #filter: HistoryFilter;
  readonly #records: RecordIndex;
  readonly #text: string;
  readonly #titles = new Map<string, boolean>();

  constructor(filter: HistoryFilter, records: RecordIndex) {
    this.#filter = filter;
    this.#records = records;
    this.#text = foldTyped(filter.text);
  }

  fits(line: Asked, type: HistoryRow["type"], what: string): boolean {
    const { types, member, device, kinds, record, child, from, to } = this.#filter;
    if (types && !types.includes(type)) return false;
    if (member !== undefined && line.member !== member) return false;
    if (device !== undefined && line.device !== device) return false;
    if (record !== undefined && line.record !== record) return false;
    if (child !== undefined && !this.#isAbout(line.record as RecordId | undefined, child)) return false;
    if (from !== undefined && line.time < from) return false;
    if (to !== undefined && line.time >= to) return false;
    if (kinds && !kinds.some((k) => KINDS.has(k) && k === kindOfWhat(what))) return false;
    return this.#text === "" || this.#hasText(line);
  }

  #isAbout(record: RecordId | undefined, child: string): boolean {
    return record !== undefined && aboutOf(this.#records, record).includes(child);
  }

  #hasText({ title, record }: Asked): boolean {
    if (title !== undefined) {
      let known = this.#titles.get(title);
      if (known === undefined) this.#titles.set(title, (known = hasFolded(this.#text, title)));
      if (known) return true;
    }
    const folded = record === undefined ? undefined : this.#records.get(record as Parameters<RecordIndex["get"]>[0])?.folded;
    if (folded?.kind === "message") {
      const subject = this.#records.get(folded.thread)?.folded;
      const inSubject = subject?.kind === "message" && this.#hasText({ ...NOBODY, title: subject.subject });
      return inSubject || hasFolded(this.#text, folded.text);
    }
    if (folded?.kind === "expense") return hasFolded(this.#text, folded.category, folded.note);
    return false;
  }
}

export interface Selection {
  readonly lines: readonly Line[];
  readonly sides: readonly Side[];
  readonly filter: HistoryFilter;
  readonly at: Millis | undefined;
  readonly records: RecordIndex;
  readonly pause: () => Promise<void>;
}

/** Lines between two pauses: some milliseconds of work. */
const RUN = 20_000;

/** The lines that a filter asks for, newest first; own lines and faults stand where their time falls. */
export async function select({ lines, sides, filter, at, records, pause }: Selection): Promise<Chosen> {
  const test = new Test(filter, records);
  // Own lines and faults are of this device's clock, so they have no place in a view of the log at a moment.
  const fitting = at === undefined ? sides.filter(({ row, time }) => test.fits(asked(row, time), row.type, row.what)) : [];
  // Of the same moment the later one first.
  const aside = fitting.reverse().sort((a, b) => b.time - a.time);
  const chosen: (Line | Side)[] = [];
  let nextSide = 0;
  for (let i = lines.length - 1, run = 0; i >= 0; i--) {
    const stored = lines[i];
    if (!stored) continue;
    if (++run % RUN === 0) await pause();
    const isLogged = stored.id.startsWith("l");
    if (at !== undefined && (!isLogged || stored.time > at)) continue;
    const line = wasWaiting(stored, at) ? asWaiting(stored) : stored;
    if (!test.fits(line, typeOf(line), line.what)) continue;
    for (let side = aside[nextSide]; side && isLogged && side.time >= line.time; side = aside[++nextSide]) chosen.push(side);
    chosen.push(line);
  }
  return [...chosen, ...aside.slice(nextSide)];
}

const asked = (row: HistoryRow, time: Millis): Asked => ({
  member: row.member,
  device: row.device,
  record: row.record,
  title: row.title,
  time,
});
