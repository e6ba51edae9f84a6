import type { Millis } from "../base/ids.ts";
import type { Clock } from "../sync/ports.ts";

/**
 * When somebody last did something on this device, and whether work is under way that a lock which comes by itself would cut. Pages tell and
 * ask it, so that all of them agree on when to lock.
 */
export class Idle {
  readonly #clock: Pick<Clock, "now">;
  readonly #others: () => boolean;
  #at: Millis;
  #works = 0;

  /** @param others whether anything is under way that nobody here waits for */
  constructor(clock: Pick<Clock, "now">, others: () => boolean) {
    this.#clock = clock;
    this.#others = others;
    this.#at = clock.now();
  }

  get activeAt(): Millis {
    return this.#at;
  }

  get working(): boolean {
    return this.#works > 0 || this.#others();
  }

  /** The last word counts, also where it is the earlier time: a clock that was set back would otherwise hold the lock off until it is there again. */
  active(at: Millis): void {
    this.#at = at;
  }

  /** Work that is not to be cut. The time is counted from its end, so that whoever comes back in time finds what it made. */
  async during<T>(work: Promise<T>): Promise<T> {
    this.#works++;
    try {
      return await work;
    } finally {
      this.#works--;
      this.#at = this.#clock.now();
    }
  }
}
