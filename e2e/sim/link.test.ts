import { describe, expect, test } from "vitest";
import type { DeviceView } from "@countersign/shared/replica/people-view";
import type { Replica } from "@countersign/shared/replica/replica";
import { household, linkSecond, quiet, twoParents } from "./family.ts";
import { expectAlike } from "./invariants.ts";
import { PASSPHRASE, RELAY, World, type Device } from "./world.ts";

/** Code and right digits; what follows is under way. */
async function upToDigits(world: World, old: Device, name: string): Promise<{ readonly fresh: Replica; readonly device: Device }> {
  await world.get(old.replica.addDevice(PASSPHRASE));
  const shown = await old.replica.linkState();
  if (shown.state !== "code") throw new Error(shown.state);
  const device = world.device(name);
  const fresh = await device.boot(false);
  await world.get(fresh.takeOver({ relay: RELAY, code: shown.code, passphrase: PASSPHRASE, name }));
  await world.time.until(async () => (await old.replica.linkState()).state === "digits");
  const showing = await fresh.linkState();
  if (showing.state !== "showing") throw new Error(showing.state);
  await world.get(old.replica.typeDigits(showing.digits));
  return { fresh, device };
}

const ownDevices = async (of: Device): Promise<readonly DeviceView[]> =>
  (await of.replica.households()).flatMap((h) => h.people.filter((p) => p.me).flatMap((p) => p.devices));

describe("linking a second device by code", () => {
  test("[C3][K2][P7] both parents link one; all four have the same, old entries too, and all may write", async () => {
    const world = await World.make(3);
    const log = await twoParents(world);
    const ana = world.device("ana");
    const ben = world.device("ben");
    const early = await world.get(
      ana.replica.sendMessage({ log, subject: "Before", text: "Written before any second device.", files: [] }),
    );
    const fromBen = await world.get(ben.replica.sendMessage({ log, subject: "Hello", text: "From Ben.", files: [] }));
    await quiet(world);
    await world.get(ana.replica.rename(log, { label: "Home", other: "Benno" }));
    await world.get(ana.replica.seen(log, fromBen));
    const ana2 = await linkSecond(world, ana, "ana2");
    const ben2 = await linkSecond(world, ben, "ben2");
    await quiet(world);
    const records = [early, fromBen];
    for (const device of [ana2, ben2])
      records.push(
        await world.get(device.replica.sendMessage({ log, subject: `By ${device.name}`, text: "From the new one.", files: [] })),
      );
    await quiet(world);
    await expectAlike(
      world,
      records.map((record) => ({ record })),
    );
    const [home] = await ana2.replica.households();
    expect(home?.label).toBe("Home");
    expect(home?.people.find((p) => !p.me)?.name).toBe("Benno");
    expect((await ana2.replica.threads(log, 0, 10)).rows.find((t) => t.subject === "Hello")?.unread).toBe(0);
    // Keys of its own in each log (K2), and each side knows which of them are one device.
    const ids = [ana, ana2].flatMap((d) => [...d.replica.core.logs.values()].map((l) => l.session.device));
    expect(new Set(ids).size).toBe(4);
    const mine = await ownDevices(ana);
    expect(mine.filter((d) => !d.me).map((d) => [d.name, d.later, d.twins?.length])).toEqual([
      ["ana2", true, 1],
      ["ana2", true, 1],
    ]);
    await world.close();
  });

  test("[P10] the removed second device writes no more, in no log, and says so", async () => {
    const world = await World.make(4);
    const log = await twoParents(world);
    const ana = world.device("ana");
    const ana2 = await linkSecond(world, ana, "ana2");
    await quiet(world);
    await world.get(ana.replica.revokeDevice(log, household(ana2).device, PASSPHRASE));
    await world.time.until(async () => (await ana2.replica.households()).every((h) => h.removed === true));
    const refused = await ana2.replica.sendMessage({ log, subject: "x", text: "After it was removed.", files: [] });
    expect(refused).toEqual({ ok: false, error: { code: "removed" } });
    expect((await ana2.replica.sync(log)).state).toBe("removed");
    await world.close();
  });

  test("[P9] a relay that restarts and a network that breaks in the middle do not stop it", async () => {
    for (let step = 0; step < 6; step++) {
      const world = await World.make(10 + step);
      await twoParents(world);
      const old = world.device("ana").replica;
      expect((await old.vault()).working).toBe(false);
      await world.get(old.addDevice(PASSPHRASE));
      const shown = await old.linkState();
      if (shown.state !== "code") throw new Error(shown.state);
      // No lock that comes by itself cuts it.
      expect((await old.vault()).working).toBe(true);
      const fresh = await world.device("ana2").boot(false);
      const taking = fresh.takeOver({ relay: RELAY, code: shown.code, passphrase: PASSPHRASE, name: "ana2" });
      const fail = async (): Promise<void> => {
        world.relayDown();
        await world.time.pass(2_000);
        await world.relayUp();
      };
      if (step === 0) await fail();
      await world.get(taking);
      if (step === 1) await fail();
      await world.time.until(async () => (await old.linkState()).state === "digits");
      const showing = await fresh.linkState();
      if (showing.state !== "showing") throw new Error(showing.state);
      if (step === 2) await fail();
      await world.get(old.typeDigits(showing.digits));
      await world.time.pass([0, 0, 0, 20, 80, 300][step] ?? 0);
      if (step > 2) await fail();
      expect((await old.vault()).working).toBe(true);
      await world.time.until(async () => (await old.linkState()).state === "given" && (await fresh.linkState()).state === "taken");
      expect([(await old.vault()).working, (await fresh.vault()).working]).toEqual([false, false]);
      await quiet(world);
      await world.close();
    }
  });

  test("[P8] a side that goes away in the middle leaves nothing half linked, and a second try works", async () => {
    for (const [seed, who, after] of [
      [20, "new", 0],
      [21, "new", 60],
      [22, "new", 150],
      [23, "old", 0],
      [24, "old", 60],
      [25, "old", 150],
      [26, "new", 400],
      [27, "old", 400],
    ] as const) {
      const world = await World.make(seed);
      const log = await twoParents(world);
      const ana = world.device("ana");
      const { fresh, device: lost } = await upToDigits(world, ana, "lost");
      await world.time.pass(after);
      (who === "new" ? lost : ana).kill();
      await world.time.pass(5_000);
      if (who === "old") await ana.boot();
      await world.time.until(() => household(ana).link.state.state === "live");
      // Two hours later nothing is in the logs but what is whole.
      for (let hour = 0; hour < 8; hour++) await world.time.pass(15 * 60_000);
      const whole = lost.isRunning && (await fresh.vault()).state === "open";
      const second = (await ownDevices(ana)).filter((d) => !d.me && d.revoked === undefined);
      expect([seed, second.length]).toEqual([seed, whole ? 2 : 0]);
      if (!whole && lost.isRunning) expect((await fresh.linkState()).state).toBe("failed");
      const again = await linkSecond(world, ana, "ana2");
      const record = await world.get(again.replica.sendMessage({ log, subject: "Here", text: "Second try.", files: [] }));
      await world.time.until(async () => (await ana.replica.message(log, record)) !== undefined);
      await world.close();
    }
  });

  test("[P8] the old device is lost between two logs: what got in is taken out again", async () => {
    const world = await World.make(40);
    await twoParents(world);
    const ana = world.device("ana");
    const { fresh } = await upToDigits(world, ana, "lost");
    await world.time.until(async () => {
      const at = await ana.replica.linkState();
      return at.state === "giving" && at.done === 1;
    });
    ana.kill();
    await world.time.pass(1_000);
    await ana.boot();
    await world.time.until(() => household(ana).link.state.state === "live");
    expect((await ownDevices(ana)).filter((d) => !d.me).map((d) => d.revoked === undefined)).toEqual([true]);
    for (let hour = 0; hour < 8; hour++) await world.time.pass(15 * 60_000);
    expect((await ownDevices(ana)).filter((d) => !d.me).map((d) => d.revoked === undefined)).toEqual([false]);
    expect((await fresh.linkState()).state).toBe("failed");
    expect((await fresh.vault()).state).toBe("none");
    await world.close();
  });

  test("[P8] the new device loses power right after it has kept everything: it goes on when it is unlocked", async () => {
    const world = await World.make(41);
    const log = await twoParents(world);
    const ana = world.device("ana");
    const { fresh } = await upToDigits(world, ana, "ana2");
    await world.time.until(async () => (await fresh.linkState()).state === "syncing");
    world.device("ana2").kill();
    await world.time.pass(60_000);
    const again = await world.device("ana2").boot();
    await world.time.until(async () => (await ana.replica.linkState()).state === "given");
    for (let hour = 0; hour < 8; hour++) await world.time.pass(15 * 60_000);
    expect((await ownDevices(ana)).filter((d) => !d.me).map((d) => d.revoked === undefined)).toEqual([true, true]);
    await world.get(again.sendMessage({ log, subject: "Here", text: "After a restart.", files: [] }));
    await world.close();
  });

  test("[P7][P10] a household that came later is fetched by the device that lacks it, and by no other person's", async () => {
    const world = await World.make(50);
    const ana = world.device("ana");
    const first = await ana.boot(false);
    await world.get(first.start({ relay: RELAY, passphrase: PASSPHRASE, name: "Ana", zone: "Europe/Vienna" }));
    const ana2 = await linkSecond(world, ana, "ana2");
    const invite = await world.get(first.invite({ label: "Home" }));
    const ben = await world.device("ben").boot(false);
    const log = await world.get(ben.join({ link: invite.link, name: "Ben", passphrase: PASSPHRASE, zone: "Europe/Vienna" }));
    await world.time.until(async () => (await first.households()).some((h) => h.stage === "waiting"));
    await world.get(first.confirmJoin(log));
    const early = await world.get(ben.sendMessage({ log, subject: "Hello", text: "From Ben.", files: [] }));
    const exchange = async (fresh: Replica): Promise<void> => {
      await world.get(first.addDevice(PASSPHRASE));
      const shown = await first.linkState();
      if (shown.state !== "code") throw new Error(shown.state);
      await world.get(fresh.fetchMore({ relay: RELAY, code: shown.text }));
      await world.time.until(async () => (await first.linkState()).state === "digits");
      const showing = await fresh.linkState();
      if (showing.state !== "showing") throw new Error(showing.state);
      await world.get(first.typeDigits(showing.digits));
      await world.time.until(async () => ["taken", "failed"].includes((await fresh.linkState()).state));
    };
    await exchange(ana2.replica);
    await world.time.until(async () => (await first.linkState()).state === "given");
    expect(await ana2.replica.message(log, early)).toMatchObject({ text: "From Ben." });
    const record = await world.get(ana2.replica.sendMessage({ log, subject: "Here", text: "From the second.", files: [] }));
    await world.time.until(async () => (await ben.message(log, record)) !== undefined);
    // Both know that it is one device in both logs: removed, it is out of both.
    const twins = (await ownDevices(ana)).filter((d) => !d.me).map((d) => d.twins?.length);
    expect(twins).toEqual([1, 1]);
    await exchange(ana2.replica);
    expect(await ana2.replica.linkState()).toMatchObject({ state: "failed", error: { code: "pairing-nothing" } });
    await exchange(ben);
    expect(await ben.linkState()).toMatchObject({ state: "failed", error: { code: "pairing-broken" } });
    expect((await ownDevices(ana)).filter((d) => !d.me).length).toBe(2);
    await world.close();
  });

  test("[P1] a wrong code, a used one, a dead one and one that ran out each say so", async () => {
    const world = await World.make(30);
    await twoParents(world);
    const ana = world.device("ana").replica;
    const code = async (): Promise<string> => {
      await world.get(ana.addDevice(PASSPHRASE));
      const shown = await ana.linkState();
      if (shown.state !== "code") throw new Error(shown.state);
      return shown.code;
    };
    const first = await code();
    const fresh = await world.device("fresh").boot(false);
    const take = (text: string, on = fresh): ReturnType<typeof fresh.takeOver> =>
      world.time.answer(on.takeOver({ relay: RELAY, code: text, passphrase: PASSPHRASE, name: "fresh" }));
    expect(await take("not a code")).toEqual({ ok: false, error: { code: "code-broken" } });
    expect(await take(`${first.startsWith("A") ? "B" : "A"}${first.slice(1)}`)).toEqual({ ok: false, error: { code: "code-unknown" } });
    expect((await take(first)).ok).toBe(true);
    const other = await world.device("other").boot(false);
    expect(await take(first, other)).toEqual({ ok: false, error: { code: "code-used" } });
    await world.time.until(async () => (await ana.linkState()).state === "digits");
    const showing = await fresh.linkState();
    const wrong = showing.state === "showing" && showing.digits === "000000" ? "000001" : "000000";
    expect(await ana.typeDigits(wrong)).toEqual({ ok: false, error: { code: "digits-wrong", limit: 2 } });
    expect(await ana.typeDigits(wrong)).toEqual({ ok: false, error: { code: "digits-wrong", limit: 1 } });
    expect(await ana.typeDigits(wrong)).toEqual({ ok: false, error: { code: "code-dead" } });
    await world.time.until(async () => (await fresh.linkState()).state === "failed");
    expect(await fresh.linkState()).toMatchObject({ error: { code: "code-dead" } });
    expect((await take(first)).ok).toBe(false);
    const second = await code();
    await world.time.pass(11 * 60_000);
    expect(await ana.linkState()).toMatchObject({ state: "failed", error: { code: "code-expired" } });
    expect((await take(second)).ok).toBe(false);
    expect(await world.time.answer(ana.addDevice("a wrong passphrase"))).toMatchObject({ ok: false, error: { code: "passphrase-wrong" } });
    await world.close();
  });
});
