import type { Hex32, Millis } from "../base/ids.ts";
import { pushTo } from "../base/push-to.ts";

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

/** Somebody's word, independent of the relay, that a log had so many entries by a moment of their own clock. */
export interface Anchored extends Bound {
  readonly kind: "cosignature" | "timestamp";
  /** A witness's verifier key, or `sha256:` and the hash of an authority's certificate. */
  readonly key: string;
  readonly name: string;
}

/** The key by which an authority is known: its name is only its own word. */
export const authorityKey = (certificate: Hex32): string => `sha256:${certificate}`;

/** What bounds one change from outside, and by whom. */
export interface OuterBound {
  readonly side: "not-before" | "not-after";
  readonly kind: Anchored["kind"];
  readonly by: string;
  readonly key: string;
  readonly at: Millis;
  readonly seq: number;
}

/** Whoever anchors may bring keys of their own: so many are looked at, those with the most anchors first. */
export const MAX_KEYS = 8;

/** The same for each key by itself, so that what one says never hides what another says. */
export class OuterBounds {
  readonly #indexes: readonly BoundIndex<Anchored>[];

  constructor(all: readonly Anchored[]) {
    const byKey = new Map<string, Anchored[]>();
    for (const a of all) pushTo(byKey, a.key, a);
    const most = [...byKey.values()].sort((a, b) => b.length - a.length).slice(0, MAX_KEYS);
    this.#indexes = most.map((own) => new BoundIndex(own));
  }

  /** @param size of the checkpoint that the change names; undefined where it names none */
  of(seq: number, size: number | undefined): readonly OuterBound[] {
    const view = (side: OuterBound["side"], a: Anchored | undefined): readonly OuterBound[] =>
      a ? [{ side, kind: a.kind, by: a.name, key: a.key, at: a.time, seq: a.seq }] : [];
    return [
      ...(size === undefined ? [] : this.#indexes.flatMap((i) => view("not-before", i.notBefore(size)))),
      ...this.#indexes.flatMap((i) => view("not-after", i.notAfter(seq))),
    ];
  }
}
