import { expect, test } from "vitest";
import type { HouseholdView } from "@countersign/shared/replica/people-view";
import { household, isLive, linkSecond, quiet, twoParents } from "./family.ts";
import { expectPeace, expectSame, picture } from "./invariants.ts";
import { restoreFresh } from "./fresh.ts";
import { PASSPHRASE, World, type Device } from "./world.ts";

const HOUR = 3_600_000;

/** A field of both logs of a person, as a device of theirs shows it. */
const inBoth = async <K extends keyof HouseholdView>(device: Device, field: K): Promise<readonly HouseholdView[K][]> =>
  (await device.replica.households()).map((h) => h[field]);

/** Whether the device with this sheet is a device of either log. */
const isIn = (device: Device): boolean => [...device.replica.core.logs.values()].some(({ session }) => session.isDevice());

test("[C9] every device of a person tells of a use of their sheet; the senior one refuses it in all logs, and the restored one never writes", async () => {
  const world = await World.make(61);
  const log = await twoParents(world);
  const [ana, ben] = [world.device("ana"), world.device("ben")];
  const ana2 = await linkSecond(world, ana, "ana2");
  await quiet(world);
  expect(await inBoth(ana, "recoveries")).toEqual([undefined, undefined]);
  const stolen = await restoreFresh(world, ana, "stolen");
  await quiet(world);
  const told = { stands: expect.any(Number) as number, canRefuse: true };
  expect(await inBoth(ana, "recoveries")).toMatchObject([[told], [told]]);
  expect(await inBoth(ana2, "recoveries")).toMatchObject([[{ canRefuse: false }], [{ canRefuse: false }]]);
  for (const other of [stolen, ben]) expect(await inBoth(other, "recoveries")).toEqual([undefined, undefined]);
  const [waits] = (await ana.replica.households())[0]?.recoveries ?? [];
  expect((waits?.stands ?? 0) - (waits?.at ?? 0)).toBe(72 * HOUR);

  expect(await world.time.answer(ana.replica.refuseRecovery("a wrong passphrase"))).toMatchObject({ error: { code: "passphrase-wrong" } });
  expect(await world.time.answer(ana2.replica.refuseRecovery(PASSPHRASE))).toEqual({ ok: false, error: { code: "senior-only" } });
  await world.get(ana.replica.refuseRecovery(PASSPHRASE));
  await quiet(world);
  for (const device of [ana, ana2]) expect(await inBoth(device, "recoveries")).toEqual([undefined, undefined]);
  expect(await world.time.answer(ana.replica.refuseRecovery(PASSPHRASE))).toEqual({ ok: false, error: { code: "not-allowed" } });
  expect(await inBoth(stolen, "refused")).toEqual([true, true]);
  expect(await inBoth(stolen, "writesFrom")).toEqual([undefined, undefined]);
  expect(await inBoth(ana, "refused")).toEqual([undefined, undefined]);
  const said = (await ben.replica.history(log, {}, 0, 50)).rows.map((row) => row.what);
  expect(said).toContain("charter.recover");
  expect(said).toContain("charter.refuse");

  // Nor does it write when the 72 hours are over, or after a restart: what it would write is not even begun.
  await world.time.pass(73 * HOUR);
  stolen.kill();
  await stolen.boot();
  await world.time.until(() => isLive(household(stolen)));
  expect(isIn(stolen)).toBe(false);
  expect(await inBoth(stolen, "refused")).toEqual([true, true]);
  const own = stolen.replica.core.personal?.session.log ?? log;
  for (const where of [log, own]) {
    const refused = await stolen.replica.sendMessage({ log: where, subject: "x", text: "As somebody else.", files: [] });
    expect(refused).toEqual({ ok: false, error: { code: "removed" } });
  }
  for (const device of [ana, ana2]) expect(isIn(device)).toBe(true);
  const record = await world.get(ana.replica.sendMessage({ log, subject: "Still here", text: "From the old phone.", files: [] }));
  await world.time.until(async () => (await ben.replica.message(log, record)) !== undefined);
  await quiet(world);
  for (const device of [ana, ana2, ben]) await expectPeace(device);
  expectSame(await picture(world, ana2), await picture(world, ben), "after the refusal");
  await world.close();
});

test("[C9] a refusal that a loss of power cut between two logs goes on waiting in the other, and is said there when it is asked again", async () => {
  const world = await World.make(62);
  await twoParents(world);
  const ana = world.device("ana");
  const stolen = await restoreFresh(world, ana, "stolen");
  await quiet(world);
  const waits = async (): Promise<number> => (await inBoth(ana, "recoveries")).filter((r) => r !== undefined).length;
  void ana.replica.refuseRecovery(PASSPHRASE);
  await world.time.until(async () => (await waits()) === 1);
  ana.kill();
  await ana.boot();
  await world.time.until(() => isLive(household(ana)));
  expect(await waits()).toBe(1);
  await world.get(ana.replica.refuseRecovery(PASSPHRASE));
  await quiet(world);
  expect(await waits()).toBe(0);
  expect(await inBoth(stolen, "refused")).toEqual([true, true]);
  await world.close();
});
