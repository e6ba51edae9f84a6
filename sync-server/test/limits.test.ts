import { beforeAll, describe, expect, test, vi } from "vitest";
import { initCrypto } from "@countersign/shared/crypto/init";
import { charterEntry, dialRelay, TestClient } from "./client.ts";
import { scene } from "./scene.ts";
import { makeWorld } from "./world.ts";

vi.setConfig({ testTimeout: 60_000 });
beforeAll(() => initCrypto());

describe("limits", () => {
  test("[L10] a parent who floods is told so, and the other goes on", async () => {
    const { alice, bob, entry, entryOfBob } = await scene({ entriesBurst: 40, entriesPerSecond: 1 });
    const flood = await alice.push(...Array.from({ length: 60 }, (_, i) => entry(i)));
    expect(flood.error).toMatchObject({ code: "rate", retry: true });
    expect(flood.n.length).toBeLessThan(60);
    const again = await alice.push(entry(100));
    expect(again.error?.code).toBe("rate");
    expect((await bob.push(entryOfBob(1))).error).toBeUndefined();
  });

  test("[L10] a member who is over the rate can still revoke, and time heals", async () => {
    const { alice, entry, home, clock } = await scene({ entriesBurst: 40, entriesPerSecond: 1 });
    await alice.push(...Array.from({ length: 60 }, (_, i) => entry(i)));
    const signed = home.chain.make("level", { level: 2 }, [home.alice.phone]);
    expect((await alice.push(charterEntry(home.log, signed, home.alice.phone.sign.secretKey))).error).toBeUndefined();
    clock.set(clock.now() + 2_000);
    expect((await alice.push(entry(200))).error).toBeUndefined();
  });

  test("[L10] a member's quota is that member's alone, and counts what was kept before a restart", async () => {
    const { alice, bob, entry, entryOfBob, store, clock, home } = await scene({ memberBytes: 60_000 });
    for (let i = 0; i < 5; i++) await alice.push(entry(i, 10_000));
    expect((await alice.push(entry(9, 10_000))).error?.code).toBe("quota-member");
    expect((await bob.push(entryOfBob(1))).error).toBeUndefined();
    const restarted = await makeWorld({ memberBytes: 60_000 }, { store, clock });
    const again = await TestClient.signIn(dialRelay(restarted.relay), "device", home.alice.phone.sign, home.log);
    expect((await again.push(entry(9, 10_000))).error?.code).toBe("quota-member");
  });

  test("[L10] a device that sends frames without end is closed with 4429", async () => {
    const { alice, bob, entryOfBob } = await scene({ framesBurst: 50, framesPerSecond: 1 });
    for (let i = 0; i < 100; i++) alice.send({ t: "ping", x: i });
    expect(await alice.closed()).toBe(4429);
    expect((await bob.push(entryOfBob(1))).error).toBeUndefined();
  });

  test("[L10] an address opens so many connections and no more; of one device the oldest gives way", async () => {
    const world = await makeWorld({ connectsBurst: 3, connectsPerSecond: 0.001 });
    const there = dialRelay(world.relay, { address: "there" });
    const open = [0, 1, 2, 3].map(() => new TestClient(there));
    expect(await open[3]?.closed()).toBe(4429);
    await open[2]?.next("challenge");
    await new TestClient(dialRelay(world.relay, { address: "elsewhere" })).next("challenge");

    const { relay, home } = await scene({ deviceConnections: 2 });
    const dial = dialRelay(relay);
    const carol = (): Promise<TestClient> => TestClient.signIn(dial, "recovery", home.alice.sheet.sign, home.log);
    const [first, second] = [await carol(), await carol()];
    const third = await carol();
    expect(await first.closed()).toBe(1013);
    await second.settled();
    await third.settled();
  });
});
