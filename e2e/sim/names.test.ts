import { describe, expect, test } from "vitest";
import { sheetWords } from "@countersign/shared/charter/recovery-sheet";
import type { LogId } from "@countersign/shared/base/ids";
import { linkSecond, quiet, twoParents } from "./family.ts";
import { PASSPHRASE, RELAY, World, type Device } from "./world.ts";

async function namesOn(device: Device, log: LogId): Promise<unknown> {
  const home = (await device.replica.households()).find((h) => h.log === log);
  return {
    label: home?.label,
    people: home?.people.map((p) => p.name).sort(),
    devices: home?.people.flatMap((p) => p.devices.map((d) => d.name)).sort(),
  };
}

describe("names that a person gave", () => {
  test("[R8] are on all their devices, the last one counts, and the other parent has none of them", async () => {
    const world = await World.make(11);
    const log = await twoParents(world);
    const ana = world.device("ana");
    const ana2 = await linkSecond(world, ana, "ana2");
    await quiet(world);
    await world.get(ana2.replica.rename(log, { label: "Our home", other: "Benno", device: "Tablet" }));
    await quiet(world);
    await world.get(ana.replica.rename(log, { other: "Benjamin", device: "Phone" }));
    await quiet(world);
    await world.time.until(async () => JSON.stringify(await namesOn(ana, log)) === JSON.stringify(await namesOn(ana2, log)));
    expect(await namesOn(ana2, log)).toMatchObject({ label: "Our home", people: ["Ana", "Benjamin"] });
    expect(JSON.stringify(await namesOn(ana2, log))).toMatch(/Phone.*Tablet/);
    // What he calls them is his own.
    expect(await namesOn(world.device("ben"), log)).toMatchObject({ people: ["Ben", "Other parent"] });
    await world.close();
  });

  test("[R8] come back with the sheet on an empty device, before it may write", async () => {
    const world = await World.make(12);
    const log = await twoParents(world);
    const ana = world.device("ana");
    await world.get(ana.replica.rename(log, { label: "Our home", other: "Benno", device: "Phone" }));
    await quiet(world);
    const { sheet } = ana.replica.core;
    if (!sheet) throw new Error("a sheet");
    const before = await namesOn(ana, log);
    ana.kill();
    const fresh = world.device("ana2");
    const replica = await fresh.boot(false);
    await world.time.answer(replica.restore({ relay: RELAY, words: sheetWords(sheet.seed), passphrase: PASSPHRASE, name: "" }));
    await world.time.until(async () => JSON.stringify(await namesOn(fresh, log)).includes("Benno"));
    expect(await namesOn(fresh, log)).toMatchObject({ label: "Our home", people: ["Ana", "Benno"] });
    expect(JSON.stringify(before)).toContain("Phone");
    // A name that is given meanwhile waits on this device, and survives its end.
    await world.get(replica.rename(log, { other: "Ben again" }));
    fresh.kill();
    await fresh.boot();
    expect(await namesOn(fresh, log)).toMatchObject({ people: ["Ana", "Ben again"] });
    await world.close();
  });

  test("[R8] a name that is given twice is noted once", async () => {
    const world = await World.make(13);
    const log = await twoParents(world);
    const ana = world.device("ana");
    await quiet(world);
    const size = (): number => [...ana.replica.core.logs.values()].reduce((sum, l) => sum + l.session.state.tail.size, 0);
    const before = size();
    await world.get(ana.replica.rename(log, { other: "Benno" }));
    await world.get(ana.replica.rename(log, { other: "Benno" }));
    await quiet(world);
    // Once noted, the same name again is no entry.
    expect(size()).toBe(before + 1);
    await world.close();
  });
});
