import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { makeFamily, quiet } from "./family.ts";
import { faultsOf, Healing, isAt, openLog, type Trouble } from "./healing.ts";
import { PARAMETERS } from "./rounds.ts";
import { World, type Saved } from "./world.ts";

const NEXT = "https://next.test";
/** How many forks are healed; CI does a few of them, `SIM_RUNS=5000` more. */
const HEALINGS = Math.ceil(Number(process.env["SIM_RUNS"] ?? 500) / 125);

const base = { wait: fc.integer({ min: 0, max: 4_000 }), who: fc.nat(3) };
const troubleArbitrary: fc.Arbitrary<Trouble> = fc.oneof(
  fc.record({ do: fc.constantFrom("cut" as const, "crash" as const, "relay-crash" as const), ...base }),
  fc.record({ do: fc.constant("crash-at-commit" as const), commits: fc.integer({ min: 1, max: 12 }), isKept: fc.boolean(), ...base }),
);

/** Which history a second device is told: its parent's, the other's, or neither beyond the common part, since it was away. */
const sideArbitrary = fc.constantFrom("ana" as const, "ben" as const, "away" as const);

const forkArbitrary = fc.record({
  seed: fc.nat(),
  common: fc.nat(5),
  ofAna: fc.integer({ min: 1, max: 6 }),
  ofBen: fc.integer({ min: 1, max: 6 }),
  ana2: sideArbitrary,
  ben2: sideArbitrary,
  /** Whether those who were told Ana's history are shown Ben's before it is healed, so that they find the fork out. */
  isFound: fc.boolean(),
  /** Something that each of these had not sent when the fork was found. */
  unsent: fc.subarray(["ana", "ana2", "ben", "ben2"]),
  troubles: fc.array(troubleArbitrary, { maxLength: 6 }),
});
type Fork = typeof forkArbitrary extends fc.Arbitrary<infer T> ? T : never;

async function heal(saved: Saved, fork: Fork): Promise<void> {
  const world = await World.from(saved, fork.seed);
  const run = new Healing(world);
  try {
    world.relayDown();
    const names = ["ana", "ben", ...(fork.ana2 === "away" ? [] : ["ana2"]), ...(fork.ben2 === "away" ? [] : ["ben2"])];
    await run.told(["ana", "ben", "ana2", "ben2"], fork.common);
    const log = await openLog(world);
    const copy = world.relayStore.copy();
    const side = (who: "ana" | "ben"): string[] =>
      names.filter((n) => n === who || (n === "ana2" && fork.ana2 === who) || (n === "ben2" && fork.ben2 === who));
    await run.told(side("ana"), fork.ofAna);
    const told = world.relayStore;
    world.relayStore = copy;
    await run.told(side("ben"), fork.ofBen);
    if (fork.isFound) await run.shown(side("ana"));
    else world.relayStore = told;

    // Nobody goes back to the old relay; all that is left of the two histories is on the devices.
    await world.otherUp(NEXT);
    for (const device of world.devices.values()) await device.boot();
    const blamed = await faultsOf(world);
    for (const name of fork.unsent) await run.write(name);
    const [ana, ben] = [world.device("ana"), world.device("ben")];
    await run.move("ana", "ben", NEXT, log);
    for (const trouble of fork.troubles) await run.befall(trouble, NEXT);
    for (const device of world.devices.values()) {
      if (device.disk) device.disk.deadly = undefined;
      if (!device.isRunning) await device.boot();
    }
    await world.time.until(() => isAt(ana, NEXT) && isAt(ben, NEXT), 3_600_000);
    for (const name of ["ana2", "ben2"])
      if (!isAt(world.device(name), NEXT)) await world.time.answer(world.device(name).replica.followRelay(NEXT));
    await world.time.until(() => [...world.devices.values()].every((d) => isAt(d, NEXT)), 3_600_000);
    await run.expectWhole(log);
    // What was found before stays found; nobody is blamed for anything more.
    expect(await faultsOf(world)).toEqual(blamed);
    if (!fork.isFound) expect(blamed.flatMap((b) => b.faults)).toEqual([]);
  } finally {
    await world.close();
  }
}

const THIRD = "https://third.test";

const secondForkArbitrary = fc.record({
  seed: fc.nat(),
  common: fc.nat(3),
  ofAna: fc.integer({ min: 1, max: 3 }),
  ofBen: fc.integer({ min: 1, max: 6 }),
  /** What each writes at the relay that was to heal it, and that shows two histories itself. */
  thenAna: fc.nat(3),
  thenBen: fc.nat(3),
  /** Whose history goes on in the end: with Ana's, what Ben had pushed again is given up once more. */
  keeps: fc.constantFrom("ana" as const, "ana" as const, "ben" as const),
  troubles: fc.array(troubleArbitrary, { maxLength: 4 }),
});
type SecondFork = typeof secondForkArbitrary extends fc.Arbitrary<infer T> ? T : never;

/**
 * The relay to which a fork was brought shows two histories in its turn. Only Ben's has what was pushed again of the first one that was given up, in which a device of
 * Ana's had written that nobody sees again until all is over: what it wrote goes from fork to fork by Ben's device.
 */
async function healTwice(saved: Saved, fork: SecondFork): Promise<void> {
  const world = await World.from(saved, fork.seed);
  const run = new Healing(world);
  try {
    world.relayDown();
    await run.told(["ana", "ben", "ana2", "ben2"], fork.common);
    const log = await openLog(world);
    const copy = world.relayStore.copy();
    await run.told(["ana"], fork.ofAna);
    world.relayStore = copy;
    await run.told(["ana2", "ben"], fork.ofBen);

    await world.otherUp(NEXT);
    const [ana, ben] = [world.device("ana"), world.device("ben")];
    for (const device of [ana, ben]) await device.boot();
    await run.move("ana", "ben", NEXT, log);
    ben.kill();
    await world.time.until(() => isAt(ana, NEXT), 3_600_000);
    await quiet(world);
    ana.kill();
    const before = world.otherCopy(NEXT);
    await ben.boot();
    await world.time.until(() => isAt(ben, NEXT), 3_600_000);
    await quiet(world);
    for (let i = 0; i < fork.thenBen; i++) await run.write("ben");
    await quiet(world);
    ben.kill();
    world.otherDown(NEXT);
    await world.otherUp(NEXT, before);
    await ana.boot();
    for (let i = 0; i < fork.thenAna + 1; i++) await run.write("ana");
    await quiet(world);
    world.otherDown(NEXT);

    await world.otherUp(THIRD);
    await ben.boot();
    const gives = fork.keeps === "ana" ? "ben" : "ana";
    await run.move(fork.keeps, gives, THIRD, log);
    // Only these two are there; they are the first of the family.
    for (const trouble of fork.troubles.filter((t) => t.who < 2)) await run.befall(trouble, THIRD);
    for (const device of [ana, ben]) {
      if (device.disk) device.disk.deadly = undefined;
      if (!device.isRunning) await device.boot();
    }
    await world.time.until(() => isAt(ana, THIRD) && isAt(ben, THIRD), 3_600_000);
    await quiet(world);
    // All of it is with those who were there; those who were away find it when they come.
    for (const device of [ana, ben]) {
      await run.expectHeld(device, log);
      await run.expectFirstWord(device, log, "ana2", fork.common);
    }
    for (const name of ["ana2", "ben2"]) {
      await world.device(name).boot();
      await world.time.answer(world.device(name).replica.followRelay(THIRD));
    }
    await world.time.until(() => [...world.devices.values()].every((d) => isAt(d, THIRD)), 3_600_000);
    await run.expectWhole(log);
    expect((await faultsOf(world)).flatMap((b) => b.faults)).toEqual([]);
  } finally {
    await world.close();
  }
}

describe("a fork that is healed, whatever happens", () => {
  let saved: Saved;
  beforeAll(async () => {
    saved = await makeFamily(71);
  });

  test("[C8h] [C8i] [C8k] what was saved or acknowledged in either history is with everybody in the end, and nobody is reproached", async () => {
    await fc.assert(
      fc.asyncProperty(forkArbitrary, async (fork) => {
        await heal(saved, fork);
      }),
      { numRuns: HEALINGS, ...PARAMETERS },
    );
  });

  test("[C8i] [C8k] what was pushed again is given up in a second fork: it goes on all the same, with the header that it had first", async () => {
    await fc.assert(
      fc.asyncProperty(secondForkArbitrary, async (fork) => {
        await healTwice(saved, fork);
      }),
      { numRuns: HEALINGS, ...PARAMETERS },
    );
  });
});
