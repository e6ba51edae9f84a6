import type { Millis } from "@countersign/shared/base/ids";
import type { RelayStore, Write } from "../store/store.ts";

/** Something with writes that wait for the next transaction. */
export interface Flushable {
  /** Hands over what waits. */
  take(): readonly Write[];
  /** What the last `take` gave is durable. */
  committed(): void;
  /** What the last `take` gave, and all that came after it, is lost. */
  failed(): void;
}

/**
 * Group commit: everything that came in one turn of the event loop, for whatever log, is one transaction (W2). While a slow store writes,
 * the next group gathers.
 */
export class Committer {
  readonly #store: RelayStore;
  readonly #turn: (run: () => void) => void;
  readonly #time: () => Millis;
  readonly #onFailure: (problem: unknown) => void;
  #dirty = new Set<Flushable>();
  #running = false;
  #scheduled = false;
  #waiting: (() => void)[] = [];

  constructor(input: { store: RelayStore; turn: (run: () => void) => void; time: () => Millis; onFailure: (problem: unknown) => void }) {
    this.#store = input.store;
    this.#turn = input.turn;
    this.#time = input.time;
    this.#onFailure = input.onFailure;
  }

  /** `part` has something to write, or something to say after what it wrote before. */
  add(part: Flushable): void {
    this.#dirty.add(part);
    this.#schedule();
  }

  /** Writes that belong to nothing with a state of its own. Resolves when they are durable, rejects when they are lost. */
  write(writes: readonly Write[]): Promise<void> {
    return new Promise((resolve, reject) => {
      this.add({
        take: () => writes,
        committed: resolve,
        failed: () => {
          reject(new Error("the store refused a write"));
        },
      });
    });
  }

  /** Resolves when nothing waits any more. */
  idle(): Promise<void> {
    if (!this.#running && this.#dirty.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #schedule(): void {
    if (this.#scheduled || this.#running) return;
    this.#scheduled = true;
    this.#turn(() => {
      this.#scheduled = false;
      void this.#flush();
    });
  }

  async #flush(): Promise<void> {
    this.#running = true;
    const parts = [...this.#dirty];
    this.#dirty = new Set();
    const writes = parts.flatMap((part) => part.take());
    let problem: unknown;
    if (writes.length > 0) {
      try {
        await this.#store.commit([...writes, { t: "time", time: this.#time() }]);
      } catch (caught) {
        problem = caught ?? new Error("the store refused a write");
        this.#onFailure(problem);
      }
    }
    this.#running = false;
    for (const part of parts) {
      if (problem === undefined) part.committed();
      else part.failed();
    }
    if (this.#dirty.size > 0) this.#schedule();
    else for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
