import { idBytes, toId } from "@countersign/shared/base/bytes";
import type { DeviceId } from "@countersign/shared/base/ids";
import { frameOn, makeStatement } from "@countersign/shared/charter/sign";
import type { BoxKeyId, SignerId } from "@countersign/shared/charter/types";
import { boxKeyPair } from "@countersign/shared/crypto/box";
import { signKeyPair, type SignKeyPair } from "@countersign/shared/crypto/sign";
import { sealChanges } from "@countersign/shared/entry/body";
import { makeAuthorPart, makeRelayPart, parseAuthorPart, parseHeader } from "@countersign/shared/entry/header";
import type { FaultCode } from "@countersign/shared/replica/sync-view";
import { checkProof } from "@countersign/shared/fault-proof/check";
import type { Proven } from "@countersign/shared/fault-proof/report";
import type { EntriesItem, PushEntry, RelayMessage } from "@countersign/shared/wire/messages";
import { beforeAll, describe, expect, test } from "vitest";
import { checkpointSigner, openState } from "../../sync-server/src/log/open.ts";
import { charterEntry } from "../../sync-server/test/client.ts";
import { household, isLive, makeFamily, quiet } from "./family.ts";
import { expectKept } from "./invariants.ts";
import { logOf } from "./schedule.ts";
import { RELAY_NAME, World, type Device, type Saved } from "./world.ts";

type Entries = Extract<RelayMessage, { t: "entries" }>;
type Full = Exclude<EntriesItem, Uint8Array>;

describe("a hostile relay", () => {
  let saved: Saved;
  let seed = 100;
  beforeAll(async () => {
    saved = await makeFamily(9);
  });

  async function family(): Promise<World> {
    const world = await World.from(saved, seed++);
    for (const device of world.devices.values()) await device.boot();
    await quiet(world);
    return world;
  }

  const say = (world: World, device: Device, text = "T") =>
    world.get(device.replica.sendMessage({ log: logOf(world), subject: text, text, files: [] }));

  /** Changes the next run of entries that a device is to get, once. */
  function meddle(world: World, name: string, change: (message: Entries) => readonly RelayMessage[]): void {
    world.net.meddler = {
      toDevice: (device, message) => {
        if (device !== name || message.t !== "entries" || message.items.length === 0) return [message];
        world.net.meddler = undefined;
        return change(message);
      },
    };
  }

  /** Found, named, kept with evidence; the app goes on without the relay. */
  async function expectStopped(world: World, device: Device, codes: readonly FaultCode[], proven?: Proven): Promise<void> {
    const log = logOf(world);
    await world.time.until(async () => (await device.replica.sync(log)).state === "stopped");
    const view = await device.replica.sync(log);
    if (view.state !== "stopped") throw new Error("stopped");
    expect(codes).toContain(view.fault.code);
    expect(view.fault.who).toBe("relay");
    const proof = await world.get(device.replica.faultProof(view.fault.id));
    const checked = checkProof(proof);
    if (!checked.ok) throw new Error(checked.error.code);
    expect(checked.value.proven).toBe(proven);
    expect(checked.value).toMatchObject(proven ? { holds: true, relay: RELAY_NAME, log } : { holds: false, reason: "kept" });
    expect(view.fault.portable).toBe(proven !== undefined);
    expect((await device.replica.history(log, { types: ["fault"] }, 0, 10)).rows.map((r) => r.what)).toContain(`fault.${view.fault.code}`);
    const record = await say(world, device, "Written offline");
    const after = await device.replica.sync(log);
    if (after.state !== "stopped") throw new Error("stopped");
    expect(after.unsent).toBeGreaterThan(view.unsent);
    expect((await device.replica.message(log, record))?.proof.state).toBe("saved");
  }

  /** Ana writes twice while ben is away; then ben gets it all at once, changed. */
  async function changed(change: (message: Entries) => readonly RelayMessage[], codes: readonly FaultCode[]): Promise<void> {
    const world = await family();
    const [ana, ben] = [world.device("ana"), world.device("ben")];
    world.net.offline("ben", true);
    await say(world, ana, "one");
    await say(world, ana, "two");
    await quiet2(world);
    meddle(world, "ben", change);
    world.net.offline("ben", false);
    await expectStopped(world, ben, codes);
    await world.close();
  }

  const quiet2 = (world: World): Promise<void> => world.time.pass(3_000);
  const full = (m: Entries): Full[] => m.items.filter((i): i is Full => !(i instanceof Uint8Array));
  const flip = (bytes: Uint8Array, at: number): Uint8Array => Uint8Array.from(bytes, (b, i) => (i === at ? b ^ 1 : b));
  const first = (m: Entries, change: (item: Full) => EntriesItem): readonly RelayMessage[] => [
    { ...m, items: m.items.map((item, i) => (i === 0 && !(item instanceof Uint8Array) ? change(item) : item)) },
  ];

  test.each<readonly [name: string, change: (m: Entries) => readonly RelayMessage[], codes: readonly FaultCode[]]>([
    ["leaves an entry out", (m) => [{ ...m, items: m.items.slice(1) }], ["relay-sequence", "relay-chain"]],
    ["leaves an entry out and counts on", (m) => [{ ...m, from: m.from + 1, items: m.items.slice(1) }], ["relay-sequence"]],
    ["turns two entries round", (m) => [{ ...m, items: [...m.items].reverse() }], ["relay-sequence", "relay-chain"]],
    ["says the same twice", (m) => [m, m], ["relay-sequence"]],
    ["changes a sealed body", (m) => first(m, (i) => ({ ...i, b: i.b && flip(i.b, 30) })), ["relay-body"]],
    ["keeps a body back", (m) => first(m, (i) => ({ ...i, b: null })), ["relay-body"]],
    ["shows a leaf for an entry that may be read", (m) => first(m, (i) => leafOf(i)), ["relay-chain"]],
    [
      "changes what the author signed",
      (m) => first(m, (i) => ({ ...i, a: flip(i.a, i.a.length - 1) })),
      ["relay-signature", "relay-header"],
    ],
    ["puts garbage for a header", (m) => first(m, (i) => ({ ...i, r: Uint8Array.of(1, 2, 3) })), ["relay-header"]],
    ["turns its clock back", (m) => first(m, (i) => ({ ...i, r: relayPart(i, { time: 1 }) })), ["relay-time", "relay-fork"]],
    [
      "changes the time of an entry",
      (m) => {
        const [item] = full(m);
        if (!item) throw new Error("an entry");
        // Alone, so that the changed leaf meets the note and not the next entry's chain.
        return [{ ...m, items: [{ ...item, r: relayPart(item, { plus: 5 }) }, ...m.items.slice(1)] }];
      },
      ["relay-chain", "relay-fork"],
    ],
    ["signs nothing over what it says", (m) => [{ ...m, note: (m.note ?? "").replace(/^./m, "x") }], ["relay-checkpoint"]],
    [
      "signs with another key",
      (m) => [
        {
          ...m,
          note: checkpointSigner(RELAY_NAME, currentLog, new Uint8Array(32).fill(7)).sign(m.from + m.items.length, new Uint8Array(32), 1),
        },
      ],
      ["relay-checkpoint"],
    ],
  ])("[L2] that %s is found, named and kept as evidence; the app goes on offline", async (_name, change, codes) => {
    await changed(change, codes);
  });

  let currentLog = "" as ReturnType<typeof logOf>;
  beforeAll(async () => {
    const world = await World.from(saved, 1);
    await world.device("ana").boot();
    currentLog = logOf(world);
    await world.close();
  });

  test("[L5] a signed checkpoint over other contents is a fork that shows", async () => {
    const world = await family();
    const log = logOf(world);
    const record = await world.relayStore.log(log);
    if (!record) throw new Error("a log");
    const signer = checkpointSigner(RELAY_NAME, log, record.keySeed);
    meddle(world, "ben", (m) => [{ ...m, note: signer.sign(m.from + m.items.length, new Uint8Array(32).fill(1), world.time.now()) }]);
    await say(world, world.device("ana"));
    await expectStopped(world, world.device("ben"), ["relay-fork"]);
    await world.close();
  });

  test("[L2] a relay that rolled back is found at the next sign-in", async () => {
    const world = await family();
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
    const world = await family();
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
    const world = await family();
    const log = logOf(world);
    const old = world.relayStore.copy();
    world.net.offline("ben", true);
    await say(world, world.device("ana"), "one");
    await say(world, world.device("ana"), "two");
    await quiet2(world);
    world.relayDown();
    world.relayStore = old;
    await world.relayUp();
    await expectStopped(world, world.device("ana"), ["relay-rollback"], "rollback");
    // Ben was away and knows of no loss: what he writes takes the place of what the relay lost.
    world.net.offline("ben", false);
    await say(world, world.device("ben"), "another");
    await quiet2(world);
    const refused = await world.time.answer(world.device("ana").replica.restoreRelay(log, "job"));
    expect(refused).toMatchObject({ ok: false, error: { code: "relay-went-on" } });
    await world.time.until(async () => (await world.device("ana").replica.faults()).some((f) => f.code === "relay-fork"));
    await world.close();
  });

  test("[L2] a relay that rolled back and went on with another history is found", async () => {
    const world = await family();
    const old = world.relayStore.copy();
    await say(world, world.device("ana"));
    await quiet(world);
    world.net.offline("ben", true);
    world.relayDown();
    world.relayStore = old;
    await world.relayUp();
    // ana2 was restored from before, in league with the relay, and writes what takes the place of ana's entry.
    const ana2 = world.device("ana2");
    ana2.kill();
    ana2.rows = saved.devices.get("ana2")?.reopened() ?? ana2.rows;
    await ana2.boot();
    for (const text of ["x", "y"]) await say(world, ana2, text);
    await world.time.pass(3_000);
    world.net.offline("ben", false);
    await expectStopped(world, world.device("ben"), ["relay-fork", "relay-chain"], "fork");
    await world.close();
  });

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

  /** Ben has what ana wrote; the relay goes back behind it, ana2 was restored from before and writes on in its place, and ben is told that. */
  async function otherHistory(
    mine: (world: World) => Promise<unknown>,
    theirs: readonly ((world: World) => Promise<unknown>)[],
    wait = 2_000,
  ): Promise<World> {
    const world = await family();
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
    await world.time.pass(3_000);
    return world;
  }

  const spend = (world: World, device: Device, title: string) =>
    world.get(
      device.replica.addExpense({
        ...{ log: logOf(world), title, category: "School", amount: 1_000, currency: "EUR", share: 5_000, spent: "2026-03-30", files: [] },
      }),
    );

  test("[L2] another history that comes in pages is a fork from its first page on, with a proof for others", async () => {
    const says = (text: string) => (world: World) => say(world, world.device("ana2"), text);
    const world = await otherHistory((w) => say(w, w.device("ana")), ["v", "w", "x", "y", "z"].map(says));
    paged(world, "ben", 2);
    world.net.offline("ben", false);
    await expectStopped(world, world.device("ben"), ["relay-fork"], "fork");
    expect((await world.device("ben").replica.faults()).map((f) => f.code)).toEqual(["relay-fork"]);
    await world.close();
  });

  test("[L2] another history whose first page fits, since what differs is in another channel, is a fork with a proof too", async () => {
    const says = (text: string) => (world: World) => say(world, world.device("ana2"), text);
    const world = await otherHistory(
      (w) => spend(w, w.device("ana"), "Mine"),
      // At once, so that none of them names a checkpoint of that history.
      [(w) => spend(w, w.device("ana2"), "Theirs"), ...["w", "x", "y", "z"].map(says)],
      0,
    );
    paged(world, "ben", 1);
    world.net.offline("ben", false);
    await expectStopped(world, world.device("ben"), ["relay-fork"], "fork");
    await world.close();
  });

  test("[L2] a shorter history that is not the beginning of what was verified is a fork, and not a relay that lost its end", async () => {
    const world = await otherHistory(
      async (w) => {
        for (const text of ["one", "two", "three"]) await say(w, w.device("ana"), text);
      },
      [(w) => say(w, w.device("ana2"), "other")],
    );
    world.net.offline("ben", false);
    await expectStopped(world, world.device("ben"), ["relay-fork"], "fork");
    await world.close();
  });

  test("[L6] two histories told to two parents come to light with the first entry that crosses, and stay so after a restart", async () => {
    const world = await family();
    const log = logOf(world);
    const [ana, ben] = [world.device("ana"), world.device("ben")];
    const apart = world.relayStore.copy();
    // One history for ana …
    for (const name of ["ben", "ben2"]) world.net.offline(name, true);
    for (const text of ["one", "two"]) await say(world, ana, text);
    await quiet2(world);
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

  /** The relay takes an entry into its log that it should have refused. */
  async function append(world: World, entry: PushEntry): Promise<string> {
    const log = currentLog;
    const opened = await openState(world.relayStore, log);
    const author = parseAuthorPart(entry.a);
    if (!opened || !author.ok) throw new Error("a log and an entry");
    const { state } = opened;
    const made = state.append(author.value, entry.a, entry.b, state.next(world.time.now()), state.charter);
    await world.relayStore.commit([{ t: "entry", log, id: toId(idBytes(author.value.commitment)), entry: made.entry }]);
    return checkpointSigner(RELAY_NAME, log, opened.keySeed).sign(state.size, state.root(), state.time);
  }

  test("[C10] an invented device in the charter is the relay's fault", async () => {
    const world = await family();
    const ben = world.device("ben");
    const session = household(ben);
    const stranger = signKeyPair(new Uint8Array(32).fill(3));
    const { charter } = session;
    if (!charter) throw new Error("a charter");
    const signed = makeStatement(
      {
        ...frameOn(charter, toId<DeviceId & SignerId>(stranger.publicKey), null),
        type: "link",
        device: { sign: toId<DeviceId>(stranger.publicKey), box: toId<BoxKeyId>(boxKeyPair(new Uint8Array(32).fill(4)).publicKey) },
        level: 1,
      },
      [stranger, stranger],
    );
    world.net.offline("ben", true);
    world.relayDown();
    const note = await append(world, charterEntry(session.log, signed, stranger.secretKey));
    const [entry] = await world.relayStore.page(session.log, session.position(), 1, 1e9, new Set(["charter"]));
    if (!entry || entry.author === null) throw new Error("the entry");
    // The relay's own start would refuse its store; it is enough that it says so to ben.
    world.relayStore = saved.relay.copy();
    await world.relayUp();
    await world.time.pass(1_000);
    world.net.meddler = {
      toDevice: (device, message, wire) => {
        if (device === "ben" && message.t === "welcome" && message.token !== "" && message.size === session.position()) {
          world.time.after(500, () => {
            wire.inject({ t: "entries", from: entry.seq, items: [{ a: entry.author, r: entry.relay, b: entry.body }], note });
          });
        }
        return [message];
      },
    };
    world.net.offline("ben", false);
    await expectStopped(world, ben, ["relay-charter"], "charter");
    await world.close();
  });

  test("[L2] an entry invented by the relay under a key that is nobody's is set aside and named; syncing goes on", async () => {
    const world = await family();
    const stranger = signKeyPair(new Uint8Array(32).fill(5));
    await slip(world, stranger, 0);
    const ben = world.device("ben");
    const faults = (await ben.replica.faults()).filter((f) => f.log === currentLog);
    expect(faults.map((f) => [f.code, f.who])).toContainEqual(["device-body", toId(stranger.publicKey)]);
    const record = await say(world, world.device("ana"), "after it");
    await quiet(world);
    await expectKept(ben, [{ record }]);
    await world.close();
  });

  test("[L7] an entry let in under an epoch that had been replaced is read, and the relay named", async () => {
    const world = await family();
    const ben = world.device("ben");
    const before = household(ben).keyOf("messages")?.epoch ?? 0;
    expect(before).toBeGreaterThan(0);
    await slip(world, household(world.device("ana")).signKeys, before - 1);
    const faults = (await ben.replica.faults()).filter((f) => f.log === currentLog);
    expect(faults.map((f) => [f.code, f.who])).toContainEqual(["relay-stale-epoch", "relay"]);
    const stale = faults.find((f) => f.code === "relay-stale-epoch");
    expect(checkProof(await world.get(ben.replica.faultProof(stale?.id ?? "")))).toMatchObject({ ok: true, value: { proven: "epoch" } });
    const record = await say(world, world.device("ana2"), "after it");
    await world.time.until(async () => (await ben.replica.message(currentLog, record)) !== undefined);
    expect(isLive(household(ben))).toBe(true);
    await world.close();
  });

  /** Puts an entry of these keys into the log past every check of the relay, and waits until all have it. */
  async function slip(world: World, keys: SignKeyPair, epoch: number): Promise<void> {
    for (const name of ["ana", "ana2"]) world.device(name).kill();
    await world.time.pass(1_000);
    world.relayDown();
    const sealed = sealChanges({
      log: currentLog,
      device: toId<DeviceId>(keys.publicKey),
      epoch,
      key: new Uint8Array(32) as never,
      body: {
        book: { channel: "messages", period: "2026-03", shard: 0 },
        secret: new Uint8Array(32),
        changes: [{ bytes: Uint8Array.of(1), signature: new Uint8Array(64) as never, tag: { kind: "message", root: "" } }],
        notes: [],
        fileKeys: [],
      },
      random: world.chance.bytes,
    });
    await append(world, { a: makeAuthorPart(sealed.placement, sealed.body, keys.secretKey), b: sealed.body });
    await world.relayUp();
    await world.time.until(
      () =>
        household(world.device("ben")).position() === household(world.device("ben2")).position() && isLive(household(world.device("ben"))),
    );
    await world.time.pass(5_000);
    for (const name of ["ana", "ana2"]) await world.device(name).boot();
    await world.time.pass(5_000);
  }

  test("[L3] an entry that got its receipt and never came back stays 'saved' and unsent", async () => {
    const world = await family();
    const ana = world.device("ana");
    const log = logOf(world);
    world.net.meddler = {
      toDevice: (device, message) => (device === "ana" && message.t === "entries" ? [] : [message]),
    };
    const record = await say(world, ana);
    await world.time.pass(20_000);
    expect((await ana.replica.message(log, record))?.proof.state).toBe("saved");
    expect(await ana.replica.sync(log)).toMatchObject({ state: "waiting", unsent: 1 });
    await world.close();
  });

  test("[L6] a relay whose clock is hours off is shown with the entry", async () => {
    const world = await family();
    for (const device of world.devices.values()) device.skew = -3 * 3_600_000;
    const ana = world.device("ana");
    const record = await say(world, ana);
    await quiet(world);
    expect((await world.device("ben").replica.message(logOf(world), record))?.proof.clockOff).toBe(true);
    await world.close();
  });
});

const leafOf = (item: Full): Uint8Array => {
  const header = parseHeader(item.a, item.r);
  if (!header.ok) throw new Error("a header");
  return header.value.leaf;
};

const relayPart = (item: Full, what: { time?: number; plus?: number }): Uint8Array => {
  const header = parseHeader(item.a, item.r);
  if (!header.ok) throw new Error("a header");
  const { relay } = header.value;
  return makeRelayPart({ ...relay, time: what.time ?? relay.time + (what.plus ?? 0) });
};
