import { utf8 } from "@countersign/shared/base/bytes";
import type { BundleRule } from "@countersign/shared/sync/bundling";
import { spansOf } from "@countersign/shared/entry/runs";
import type { Hex32 } from "@countersign/shared/base/ids";
import type { RelayMessage } from "@countersign/shared/wire/messages";
import { beforeAll, describe, expect, test } from "vitest";
import { falseBundle, looseEntries, type Lie, type Loose } from "./false-bundles.ts";
import { awake, DEVICES, household, linkSecond, makeFamily, quiet, wakeAll } from "./family.ts";
import { expectPeace, expectSame, picture } from "./invariants.ts";
import { Mallory } from "./mallory.ts";
import { logOf } from "./schedule.ts";
import { type World, type Device, type Saved } from "./world.ts";

const NEVER: BundleRule = { entries: 1_000, age: 0, idle: 1_000 };
const SOON: BundleRule = { entries: 4, age: 0, idle: 1_000 };

type Entries = Extract<RelayMessage, { t: "entries" }>;

describe("hostile bundles", () => {
  let saved: Saved;
  beforeAll(async () => {
    saved = await makeFamily(33);
  });

  async function talk(world: World, count = 8): Promise<void> {
    const { log } = household(world.device("ana"));
    for (let i = 0; i < count; i++) {
      const { replica } = world.device(i % 2 === 0 ? "ana" : "ben");
      await world.get(replica.sendMessage({ log, subject: `S ${String(i)}`, text: `Text ${String(i)}`, files: [] }));
      await world.time.pass(600);
    }
    const expense = { category: "School", amount: 4_000, currency: "EUR", share: 5_000, spent: "2026-03-30", files: [] };
    await world.get(world.device("ana").replica.addExpense({ log, title: "Shoes", ...expense }));
    await quiet(world);
  }

  async function dropped(world: World): Promise<readonly number[]> {
    const page = await world.relayStore.page(logOf(world), 0, 10_000, 1e9, new Set(["charter", "messages", "expenses"]));
    return page.filter((e) => e.author !== null && e.body === null).map((e) => e.seq);
  }

  const codesOf = async (device: Device): Promise<readonly (readonly [string, string])[]> =>
    (await device.replica.faults()).map((f) => [f.code, f.who] as const);

  /** The bundles and what each device made of them, alike on all. */
  function states(world: World): readonly string[] {
    const [first, ...rest] = DEVICES.map((n) => [...household(world.device(n)).ledger.bundles].map((b) => `${String(b.seq)} ${b.state}`));
    for (const other of rest) expect(other).toEqual(first);
    return (first ?? []).map((s) => s.replace(/^\d+ /, ""));
  }

  const change = (e: Loose, of: (body: Loose["body"]) => Loose["body"]): Loose => ({ ...e, body: of(e.body) });
  const first = (list: readonly Loose[], of: (e: Loose) => Loose): readonly Loose[] => list.map((e, i) => (i === 0 ? of(e) : e));

  const LIES: readonly (readonly [name: string, lie: (honest: readonly Loose[], world: World) => Lie | Promise<Lie>])[] = [
    ["does not commit to the headers that it covers", (entries) => ({ entries, commitment: "ab".repeat(32) as Hex32 })],
    ["commits to other headers", (entries) => ({ entries, leaves: entries.map(() => new Uint8Array(32)) })],
    [
      "leaves a change out",
      (entries) => ({
        entries: first(entries, (e) => change(e, (b) => ({ ...b, changes: [] }))).slice(1),
        seqs: entries.map((e) => e.seq),
      }),
    ],
    ["turns two entries round", (entries) => ({ entries: [...entries].reverse(), seqs: entries.map((e) => e.seq) })],
    [
      "tells a signature wrongly",
      (entries) => ({
        entries: first(entries, (e) =>
          change(e, (b) => ({ ...b, changes: b.changes.map((c) => ({ ...c, signature: new Uint8Array(64) as never })) })),
        ),
      }),
    ],
    ["tells another secret", (entries) => ({ entries: first(entries, (e) => change(e, (b) => ({ ...b, secret: new Uint8Array(32) }))) })],
    [
      "leaves out the relay's notes, which no commitment covers",
      (entries) => ({ entries: entries.map((e) => change(e, (b) => ({ ...b, notes: [] }))) }),
    ],
    [
      "adds a file key",
      (entries) => ({
        entries: first(entries, (e) =>
          change(e, (b) => ({ ...b, fileKeys: [{ file: "cd".repeat(32) as never, key: new Uint8Array(32) as never }] })),
        ),
      }),
    ],
    [
      "holds more than it covers",
      (entries) => ({ entries, seqs: entries.slice(1).map((e) => e.seq), leaves: entries.slice(1).map((e) => e.leaf) }),
    ],
    [
      "covers an entry of another book",
      async (entries, world) => {
        const other = (await looseEntries(world, "expenses"))[0];
        if (!other) throw new Error("an expense");
        const all = [...entries, { ...other, body: entries[0]?.body ?? other.body }].sort((a, b) => a.seq - b.seq);
        return { entries: all };
      },
    ],
    ["covers a statement", (entries) => ({ entries: [{ ...(entries[0] as Loose), seq: 0 }, ...entries] })],
    ["is garbage under a good signature", (entries) => ({ entries, body: utf8("garbage".repeat(20)) })],
    ["opens to garbage", (entries) => ({ entries, plain: utf8("garbage") })],
  ];

  test("[L8c] a false bundle of a parent's device is named whatever its lie, nothing is dropped, and an honest one comes after it", async () => {
    const world = await awake(saved, 1, NEVER);
    await talk(world);
    const mallory = await Mallory.of(world);
    const honest = await looseEntries(world);
    expect(honest.length).toBeGreaterThan(7);
    for (const [i, [name, lie]] of LIES.entries()) {
      const { n, error } = await mallory.push([falseBundle(world, mallory, await lie(honest, world))]);
      expect(error, name).toBeUndefined();
      await quiet(world);
      expect(states(world), name).toEqual(Array.from({ length: i + 1 }, () => "false"));
      for (const device of DEVICES) {
        const faults = await world.device(device).replica.faults();
        expect(
          faults.map((f) => [f.code, f.who, f.seq]),
          name,
        ).toContainEqual(["device-bundle", mallory.device, n[0]]);
      }
    }
    expect(await dropped(world)).toEqual([]);
    const before = await picture(world, world.device("ana"));
    // Everybody restarts, and now they bundle: the entries are still loose for them.
    for (const name of DEVICES) world.device(name).kill();
    world.bundling = SOON;
    await wakeAll(world);
    await quiet(world);
    expect(states(world).filter((s) => s === "sound").length).toBeGreaterThan(0);
    expect(await dropped(world)).toEqual(expect.arrayContaining(honest.map((e) => e.seq)));
    const fresh = await linkSecond(world, world.device("ana"), "ana3");
    await quiet(world);
    const now = await picture(world, fresh);
    expectSame({ ...now, tail: "" }, { ...(await picture(world, world.device("ben"))), tail: "" }, "the fresh device");
    expect(now.records).toEqual(before.records);
    for (const [code, who] of await codesOf(fresh)) expect([code, who]).toEqual(["device-bundle", mallory.device]);
    await world.close();
  });

  test("[L8d] a hostile device's acknowledgements do not stand for the other parent", async () => {
    const world = await awake(saved, 2, NEVER);
    await talk(world);
    const mallory = await Mallory.of(world);
    for (const name of ["ana", "ana2"]) world.net.offline(name, true);
    const { n } = await mallory.push([falseBundle(world, mallory, { entries: await looseEntries(world) })]);
    await world.time.pass(20_000);
    // An honest bundle by a hostile device: its own parent's word, and no more.
    expect(await dropped(world)).toEqual([]);
    for (const name of ["ana", "ana2"]) world.net.offline(name, false);
    await quiet(world);
    expect(states(world)).toEqual(["sound"]);
    expect((await dropped(world)).length).toBeGreaterThan(0);
    for (const name of DEVICES) await expectPeace(world.device(name));
    expect(household(world.device("ana")).ledger.bundle(n[0] ?? -1)?.settled).toBe(true);
    await world.close();
  });

  /** Ana has made a bundle that nobody of ben's has seen. */
  async function unsettled(seed: number): Promise<{ world: World; seq: number; covers: readonly number[] }> {
    const world = await awake(saved, seed, NEVER);
    await talk(world);
    for (const name of DEVICES) world.device(name).kill();
    world.bundling = SOON;
    for (const name of ["ana", "ana2"]) await world.device(name).boot();
    const sound = () => [...household(world.device("ana")).ledger.bundles].find((b) => b.state === "sound");
    await world.time.until(() => sound() !== undefined);
    await world.time.pass(5_000);
    const bundle = sound();
    if (!bundle) throw new Error("a bundle");
    expect(await dropped(world)).toEqual([]);
    return { world, seq: bundle.seq, covers: bundle.covers };
  }

  async function dropEarly(world: World, seq: number, covers: readonly number[]): Promise<void> {
    world.relayDown();
    await world.relayStore.commit([{ t: "drop", log: logOf(world), bundle: seq, channel: "messages", spans: spansOf(covers) }]);
    await world.relayUp();
  }

  test("[L8e] a relay that drops before both parents answered is named by who needs it; who has the bodies loses nothing", async () => {
    const { world, seq, covers } = await unsettled(3);
    const ana = world.device("ana");
    await dropEarly(world, seq, covers);
    const fresh = await linkSecond(world, ana, "ana3");
    await world.time.pass(20_000);
    expect(await codesOf(fresh)).toContainEqual(["relay-dropped", "relay"]);
    expectSame(await picture(world, fresh), await picture(world, ana), "the fresh device");
    // It goes on, and stays named after a restart. Those who had everything before have nothing to reproach.
    fresh.kill();
    await fresh.boot();
    await wakeAll(world);
    await quiet(world);
    expect(await codesOf(fresh)).toContainEqual(["relay-dropped", "relay"]);
    for (const name of DEVICES) {
      expectSame(await picture(world, world.device(name)), await picture(world, ana), name);
      await expectPeace(world.device(name));
    }
    await world.close();
  });

  test("[L8f] a relay that keeps a bundle back, or gives another, is found and named; with the right one all is well", async () => {
    const { world, seq, covers } = await unsettled(4);
    await wakeAll(world);
    await quiet(world);
    expect((await dropped(world)).length).toBeGreaterThan(3);
    const ana = world.device("ana");
    const meddlers: readonly ((m: Entries) => Entries)[] = [
      ({ bundle: _, ...m }) => m,
      (m) => ({ ...m, ...(m.bundle ? { bundle: { ...m.bundle, b: m.bundle.b.map((b, i) => (i === 40 ? b ^ 1 : b)) } } : {}) }),
      (m) => ({
        ...m,
        ...(m.bundle ? { bundle: { ...m.bundle, a: m.items[0] instanceof Uint8Array ? m.bundle.a : (m.items[0]?.a ?? m.bundle.a) } } : {}),
      }),
    ];
    for (const [i, meddle] of meddlers.entries()) {
      const name = `ana${String(3 + i)}`;
      world.net.meddler = {
        toDevice: (device, message) => [device === name && message.t === "entries" ? meddle(message) : message],
      };
      const device = world.device(name);
      const linked = linkSecond(world, ana, name).catch(() => undefined);
      await world.time.until(async () => device.isRunning && (await device.replica.faults()).length > 0);
      expect((await device.replica.faults()).map((f) => [f.code, f.who])).toEqual([["relay-body", "relay"]]);
      world.net.meddler = undefined;
      // The app goes on; once the relay gives what it has, everything is there.
      await device.replica.syncNow();
      await linked;
      await quiet(world);
      const ledger = household(device).ledger.bundle(seq);
      expect([ledger?.state, ledger?.covers]).toEqual(["sound", covers]);
      expectSame(await picture(world, device), await picture(world, ana), name);
    }
    await world.close();
  });

  test("[L8e] a relay in league with a parent drops for a bundle without the notes: both are named, and the other parent's devices lose nothing", async () => {
    const world = await awake(saved, 5, NEVER);
    await talk(world);
    const mallory = await Mallory.of(world);
    const before = (await picture(world, world.device("ana"))).records;
    const entries = (await looseEntries(world)).map((e) => change(e, (b) => ({ ...b, notes: [] })));
    const { n } = await mallory.push([falseBundle(world, mallory, { entries })]);
    const seq = n[0] ?? -1;
    await quiet(world);
    const covers = household(world.device("ana")).ledger.bundle(seq)?.covers ?? [];
    await dropEarly(world, seq, covers);
    const fresh = await linkSecond(world, world.device("ana"), "ana3");
    await world.time.pass(20_000);
    const codes = await codesOf(fresh);
    expect(codes).toContainEqual(["relay-dropped", "relay"]);
    // What it was given lacks the notes that the entries are bound to (L1b): nothing of it is taken.
    expect(codes).toContainEqual(["device-bundle", mallory.device]);
    const aside = (await fresh.replica.history(logOf(world), { types: ["set-aside"] }, 0, 100)).rows.map((r) => r.reason);
    expect(aside).not.toContain("change-checkpoint-missing");
    for (const name of DEVICES) expect((await picture(world, world.device(name))).records).toEqual(before);
    await world.close();
  });
});
