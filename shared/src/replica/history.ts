import type { LogId, Millis, RecordId } from "../base/ids.ts";
import type { HistoryRowStored } from "../sync/rows.ts";
import type { HistoryFilter, HistoryRow } from "../views/history.ts";
import type { Page } from "../views/record.ts";
import type { OpenLog, ReplicaCore } from "./core.ts";
import type { Line } from "../sync/line-page.ts";
import { HistoryIndex } from "./history-index.ts";
import { faultViews } from "./sync-state.ts";
import { isSide, select, typeOf, WAITING, wasWaiting, type Chosen, type Side } from "./history-select.ts";

/** Choices that are kept: a list that scrolls asks for the same again and again. */
const KEPT = 4;

interface Kept {
  readonly key: string;
  readonly chosen: Promise<Chosen>;
}

/** What happened in the open logs (docs/protocol.md, 'History'). */
export class Histories {
  readonly #core: ReplicaCore;
  readonly #indexes = new Map<LogId, { readonly open: OpenLog; readonly index: HistoryIndex }>();
  #kept: readonly Kept[] = [];

  constructor(core: ReplicaCore) {
    this.#core = core;
  }

  /** After the vault was locked. */
  forget(): void {
    this.#indexes.clear();
    this.#kept = [];
  }

  async page(open: OpenLog, filter: HistoryFilter, offset: number, limit: number, at?: Millis): Promise<Page<HistoryRow>> {
    const chosen = await this.choose(open, filter, at);
    const rows = await Promise.all(chosen.slice(offset, offset + limit).map((line) => this.rowOf(open, line, at)));
    return { rows: rows.flatMap((r) => r ?? []), total: chosen.length };
  }

  /** The lines that a filter asks for, newest first. */
  async choose(open: OpenLog, filter: HistoryFilter, at?: Millis): Promise<Chosen> {
    const { session } = open;
    const index = this.#indexOf(open);
    const lines = await index.lines();
    const sides = this.#sides(open);
    const key = JSON.stringify([session.log, index.version, session.index.version, sides.length, at ?? null, filter]);
    const before = this.#kept.find((k) => k.key === key);
    if (before) return before.chosen;
    const pause = (): Promise<void> => this.#core.deps.ports.pause();
    const chosen = select({ lines: [...lines], sides, filter, at, records: session.index, pause });
    this.#kept = [{ key, chosen }, ...this.#kept].slice(0, KEPT);
    return chosen;
  }

  /** The whole line, from its sealed row. */
  async rowOf(open: OpenLog, line: Line | Side, at: Millis | undefined): Promise<HistoryRow | undefined> {
    if (isSide(line)) return line.row;
    const stored = await this.#indexOf(open).row(line.id);
    return stored && this.#view(open, line.id, stored, at);
  }

  /** A line by its id. */
  async row(open: OpenLog, id: string, at: Millis | undefined): Promise<HistoryRow | undefined> {
    const side = this.#sides(open).find((s) => s.row.id === id);
    if (side) return at === undefined ? side.row : undefined;
    const stored = await this.#indexOf(open).row(id);
    if (!stored || (at !== undefined && (stored.notAfter ?? Infinity) > at)) return undefined;
    return this.#view(open, id, stored, at);
  }

  /** A message in a thread has no subject of its own: its line shows the thread's. */
  #view({ session }: OpenLog, id: string, stored: HistoryRowStored, at: Millis | undefined): HistoryRow {
    const row = rowView(session.log, id, stored, at);
    const message = row.title === undefined && row.record !== undefined ? session.index.getAt(row.record, at)?.folded : undefined;
    const start = message?.kind === "message" ? session.index.getAt(message.thread, at)?.folded : undefined;
    return start?.kind === "message" && start.subject !== undefined ? { ...row, title: start.subject } : row;
  }

  #indexOf(open: OpenLog): HistoryIndex {
    const { log } = open.session;
    const known = this.#indexes.get(log);
    // A log that went back to where a history parted is another session, and its lines are read anew.
    if (known?.open === open) return known.index;
    const { rows, deps } = this.#core;
    if (!rows) throw new Error("the vault is open");
    const missing = (pages: readonly number[]): void => {
      void open.session.keepLines(pages);
    };
    const index = new HistoryIndex({ log, rows, pause: () => deps.ports.pause(), missing });
    open.session.onLines = (lines) => {
      index.apply(lines);
    };
    this.#indexes.set(log, { open, index });
    return index;
  }

  /** Faults of this log, and in a household what this person alone sees: their accesses, from their personal log. */
  #sides(open: OpenLog): Side[] {
    const faults = faultViews(open.session).map((f): Side => {
      const device = f.who === "relay" ? {} : { device: f.who };
      const seq = f.seq === undefined ? {} : { seq: f.seq };
      return {
        time: f.at,
        row: { id: `fault/${f.id}`, log: f.log, type: "fault", what: `fault.${f.code}`, claimed: f.at, ...device, ...seq },
      };
    });
    return [...faults, ...this.#accesses(open)];
  }

  *#accesses(open: OpenLog): Generator<Side> {
    const { personal } = this.#core;
    if (!personal || open.session.identity.kind === "personal") return;
    for (const { id, folded, acts } of personal.session.index.ofKind("access")) {
      if (folded.log !== undefined && folded.log !== open.session.log) continue;
      const logged = acts[0]?.place.logged;
      const { first, at, what } = folded;
      yield {
        time: at,
        row: {
          id: ownId(id),
          log: personal.session.log,
          type: "own",
          what: `access.${what}`,
          member: open.session.identity.member,
          device: first.author,
          claimed: at,
          hash: first.hash,
          ...(logged ? { notBefore: acts[0]?.place.notBefore ?? 0, notAfter: logged.time } : {}),
        },
      };
    }
  }
}

export const ownId = (record: RecordId): string => `${OWN}${record}`;
/** The record of such a line. */
export const ofOwnId = (id: string): RecordId => id.slice(OWN.length) as RecordId;
const OWN = "own/";

function rowView(log: LogId, id: string, stored: HistoryRowStored, at: Millis | undefined): HistoryRow {
  const { hash, notBefore, notAfter, seq, waited } = stored;
  const place = {
    ...(seq === undefined ? {} : { seq }),
    ...(notBefore === undefined ? {} : { notBefore }),
    ...(notAfter === undefined ? {} : { notAfter }),
    ...(hash === undefined ? {} : { hash }),
  };
  if (waited && wasWaiting(stored, at)) {
    const { device, member } = waited;
    return { id, log, ...WAITING, device, ...(member === undefined ? {} : { member }), ...place };
  }
  const { type, what, member, device, record, title, reason, claimed } = stored;
  return {
    id,
    log,
    type: typeOf({ type, what }),
    what,
    ...(member === undefined ? {} : { member }),
    ...(device === undefined ? {} : { device }),
    ...(record === undefined ? {} : { record }),
    ...(title === undefined ? {} : { title }),
    ...(reason === undefined ? {} : { reason }),
    ...(claimed === undefined ? {} : { claimed }),
    ...place,
  };
}
