import { checkProof } from "@countersign/shared/fault-proof/check";
import { beforeAll, describe, expect, test } from "vitest";
import { awake, household, isLive, makeFamily, quiet, say } from "./family.ts";
import { append, expectStopped, type Entries } from "./lies.ts";
import { logOf } from "./schedule.ts";
import type { Device, Saved, World } from "./world.ts";

/** Long enough for what is on its way to be there, where not everybody can be at rest. */
const SOON = 3_000;

/** Every run of entries comes to this device in pages of so many, of which the last alone has the checkpoint, as those of a long log do. */
function paged(world: World, name: string, count: number): void {
  world.net.meddler = {
    toDevice: (device, message) => {
      if (device !== name || message.t !== "entries" || message.items.length <= count) return [message];
      const pages: Entries[] = [];
      for (let at = 0; at < message.items.length; at += count)
        pages.push({ ...message, from: message.from + at, items: message.items.slice(at, at + count), note: null });
      return pages.map((page, i) => (i === pages.length - 1 ? { ...page, note: message.note } : page));
    },
  };
}

type Act = (world: World) => Promise<unknown>;

const restoredSays =
  (text: string): Act =>
  (world) =>
    say(world, world.device("ana2"), text);

const spend = (world: World, device: Device, title: string): Promise<unknown> =>
  world.get(
    device.replica.addExpense({
      ...{ log: logOf(world), title, category: "School", amount: 1_000, currency: "EUR", share: 5_000, spent: "2026-03-30", files: [] },
    }),
  );

describe("a relay with another history", () => {
  let saved: Saved;
  beforeAll(async () => {
    saved = await makeFamily(9);
  });

  /**
   * Ben has what ana wrote; the relay goes back behind it, ana2 was restored from before, in league with the relay, and writes on in its place, and ben is
   * told that.
   */
  async function otherHistory(seed: number, mine: Act, theirs: readonly Act[], wait = 2_000): Promise<World> {
    const world = await awake(saved, seed);
    const old = world.relayStore.copy();
    await mine(world);
    await quiet(world);
    world.net.offline("ben", true);
    world.relayDown();
    world.relayStore = old;
    await world.relayUp();
    const ana2 = world.device("ana2");
    ana2.kill();
    ana2.rows = saved.devices.get("ana2")?.reopened() ?? ana2.rows;
    await ana2.boot();
    for (const act of theirs) {
      await act(world);
      await world.time.pass(wait);
    }
    await world.time.pass(SOON);
    return world;
  }

  test("[L2] a relay that rolled back is found at the next sign-in", async () => {
    const world = await awake(saved, 114);
    const old = world.relayStore.copy();
    await say(world, world.device("ana"));
    await quiet(world);
    world.relayDown();
    world.relayStore = old;
    await world.relayUp();
    for (const name of ["ana", "ana2", "ben", "ben2"]) await expectStopped(world, world.device(name), ["relay-rollback"], "rollback");
    await world.close();
  });

  test("[C8] a relay that lost its last days gets them back from one device that agreed; the others go on by themselves, and nothing is lost", async () => {
    const world = await awake(saved, 115);
    const log = logOf(world);
    const old = world.relayStore.copy();
    const before = [await say(world, world.device("ana"), "one"), await say(world, world.device("ben"), "two")];
    await quiet(world);
    world.relayDown();
    world.relayStore = old;
    await world.relayUp();
    for (const name of ["ana", "ana2", "ben", "ben2"]) await expectStopped(world, world.device(name), ["relay-rollback"], "rollback");
    const given = await world.get(world.device("ana").replica.restoreRelay(log, "job"));
    expect(given).toBeGreaterThanOrEqual(2);
    // The others look again when their app is opened or "Try now" is pressed.
    for (const name of ["ana2", "ben", "ben2"]) await world.device(name).replica.syncNow();
    await quiet(world);
    const written = await say(world, world.device("ben"), "after");
    await quiet(world);
    for (const device of world.devices.values()) {
      expect(isLive(household(device))).toBe(true);
      for (const record of [...before, written]) expect((await device.replica.message(log, record))?.proof.state).not.toBe("saved");
      // What happened stays among the faults.
      expect((await device.replica.faults()).map((f) => f.code)).toContain("relay-rollback");
    }
    const again = await world.get(world.device("ana").replica.restoreRelay(log, "job"));
    expect(again).toBe(0);
    await world.close();
  });

  test("[C8] a relay that went on with another history gets nothing back: that is a fork, and it shows", async () => {
    const world = await awake(saved, 116);
    const log = logOf(world);
    const old = world.relayStore.copy();
    world.net.offline("ben", true);
    await say(world, world.device("ana"), "one");
    await say(world, world.device("ana"), "two");
    await world.time.pass(SOON);
    world.relayDown();
    world.relayStore = old;
    await world.relayUp();
    await expectStopped(world, world.device("ana"), ["relay-rollback"], "rollback");
    // Ben was away and knows of no loss: what he writes takes the place of what the relay lost.
    world.net.offline("ben", false);
    await say(world, world.device("ben"), "another");
    await world.time.pass(SOON);
    const refused = await world.time.answer(world.device("ana").replica.restoreRelay(log, "job"));
    expect(refused).toMatchObject({ ok: false, error: { code: "relay-went-on" } });
    await world.time.until(async () => (await world.device("ana").replica.faults()).some((f) => f.code === "relay-fork"));
    await world.close();
  });

  test("[L2] a relay that rolled back and went on with another history is found", async () => {
    const world = await otherHistory(119, (w) => say(w, w.device("ana")), ["x", "y"].map(restoredSays), 0);
    world.net.offline("ben", false);
    await expectStopped(world, world.device("ben"), ["relay-fork", "relay-chain"], "fork");
    await world.close();
  });

  test("[L2] another history that comes in pages is a fork from its first page on, with a proof for others", async () => {
    const world = await otherHistory(117, (w) => say(w, w.device("ana")), ["v", "w", "x", "y", "z"].map(restoredSays));
    paged(world, "ben", 2);
    world.net.offline("ben", false);
    await expectStopped(world, world.device("ben"), ["relay-fork"], "fork");
    expect((await world.device("ben").replica.faults()).map((f) => f.code)).toEqual(["relay-fork"]);
    await world.close();
  });

  test("[L2] another history whose first page fits, since what differs is in another channel, is a fork with a proof too", async () => {
    const world = await otherHistory(
      118,
      (w) => spend(w, w.device("ana"), "Mine"),
      // At once, so that none of them names a checkpoint of that history.
      [(w) => spend(w, w.device("ana2"), "Theirs"), ...["w", "x", "y", "z"].map(restoredSays)],
      0,
    );
    paged(world, "ben", 1);
    world.net.offline("ben", false);
    await expectStopped(world, world.device("ben"), ["relay-fork"], "fork");
    await world.close();
  });

  test("[L2] a shorter history that is not the beginning of what was verified is a fork, and not a relay that lost its end", async () => {
    const world = await otherHistory(
      120,
      async (w) => {
        for (const text of ["one", "two", "three"]) await say(w, w.device("ana"), text);
      },
      [restoredSays("other")],
    );
    world.net.offline("ben", false);
    await expectStopped(world, world.device("ben"), ["relay-fork"], "fork");
    await world.close();
  });

  test("[L6][F1] two histories told to two parents come to light with the first entry that crosses, and stay so after a restart", async () => {
    const world = await awake(saved, 118);
    const log = logOf(world);
    const [ana, ben] = [world.device("ana"), world.device("ben")];
    const apart = world.relayStore.copy();
    // One history for ana …
    for (const name of ["ben", "ben2"]) world.net.offline(name, true);
    for (const text of ["one", "two"]) await say(world, ana, text);
    await world.time.pass(SOON);
    const annas = world.relayStore;
    // … and another for ben.
    world.relayDown();
    world.relayStore = apart;
    await world.relayUp();
    for (const name of ["ana", "ana2"]) world.net.offline(name, true);
    for (const name of ["ben", "ben2"]) world.net.offline(name, false);
    for (const text of ["three", "four", "five"]) {
      await say(world, ben, text);
      await world.time.pass(2_000);
    }
    const entries = await apart.page(log, 0, 1_000, 1e9, new Set(["messages"]));
    const crossing = entries.at(-1);
    if (!crossing?.author || !crossing.body) throw new Error("ben's last entry");
    // The relay carries one of ben's entries over into ana's history.
    world.relayDown();
    world.relayStore = annas;
    await append(world, { a: crossing.author, b: crossing.body });
    await world.relayUp();
    for (const name of ["ben", "ben2"]) world.net.offline(name, true);
    for (const name of ["ana", "ana2"]) world.net.offline(name, false);
    await expectStopped(world, ana, ["relay-fork"], "fork");
    // Two notes, both signed by the log key: a portable proof.
    const view = await ana.replica.sync(log);
    if (view.state !== "stopped") throw new Error("stopped");
    const proof = checkProof(await world.get(ana.replica.faultProof(view.fault.id)));
    expect(proof.ok && proof.value.notes.map((n) => n.time > 0)).toEqual([true, true]);
    // A restart, or asking again, makes no peace with it.
    ana.kill();
    await ana.boot();
    await ana.replica.syncNow();
    await world.time.pass(30_000);
    expect(await ana.replica.sync(log)).toMatchObject({ state: "stopped", fault: { code: "relay-fork" } });
    await world.close();
  });
});
