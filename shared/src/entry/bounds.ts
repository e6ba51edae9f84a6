import type { Millis } from "../base/ids.ts";

/** That somebody had signed for the first `size` entries by `time`; the entry `seq` of the log carries it. */
export interface Bound {
  readonly seq: number;
  readonly size: number;
  readonly time: Millis;
}

/** What anchors say of any place of a log, in steps of log2 of their number (rule L11). */
export class BoundIndex<T extends Bound> {
  /** By size, each with the earliest of itself and all after it. */
  readonly #bySize: readonly { readonly at: number; readonly best: T }[];
  /** By sequence, each with the latest of itself and all before it. */
  readonly #bySeq: readonly { readonly at: number; readonly best: T }[];

  constructor(all: readonly T[]) {
    let best: T | undefined;
    const bySize = [...all]
      .sort((a, b) => b.size - a.size)
      .map((a) => ({ at: a.size, best: (best = best && best.time <= a.time ? best : a) }));
    this.#bySize = bySize.reverse();
    let latest: T | undefined;
    this.#bySeq = [...all]
      .sort((a, b) => a.seq - b.seq)
      .map((a) => ({ at: a.seq, best: (latest = latest && latest.time >= a.time ? latest : a) }));
  }

  /** The earliest that covers the entry at `seq`: it was in the log by then. */
  notAfter(seq: number): T | undefined {
    return this.#bySize[firstAbove(this.#bySize, seq)]?.best;
  }

  /** The latest that a checkpoint of `size` entries holds: who names that checkpoint wrote after it. */
  notBefore(size: number): T | undefined {
    return this.#bySeq[firstAbove(this.#bySeq, size - 1) - 1]?.best;
  }
}

/** The first place whose `at` is above `limit`. */
function firstAbove(list: readonly { readonly at: number }[], limit: number): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((list[middle]?.at ?? Infinity) > limit) high = middle;
    else low = middle + 1;
  }
  return low;
}
