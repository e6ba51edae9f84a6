/** Things that come in any order and are taken out the least first, in steps of log2 of their number. Equal ones come out in any order. */
export class InOrder<T> {
  readonly #compare: (a: T, b: T) => number;
  /** A binary heap: each stands after the one at half its place. */
  readonly #heap: T[] = [];

  constructor(compare: (a: T, b: T) => number) {
    this.#compare = compare;
  }

  add(item: T): void {
    let at = this.#heap.push(item) - 1;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (!this.#isBefore(at, above)) return;
      this.#swap(at, above);
      at = above;
    }
  }

  /** The least one, which is then no longer in it; undefined where it is empty. */
  take(): T | undefined {
    const heap = this.#heap;
    if (heap.length > 1) this.#swap(0, heap.length - 1);
    const least = heap.pop();
    for (let at = 0; ;) {
      let next = at;
      for (const below of [2 * at + 1, 2 * at + 2]) if (below < heap.length && this.#isBefore(below, next)) next = below;
      if (next === at) return least;
      this.#swap(at, next);
      at = next;
    }
  }

  #isBefore(a: number, b: number): boolean {
    return this.#compare(this.#heap[a] as T, this.#heap[b] as T) < 0;
  }

  #swap(a: number, b: number): void {
    const kept = this.#heap[a] as T;
    this.#heap[a] = this.#heap[b] as T;
    this.#heap[b] = kept;
  }
}
