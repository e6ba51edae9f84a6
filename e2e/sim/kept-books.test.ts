import { concat } from "@countersign/shared/base/bytes";
import type { Range, Row, Table } from "@countersign/shared/vault/row-store";
import { beforeAll, describe, expect, test } from "vitest";
import { household, makeFamily, quiet, wakeAll } from "./family.ts";
import { expectPeace, expectSame, picture, type Picture } from "./invariants.ts";
import { logOf } from "./schedule.ts";
import { World, type Device, type Saved } from "./world.ts";

const KEPT: readonly Table[] = ["book", "cache"];

describe("books that were kept", () => {
  let saved: Saved;
  let seed = 300;
  beforeAll(async () => {
    saved = await makeFamily(41);
  });

  /** A family that said something, and ana's device closed as a person closes it. */
  async function family(): Promise<World> {
    const world = await World.from(saved, seed++);
    await wakeAll(world);
    await talk(world, 6);
    await closeAna(world);
    return world;
  }

  async function talk(world: World, count: number): Promise<void> {
    for (let i = 0; i < count; i++) {
      const { replica } = world.device(i % 2 === 0 ? "ana" : "ben");
      await world.get(replica.sendMessage({ log: logOf(world), subject: `S ${String(i)}`, text: `Text ${String(i)}`, files: [] }));
      await world.time.pass(400);
    }
    await quiet(world);
  }

  async function closeAna(world: World): Promise<void> {
    const ana = world.device("ana");
    await world.time.answer(ana.replica.close());
    ana.kill();
  }

  const rowsOf = async (device: Device, table: Table): Promise<readonly Row[]> => device.rows.scan(table, {});

  /** Whether a device reads changes from the beginning of a book while this is done. */
  async function rereads(device: Device, work: () => Promise<void>): Promise<number> {
    let whole = 0;
    const { disk } = device;
    if (!disk) throw new Error("a disk");
    const scan = disk.scan.bind(disk);
    disk.scan = (table: Table, range: Range) => {
      if (table === "change" && range.from?.endsWith("/")) whole++;
      return scan(table, range);
    };
    await work();
    return whole;
  }

  /** Ana starts again and has what ben has. Gives how many books she judged or built from the beginning. */
  async function expectLikeBen(world: World): Promise<number> {
    const ana = world.device("ana");
    await ana.boot();
    let seen: Picture | undefined;
    const whole = await rereads(ana, async () => {
      await quiet(world);
      seen = await picture(world, ana);
    });
    if (!seen) throw new Error("a picture");
    expectSame(seen, await picture(world, world.device("ben")), "ana");
    await expectPeace(ana);
    return whole;
  }

  test("[X3] an opened book goes on from its kept verdicts and document, and what came since is judged on top", async () => {
    const world = await family();
    expect((await rowsOf(world.device("ana"), "book")).length).toBeGreaterThan(0);
    expect(await expectLikeBen(world)).toBe(0);
    await closeAna(world);
    const { replica } = world.device("ben");
    const { log } = household(world.device("ben"));
    await world.get(replica.sendMessage({ log, subject: "Meanwhile", text: "T", files: [] }));
    expect(await expectLikeBen(world)).toBe(0);
    await world.close();
  });

  test("[X3] own changes that no entry carries yet are on top of it too", async () => {
    const world = await family();
    const ana = world.device("ana");
    world.net.offline("ana", true);
    await ana.boot();
    const record = await world.get(ana.replica.sendMessage({ log: logOf(world), subject: "Offline", text: "T", files: [] }));
    await closeAna(world);
    await ana.boot();
    expect((await ana.replica.message(logOf(world), record))?.text).toBe("T");
    const whole = await rereads(ana, async () => {
      await world.get(ana.replica.sendMessage({ log: logOf(world), subject: "And more", text: "T", files: [] }));
    });
    expect(whole).toBe(0);
    world.net.offline("ana", false);
    await closeAna(world);
    await expectLikeBen(world);
    await world.close();
  });

  test("[X3] kept rows that are damaged, cut, exchanged or of another time cost a rebuild and nothing else", async () => {
    const ways: readonly (readonly [string, (rows: readonly Row[], old: readonly Row[]) => readonly Row[]])[] = [
      ["a bit is another", (rows) => rows.map((r) => ({ ...r, value: r.value.map((b, i) => (i === 60 ? b ^ 1 : b)) }))],
      ["cut short", (rows) => rows.map((r) => ({ ...r, value: r.value.subarray(0, 40) }))],
      ["nothing is left of them", (rows) => rows.map((r) => ({ ...r, value: new Uint8Array(0) }))],
      ["longer", (rows) => rows.map((r) => ({ ...r, value: concat(r.value, Uint8Array.of(1)) }))],
      ["each in another's place", (rows) => rows.map((r, i) => ({ ...r, value: rows[(i + 1) % rows.length]?.value ?? r.value }))],
      ["the documents of yesterday beside the verdicts of today", (_rows, old) => old],
    ];
    const world = await family();
    const ana = world.device("ana");
    for (const [name, way] of ways) {
      const old = await rowsOf(ana, "cache");
      await ana.boot();
      await talk(world, 2);
      await closeAna(world);
      for (const table of KEPT) {
        const changed = way(await rowsOf(ana, table), table === "cache" ? old : await rowsOf(ana, table));
        for (const row of await rowsOf(ana, table)) await ana.rows.commit([{ table, key: row.key, value: null }]);
        await ana.rows.commit(changed.map((row) => ({ table, ...row })));
      }
      expect(await expectLikeBen(world), name).toBeGreaterThan(0);
      await closeAna(world);
      // And it is kept again.
      expect(await expectLikeBen(world), name).toBe(0);
      await closeAna(world);
    }
    await world.close();
  });

  test("[X3] a device that lost its power kept nothing, and has everything", async () => {
    const world = await family();
    const ana = world.device("ana");
    await ana.boot();
    await talk(world, 4);
    ana.kill();
    await expectLikeBen(world);
    expect(household(ana).desk.cacheFaults.size).toBe(0);
    await world.close();
  });
});
