import type { Millis } from "@countersign/shared/base/ids";
import type { Clock } from "@countersign/shared/sync/ports";

interface Due {
  readonly at: Millis;
  readonly order: number;
  readonly run: () => void;
}

/**
 * Time that passes only when asked to: everything that is to happen stands in one queue, and between two things all promises settle. Nothing
 * here or in what it drives reads a real clock, so a run depends on its seed alone.
 */
export class VirtualTime {
  #now: Millis;
  #order = 0;
  #due: Due[] = [];

  constructor(start: Millis) {
    this.#now = start;
  }

  now(): Millis {
    return this.#now;
  }

  /** Runs once after `ms`. Things of the same moment run in the order in which they were asked for. */
  after(ms: number, run: () => void): () => void {
    const due: Due = { at: this.#now + Math.max(0, ms), order: this.#order++, run };
    let low = 0;
    let high = this.#due.length;
    while (low < high) {
      const mid = (low + high) >>> 1;
      const other = this.#due[mid];
      if (other && (other.at < due.at || (other.at === due.at && other.order < due.order))) low = mid + 1;
      else high = mid;
    }
    this.#due.splice(low, 0, due);
    return () => {
      const at = this.#due.indexOf(due);
      if (at >= 0) this.#due.splice(at, 1);
    };
  }

  /** The clock of one machine: `skew` away from the true one, and silent once the machine is dead. */
  clock(isAlive: () => boolean = () => true, skew: () => number = () => 0): Clock {
    return {
      now: () => this.#now + skew(),
      after: (ms, run) =>
        this.after(ms, () => {
          if (isAlive()) run();
        }),
    };
  }

  /** The next thing happens, if it is due before `end`. */
  async step(end = Infinity): Promise<boolean> {
    await settled();
    const [next] = this.#due;
    if (!next || next.at > end) return false;
    this.#due.shift();
    this.#now = next.at;
    next.run();
    await settled();
    return true;
  }

  /** Lets everything happen that is due within `ms`. */
  async pass(ms: number): Promise<void> {
    const end = this.#now + ms;
    while (await this.step(end));
    this.#now = end;
  }

  /** Lets time pass until something holds. */
  async until(holds: () => boolean | Promise<boolean>, limit = 120_000): Promise<void> {
    const end = this.#now + limit;
    await settled();
    while (!(await holds())) if (!(await this.step(end))) throw new Error("it did not come about");
  }

  /** Lets time pass until a promise has its answer. */
  async answer<T>(work: Promise<T>, limit = 300_000): Promise<T> {
    let isDone = false;
    const mark = (): void => {
      isDone = true;
    };
    work.then(mark, mark);
    await this.until(() => isDone, limit);
    return work;
  }
}

/** One turn of the real event loop: all promises that can settle have settled. */
const settled = (): Promise<void> => new Promise((done) => setImmediate(done));
