import { beforeAll, describe, expect, test } from "vitest";
import type { BundleRule } from "@countersign/shared/sync/bundling";
import { ENTRY_KIND, parseAuthorPart, type AuthorPart } from "@countersign/shared/entry/header";
import { verifySnapshot } from "@countersign/shared/snapshot/verify";
import { linkByHand } from "./by-hand.ts";
import { DEVICES, household, linkSecond, makeFamily, quiet } from "./family.ts";
import { restoreFresh } from "./fresh.ts";
import { expectPeace, expectSame, picture } from "./invariants.ts";
import { logOf } from "./schedule.ts";
import { PASSPHRASE, World, type Device, type Saved } from "./world.ts";

/** Bundles as soon as there is a little, so that a story needs no month. */
const SOON: BundleRule = { entries: 6, age: 0, idle: 2_000 };

describe("bundles", () => {
  let saved: Saved;
  let seed = 900;
  beforeAll(async () => {
    saved = await makeFamily(5);
  });

  async function family(rule: BundleRule | undefined = SOON): Promise<World> {
    const world = await World.from(saved, seed++);
    world.bundling = rule;
    for (const device of world.devices.values()) await device.boot();
    await quiet(world);
    return world;
  }

  const talk = (world: World, count: number): Promise<void> => talkAs(world, DEVICES, count).then(() => quiet(world));

  async function talkAs(world: World, names: readonly string[], count: number): Promise<void> {
    for (let i = 0; i < count; i++) {
      const { replica } = world.device(names[i % names.length] ?? "ana");
      await world.get(replica.sendMessage({ log: logOf(world), subject: `S ${String(i)}`, text: `Text ${String(i)}`, files: [] }));
      await world.time.pass(700);
    }
  }

  /** Author parts of the bundles in the log. */
  async function bundles(world: World): Promise<readonly AuthorPart[]> {
    const page = await world.relayStore.page(logOf(world), 0, 10_000, 1e9, new Set(["messages", "expenses"]));
    return page.flatMap((e) => {
      const author = e.author && parseAuthorPart(e.author);
      return author?.ok && author.value.kind === ENTRY_KIND.bundle ? [author.value] : [];
    });
  }

  /** Sequence numbers of entries whose bodies the relay dropped. */
  async function dropped(world: World): Promise<readonly number[]> {
    const page = await world.relayStore.page(logOf(world), 0, 10_000, 1e9, new Set(["charter", "messages", "expenses"]));
    return page.filter((e) => e.author !== null && e.body === null).map((e) => e.seq);
  }

  const soundOf = (device: Device) => [...household(device).ledger.bundles].filter((b) => b.state === "sound");

  test("[L8] old entries are bundled, acknowledged by each parent and dropped; a fresh device equals the others", async () => {
    const world = await family();
    await talk(world, 20);
    await world.time.pass(60_000);
    await quiet(world);
    expect((await dropped(world)).length).toBeGreaterThanOrEqual(12);
    const ben = world.device("ben");
    for (const device of world.devices.values()) {
      await expectPeace(device);
      expect(soundOf(device)).toEqual(soundOf(ben));
    }
    const fresh = await restoreFresh(world, world.device("ana"), "ana3");
    await quiet(world);
    await expectPeace(fresh);
    expectSame(await picture(world, fresh), await picture(world, ben), "the fresh device");
    await world.close();
  });

  test("[L8g] nothing is bundled that is few, young, or while there is something else to do", async () => {
    const world = await family({ entries: 6, age: 3_600_000, idle: 5_000 });
    await talk(world, 8);
    await world.time.pass(1_800_000);
    expect(await bundles(world)).toEqual([]);
    await world.time.pass(3_600_000);
    // Nobody comes back of their own accord; the next thing that happens makes them look.
    await talk(world, 1);
    expect(await bundles(world)).toEqual([]);
    await world.time.pass(30_000);
    await quiet(world);
    expect((await bundles(world)).length).toBe(1);
    // The young one stays loose, and one device did it.
    const loose = [...household(world.device("ben")).ledger.loose].find((l) => l.book.channel === "messages");
    expect(loose?.seqs.length).toBe(1);
    await world.close();
  });

  test("[L8g] two that bundle at once: the first in the log stands, the other is let lie, and nobody is reproached", async () => {
    const world = await family({ entries: 1_000, age: 0, idle: 1_000 });
    await talk(world, 9);
    for (const device of world.devices.values()) device.kill();
    world.bundling = { entries: 6, age: 0, idle: 0 };
    for (const device of world.devices.values()) await device.boot();
    await quiet(world);
    expect((await bundles(world)).length).toBeGreaterThan(1);
    const states = (name: string) => [...household(world.device(name)).ledger.bundles].map((b) => b.state);
    expect(states("ana").filter((s) => s === "sound")).toHaveLength(1);
    expect(new Set(states("ana"))).toEqual(new Set(["sound", "late"]));
    for (const name of ["ana2", "ben", "ben2"]) {
      expect(states(name)).toEqual(states("ana"));
      await expectPeace(world.device(name));
    }
    expect((await dropped(world)).length).toBeGreaterThanOrEqual(9);
    await world.close();
  });

  test("[L8f] a device that was away takes the rest from the bundle, also across a restart in the middle", async () => {
    const world = await family();
    await talk(world, 4);
    world.net.offline("ben2", true);
    await talkAs(world, ["ana", "ben", "ana2"], 20);
    await world.time.pass(60_000);
    expect((await dropped(world)).length).toBeGreaterThan(12);
    const away = world.device("ben2");
    const { disk } = away;
    if (disk) disk.deadly = { commit: disk.commits + 1, isKept: true };
    world.net.offline("ben2", false);
    await world.time.until(() => !away.isRunning);
    await away.boot();
    await quiet(world);
    await expectPeace(away);
    expectSame(await picture(world, away), await picture(world, world.device("ana")), "the device that was away");
    // It never had these bodies to compare, so it does not answer for them.
    for (const b of household(away).ledger.bundles) if (b.used) expect(b.compared).toBe(false);
    await world.close();
  });

  test("[L8f] a device that gets its keys after the log opens the dropped entries from the bundles that it kept", async () => {
    const world = await family();
    await talk(world, 14);
    await world.time.pass(60_000);
    await quiet(world);
    const third = await linkByHand(world, world.device("ana"), "ana3");
    await quiet(world);
    await expectPeace(third);
    expectSame(await picture(world, third), await picture(world, world.device("ben")), "the device that was linked");
    await world.close();
  });

  test("[L8] [S3] a snapshot by a device that has bundles alone says what one by a device with loose entries says", async () => {
    const world = await family();
    await talk(world, 16);
    await world.time.pass(60_000);
    await quiet(world);
    expect((await dropped(world)).length).toBeGreaterThan(5);
    const third = await linkSecond(world, world.device("ana"), "ana3");
    await quiet(world);
    const reports = [];
    for (const device of [third, world.device("ana")]) {
      const scope = { threads: "all", expenses: "all", settlement: "include", files: true } as const;
      const made = await world.get(device.replica.exportSnapshot(logOf(world), scope, PASSPHRASE, device.name));
      const read = await verifySnapshot(new Uint8Array(await made.file.arrayBuffer()));
      if (!read.ok) throw new Error(read.error.code);
      const { unchanged, complete } = read.value.verdict;
      expect(unchanged.checks.filter((c) => c.state !== "good")).toEqual([]);
      expect(complete.checks.filter((c) => c.state !== "good")).toEqual([]);
      // Each holds the newest note that it was given for this size; a relay signs one anew for whoever signs in.
      const checks = unchanged.checks.map(({ values, ...c }) =>
        c.key === "checkpoint" ? { ...c, size: values?.["size"] } : { ...c, values },
      );
      reports.push({ unchanged: checks.filter((c) => c.key !== "signature"), complete: complete.checks });
    }
    expect(reports[0]).toEqual(reports[1]);
    await world.close();
  });
});
