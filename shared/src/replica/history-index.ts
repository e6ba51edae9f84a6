import type { DeviceId, LogId, MemberId, Millis, RecordId } from "../base/ids.ts";
import { historyRowCodec, keys, type HistoryRowStored } from "../sync/rows.ts";
import { prefix, type RowStore, type Write } from "../vault/row-store.ts";

/** What filters ask of one line. Everything else is read from its sealed row when it comes into sight. */
export interface Line {
  /** Key of its row, without the log: the line's id. */
  readonly id: string;
  /** Relay time of its entry; for what only this device has, the author's clock. */
  readonly time: Millis;
  readonly type: HistoryRowStored["type"];
  readonly what: string;
  readonly member: MemberId | undefined;
  readonly device: DeviceId | undefined;
  readonly record: RecordId | undefined;
  readonly title: string | undefined;
  readonly waited: HistoryRowStored["waited"];
}

const SLICE = 1_000;

/**
 * The lines of one log in the order of the log, in memory: what is filtered and counted without reading a row. Built once after the vault was
 * opened, a slice at a time, and kept in step with every commit from then on.
 */
export class HistoryIndex {
  readonly #log: LogId;
  readonly #rows: RowStore;
  readonly #pause: () => Promise<void>;
  /** By id, which sorts as the log does; what is not logged yet comes last. */
  #lines: Line[] = [];
  readonly #texts = new Map<string, string>();
  #version = 0;
  #built: Promise<void> | undefined;
  /** Commits that came while the rows were being read; they are newer than what was read. */
  #early: Write[] | undefined;

  constructor(log: LogId, rows: RowStore, pause: () => Promise<void>) {
    this.#log = log;
    this.#rows = rows;
    this.#pause = pause;
  }

  /** Oldest first. Resolves once all rows have been read. */
  async lines(): Promise<readonly Line[]> {
    this.#built ??= this.#build();
    await this.#built;
    return this.#lines;
  }

  /** Goes up with every line that comes, changes or goes. */
  get version(): number {
    return this.#version;
  }

  async row(id: string): Promise<HistoryRowStored | undefined> {
    const row = await this.#rows.get("history", keys.history(this.#log, id));
    const stored = row && historyRowCodec.decode(row);
    return stored?.ok ? stored.value : undefined;
  }

  /** What a commit wrote into the history or took from it. */
  apply(writes: readonly Write[]): void {
    if (this.#early) this.#early.push(...writes);
    if (!this.#built || this.#early) return;
    this.#take(writes);
  }

  async #build(): Promise<void> {
    this.#early = [];
    const { from = "", to } = prefix(keys.histories(this.#log));
    let next = from;
    for (;;) {
      const rows = await this.#rows.scan("history", { from: next, ...(to === undefined ? {} : { to }), limit: SLICE });
      for (const row of rows) this.#read(row.key, row.value, (line) => this.#lines.push(line));
      const last = rows.at(-1);
      if (!last || rows.length < SLICE) break;
      next = `${last.key}\u0000`;
      await this.#pause();
    }
    const early = this.#early;
    this.#early = undefined;
    this.#take(early);
  }

  #read(key: string, value: Uint8Array, then: (line: Line) => void): void {
    const stored = historyRowCodec.decode(value);
    // A row of a version that this code does not know is left out, not guessed.
    if (!stored.ok) return;
    const { type, what, member, device, record, title, notAfter, claimed, waited } = stored.value;
    then({
      id: key.slice(keys.histories(this.#log).length),
      time: notAfter ?? claimed ?? 0,
      type,
      what: this.#shared(what),
      member: member && (this.#shared(member) as MemberId),
      device: device && (this.#shared(device) as DeviceId),
      record,
      title: title === undefined ? undefined : this.#shared(title),
      waited,
    });
  }

  /** Subjects, people and devices stand in thousands of lines: one copy of each. */
  #shared(text: string): string {
    const known = this.#texts.get(text);
    if (known === undefined) this.#texts.set(text, text);
    return known ?? text;
  }

  #take(writes: readonly Write[]): void {
    for (const { key, value } of writes) {
      const id = key.slice(keys.histories(this.#log).length);
      if (value === null) this.#put(id, undefined);
      else
        this.#read(key, value, (line) => {
          this.#put(id, line);
        });
    }
    if (writes.length > 0) this.#version += 1;
  }

  #put(id: string, line: Line | undefined): void {
    const lines = this.#lines;
    let low = 0;
    let high = lines.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((lines[middle]?.id ?? "") < id) low = middle + 1;
      else high = middle;
    }
    const there = lines[low]?.id === id ? 1 : 0;
    if (line) lines.splice(low, there, line);
    else lines.splice(low, there);
  }
}
