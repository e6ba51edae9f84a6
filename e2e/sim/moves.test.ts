import { beforeAll, describe, expect, test } from "vitest";
import type { LogId } from "@countersign/shared/base/ids";
import type { BundleRule } from "@countersign/shared/sync/bundling";
import { household, linkSecond, makeFamily, quiet } from "./family.ts";
import { restoreFresh } from "./fresh.ts";
import { expectAlike, expectPeace, expectSame, picture } from "./invariants.ts";
import { logOf, type Promised } from "./schedule.ts";
import { PASSPHRASE, World, type Device, type Saved } from "./world.ts";

const NEXT = "https://next.test";
/** Bundles as soon as there is a little, so that a story needs no month. */
const SOON: BundleRule = { entries: 6, age: 0, idle: 2_000 };

describe("a household that moves to another relay", () => {
  let saved: Saved;
  beforeAll(async () => {
    saved = await makeFamily(6);
  });

  /** A family with something to tell, of which the old relay has dropped bodies for a bundle, and another relay. */
  async function family(seed: number): Promise<{ readonly world: World; readonly log: LogId; readonly promised: Promised[] }> {
    const world = await World.from(saved, seed);
    world.bundling = SOON;
    for (const device of world.devices.values()) await device.boot();
    await quiet(world);
    const promised: Promised[] = [];
    for (let i = 0; i < 16; i++) promised.push(await write(world, [...world.devices.keys()][i % 4] ?? "ana", i));
    await quiet(world);
    await world.time.pass(60_000);
    await quiet(world);
    const log = logOf(world);
    const page = await world.relayStore.page(log, 0, 10_000, 1e9, new Set(["charter", "messages", "expenses"]));
    expect(page.filter((e) => e.author !== null && e.body === null).length).toBeGreaterThan(5);
    // Linked now, it has never had those bodies.
    await linkSecond(world, world.device("ana"), LATE);
    await quiet(world);
    await world.otherUp(NEXT);
    return { world, log, promised };
  }

  async function write(world: World, name: string, n: number): Promise<Promised> {
    const { replica } = world.device(name);
    return {
      record: await world.get(replica.sendMessage({ log: logOf(world), subject: `S ${String(n)}`, text: `T ${String(n)}`, files: [] })),
    };
  }

  const LATE = "ana3";
  /** All but the device that was linked last lose the network, or have it again. */
  function alone(world: World, isAlone: boolean): void {
    for (const name of world.devices.keys()) if (name !== LATE) world.net.offline(name, isAlone);
  }

  const isThere = (device: Device): boolean => household(device).identity.relayName === "next.test";
  const allAreThere = (world: World): boolean =>
    [...world.devices.values()].every((d) => [...d.replica.core.logs.values()].every((l) => l.session.identity.relayName === "next.test"));

  test.each([61, 62, 63])(
    "[C8c] [C8d] [L8f] brought by a device that never had the bodies that were dropped, while it and the new relay die: all of it is there in the end (seed: %i)",
    async (seed) => {
      const { world, log, promised } = await family(seed);
      const { chance } = world;
      await world.get(world.device("ana").replica.moveRelay({ address: NEXT, gone: false, passphrase: PASSPHRASE }, "move"));
      await world.time.until(async () => (await world.device("ben").replica.households()).some((h) => h.move?.state === "asked"));
      // Written before the move stands, and not sent: it goes along.
      world.net.offline("ben2", true);
      promised.push(await write(world, "ben2", 100));
      await world.get(world.device("ben").replica.consentMove(log, PASSPHRASE, "consent"));
      alone(world, true);
      await world.time.pass(chance.below(400));
      world.otherDown(NEXT);
      await world.time.pass(chance.below(3_000));
      await world.otherUp(NEXT);
      await world.time.pass(chance.below(2_000));
      world.device(LATE).kill();
      await world.time.pass(chance.below(2_000));
      await world.device(LATE).boot();
      // It has the household there by itself, without those bodies; the others follow.
      await world.time.until(() => isThere(world.device(LATE)), 3_600_000);
      alone(world, false);
      await world.time.until(() => allAreThere(world), 3_600_000);

      // The old relay is not needed any more, neither by those who moved nor by who begins with the sheet.
      world.relayDown();
      promised.push(await write(world, "ana2", 101), await write(world, "ben", 102));
      await quiet(world);
      await expectAlike(world, promised);
      const fresh = await restoreFresh(world, world.device("ana"), "ana4", NEXT);
      await quiet(world);
      await expectPeace(fresh);
      expectSame(await picture(world, fresh), await picture(world, world.device("ben")), "the fresh device");
      await world.close();
    },
  );

  test("[C8e] [L8f] away from a relay that is gone, which had dropped bodies: the parents agree at the new one, and nothing is lost", async () => {
    const { world, log, promised } = await family(64);
    world.relayDown();
    promised.push(await write(world, "ben2", 100));
    await world.get(world.device("ana").replica.moveRelay({ address: NEXT, gone: true, passphrase: PASSPHRASE }, "move"));
    expect(await world.get(world.device("ben").replica.followRelay(NEXT))).toMatchObject({ asked: 1 });
    world.otherDown(NEXT);
    await world.otherUp(NEXT);
    await world.get(world.device("ben").replica.consentMove(log, PASSPHRASE, "consent"));
    for (const name of ["ana2", "ben2", LATE]) await world.get(world.device(name).replica.followRelay(NEXT));
    await world.time.until(() => allAreThere(world), 3_600_000);
    await quiet(world);
    await expectAlike(world, promised);
    await world.close();
  });
});
