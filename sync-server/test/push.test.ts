import { beforeAll, describe, expect, test, vi } from "vitest";
import { initCrypto } from "@countersign/shared/crypto/init";
import { parseRelayPart } from "@countersign/shared/entry/header";
import { openCheckpoint } from "@countersign/shared/log/checkpoint";
import { originOf } from "@countersign/shared/log/origin";
import { dialRelay, sealedEntry, TestClient } from "./client.ts";
import { foundPersonal } from "./household.ts";
import { filled, scene } from "./scene.ts";
import { makeWorld, NAME } from "./world.ts";

vi.setConfig({ testTimeout: 60_000 });
beforeAll(() => initCrypto());

describe("receipts", () => {
  test("[L3] the same author part gets its first receipt, in the same push, in another, and while it is not durable yet", async () => {
    const { alice, entry, home } = await scene();
    const [a, b] = [entry(1), entry(2)];
    const first = alice.push(a, a);
    const second = alice.push(a, b);
    expect([(await first).n, (await second).n]).toEqual([
      [home.size, home.size],
      [home.size, home.size + 1],
    ]);
    expect((await alice.push(b, a)).n).toEqual([home.size + 1, home.size]);
  });

  test("[W2] what stands before a refused entry is taken, and nothing after it", async () => {
    const { alice, entry, home } = await scene();
    const broken = entry(2);
    const receipt = await alice.push(entry(1), { a: broken.a, b: filled(9) }, entry(3));
    expect(receipt).toMatchObject({ n: [home.size], error: { code: "body-hash", retry: false, at: 1 } });
    expect((await alice.push(entry(3))).n).toEqual([home.size + 1]);
  });

  test("[W2] a receipt comes only after the commit, and the other reads only after it too", async () => {
    const { alice, bob, entry, store, home } = await scene();
    bob.send({ t: "subscribe", from: home.size, window: 10 });
    await bob.settled();
    let release: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    store.faults = { beforeCommit: () => gate };
    const pushed = alice.push(entry(1));
    for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
    await bob.settled();
    expect([alice.arrived().length, bob.arrived().length]).toEqual([0, 0]);
    store.faults = {};
    release();
    expect((await pushed).n).toEqual([home.size]);
    expect((await bob.find("entries")).from).toBe(home.size);
  });

  test("[W2] a commit that fails acknowledges nothing, and what is pushed again has one place", async () => {
    const { alice, entry, store, home, relay, log } = await scene();
    store.faults = { beforeCommit: () => Promise.reject(new Error("disk full")) };
    alice.send({ t: "push", id: 1, entries: [entry(1)] });
    expect(await alice.closed()).toBe(1013);
    expect(alice.arrived().filter((m) => m.t === "receipt")).toEqual([]);
    store.faults = {};
    const again = await TestClient.signIn(dialRelay(relay), "device", home.alice.phone.sign, home.log);
    expect(again.welcome?.size).toBe(home.size);
    expect((await again.push(entry(1))).n).toEqual([home.size]);
    expect(log.errors).not.toEqual([]);
  });

  test("[W2] a commit that was kept but not heard of: the same push gets the same place", async () => {
    const { alice, entry, store, home, relay } = await scene();
    store.faults = { afterCommit: () => Promise.reject(new Error("connection lost")) };
    alice.send({ t: "push", id: 1, entries: [entry(1)] });
    expect(await alice.closed()).toBe(1013);
    store.faults = {};
    const again = await TestClient.signIn(dialRelay(relay), "device", home.alice.phone.sign, home.log);
    expect((await again.push(entry(1), entry(2))).n).toEqual([home.size, home.size + 1]);
  });

  test("[W7] a log whose writes the store refuses costs no other log its commit", async () => {
    const { alice, entry, store, home, relay, clock } = await scene();
    const dial = dialRelay(relay);
    const other = await foundPersonal(dial, { relay: NAME, time: clock.now(), name: "carol" });
    const carol = await TestClient.signIn(dial, "device", other.alice.phone.sign, other.log);
    store.faults = {
      beforeCommit: (writes) =>
        writes.some((w) => w.t === "entry" && w.log === home.log) ? Promise.reject(new Error("refused")) : undefined,
    };
    alice.send({ t: "push", id: 1, entries: [entry(1)] });
    const receipt = carol.push(sealedEntry(other.log, other.alice.phone, filled(1), { epoch: 0 }));
    expect((await receipt).error).toBeUndefined();
    expect(await alice.closed()).toBe(1013);
  });

  test("[L6] an entry is never older than a note that was signed before it, whatever the clock does", async () => {
    const { bob, entryOfBob, home, clock, relay } = await scene();
    clock.set(clock.now() + 60_000);
    const alice = await TestClient.signIn(dialRelay(relay), "device", home.alice.phone.sign, home.log);
    const note = openCheckpoint(alice.welcome?.note ?? "", originOf(NAME, home.log), home.logKey);
    clock.set(clock.now() - 3_600_000);
    alice.send({ t: "subscribe", from: home.size, window: 9 });
    await bob.push(entryOfBob(1));
    const [item] = (await alice.find("entries")).items;
    const relayPart = item && "r" in item ? parseRelayPart(item.r) : undefined;
    expect(relayPart?.ok === true && note.ok && relayPart.value.time >= note.value.time).toBe(true);
  });

  test("[L0a][L5a] relay time never falls, also when the clock does, and over a restart", async () => {
    const { alice, entry, home, clock, store } = await scene();
    const times: number[] = [];
    await alice.push(entry(1));
    clock.set(clock.now() - 3_600_000);
    await alice.push(entry(2));
    const restarted = await makeWorld({}, { store, clock });
    const again = await TestClient.signIn(dialRelay(restarted.relay), "device", home.alice.phone.sign, home.log);
    await again.push(entry(3));
    again.send({ t: "subscribe", from: home.size, window: 10 });
    for (const page of await again.entries(3)) {
      for (const item of page.items) {
        const relayPart = item instanceof Uint8Array ? undefined : parseRelayPart(item.r);
        if (relayPart?.ok) times.push(relayPart.value.time);
      }
      if (page.note !== null) {
        const note = openCheckpoint(page.note, originOf(NAME, home.log), home.logKey);
        expect(note.ok && note.value.time >= Math.max(...times)).toBe(true);
      }
    }
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(times).toHaveLength(3);
  });
});
