import fc from "fast-check";
import { authorPartId } from "@countersign/shared/entry/header";
import type { Hex32, LogId } from "@countersign/shared/base/ids";
import { expect } from "vitest";
import { quiet } from "./family.ts";
import { expectFresh } from "./fresh.ts";
import { expectAlike } from "./invariants.ts";
import type { Meddler, Wire } from "./network.ts";
import { Player, stepArbitrary, type Step } from "./schedule.ts";
import { World, type Saved } from "./world.ts";

/** How many schedules run; CI runs 500 of them, `SIM_RUNS=5000` more. */
export const RUNS = Number(process.env["SIM_RUNS"] ?? 500);

/** What all schedules of a run come from: printed, and given with `SIM_SEED` (and `SIM_PATH`, as a failure says it) to play it again. */
const SEED = Number(process.env["SIM_SEED"] ?? Date.now() % 0x8000_0000);
const PATH = process.env["SIM_PATH"];
console.log(`seed ${String(SEED)}, ${String(RUNS)} schedules`);

export const PARAMETERS = {
  seed: SEED,
  // A failure is said at once; looking for the shortest schedule that fails takes minutes.
  endOnFailure: process.env["SIM_SHRINK"] === undefined,
  includeErrorInReport: true,
  ...(PATH === undefined ? {} : { path: PATH }),
};

export const scheduleArbitrary = fc.array(stepArbitrary, { minLength: 8, maxLength: 24, size: "max" });

/** Plays one schedule from a family at rest, heals everything, and looks whether anything was lost or differs. */
export async function playSchedule(saved: Saved, seed: number, steps: readonly Step[], isFresh = false): Promise<Player> {
  const world = await World.from(saved, seed);
  // In every second schedule old entries are bundled at once, so that all else happens among bundles, acknowledgements and dropped bodies.
  if ((seed >> 3) % 2 === 0) world.bundling = { entries: 2 + (seed % 5), age: 0, idle: 50 + (seed % 700) };
  try {
    for (const device of world.devices.values()) await device.boot();
    const player = new Player(world);
    await player.play(steps);
    await player.heal();
    await quiet(world);
    await expectAlike(world, player.promised);
    if (isFresh) await expectFresh(world, player.promised);
    return player;
  } finally {
    await world.close();
  }
}

/** Every position that the relay ever acknowledged, with the entry that it acknowledged. */
export class Acknowledged implements Meddler {
  readonly all: { readonly id: Hex32; readonly author: Uint8Array; readonly seq: number }[] = [];
  readonly #pushes = new WeakMap<Wire, Map<number, readonly Uint8Array[]>>();

  toRelay: NonNullable<Meddler["toRelay"]> = (_device, message, wire) => {
    if (message.t === "push") {
      const pushes = this.#pushes.get(wire) ?? new Map<number, readonly Uint8Array[]>();
      this.#pushes.set(
        wire,
        pushes.set(
          message.id,
          message.entries.map((e) => e.a),
        ),
      );
    }
    return [message];
  };

  toDevice: NonNullable<Meddler["toDevice"]> = (_device, message, wire) => {
    if (message.t === "receipt") {
      const authors = this.#pushes.get(wire)?.get(message.id) ?? [];
      message.n.forEach((seq, i) => {
        const author = authors[i];
        if (author) this.all.push({ id: authorPartId(author), author, seq });
      });
    }
    return [message];
  };

  async expectKept(world: World, log: LogId): Promise<void> {
    for (const { id, author, seq } of this.all) {
      const found = await world.relayStore.find(log, id, author);
      if (found !== undefined) expect(found, "an acknowledged entry keeps its place").toBe(seq);
      else expect(await elsewhere(world, log, id, author), "an acknowledged entry is kept").toBe(seq);
    }
  }
}

/** Personal logs have their entries too. */
async function elsewhere(world: World, household: LogId, id: Hex32, author: Uint8Array): Promise<number | undefined> {
  for (const device of world.devices.values()) {
    for (const log of device.replica.core.logs.keys()) {
      const found = log === household ? undefined : await world.relayStore.find(log, id, author);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}
