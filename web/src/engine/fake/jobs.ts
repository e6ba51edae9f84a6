import type { World } from "./world.ts";

const STEPS = 20;
const STEP = 60;

/** Work that shows how far it is and can be stopped; it does nothing. */
export class Jobs {
  readonly #world: World;
  readonly #cancelled = new Set<string>();

  constructor(world: World) {
    this.#world = world;
  }

  /** False where it was stopped. */
  async run(job: string): Promise<boolean> {
    for (let i = 0; i <= STEPS; i++) {
      if (this.#cancelled.delete(job)) return false;
      for (const listener of this.#world.listeners) listener({ topic: "progress", job, done: (i * 100) / STEPS, of: 100 });
      await new Promise((wait) => setTimeout(wait, STEP));
    }
    return true;
  }

  cancel(job: string): void {
    this.#cancelled.add(job);
  }
}
