import { describe, expect, test } from "vitest";
import type { LogId, RecordId } from "@countersign/shared/base/ids";
import { sheetWords } from "@countersign/shared/charter/recovery-sheet";
import { household, isLive, linkSecond, quiet, twoParents } from "./family.ts";
import { restoreFresh } from "./fresh.ts";
import { expectPeace, expectSame, picture } from "./invariants.ts";
import { PASSPHRASE, RELAY, World, type Device, type Saved } from "./world.ts";

const HOUR = 3_600_000;

function wordsOf(device: Device): readonly string[] {
  const { sheet } = device.replica.core;
  if (!sheet) throw new Error("a sheet");
  return sheetWords(sheet.seed);
}

const ownLog = (device: Device): LogId => {
  const log = device.replica.core.personal?.session.log;
  if (!log) throw new Error("a personal log");
  return log;
};

const write = (world: World, by: Device, log: LogId, text: string): Promise<RecordId> =>
  world.get(by.replica.sendMessage({ log, subject: text, text, files: [] }));

/** What an empty device gets by these words. */
async function tryWords(world: World, name: string, words: readonly string[]): Promise<string> {
  const replica = await world.device(name).boot(false);
  const restored = await world.time.answer(replica.restore({ relay: RELAY, words, passphrase: PASSPHRASE, name: "" }));
  return restored.ok ? "restored" : restored.error.code;
}

/** The device has the household and the personal log, and in them these. */
async function expectAll(world: World, device: Device, records: readonly (readonly [LogId, RecordId])[]): Promise<void> {
  await world.time.until(() => device.replica.core.logs.size === 2 && isLive(household(device)));
  for (const [log, record] of records) await world.time.until(async () => (await device.replica.message(log, record)) !== undefined);
}

describe("a new recovery sheet", () => {
  test("[C9a] gives back everything, of earlier sheets too; the one before gives nothing, and every device of the person has the new one", async () => {
    const world = await World.make(71);
    const log = await twoParents(world);
    const [ana, ben] = [world.device("ana"), world.device("ben")];
    const own = ownLog(ana);
    const all: (readonly [LogId, RecordId])[] = [];
    const note = async (text: string): Promise<void> => {
      all.push([log, await write(world, ana, log, `${text} for both`)], [own, await write(world, ana, own, `${text} for me`)]);
      await quiet(world);
    };
    await note("under the first sheet");
    const first = wordsOf(ana);
    const ana2 = await linkSecond(world, ana, "ana2");
    expect(await world.time.answer(ana.replica.replaceSheet("a wrong passphrase"))).toMatchObject({ error: { code: "passphrase-wrong" } });
    expect(await world.time.answer(ana2.replica.replaceSheet(PASSPHRASE))).toEqual({ ok: false, error: { code: "senior-only" } });
    await world.get(ana.replica.replaceSheet(PASSPHRASE));
    const second = wordsOf(ana);
    expect(second).not.toEqual(first);
    expect((await ana.replica.vault()).sheetConfirmed).toBe(false);
    await quiet(world);
    await note("under the second sheet");
    await world.get(ana.replica.replaceSheet(PASSPHRASE));
    const third = wordsOf(ana);
    await quiet(world);
    await note("under the third sheet");
    expect(wordsOf(ana2)).toEqual(third);
    const shown = await world.get(ana2.replica.recoverySheet(PASSPHRASE));
    expect(shown.words).toEqual(third);
    expect((await ben.replica.history(log, {}, 0, 50)).rows.filter((row) => row.what === "charter.set-recovery")).toHaveLength(2);
    // Forgotten passphrases too: the slot of the vault goes with the sheet.
    for (const words of [first, second])
      expect(await ana2.replica.resetPassphrase(words, PASSPHRASE)).toMatchObject({ error: { code: "sheet-not-this" } });
    await world.get(ana2.replica.resetPassphrase(third, PASSPHRASE));

    for (const device of [ana, ana2]) device.kill();
    expect(await tryWords(world, "by the first", first)).toBe("sheet-unknown");
    expect(await tryWords(world, "by the second", second)).toBe("sheet-unknown");
    const fresh = world.device("fresh");
    expect(await tryWords(world, "fresh", third)).toBe("recovery-waiting");
    await expectAll(world, fresh, all);
    for (const name of ["by the first", "by the second"]) world.device(name).kill();
    await quiet(world);
    expectSame(await picture(world, fresh), await picture(world, ben), "by the third sheet");
    fresh.kill();
    await world.time.pass(73 * HOUR);
    await fresh.boot();
    await world.time.until(() => household(fresh).isDevice() && isLive(household(fresh)));
    const later = await write(world, fresh, log, "from the new phone");
    await world.time.until(async () => (await ben.replica.message(log, later)) !== undefined);
    // And makes the next sheet, being the only device now.
    await world.get(fresh.replica.replaceSheet(PASSPHRASE));
    await quiet(world);
    for (const device of [fresh, ben]) await expectPeace(device);
    await world.close();
  });

  test("[C9a] shuts out who came by a stolen one and was refused: it reads nothing new, and blames nobody for it", async () => {
    const world = await World.make(72);
    const log = await twoParents(world);
    const ana = world.device("ana");
    const stolen = await restoreFresh(world, ana, "stolen");
    await quiet(world);
    await world.get(ana.replica.refuseRecovery(PASSPHRASE));
    await world.get(ana.replica.replaceSheet(PASSPHRASE));
    await world.time.until(async () => (await stolen.replica.sync(log)).state === "removed");
    const after = await write(world, ana, log, "After the new sheet.");
    await world.time.until(async () => (await world.device("ben").replica.message(log, after)) !== undefined);
    stolen.kill();
    await stolen.boot();
    await world.time.until(async () => (await stolen.replica.sync(log)).state === "removed");
    expect(await stolen.replica.message(log, after)).toBeUndefined();
    expect(await stolen.replica.faults()).toEqual([]);
    expect(await world.time.answer(stolen.replica.recoverySheet(PASSPHRASE))).toMatchObject({ ok: true });
    await world.close();
  });
});

describe("a new recovery sheet that is cut off", () => {
  /** Ana with something in both logs, nobody awake. */
  async function prepared(): Promise<{ readonly saved: Saved; readonly all: readonly (readonly [LogId, RecordId])[] }> {
    const world = await World.make(73);
    const log = await twoParents(world);
    const ana = world.device("ana");
    const own = ownLog(ana);
    const all = [[log, await write(world, ana, log, "for both")] as const, [own, await write(world, ana, own, "for me")] as const];
    await quiet(world);
    for (const device of world.devices.values()) device.kill();
    world.relayDown();
    return { saved: world.save(), all };
  }

  test("[C9a] by a loss of power at any commit: the sheet that the device shows then gives back everything, and there is one that does at each moment", async () => {
    const { saved, all } = await prepared();
    let isEnd = false;
    for (let commit = 1; !isEnd; commit++) {
      for (const isKept of [false, true]) {
        const world = await World.from(saved, 100 + commit);
        let isWhole = false;
        const ana = world.device("ana");
        await ana.boot();
        await world.time.until(() => [...ana.replica.core.logs.values()].every(({ session }) => isLive(session)));
        await quiet(world);
        const old = wordsOf(ana);
        if (ana.disk) ana.disk.deadly = { commit: ana.disk.commits + commit, isKept };
        void ana.replica.replaceSheet(PASSPHRASE).then((done) => {
          isWhole = done.ok;
        });
        await world.time.until(() => !ana.isRunning || isWhole, 60_000);
        isEnd ||= ana.isRunning;
        await world.time.pass(1_000);
        ana.kill();
        const killed = world.save();

        // The device lives: it goes on by itself, and what it shows is what works.
        await ana.boot();
        await world.time.until(() => [...ana.replica.core.logs.values()].every(({ session }) => isLive(session)));
        await quiet(world);
        const now = wordsOf(ana);
        ana.kill();
        expect([commit, isKept, await tryWords(world, "fresh", now)]).toEqual([commit, isKept, "recovery-waiting"]);
        await expectAll(world, world.device("fresh"), all);
        await world.close();
        // What the disk has before a commit is what it had after the one before it.
        if (isKept) continue;

        // It is lost at that moment: the sheet of that moment works too, with the household half-way or not.
        const lost = await World.from(killed, 200 + commit);
        const working: string[] = [];
        for (const [name, words] of [
          ["old", old],
          ["new", now],
        ] as const) {
          if (name === "new" && now.join() === old.join()) continue;
          if ((await tryWords(lost, name, words)) !== "recovery-waiting") continue;
          working.push(name);
          await expectAll(lost, lost.device(name), all);
        }
        expect([commit, isKept, working.length]).toEqual([commit, isKept, 1]);
        await lost.close();
      }
    }
  });
});
