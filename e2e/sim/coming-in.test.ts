import { sheetWords } from "@countersign/shared/charter/recovery-sheet";
import type { Replica } from "@countersign/shared/replica/replica";
import { beforeAll, describe, expect, test } from "vitest";
import { household, quiet, twoParents } from "./family.ts";
import { PASSPHRASE, RELAY, World, type Device, type Saved } from "./world.ts";

/** More commits than it takes to come in. */
const MOST = 60;

/**
 * Loses power with the commit of that number, while it comes in, and is started and unlocked again.
 * @returns undefined where it was in before
 */
async function dies(
  world: World,
  device: Device,
  commit: number,
  comeIn: (replica: Replica) => Promise<unknown>,
): Promise<Replica | undefined> {
  const replica = await device.boot(false);
  if (device.disk) device.disk.deadly = { commit, isKept: true };
  void comeIn(replica).then(() => device.kill());
  await world.time.until(() => !device.isRunning);
  if ((device.disk?.commits ?? 0) < commit) return undefined;
  const again = await device.boot();
  await world.time.pass(60_000);
  return again;
}

describe("a device that loses power while it comes in", () => {
  let invited: Saved;
  let link = "";
  beforeAll(async () => {
    const world = await World.make(41);
    const a = await world.device("ana").boot(false);
    await world.get(a.start({ relay: RELAY, passphrase: PASSPHRASE, name: "Ana", zone: "Europe/Vienna" }));
    ({ link } = await world.get(a.invite({ label: "Home" })));
    world.device("ana").kill();
    world.relayDown();
    invited = world.save();
  });

  test("[C2] with a link: whichever commit it was, it goes on by itself, or nothing of it is there and the link still works", async () => {
    let commit = 0;
    for (;;) {
      const world = await World.from(invited, ++commit);
      const ben = world.device("ben");
      const join = { link, name: "Ben", passphrase: PASSPHRASE, zone: "Europe/Vienna" };
      const again = await dies(world, ben, commit, (replica) => replica.join(join));
      if (again) {
        const isThere = (await again.households()).some((h) => h.kind === "household");
        if (!isThere) await world.get(again.join(join));
        await world.time.until(() => household(ben).isDevice());
        const people = (await again.households()).find((h) => h.kind === "household")?.people;
        expect(
          people?.map((p) => [p.me, p.provisional]),
          String(commit),
        ).toContainEqual([true, true]);
      }
      await world.close();
      if (!again) break;
      expect(commit).toBeLessThan(MOST);
    }
    // The vault, and what stands in it from its first moment, is the first.
    expect(commit).toBeGreaterThan(5);
  });

  test("[C9] with the sheet: whichever commit it was, it goes on by itself, and waits its time in every log", async () => {
    const first = await World.make(42);
    await twoParents(first);
    await quiet(first);
    const { sheet } = first.device("ana").replica.core;
    if (!sheet) throw new Error("a sheet");
    for (const device of first.devices.values()) device.kill();
    first.relayDown();
    const saved = first.save();
    const restore = { relay: RELAY, words: sheetWords(sheet.seed), passphrase: PASSPHRASE, name: "Ana" };
    let commit = 0;
    for (;;) {
      const world = await World.from(saved, ++commit);
      const again = await dies(world, world.device("ana3"), commit, (replica) => replica.restore(restore));
      if (again) {
        await world.time.until(async () => (await again.households()).filter((h) => h.writesFrom !== undefined).length === 2);
      }
      await world.close();
      if (!again) break;
      expect(commit).toBeLessThan(MOST);
    }
    expect(commit).toBeGreaterThan(5);
  });
});
