import type { Clock } from "@countersign/shared/sync/ports";
import { seededRandom } from "../../shared/test/random.ts";
import { START } from "../../shared/test/people.ts";
import type { RelayLimits } from "../src/relay/limits.ts";
import type { RelayLog, RelayPorts } from "../src/relay/ports.ts";
import { createRelay, type Relay } from "../src/relay/relay.ts";
import { MemoryStore } from "../src/store/memory.ts";

/** A clock that moves when a test says so. */
export class TestClock implements Clock {
  #now: number;
  #timers: { at: number; run: () => void }[] = [];

  constructor(now: number) {
    this.#now = now;
  }
  now(): number {
    return this.#now;
  }
  after(ms: number, run: () => void): () => void {
    const timer = { at: this.#now + ms, run };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((t) => t !== timer);
    };
  }
  /** Lets time pass, and runs what is due in its order. */
  pass(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const due = this.#timers.filter((t) => t.at <= end).sort((a, b) => a.at - b.at)[0];
      if (!due) break;
      this.#timers = this.#timers.filter((t) => t !== due);
      this.#now = Math.max(this.#now, due.at);
      due.run();
    }
    this.#now = end;
  }
  set(now: number): void {
    this.#now = now;
  }
}

export const NAME = "relay.example";

export interface World {
  readonly relay: Relay;
  readonly store: MemoryStore;
  readonly clock: TestClock;
  readonly log: { readonly errors: unknown[] };
}

/** A relay in the test's own process, on a store in memory. */
export async function makeWorld(
  limits: Partial<RelayLimits> = {},
  keep?: { store: MemoryStore; clock: TestClock },
  more: (world: { clock: TestClock; log: RelayLog }) => Partial<RelayPorts> = () => ({}),
): Promise<World> {
  const clock = keep?.clock ?? new TestClock(START + 3_600_000);
  const store = keep?.store ?? new MemoryStore();
  const errors: unknown[] = [];
  const log: RelayLog = { info: () => undefined, warn: () => undefined, error: (_e, problem) => errors.push(problem), tag: () => "" };
  const relay = await createRelay({
    store: store,
    clock,
    random: seededRandom(`relay ${clock.now()}`),
    name: NAME,
    limits,
    turn: (run) => setImmediate(run),
    log,
    ...more({ clock, log }),
  });
  return { relay, store, clock, log: { errors } };
}
