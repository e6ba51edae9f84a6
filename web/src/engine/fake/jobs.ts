import type { World } from "./world.ts";

const STEPS = 20;
const THIRD = 7;
const STEP = 60;

/** Work that shows how far it is and can be stopped; it does nothing. */
export class Jobs {
  readonly #world: World;
  readonly #cancelled = new Set<string>();
  readonly #stands: boolean;

  /** @param stands at a third of the way each stands still until it is stopped */
  constructor(world: World, stands: boolean) {
    this.#world = world;
    this.#stands = stands;
  }

  /** False where it was stopped. */
  async run(job: string): Promise<boolean> {
    for (let i = 0; i <= STEPS; i++) {
      if (this.#cancelled.delete(job)) return false;
      for (const listener of this.#world.listeners) listener({ topic: "progress", job, done: (i * 100) / STEPS, of: 100 });
      do await new Promise((wait) => setTimeout(wait, STEP));
      while (this.#stands && i === THIRD && !this.#cancelled.has(job));
    }
    return true;
  }

  cancel(job: string): void {
    this.#cancelled.add(job);
  }
}
