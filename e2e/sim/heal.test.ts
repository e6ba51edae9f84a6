import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import type { LogId } from "@countersign/shared/base/ids";
import { household, makeFamily, quiet } from "./family.ts";
import { expectKept, expectSame, picture, type Picture } from "./invariants.ts";
import { PARAMETERS } from "./rounds.ts";
import { logOf, type Promised } from "./schedule.ts";
import { PASSPHRASE, World, type Device, type Saved } from "./world.ts";

const NEXT = "https://next.test";
/** How many forks are healed; CI does a few of them, `SIM_RUNS=5000` more. */
const HEALINGS = Math.ceil(Number(process.env["SIM_RUNS"] ?? 500) / 125);

/** What befalls the going over to the history that goes on. */
type Trouble = { readonly wait: number; readonly who: number } & (
  { readonly do: "cut" | "crash" | "relay-crash" } | { readonly do: "crash-at-commit"; readonly commits: number; readonly isKept: boolean }
);

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

class Healing {
  readonly world: World;
  readonly promised: Promised[] = [];
  #n = 0;
  constructor(world: World) {
    this.world = world;
  }

  async write(name: string): Promise<void> {
    const { replica } = this.world.device(name);
    const log = household(this.world.device(name)).log;
    const n = String(++this.#n);
    const record =
      this.#n % 3 === 0
        ? await this.world.get(
            replica.addExpense({
              ...{ log, title: `Expense ${n}`, category: "School", amount: 1_000, currency: "EUR", share: 5_000, spent: "2026-03-30" },
              files: [],
            }),
          )
        : await this.world.get(replica.sendMessage({ log, subject: `Subject ${n}`, text: `Text ${n}`, files: [] }));
    this.promised.push({ record });
  }

  /** These devices alone run while the relay serves one history, and write; all of it is acknowledged. */
  async told(names: readonly string[], count: number): Promise<void> {
    const { world } = this;
    await world.relayUp();
    for (const name of names) await world.device(name).boot();
    for (let i = 0; i < count; i++) await this.write(names[i % names.length] ?? "ana");
    await quiet(world);
    for (const name of names) world.device(name).kill();
    world.relayDown();
  }

  /** These are served the history that they were not told. */
  async shown(names: readonly string[]): Promise<void> {
    const { world } = this;
    await world.relayUp();
    for (const name of names) {
      const device = await world.device(name).boot();
      await world.time.until(async () => (await device.sync(household(world.device(name)).log)).state === "stopped");
      world.device(name).kill();
    }
    world.relayDown();
  }

  async befall(trouble: Trouble): Promise<void> {
    const { world } = this;
    await world.time.pass(trouble.wait);
    const device = [...world.devices.values()][trouble.who];
    if (!device) throw new Error("a device");
    switch (trouble.do) {
      case "cut":
        world.net.cut(device.name);
        return;
      case "crash":
        device.kill();
        await device.boot();
        return;
      case "relay-crash":
        world.otherDown(NEXT);
        await world.time.pass(500);
        await world.otherUp(NEXT);
        return;
      case "crash-at-commit":
        if (device.disk) device.disk.deadly = { commit: device.disk.commits + trouble.commits, isKept: trouble.isKept };
    }
  }
}

const isThere = (device: Device): boolean =>
  device.isRunning && [...device.replica.core.logs.values()].every((l) => l.session.identity.relayName === "next.test");

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
    await world.get(ana.replica.moveRelay({ address: NEXT, gone: true, passphrase: PASSPHRASE }, "move"));
    expect(await world.get(ben.replica.followRelay(NEXT))).toMatchObject({ asked: 1 });
    await world.get(ben.replica.consentMove(log, PASSPHRASE, "consent"));
    for (const trouble of fork.troubles) await run.befall(trouble);
    for (const device of world.devices.values()) {
      if (device.disk) device.disk.deadly = undefined;
      if (!device.isRunning) await device.boot();
    }
    await world.time.until(() => isThere(ana) && isThere(ben), 3_600_000);
    for (const name of ["ana2", "ben2"])
      if (!isThere(world.device(name))) await world.time.answer(world.device(name).replica.followRelay(NEXT));
    await world.time.until(() => [...world.devices.values()].every(isThere), 3_600_000);
    await quiet(world);
    for (const device of world.devices.values())
      expect((await device.replica.households()).find((h) => h.log === log)?.again?.waiting ?? 0, device.name).toBe(0);
    // What was found before stays found; nobody is blamed for anything more.
    expect(await faultsOf(world)).toEqual(blamed);
    if (!fork.isFound) expect(blamed.flatMap((b) => b.faults)).toEqual([]);
    let first: Picture | undefined;
    for (const device of world.devices.values()) {
      expect((await device.replica.history(log, { types: ["set-aside"] }, 0, 100)).rows, `${device.name}: set aside`).toEqual([]);
      await expectKept(device, run.promised);
      const seen = await picture(world, device);
      first ??= seen;
      expectSame(seen, first, device.name);
    }
  } finally {
    await world.close();
  }
}

async function faultsOf(world: World): Promise<readonly { readonly name: string; readonly faults: readonly string[] }[]> {
  const found = [];
  for (const { name, replica } of world.devices.values()) found.push({ name, faults: (await replica.faults()).map((f) => f.id).sort() });
  return found;
}

async function openLog(world: World): Promise<LogId> {
  await world.device("ana").boot();
  const log = logOf(world);
  world.device("ana").kill();
  return log;
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
});
