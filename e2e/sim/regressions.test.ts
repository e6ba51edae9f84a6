import { authorPartId } from "@countersign/shared/entry/header";
import { beforeAll, describe, expect, test } from "vitest";
import { awake, DEVICES, household, isLive, makeFamily, quiet, twoParents } from "./family.ts";
import { restoreFresh } from "./fresh.ts";
import { expectAlike, expectKept } from "./invariants.ts";
import { Player } from "./schedule.ts";
import { World, type Saved } from "./world.ts";

/** What was once broken and found here. Each is the story in which it showed. */
describe("once broken", () => {
  let saved: Saved;
  beforeAll(async () => {
    saved = await makeFamily();
  });

  test("[C2] a joiner whose invitation is used up by the join itself signs in as the new device", async () => {
    const world = await World.make(3);
    await twoParents(world);
    expect(household(world.device("ben")).isDevice()).toBe(true);
    await world.close();
  });

  test("[L3] what has a receipt is on its way back and is not pushed again", async () => {
    const world = await awake(saved, 4);
    const pushed = new Map<string, number>();
    world.net.meddler = {
      toRelay: (_device, message) => {
        if (message.t === "push") for (const e of message.entries) pushed.set(authorPartId(e.a), (pushed.get(authorPartId(e.a)) ?? 0) + 1);
        return [message];
      },
      // Receipts come at once, the log's own entries much later.
      toDevice: (_device, message, wire) => {
        if (message.t !== "entries") return [message];
        world.time.after(2_000, () => {
          wire.inject(message);
        });
        return [];
      },
    };
    const { log } = household(world.device("ana"));
    for (let i = 0; i < 3; i++)
      await world.get(world.device("ana").replica.sendMessage({ log, subject: `S${String(i)}`, text: "T", files: [] }));
    await world.time.pass(10_000);
    expect([...pushed.values()].every((n) => n === 1)).toBe(true);
    expect(pushed.size).toBeGreaterThan(0);
    await quiet(world);
    await world.close();
  });

  test("[L2] a device without room for what arrives waits, accuses nobody, and goes on when there is room", async () => {
    const world = await awake(saved, 5);
    const [ana, ben] = [world.device("ana"), world.device("ben")];
    const { log } = household(ana);
    if (ben.disk) ben.disk.isFull = true;
    const record = await world.get(ana.replica.sendMessage({ log, subject: "S", text: "T", files: [] }));
    await world.time.pass(20_000);
    expect((await ben.replica.sync(log)).state).not.toBe("stopped");
    expect(await ben.replica.faults()).toEqual([]);
    if (ben.disk) ben.disk.isFull = false;
    await quiet(world);
    await expectAlike(world, [{ record }]);
    await world.close();
  });

  test("[L3] a device without room to seal what it wrote seals it when there is room", async () => {
    const world = await awake(saved, 6);
    const ana = world.device("ana");
    const { log } = household(ana);
    world.net.offline("ana", true);
    const record = await world.get(ana.replica.sendMessage({ log, subject: "S", text: "T", files: [] }));
    if (ana.disk) ana.disk.isFull = true;
    world.net.offline("ana", false);
    await world.time.pass(20_000);
    if (ana.disk) ana.disk.isFull = false;
    await quiet(world);
    await expectAlike(world, [{ record }]);
    await world.close();
  });

  test("[W1] a week of writing offline, more than one frame holds, arrives", async () => {
    const world = await awake(saved, 7);
    const ana = world.device("ana");
    const { log } = household(ana);
    world.net.offline("ana", true);
    const promised = [];
    for (let i = 0; i < 20; i++)
      promised.push({
        record: await world.get(ana.replica.sendMessage({ log, subject: `Day ${String(i)}`, text: "語".repeat(20_000), files: [] })),
      });
    world.net.offline("ana", false);
    await quiet(world);
    await expectKept(world.device("ben2"), promised);
    await world.close();
  });

  /** Whatever this device pushes from now on gets lost on its way. */
  function loseBefore(world: World, name: string): void {
    world.net.meddler = { toRelay: (device, message) => (device === name && message.t === "push" ? [] : [message]) };
  }

  const openEpoch = (world: World, who: number): Promise<void> => new Player(world).play([{ do: "epoch", who, wait: 0, pick: 0 }]);

  test("[L7] an entry that was sealed before a restart, under an epoch that was replaced since, is sealed again", async () => {
    const world = await awake(saved, 8);
    const ana = world.device("ana");
    loseBefore(world, "ana");
    const record = await world.get(ana.replica.sendMessage({ log: household(ana).log, subject: "S", text: "T", files: [] }));
    await world.time.pass(500);
    ana.kill();
    world.net.meddler = undefined;
    await openEpoch(world, DEVICES.indexOf("ben"));
    await world.time.pass(1_000);
    await ana.boot();
    await quiet(world);
    await expectAlike(world, [{ record }]);
    await world.close();
  });

  test("[W2] a statement that was lost on its way is built anew on what came first", async () => {
    const world = await awake(saved, 9);
    const [ana, ben] = [world.device("ana"), world.device("ben")];
    loseBefore(world, "ana");
    const attested = ana.replica.attest(household(ana).log, "cards");
    await world.time.pass(500);
    world.net.offline("ana", true);
    world.net.meddler = undefined;
    await openEpoch(world, DEVICES.indexOf("ben"));
    await world.time.pass(1_000);
    world.net.offline("ana", false);
    await world.get(attested);
    await quiet(world);
    const me = (await ben.replica.households()).find((h) => h.kind === "household")?.people.find((p) => p.me);
    expect(me?.compared?.method).toBe("cards");
    await world.close();
  });

  test("[X3] messages of the same moment in one entry stand in the same order everywhere", async () => {
    const world = await awake(saved, 10);
    const ana = world.device("ana");
    const { log } = household(ana);
    world.net.offline("ana", true);
    const record = await world.get(ana.replica.sendMessage({ log, subject: "S", text: "T", files: [] }));
    const before = world.time.now();
    for (let i = 0; i < 6; i++) {
      const said = ana.replica.sendMessage({ log, thread: record, text: `Reply ${String(i)}`, files: [] });
      for (let turns = 0; turns < 50; turns++) await world.time.step(world.time.now());
      expect((await said).ok).toBe(true);
    }
    expect(world.time.now()).toBe(before);
    world.net.offline("ana", false);
    await quiet(world);
    const order = async (name: string): Promise<readonly string[]> =>
      (await world.device(name).replica.messages(log, record, 0, 50)).rows.map((m) => m.text);
    for (const name of DEVICES) expect(await order(name)).toEqual(await order("ana"));
    await expectAlike(world, [{ record }]);
    await world.close();
  });

  test("[C9] a device from the sheet whose clock is behind writes once the relay's clock is past its 72 hours", async () => {
    const world = await awake(saved, 11);
    const HOURS_72 = 72 * 3_600_000;
    const fresh = await restoreFresh(world, world.device("ana"), "ana3");
    await quiet(world);
    for (const device of world.devices.values()) device.kill();
    await world.time.pass(HOURS_72 + 60_000);
    // By its own clock no hour has gone by: it connects with the sheet's key, and hears the relay's time only then.
    fresh.skew = -HOURS_72;
    await fresh.boot();
    const ben = world.device("ben");
    await ben.boot();
    await world.time.until(() => household(fresh).isDevice() && isLive(household(fresh)));
    const record = await world.get(
      fresh.replica.sendMessage({ log: household(fresh).log, subject: "New phone", text: "From the sheet.", files: [] }),
    );
    await quiet(world);
    await expectKept(ben, [{ record }]);
    await world.close();
  });
});
