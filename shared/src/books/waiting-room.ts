import type { ChangeHash } from "../base/ids.ts";
import { pushTo } from "../base/push-to.ts";

/** Something that waits, with what of it is not judged yet. */
interface Waiting<T> {
  readonly item: T;
  readonly missing: Set<ChangeHash>;
}

/**
 * What waits for changes that are not judged yet, in the order in which it came (rule X4). Judging a change costs what waited for that one, however much else
 * waits: anybody with a device can send any number of changes that wait for nothing that will ever come.
 */
export class WaitingRoom<T> {
  readonly #all = new Set<Waiting<T>>();
  readonly #by = new Map<ChangeHash, Waiting<T>[]>();

  /** @param missing what it waits for: one change or more */
  wait(item: T, missing: Iterable<ChangeHash>): void {
    const waiting: Waiting<T> = { item, missing: new Set(missing) };
    this.#all.add(waiting);
    for (const hash of waiting.missing) pushTo(this.#by, hash, waiting);
  }

  /** The change was judged. Takes out what waited for it and for nothing else any more, in the order in which it came. */
  release(hash: ChangeHash): readonly T[] {
    const waited = this.#by.get(hash) ?? [];
    this.#by.delete(hash);
    return waited.flatMap((w) => {
      w.missing.delete(hash);
      if (w.missing.size > 0) return [];
      this.#all.delete(w);
      return [w.item];
    });
  }

  /** All that waits. */
  get all(): Iterable<{ readonly item: T; readonly missing: ReadonlySet<ChangeHash> }> {
    return this.#all;
  }

  /** One of its own with the same in it. */
  copy(): WaitingRoom<T> {
    const copy = new WaitingRoom<T>();
    for (const { item, missing } of this.#all) copy.wait(item, missing);
    return copy;
  }
}
