import { beforeAll, describe, expect, test, vi } from "vitest";
import { equalBytes, toId, utf8 } from "@countersign/shared/base/bytes";
import { initCrypto } from "@countersign/shared/crypto/init";
import { LogTail } from "@countersign/shared/sync/tail";
import { originOf } from "@countersign/shared/log/origin";
import type { MailboxId, RelayMessage } from "@countersign/shared/wire/messages";
import { dialRelay, sealedEntry, TestClient } from "./client.ts";
import { scene as connected } from "./scene.ts";
import { makeWorld, NAME, type World } from "./world.ts";
import { makePerson } from "../../shared/test/people.ts";

vi.setConfig({ testTimeout: 60_000 });
beforeAll(() => initCrypto());

function numbered(n: number, length: number): Uint8Array {
  const body = new Uint8Array(length);
  new DataView(body.buffer).setUint32(0, n);
  return body;
}

async function scene(...given: Parameters<typeof connected>): ReturnType<typeof connected> {
  const all = await connected(...given);
  const { home, epoch } = all;
  // Bodies differ, else a push would be recognised as one that came before.
  return { ...all, entry: (n, length = 100) => sealedEntry(home.log, home.alice.phone, numbered(n, length), { epoch }) };
}

const pages = (client: TestClient): Extract<RelayMessage, { t: "entries" }>[] => client.arrived().filter((m) => m.t === "entries");
const count = (client: TestClient): number => pages(client).reduce((sum, p) => sum + p.items.length, 0);

describe("reading", () => {
  test("[W3] catching up meets what comes meanwhile without gap or double, and every note holds", async () => {
    const { alice, bob, entry, home } = await scene();
    for (let i = 0; i < 10; i++) await alice.push(...Array.from({ length: 60 }, (_, j) => entry(i * 60 + j)));
    bob.send({ t: "subscribe", from: 0, window: 1_024 });
    const total = home.size + 600 + 200;
    const more = (async () => {
      for (let i = 0; i < 20; i++) await alice.push(...Array.from({ length: 10 }, (_, j) => entry(1_000 + i * 10 + j)));
    })();
    let tail = LogTail.empty(home.log);
    let notes = 0;
    for (const page of await bob.entries(total)) {
      const next = tail.accept(page.from, page.items, page.note, originOf(NAME, home.log), home.logKey);
      if (!next.ok) throw new Error(`${next.error.code} at ${next.error.seq}`);
      tail = next.value.tail;
      if (page.note !== null) notes++;
    }
    await more;
    expect([tail.size, tail.verified?.checkpoint.size]).toEqual([total, total]);
    expect(notes).toBeGreaterThan(0);
  });

  test("[W3] the pushing device gets its own entries without their bodies", async () => {
    const { alice, entry, home } = await scene();
    await alice.push(entry(1));
    alice.send({ t: "subscribe", from: home.size, window: 10 });
    const [item] = (await alice.find("entries")).items;
    expect(item instanceof Uint8Array ? "leaf" : item?.b).toBe(null);
  });

  test("[W4] nothing is sent beyond what was granted, and grants add up to the protocol's window at most", async () => {
    const { alice, bob, entry, home } = await scene();
    await alice.push(...Array.from({ length: 50 }, (_, j) => entry(j)));
    bob.send({ t: "subscribe", from: home.size, window: 7 });
    await bob.settled();
    expect(count(bob)).toBe(7);
    await alice.push(entry(100));
    await bob.settled();
    expect(count(bob)).toBe(7);
    bob.send({ t: "window", add: 4 });
    await bob.settled();
    expect(count(bob)).toBe(11);
    bob.send({ t: "window", add: 1_000 });
    await bob.settled();
    expect(count(bob)).toBe(51);
    expect(pages(bob).at(-1)?.note).not.toBeNull();
    for (let i = 0; i < 5; i++) bob.send({ t: "window", add: 1_024 });
    await bob.settled();
    for (let i = 0; i < 18; i++) await alice.push(...Array.from({ length: 60 }, (_, j) => entry(2_000 + i * 60 + j)));
    await bob.settled();
    expect(count(bob)).toBe(51 + 1_024);
  });

  test("[W4] pages stay below a frame, with bodies of full size too", async () => {
    const { alice, bob, entry, home } = await scene();
    for (let i = 0; i < 6; i++) await alice.push(entry(i, 524_288));
    bob.send({ t: "subscribe", from: home.size, window: 100 });
    const all = await bob.entries(6);
    expect(all.flatMap((p) => p.items)).toHaveLength(6);
    const [first] = all[0]?.items ?? [];
    expect(first && "b" in first && first.b && equalBytes(first.b, numbered(0, 524_288))).toBe(true);
  });

  test("[W4] a full socket is sent no further pages, one past the limit is closed with 4408, and nobody waits for it", async () => {
    let waiting = 0;
    const { alice, bob, entry, home } = await scene({ buffered: 100_000 }, () => waiting);
    await alice.push(...Array.from({ length: 20 }, (_, j) => entry(j)));
    waiting = 60_000;
    bob.send({ t: "subscribe", from: home.size, window: 100 });
    await bob.settled();
    expect(count(bob)).toBe(0);
    waiting = 100_001;
    bob.send({ t: "ping", x: 1 });
    expect(await bob.closed()).toBe(4408);
    expect((await alice.push(entry(99))).error).toBeUndefined();
  });

  test("[W4] a reader who takes nothing for a minute is closed with 4408", async () => {
    const { alice, bob, entry, home, clock } = await scene({ buffered: 100_000 }, () => 60_000);
    await alice.push(entry(1));
    bob.send({ t: "subscribe", from: home.size, window: 100 });
    await bob.settled();
    clock.pass(31_000);
    await bob.settled();
    expect(bob.isClosed).toBe(false);
    clock.pass(70_000);
    expect(await bob.closed()).toBe(4408);
  });

  test("[W1] a connection on which nothing happens is closed with 1001", async () => {
    const { bob, clock } = await scene();
    clock.pass(200_000);
    expect(await bob.closed()).toBe(1001);
  });

  test("[W2] a stop makes durable what was taken, and says goodbye with 1001", async () => {
    const { alice, bob, entry, relay, home, store, clock } = await scene();
    const receipt = alice.push(entry(1));
    await alice.settled();
    await relay.stop();
    expect((await receipt).n).toEqual([home.size]);
    expect(await bob.closed()).toBe(1001);
    const late = new TestClient(dialRelay(relay));
    expect(await late.closed()).toBe(1001);
    const restarted = await makeWorld({}, { store, clock });
    const again = await TestClient.signIn(dialRelay(restarted.relay), "device", home.bob.phone.sign, home.log);
    expect(again.welcome?.size).toBe(home.size + 1);
  });

  test("[L0a] a log that is read again from the store after hundreds of entries goes on as if it had never been away", async () => {
    const { alice, entry, home, store, clock } = await scene();
    for (let i = 0; i < 12; i++) await alice.push(...Array.from({ length: 50 }, (_, j) => entry(i * 50 + j)));
    const restarted = await makeWorld({}, { store, clock });
    const again = await TestClient.signIn(dialRelay(restarted.relay), "device", home.alice.phone.sign, home.log);
    await again.push(entry(5_000), entry(5_001));
    again.send({ t: "subscribe", from: 0, window: 1_024 });
    let tail = LogTail.empty(home.log);
    for (const page of await again.entries(home.size + 602)) {
      const next = tail.accept(page.from, page.items, page.note, originOf(NAME, home.log), home.logKey);
      if (!next.ok) throw new Error(`${next.error.code} at ${next.error.seq}`);
      tail = next.value.tail;
    }
    expect(tail.verified?.checkpoint.size).toBe(home.size + 602);
  });
});

describe("mailboxes", () => {
  const box = toId<MailboxId>(new Uint8Array(32).fill(5));
  const open = async (world: World, name: string): Promise<TestClient> =>
    TestClient.signIn(dialRelay(world.relay), "mail", makePerson(name).phone.sign, null);

  test("[C3] what is put is taken in order; who has everything is told of more", async () => {
    const world = await makeWorld();
    const [a, b] = [await open(world, "alice"), await open(world, "bob")];
    a.send({ t: "mail-put", box, m: utf8("one") });
    a.send({ t: "mail-put", box, m: utf8("two") });
    await a.settled();
    b.send({ t: "mail-take", box, after: 0 });
    expect((await b.next("mail")).items.map((i) => i.n)).toEqual([1, 2]);
    a.send({ t: "mail-put", box, m: utf8("three") });
    expect((await b.next("mail")).items.map((i) => i.n)).toEqual([3]);
    b.send({ t: "mail-take", box, after: 2 });
    expect((await b.next("mail")).items.map((i) => i.n)).toEqual([3]);
    b.send({ t: "mail-take", box: toId<MailboxId>(new Uint8Array(32)), after: 0 });
    expect((await b.next("mail")).items).toEqual([]);
  });

  test("[C3] an answer stays below a frame; a full box says so; mail lives an hour", async () => {
    const world = await makeWorld({ mailItems: 6 });
    const a = await open(world, "alice");
    for (let i = 0; i < 7; i++) a.send({ t: "mail-put", box, m: new Uint8Array(262_144).fill(i) });
    expect((await a.next("error")).code).toBe("mailbox-full");
    const got: number[] = [];
    for (let after = 0; ; after = got.at(-1) ?? 0) {
      a.send({ t: "mail-take", box, after });
      const { items } = await a.next("mail");
      if (items.length === 0) break;
      got.push(...items.map((i) => i.n));
    }
    expect(got).toEqual([1, 2, 3, 4, 5, 6]);
    world.clock.pass(50 * 60_000);
    await world.relay.committer.idle();
    const early = await open(world, "bob");
    early.send({ t: "mail-take", box, after: 5 });
    expect((await early.next("mail")).items.map((i) => i.n)).toEqual([6]);
    world.clock.pass(21 * 60_000);
    const later = await open(world, "bob");
    later.send({ t: "mail-take", box, after: 0 });
    expect((await later.next("mail")).items).toEqual([]);
  });

  test("[C3] guessing and filling are slowed for the address, whatever keys it signs in with", async () => {
    const world = await makeWorld({ mailBurst: 10, mailPerSecond: 1, mailBytesBurst: 1_000, mailBytesPerSecond: 10 });
    const from = async (name: string, address: string): Promise<TestClient> =>
      TestClient.signIn(dialRelay(world.relay, { address }), "mail", makePerson(name).phone.sign, null);
    const guess = (client: TestClient, n: number): void =>
      client.send({ t: "mail-take", box: toId<MailboxId>(new Uint8Array(32).fill(n)), after: 0 });
    const [a, b, other] = [await from("alice", "one"), await from("bob", "one"), await from("eve", "two")];
    for (let n = 0; n < 5; n++) guess(a, n);
    for (let n = 0; n < 5; n++) await a.next("mail");
    for (let n = 0; n < 6; n++) guess(b, n);
    for (let n = 0; n < 5; n++) await b.next("mail");
    expect((await b.next("error")).code).toBe("rate");
    guess(other, 0);
    expect((await other.next("mail")).items).toEqual([]);
    world.clock.pass(20_000);
    other.send({ t: "mail-put", box, m: new Uint8Array(900) });
    other.send({ t: "mail-put", box, m: new Uint8Array(900) });
    expect(await other.next("error")).toMatchObject({ code: "rate", retry: true });
  });

  test("[C3] all mailboxes together have a limit, and one connection is told of a few", async () => {
    const world = await makeWorld({ mailTotal: 1_000, mailWatched: 2 });
    const a = await open(world, "alice");
    const at = (n: number): MailboxId => toId<MailboxId>(new Uint8Array(32).fill(n));
    a.send({ t: "mail-put", box: at(1), m: new Uint8Array(600) });
    a.send({ t: "mail-put", box: at(2), m: new Uint8Array(600) });
    expect((await a.next("error")).code).toBe("mailbox-full");
    for (const n of [1, 2, 3]) a.send({ t: "mail-take", box: at(n), after: 0 });
    expect([(await a.next("mail")).items.length, (await a.next("mail")).items.length]).toEqual([1, 0]);
    expect((await a.next("error")).code).toBe("rate");
    world.clock.pass(71 * 60_000);
    const b = await open(world, "bob");
    b.send({ t: "mail-put", box: at(2), m: new Uint8Array(600) });
    b.send({ t: "mail-take", box: at(2), after: 0 });
    expect((await b.next("mail")).items.length).toBe(1);
  });
});
