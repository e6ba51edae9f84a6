import { beforeAll, describe, expect, test, vi } from "vitest";
import { toId } from "@countersign/shared/base/bytes";
import type { BookId, Hex32, LogId } from "@countersign/shared/base/ids";
import { initCrypto } from "@countersign/shared/crypto/init";
import { openCheckpoint } from "@countersign/shared/log/checkpoint";
import { hash } from "@countersign/shared/crypto/hash";
import { ENTRY_KIND, NO_BOOK, parseRelayPart } from "@countersign/shared/entry/header";
import { originOf } from "@countersign/shared/log/origin";
import type { PushEntry } from "@countersign/shared/wire/messages";
import { charterEntry, dialRelay, sealedEntry, TestClient } from "./client.ts";
import { epochNow, foundHousehold, foundPersonal, type TestHousehold } from "./household.ts";
import { makeWorld, NAME, type World } from "./world.ts";
import { makePerson } from "../../shared/test/people.ts";

vi.setConfig({ testTimeout: 60_000 });
beforeAll(() => initCrypto());

const body = (n: number, length = 200): Uint8Array => new Uint8Array(length).fill(n);

interface Scene extends World {
  readonly home: TestHousehold;
  readonly alice: TestClient;
  readonly bob: TestClient;
  readonly entry: (n: number, length?: number) => PushEntry;
  readonly entryOfBob: (n: number) => PushEntry;
}

async function scene(limits: Parameters<typeof makeWorld>[0] = {}): Promise<Scene> {
  const world = await makeWorld(limits);
  const dial = dialRelay(world.relay);
  const home = await foundHousehold(dial, { relay: NAME, time: world.clock.now() });
  const epoch = epochNow(home.chain);
  return {
    ...world,
    home,
    alice: await TestClient.signIn(dial, "device", home.alice.phone.sign, home.log),
    bob: await TestClient.signIn(dial, "device", home.bob.phone.sign, home.log),
    entry: (n, length) => sealedEntry(home.log, home.alice.phone, body(n, length), { epoch }),
    entryOfBob: (n) => sealedEntry(home.log, home.bob.phone, body(n), { epoch }),
  };
}

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
    const receipt = await alice.push(entry(1), { a: broken.a, b: body(9) }, entry(3));
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
    const receipt = carol.push(sealedEntry(other.log, other.alice.phone, body(1), { epoch: 0 }));
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

  test("[L0a] relay time never falls, also when the clock does, and over a restart", async () => {
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

describe("what is let in", () => {
  test("[L0] each way in which an entry can be wrong has its code, and changes nothing", async () => {
    const { alice, home, entry, relay } = await scene();
    const epoch = epochNow(home.chain);
    const phone = home.alice.phone;
    const made = (change: Parameters<typeof sealedEntry>[3] = {}): PushEntry => sealedEntry(home.log, phone, body(1), { epoch, ...change });
    const code = async (e: PushEntry): Promise<string | undefined> => (await alice.push(e)).error?.code;
    expect(await code({ a: new Uint8Array(0), b: body(1) })).toBe("malformed");
    expect(await code(made({ change: { log: toId<LogId>(body(3, 32)) } }))).toBe("wrong-log");
    expect(await code(made({ change: { kind: 3 } }))).toBe("malformed");
    expect(await code(made({ change: { kind: 5 } }))).toBe("malformed");
    expect(await code(made({ change: { kind: 4 } }))).toBe("malformed");
    // Old headers (C8j): in another channel, of another book, with another commitment than of their body; what that says is for the readers.
    const old = { kind: ENTRY_KIND.again, channel: "household", book: NO_BOOK, commitment: toId<Hex32>(hash("again", body(1))) } as const;
    expect(await code(made({ change: { kind: 6 } }))).toBe("malformed");
    expect(await code(made({ change: { ...old, channel: "messages" } }))).toBe("malformed");
    expect(await code(made({ change: { ...old, book: "1".repeat(64) as BookId } }))).toBe("malformed");
    expect(await code(made({ change: { ...old, commitment: "2".repeat(64) as Hex32 } }))).toBe("malformed");
    expect(await code(made({ epoch: epoch - 1, change: old }))).toBe("epoch-stale");
    expect(await code(made({ channel: "journal" }))).toBe("not-writer");
    expect(await code(made({ epoch: epoch - 1 }))).toBe("epoch-stale");
    expect(await code(made({ epoch: epoch + 1 }))).toBe("epoch-gap");
    const signed = made();
    // The key "s" and the head of 64 bytes stand before the signature.
    const at = signed.a.findIndex((_, i) => [0x61, 0x73, 0x58, 0x40].every((x, j) => signed.a[i + j] === x)) + 10;
    expect(await code({ a: signed.a.map((x, i) => (i === at ? x ^ 1 : x)), b: signed.b })).toBe("signature");
    expect(await code({ a: signed.a, b: body(2) })).toBe("body-hash");
    expect(await code({ a: signed.a, b: body(1, 199) })).toBe("body-hash");
    const statement = home.chain.make("leave", {}, [phone]);
    const named = charterEntry(home.log, statement, phone.sign.secretKey);
    expect(await code(sealedEntry(home.log, phone, statement.bytes, { change: { kind: 2 } }))).toBe("malformed");
    const charter = { kind: 2 as const, channel: "charter" as const, epoch: 0, book: "0".repeat(64) as BookId };
    expect(await code(sealedEntry(home.log, phone, statement.bytes, { change: { ...charter, commitment: "3".repeat(64) as Hex32 } }))).toBe(
      "malformed",
    );
    expect(await code(sealedEntry(home.log, phone, body(1), { change: charter }))).toBe("malformed");
    const headless = home.chain.make("leave", {}, [phone], { prev: home.chain.entries[0]?.signed.id ?? statement.id });
    expect(await code(charterEntry(home.log, headless, phone.sign.secretKey))).toBe("charter-head");
    const unlawful = home.chain.make("revoke", { device: home.bob.phone.id }, [phone]);
    expect(await code(charterEntry(home.log, unlawful, phone.sign.secretKey))).toBe("charter-rule");
    const after = await TestClient.signIn(dialRelay(relay), "device", phone.sign, home.log);
    expect(after.welcome?.size).toBe(home.size);
    expect((await alice.push(entry(1), named)).n).toEqual([home.size, home.size + 1]);
  });

  test("[W2] of two statements on one head one stands; the other is told of the new head", async () => {
    const { alice, bob, home } = await scene();
    const make = (who: typeof home.alice): PushEntry =>
      charterEntry(home.log, home.chain.make("level", { level: 2 }, [who.phone]), who.phone.sign.secretKey);
    const answers = await Promise.all([alice.push(make(home.alice)), bob.push(make(home.bob))]);
    expect(answers.map((a) => a.error?.code).sort()).toEqual(["charter-head", undefined]);
  });

  test("[L7] after a revocation nothing is written under the old epoch", async () => {
    const { alice, entry, home } = await scene();
    const { chain } = home;
    for (const type of ["link", "revoke"] as const) {
      const signed =
        type === "link"
          ? chain.make("link", { device: home.alice.laptop.keys, level: 1 }, [home.alice.phone, home.alice.laptop])
          : chain.make("revoke", { device: home.alice.laptop.id }, [home.alice.phone]);
      chain.push(signed);
      await alice.push(charterEntry(home.log, signed, home.alice.phone.sign.secretKey));
      if (type === "link") {
        const before = chain.entries.length;
        chain.openEpochs(home.alice.phone);
        for (const { signed: opened } of chain.entries.slice(before))
          await alice.push(charterEntry(home.log, opened, home.alice.phone.sign.secretKey));
      }
    }
    expect((await alice.push(entry(1))).error?.code).toBe("epoch-stale");
    const now = sealedEntry(home.log, home.alice.phone, body(1), { epoch: epochNow(chain) });
    expect((await alice.push(now)).error?.code).toBe("epoch-stale");
    const before = chain.entries.length;
    chain.openEpochs(home.alice.phone);
    for (const { signed } of chain.entries.slice(before))
      expect((await alice.push(charterEntry(home.log, signed, home.alice.phone.sign.secretKey))).error).toBeUndefined();
    expect((await alice.push(sealedEntry(home.log, home.alice.phone, body(1), { epoch: epochNow(chain) }))).error).toBeUndefined();
  });

  test("[W2] founding needs a key that was reserved and this relay's name, works twice, and only once for each log", async () => {
    const world = await makeWorld();
    const dial = dialRelay(world.relay);
    await expect(foundPersonal(dial, { relay: "relay.elsewhere", time: world.clock.now() })).rejects.toThrow("reserve-first");
    const { log, chain, alice } = await foundPersonal(dial, { relay: NAME, time: world.clock.now() });
    const found = chain.entries[0]?.signed;
    if (!found) throw new Error("no founding statement");
    const again = await TestClient.signIn(dial, "found", alice.phone.sign, null);
    expect((await again.push(charterEntry(log, found, alice.phone.sign.secretKey))).n).toEqual([0]);
    // Another author part over the same statement, by the same device.
    const other = sealedEntry(log, alice.phone, found.bytes, {
      change: { kind: 2, channel: "charter", epoch: 0, book: "0".repeat(64) as BookId, commitment: found.id },
    });
    const third = await TestClient.signIn(dial, "found", alice.phone.sign, null);
    // Ed25519 is deterministic, so these are the same bytes again.
    expect((await third.push(other)).n).toEqual([0]);
    const fourth = await TestClient.signIn(dial, "device", alice.phone.sign, log);
    const refound = chain.make("level", { level: 2 }, [alice.phone]);
    expect((await fourth.push(charterEntry(log, refound, alice.phone.sign.secretKey))).error).toBeUndefined();
    const eve = await TestClient.signIn(dial, "found", makePerson("eve").phone.sign, null);
    expect((await eve.push(charterEntry(log, found, alice.phone.sign.secretKey))).error?.code).toBe("not-writer");
  });

  test("[C8] after a move to another relay a log is read here and no longer written", async () => {
    const { alice, bob, home, entry, entryOfBob } = await scene();
    const { chain } = home;
    const move = chain.make(
      "move-log",
      { size: 1, root: toId<Hex32>(body(1, 32)), relay: "relay.elsewhere", logKey: toId(home.alice.laptop.sign.publicKey) },
      [home.alice.phone],
    );
    const moved = await alice.push(charterEntry(home.log, move, home.alice.phone.sign.secretKey));
    expect(moved.error).toBeUndefined();
    chain.push(move);
    expect((await alice.push(entry(1))).error).toBeUndefined();
    const consent = chain.make("consent", { to: move.id }, [home.bob.phone]);
    expect((await bob.push(charterEntry(home.log, consent, home.bob.phone.sign.secretKey))).error).toBeUndefined();
    expect((await alice.push(entry(2))).error?.code).toBe("log-closed");
    expect((await bob.push(entryOfBob(2))).error?.code).toBe("log-closed");
    bob.send({ t: "subscribe", from: 0, window: 100 });
    expect((await bob.find("entries")).items.length).toBeGreaterThan(5);
  });
});

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
