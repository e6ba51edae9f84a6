import type { World } from "./world.ts";

const STEPS = 20;
const THIRD = 7;
const STEP = 60;

/** Work that shows how far it is and can be stopped; it does nothing. */
export class Jobs {
  readonly #world: World;
  readonly #cancelled = new Set<string>();
  readonly #standing: string | undefined;

  /** @param standing at a third of the way a job whose name begins so stands still until it is stopped */
  constructor(world: World, standing: string | undefined) {
    this.#world = world;
    this.#standing = standing;
  }

  stands(job: string): boolean {
    return this.#standing !== undefined && job.startsWith(this.#standing);
  }

  /** False where it was stopped. */
  async run(job: string): Promise<boolean> {
    for (let i = 0; i <= STEPS; i++) {
      if (this.#cancelled.delete(job)) return false;
      do {
        for (const listener of this.#world.listeners) listener({ topic: "progress", job, done: (i * 100) / STEPS, of: 100 });
        await new Promise((wait) => setTimeout(wait, STEP));
      } while (this.stands(job) && i === THIRD && !this.#cancelled.has(job));
    }
    return true;
  }

  cancel(job: string): void {
    this.#cancelled.add(job);
  }
}
