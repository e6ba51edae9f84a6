import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { DEVICES, household, makeFamily, quiet } from "./family.ts";
import { expectAlike } from "./invariants.ts";
import { Acknowledged, PARAMETERS, RUNS } from "./rounds.ts";
import { logOf, Player } from "./schedule.ts";
import { World, type Saved } from "./world.ts";

const ROUNDS = Math.ceil((RUNS * 2) / 5);
const WRITES = ["thread", "reply", "expense", "answer"] as const;

/** Who dies at which of their next commits, with or without the rows of that commit. The last one is the relay. */
const death = fc.record({ who: fc.nat(DEVICES.length), commits: fc.integer({ min: 1, max: 6 }), isKept: fc.boolean() });

const never = (): Promise<void> => new Promise(() => undefined);

function arm(world: World, { who, commits, isKept }: { who: number; commits: number; isKept: boolean }): void {
  const name = DEVICES[who];
  if (name !== undefined) {
    const { disk } = world.device(name);
    if (disk) disk.deadly = { commit: disk.commits + commits, isKept };
    return;
  }
  let left = commits;
  const die = (): Promise<void> | undefined => {
    if (--left > 0) return undefined;
    world.relayStore.faults = {};
    world.relayDown();
    return never();
  };
  world.relayStore.faults = isKept ? { afterCommit: die } : { beforeCommit: die };
}

describe("power cuts", () => {
  let saved: Saved;
  beforeAll(async () => {
    saved = await makeFamily();
  });

  test("[W2] whoever dies at whichever commit: nothing that was shown as saved or was acknowledged is lost", async () => {
    let deaths = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.nat(),
        fc.array(death, { minLength: 1, maxLength: 3 }),
        fc.array(fc.record({ do: fc.constantFrom(...WRITES), wait: fc.nat(120), who: fc.nat(3), pick: fc.nat(100) }), {
          minLength: 6,
          maxLength: 14,
          size: "max",
        }),
        async (seed, deadly, writes) => {
          const world = await World.from(saved, seed);
          try {
            for (const device of world.devices.values()) await device.boot();
            const log = logOf(world);
            const acknowledged = new Acknowledged();
            world.net.meddler = acknowledged;
            const player = new Player(world);
            const each = Math.ceil(writes.length / deadly.length);
            for (const [i, d] of deadly.entries()) {
              arm(world, d);
              await player.play(writes.slice(i * each, (i + 1) * each));
              await world.time.pass(400);
              for (const device of world.devices.values()) if (!device.isRunning) deaths++;
              if (!world.net.relay) deaths++;
              await player.heal();
              world.net.meddler = acknowledged;
            }
            await quiet(world);
            await expectAlike(world, player.promised);
            await acknowledged.expectKept(world, log);
            // Once more from what is on the disks, with nobody else awake: what is shown comes from there.
            const before = new Map([...world.devices.values()].map((d) => [d.name, household(d).index.size]));
            world.relayDown();
            for (const device of world.devices.values()) {
              device.kill();
              await device.boot();
            }
            for (const device of world.devices.values()) expect(household(device).index.size).toBe(before.get(device.name));
          } finally {
            await world.close();
          }
        },
      ),
      { numRuns: ROUNDS, ...PARAMETERS },
    );
    // The rounds are about deaths: most of them must have had one.
    expect(deaths).toBeGreaterThan(ROUNDS / 2);
  });
});
