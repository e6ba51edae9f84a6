import type { LogId } from "../base/ids.ts";
import { readLine, type Line } from "../sync/line-page.ts";
import { readAllLines } from "../sync/line-pages.ts";
import { historyRowCodec, keys, type HistoryRowStored } from "../sync/rows.ts";
import type { RowStore, Write } from "../vault/row-store.ts";

export interface HistoryIndexDeps {
  readonly log: LogId;
  readonly rows: RowStore;
  readonly pause: () => Promise<void>;
  /** Told which pages of lines should be there and are not. */
  readonly missing: (pages: readonly number[]) => void;
}

/**
 * The lines of one log in the order of the log, in memory: what is filtered and counted without reading a row. Built once after the vault was
 * opened, from pages of lines, and kept in step with every commit from then on.
 */
export class HistoryIndex {
  readonly #deps: HistoryIndexDeps;
  /** By id, which sorts as the log does; what is not logged yet comes last. */
  #lines: Line[] = [];
  readonly #texts = new Map<string, string>();
  #version = 0;
  #built: Promise<void> | undefined;
  /** Commits that came while the rows were being read; they are newer than what was read. */
  #early: Write[] | undefined;

  constructor(deps: HistoryIndexDeps) {
    this.#deps = deps;
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
    const { log, rows } = this.#deps;
    const row = await rows.get("history", keys.history(log, id));
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
    const { log, rows, pause, missing } = this.#deps;
    const read = await readAllLines(log, rows, this.#shared, pause);
    this.#lines = read.lines;
    const early = this.#early;
    this.#early = undefined;
    this.#take(early);
    if (read.missing.length > 0) missing(read.missing);
  }

  /** Subjects, people and devices stand in thousands of lines: one copy of each. */
  readonly #shared = (text: string): string => {
    const known = this.#texts.get(text);
    if (known === undefined) this.#texts.set(text, text);
    return known ?? text;
  };

  #take(writes: readonly Write[]): void {
    for (const { key, value } of writes) {
      const id = key.slice(keys.histories(this.#deps.log).length);
      const line = value === null ? undefined : readLine(id, value, this.#shared);
      if (line || value === null) this.#put(id, line);
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
