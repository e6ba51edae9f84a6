import type { Arrival } from "./arrival.ts";

/** Sharings that wait for their page at one time: the person shares one after the other, and each page asks at once. */
const MOST_WAITING = 2;

/** Holds what was shared until its page asks, in memory and nowhere else. The oldest gives way. */
export class Holding {
  readonly #waiting = new Map<string, Arrival>();

  /** Gives the name under which it is asked for. */
  hold(arrival: Arrival): string {
    for (const oldest of [...this.#waiting.keys()].slice(0, Math.max(0, this.#waiting.size + 1 - MOST_WAITING)))
      this.#waiting.delete(oldest);
    const name = crypto.randomUUID();
    this.#waiting.set(name, arrival);
    return name;
  }

  /** Gives it out, once. */
  take(name: string): Arrival {
    const arrival = this.#waiting.get(name);
    this.#waiting.delete(name);
    return arrival ?? { state: "gone" };
  }
}
