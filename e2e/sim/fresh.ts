import { expect } from "vitest";
import { sheetWords } from "@countersign/shared/charter/recovery-sheet";
import { household, isLive, quiet } from "./family.ts";
import { expectKept, expectPeace, expectSame, picture } from "./invariants.ts";
import type { Promised } from "./schedule.ts";
import { PASSPHRASE, RELAY, type Device, type World } from "./world.ts";

const HOUR = 3_600_000;

/** A new machine with nothing but the sheet of a parent: it reads everything at once. */
export async function restoreFresh(world: World, of: Device, name: string, relay = RELAY): Promise<Device> {
  const { sheet } = of.replica.core;
  if (!sheet) throw new Error("a sheet");
  const fresh = world.device(name);
  const replica = await fresh.boot(false);
  const restored = await world.time.answer(replica.restore({ relay, words: sheetWords(sheet.seed), passphrase: PASSPHRASE, name: "Ana" }));
  // Another device of this parent lives, so the sheet alone has to wait (rule C9).
  expect(restored).toMatchObject({ ok: false, error: { code: "recovery-waiting" } });
  if (!restored.ok) expect(Math.abs((restored.error.until ?? 0) - world.time.now() - 72 * HOUR)).toBeLessThan(HOUR);
  await world.time.until(() => isLive(household(fresh)));
  return fresh;
}

/** Nobody runs for so long; only the relay's hours go by. */
async function sleep(world: World, ms: number): Promise<void> {
  for (const device of world.devices.values()) device.kill();
  await world.time.pass(ms);
}

/**
 * A device from the sheet has what the others have, before and after its 72 hours. Then it writes, and the other parent's devices take it; the
 * devices that it took the place of are out.
 */
export async function expectFresh(world: World, promised: readonly Promised[]): Promise<void> {
  const fresh = await restoreFresh(world, world.device("ana"), "ana3");
  await quiet(world);
  await expectKept(fresh, promised);
  await expectPeace(fresh);
  expectSame(await picture(world, fresh), await picture(world, world.device("ben")), "the fresh device");
  expect(household(fresh).isDevice()).toBe(false);
  await sleep(world, 72 * HOUR + 60_000);
  for (const name of ["ana3", "ben", "ben2"]) await world.device(name).boot();
  await world.time.until(() => household(fresh).isDevice() && isLive(household(fresh)));
  const record = await world.get(
    fresh.replica.sendMessage({ log: household(fresh).log, subject: "New phone", text: "From the sheet.", files: [] }),
  );
  await quiet(world);
  const all = [...promised, { record }];
  for (const name of ["ana3", "ben", "ben2"]) {
    await expectKept(world.device(name), all);
    await expectPeace(world.device(name));
  }
  expectSame(await picture(world, fresh), await picture(world, world.device("ben")), "the fresh device");
}
