import type { Millis } from "@countersign/shared/base/ids";
import type { RelayStore, Write } from "../store/store.ts";

/** Something with writes that wait for the next transaction. */
export interface Flushable {
  /** Hands over what waits. */
  take(): readonly Write[];
  /** Resolves when what is to be said after the commit is ready to be said; it is made while the store writes. Never rejects. */
  ready?(): Promise<void>;
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
  readonly #waiting: (() => void)[] = [];
  readonly #atEnd: (() => void)[] = [];

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

  /** Resolves when the transaction that is being written now, if there is one, has ended one way or the other. */
  afterCurrent(): Promise<void> {
    return this.#running ? new Promise((resolve) => this.#atEnd.push(resolve)) : Promise.resolve();
  }

  /** All in one transaction; where that fails each on its own, so that what one log cannot write costs no other log anything (W7). */
  async #commit(writes: readonly (readonly Write[])[]): Promise<readonly boolean[]> {
    const busy = writes.filter((w) => w.length > 0);
    if (busy.length === 0 || (await this.#try(busy.flat()))) return writes.map(() => true);
    const outcomes: boolean[] = [];
    for (const own of writes) outcomes.push(own.length === 0 || (busy.length > 1 && (await this.#try(own))));
    return outcomes;
  }

  async #try(writes: readonly Write[]): Promise<boolean> {
    try {
      await this.#store.commit([...writes, { t: "time", time: this.#time() }]);
      return true;
    } catch (problem) {
      this.#onFailure(problem);
      return false;
    }
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
    const writes = parts.map((part) => part.take());
    const outcomes = await this.#commit(writes);
    await Promise.all(parts.flatMap((part) => (part.ready ? [part.ready()] : [])));
    this.#running = false;
    for (const resolve of this.#atEnd.splice(0)) resolve();
    for (const [i, part] of parts.entries()) {
      if (outcomes[i] === true) part.committed();
      else part.failed();
    }
    if (this.#dirty.size > 0) this.#schedule();
    else for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
