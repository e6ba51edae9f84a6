import type { ChangeRow } from "./change-rows.ts";

/** What of an entry is shown: that there is a row of it, and how much is in that. */
const ROW = { none: 0, withheld: 1, partial: 2, whole: 3 } as const;

/** Which entries have a row, and how much of each is shown: one byte an entry. */
export class RowIndex {
  readonly #states: Uint8Array;
  /** Changes that are shown. */
  disclosed = 0;
  #last = -1;

  /** @param size entries of the log */
  constructor(size: number) {
    this.#states = new Uint8Array(size);
  }

  add({ seq, items }: ChangeRow): void {
    const shown = items.filter((item) => item.form === "disclosed").length;
    this.#states[seq] = shown === items.length ? ROW.whole : shown > 0 ? ROW.partial : ROW.withheld;
    this.disclosed += shown;
    this.#last = seq;
  }

  /** Whether a row of this entry may follow those that came: they stand in the order of the log, since what acts mean depends on it. */
  isNext(seq: number): boolean {
    return seq > this.#last;
  }

  has(seq: number): boolean {
    return this.#state(seq) !== ROW.none;
  }

  /** Whether any change of the entry is shown. */
  shows(seq: number): boolean {
    return this.#state(seq) >= ROW.partial;
  }

  isWhole(seq: number): boolean {
    return this.#state(seq) === ROW.whole;
  }

  #state(seq: number): number {
    return this.#states[seq] ?? ROW.none;
  }
}
