import { expect } from "vitest";
import type { LogId, RecordId } from "@countersign/shared/base/ids";
import { household, quiet } from "./family.ts";
import { expectKept, expectSame, picture, type Picture } from "./invariants.ts";
import { logOf, type Promised } from "./schedule.ts";
import { PASSPHRASE, RELAY_NAME, type Device, type World } from "./world.ts";

/** What befalls the going over to the history that goes on. */
export type Trouble = { readonly wait: number; readonly who: number } & (
  { readonly do: "cut" | "crash" | "relay-crash" } | { readonly do: "crash-at-commit"; readonly commits: number; readonly isKept: boolean }
);

/** A story of forks that are healed, as it goes on. */
export class Healing {
  readonly world: World;
  readonly promised: Promised[] = [];
  /** The same with who wrote it. */
  readonly written: { readonly name: string; readonly record: RecordId }[] = [];
  #n = 0;
  constructor(world: World) {
    this.world = world;
  }

  /** Writes as a device does by turns: messages and expenses. */
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
    this.written.push({ name, record });
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

  /**
   * One parent's history is brought to another relay as to one in place of a relay that is gone; the other's person agrees that it goes on.
   * @param keeps whose history that is
   */
  async move(keeps: string, gives: string, address: string, log: LogId): Promise<void> {
    const { world } = this;
    const moves = world.device(keeps).replica.moveRelay({ address, gone: true, passphrase: PASSPHRASE }, "move");
    await world.get(moves);
    const { replica } = world.device(gives);
    expect(await world.get(replica.followRelay(address))).toMatchObject({ asked: 1 });
    await world.get(replica.consentMove(log, PASSPHRASE, "consent"));
  }

  /** Everybody has everything, nothing waits, and nothing was set aside. */
  async expectWhole(log: LogId): Promise<void> {
    const { world } = this;
    await quiet(world);
    let first: Picture | undefined;
    for (const device of world.devices.values()) {
      await this.expectHeld(device, log);
      const seen = await picture(world, device);
      first ??= seen;
      expectSame(seen, first, device.name);
    }
  }

  /** This device has everything, nothing waits on it, and nothing was set aside. */
  async expectHeld(device: Device, log: LogId): Promise<void> {
    expect((await device.replica.households()).find((h) => h.log === log)?.again?.waiting ?? 0, device.name).toBe(0);
    expect((await device.replica.history(log, { types: ["set-aside"] }, 0, 100)).rows, `${device.name}: set aside`).toEqual([]);
    await expectKept(device, this.promised);
  }

  /** What this device wrote beside the first messages of all stands with the word of the relay that had logged it first. */
  async expectFirstWord(device: Device, log: LogId, name: string, after: number): Promise<void> {
    for (const { record } of this.written.slice(after).filter((w) => w.name === name)) {
      const message = await device.replica.message(log, record);
      if (message) expect(message.proof.bounds, device.name).toMatchObject([{ kind: "old-header", by: RELAY_NAME }]);
    }
  }

  /** @param at the relay to which the log is brought */
  async befall(trouble: Trouble, at: string): Promise<void> {
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
        world.otherDown(at);
        await world.time.pass(500);
        await world.otherUp(at);
        return;
      case "crash-at-commit":
        if (device.disk) device.disk.deadly = { commit: device.disk.commits + trouble.commits, isKept: trouble.isKept };
    }
  }
}

/** Whether all of a device's logs are at this relay. */
export const isAt = (device: Device, address: string): boolean =>
  device.isRunning && [...device.replica.core.logs.values()].every((l) => l.session.identity.relayName === new URL(address).hostname);

/** What each running device has found. */
export async function faultsOf(world: World): Promise<readonly { readonly name: string; readonly faults: readonly string[] }[]> {
  const found = [];
  for (const { name, replica } of world.devices.values()) found.push({ name, faults: (await replica.faults()).map((f) => f.id).sort() });
  return found;
}

/** The household's log, as a device knows it that is started for this alone. */
export async function openLog(world: World): Promise<LogId> {
  await world.device("ana").boot();
  const log = logOf(world);
  world.device("ana").kill();
  return log;
}
