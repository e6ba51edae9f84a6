import { beforeAll, describe, expect, test, vi } from "vitest";
import { toId } from "@countersign/shared/base/bytes";
import type { Hex32 } from "@countersign/shared/base/ids";
import type { LogKeyId } from "@countersign/shared/charter/types";
import { initCrypto } from "@countersign/shared/crypto/init";
import { ENTRY_KIND, makeRelayPart, parseRelayPart, type Placement } from "@countersign/shared/entry/header";
import { openCheckpoint } from "@countersign/shared/log/checkpoint";
import { advance, emptyLogState } from "@countersign/shared/sync/log-state";
import { originOf } from "@countersign/shared/log/origin";
import type { RestoreMessage } from "@countersign/shared/wire/messages";
import { STAGE_LIFE } from "../src/log/stage.ts";
import { MemoryStore } from "../src/store/memory.ts";
import { charterEntry, dialRelay, sealedEntry, TestClient } from "./client.ts";
import { epochNow } from "./household.ts";
import { agree, bring, leavingHousehold, OTHER, piece, reserveAt, say, wholeOf, type Item, type Leaving, type Whole } from "./take-over.ts";
import { makeWorld, NAME, type World } from "./world.ts";

vi.setConfig({ testTimeout: 60_000 });
beforeAll(() => initCrypto());

interface Scene extends Leaving {
  readonly next: World;
  /** The key that the new relay keeps for this log. */
  readonly logKey: Hex32;
}

const otherWorld = (clock: World["clock"], keep?: World, limits = {}): Promise<World> =>
  makeWorld(limits, { store: keep?.store ?? new MemoryStore(), clock }, () => ({ name: OTHER }));

/** A household on one relay, and another relay that has kept a key for it. */
async function scene(limits = {}): Promise<Scene> {
  const leaving = await leavingHousehold();
  const next = await otherWorld(leaving.old.clock, undefined, limits);
  return { ...leaving, next, logKey: await reserveAt(dialRelay(next.relay), leaving.home) };
}

describe("a log that moves to a relay that does not know it", () => {
  test("[C8d] is brought in pieces over a restart, seen by nobody until it is whole, and goes on under the new relay's key", async () => {
    const all = await scene();
    const { home, old, next } = all;
    await agree(all, all.logKey);
    const whole = await wholeOf(all);
    const size = whole.items.length;
    await bring(dialRelay(next.relay), home, whole, 0, 70);
    const stranger = new TestClient(dialRelay(next.relay));
    await stranger.hello("device", home.alice.phone.sign, home.log);
    expect((await stranger.find("error")).code).toBe("no-such-log");

    // The relay loses power; what it answered for is there, and the rest follows.
    const again = await otherWorld(old.clock, next);
    const dial = dialRelay(again.relay);
    await bring(dial, home, whole, 70);

    const bob = await TestClient.signIn(dial, "device", home.bob.phone.sign, home.log);
    const opened = openCheckpoint(
      bob.welcome?.note ?? "",
      originOf(OTHER, home.log),
      new Uint8Array(32).map((_, i) => Number.parseInt(all.logKey.slice(2 * i, 2 * i + 2), 16)),
    );
    expect(opened.ok && opened.value.size).toBe(size);
    const more = await bob.push(sealedEntry(home.log, home.bob.phone, new Uint8Array(9), { epoch: epochNow(home.chain) }));
    expect(more.n).toEqual([size]);
    // A reader that knew nothing verifies all of it, headers and places as they were.
    const reader = await TestClient.signIn(dial, "recovery", home.alice.sheet.sign, home.log);
    reader.send({ t: "subscribe", from: 0, window: 1_024 });
    const pages = await reader.entries(size + 1);
    const items = pages.flatMap((p) => p.items) as Item[];
    expect(items.slice(0, size)).toEqual(whole.items);
    const read = advance(emptyLogState(home.log), 0, items, pages.at(-1)?.note ?? "", []);
    expect(read.ok && read.value.state.tail.verified?.checkpoint.size).toBe(size + 1);
    // Whoever still wants to bring it is told that it is here.
    const late = await TestClient.signIn(dial, "move", home.alice.phone.sign, home.log);
    expect(late.welcome?.stage).toBeUndefined();
    // An empty device finds it by the sheet.
    const sheet = await TestClient.signIn(dial, "recovery", home.alice.sheet.sign, null);
    expect(sheet.welcome?.logs).toEqual([home.log]);
  });

  test("[C8d] two devices that bring it at once get it there once", async () => {
    const all = await scene();
    await agree(all, all.logKey);
    const whole = await wholeOf(all);
    const dial = dialRelay(all.next.relay);
    const one = await TestClient.signIn(dial, "move", all.home.alice.phone.sign, all.home.log);
    const two = await TestClient.signIn(dial, "move", all.home.bob.phone.sign, all.home.log);
    const ends: (number | undefined)[] = [];
    for (let from = 0; from < whole.items.length; from += 64) {
      one.send(piece(whole, from));
      two.send(piece(whole, from));
      const both = [await one.find("receipt"), await two.find("receipt")];
      expect(both.filter((r) => r.error === undefined)).toHaveLength(1);
      ends.push(both.find((r) => r.error !== undefined)?.error?.at);
    }
    const bob = await TestClient.signIn(dial, "device", all.home.bob.phone.sign, all.home.log);
    expect(bob.welcome?.size).toBe(whole.items.length);
  });

  test("[C8d] does not come without the other parent's consent, and what was begun is discarded in the end", async () => {
    const all = await scene();
    const { home, next, old } = all;
    const whole = await wholeOf(all);
    await bring(dialRelay(next.relay), home, whole);
    const early = new TestClient(dialRelay(next.relay));
    await early.hello("device", home.bob.phone.sign, home.log);
    expect((await early.find("error")).code).toBe("no-such-log");
    old.clock.pass(STAGE_LIFE + 1_200_000);
    for (let n = 0; n < 50; n++) await new Promise((done) => setImmediate(done));
    const mover = await TestClient.signIn(dialRelay(next.relay), "move", home.bob.phone.sign, home.log);
    expect(mover.welcome).toMatchObject({ size: 0, stage: { offer: [] } });
    expect(await next.store.stages()).toEqual([]);
  });

  const forged: readonly [string, (m: RestoreMessage, whole: Whole) => RestoreMessage, string][] = [
    ["another time", (m) => ({ ...m, entries: m.entries.map((e, i) => (i === 3 ? { ...e, r: later(e.r) } : e)) }), "restore"],
    ["an entry left out", (m) => ({ ...m, entries: m.entries.filter((_, i) => i !== 3) }), "charter-head"],
    ["no proof", (m) => ({ ...m, proof: [] }), "restore"],
    ["no note", (m) => ({ ...m, note: "" }), "restore"],
    ["a statement without its body", (m) => ({ ...m, entries: m.entries.map((e, i) => (i === 2 ? { ...e, b: null } : e)) }), "restore"],
    ["another beginning", (m) => ({ ...m, entries: m.entries.slice(1) }), "charter-rule"],
  ];
  test.each(forged)("[C8d] with %s is refused, and comes as it is after that", async (_name, forge, code) => {
    const all = await scene();
    await agree(all, all.logKey);
    const whole = await wholeOf(all);
    const mover = await TestClient.signIn(dialRelay(all.next.relay), "move", all.home.alice.phone.sign, all.home.log);
    expect((await say(mover, forge(piece(whole, 0), whole))).error?.code).toBe(code);
    await bring(dialRelay(all.next.relay), all.home, whole);
  });

  test("[L10] with more than its members may keep here is refused", async () => {
    const all = await scene({ memberBytes: 40_000 });
    await agree(all, all.logKey);
    const whole = await wholeOf(all);
    const mover = await TestClient.signIn(dialRelay(all.next.relay), "move", all.home.alice.phone.sign, all.home.log);
    const codes: (string | undefined)[] = [];
    for (let from = 0; from < whole.items.length && codes.at(-1) === undefined; from += 64)
      codes.push((await say(mover, piece(whole, from))).error?.code);
    expect(codes.at(-1)).toBe("quota-member");
  });

  test("[C8d] a log can come back to a relay on which it was before", async () => {
    const all = await scene();
    const { home, next, old } = all;
    await agree(all, all.logKey);
    const whole = await wholeOf(all);
    await bring(dialRelay(next.relay), home, whole);
    // Back again: the old relay keeps its key for it.
    const mover = await TestClient.signIn(all.dial, "move", home.alice.phone.sign, home.log);
    mover.send({ t: "reserve" });
    const { logKey } = await mover.find("reserved");
    const there: Scene = { ...all, dial: dialRelay(next.relay) };
    const back = home.chain.make(
      "move-log",
      { size: 1, root: "11".repeat(32) as Hex32, relay: NAME, logKey: toId<LogKeyId>(logKey), address: "https://relay.example" },
      [home.alice.phone],
    );
    const alice = await TestClient.signIn(there.dial, "device", home.alice.phone.sign, home.log);
    await alice.push(charterEntry(home.log, back, home.alice.phone.sign.secretKey));
    home.chain.push(back);
    const consent = home.chain.make("consent", { to: back.id }, [home.bob.phone]);
    const bob = await TestClient.signIn(there.dial, "device", home.bob.phone.sign, home.log);
    await bob.push(charterEntry(home.log, consent, home.bob.phone.sign.secretKey));
    const longer = await wholeOf(there);
    await bring(all.dial, home, longer, whole.items.length);
    const again = await makeWorld({}, { store: old.store, clock: old.clock });
    const home2 = await TestClient.signIn(dialRelay(again.relay), "device", home.bob.phone.sign, home.log);
    expect(home2.welcome?.size).toBe(longer.items.length);
    expect(
      (await home2.push(sealedEntry(home.log, home.bob.phone, new Uint8Array(9), { epoch: epochNow(home.chain) }))).error,
    ).toBeUndefined();
  });
});

describe("a log of which bodies were dropped for a bundle", () => {
  /** Alice bundles the middle of the log, Bob answers for it, and it moves. */
  async function bundled(all: Scene): Promise<{ readonly whole: Whole; readonly covered: readonly number[]; readonly ack: number }> {
    const { home, dial, old } = all;
    const epoch = epochNow(home.chain);
    const covered = Array.from({ length: 40 }, (_, i) => home.size + 20 + i);
    const alice = await TestClient.signIn(dial, "device", home.alice.phone.sign, home.log);
    const change: Partial<Placement> = { kind: ENTRY_KIND.bundle, covers: [home.size + 20, 40] };
    const { n } = await alice.push(sealedEntry(home.log, home.alice.phone, new Uint8Array(500), { epoch, change }));
    const of = n[0] ?? -1;
    const commitment = toId<Hex32>((await old.store.bundle(home.log, of))?.leaf ?? new Uint8Array());
    const bob = await TestClient.signIn(dial, "device", home.bob.phone.sign, home.log);
    const answer: Partial<Placement> = { kind: ENTRY_KIND.ack, of, commitment };
    const acked = await bob.push(sealedEntry(home.log, home.bob.phone, new Uint8Array(), { epoch, change: answer }));
    await agree(all, all.logKey);
    // A reader is given the bundle before its place, where it stands without its body: what is brought has it there.
    const read = await wholeOf(all);
    const body = new Uint8Array(500);
    const whole = { ...read, items: read.items.map((item, i) => (i === of ? { ...item, b: body } : item)) };
    return { whole, covered, ack: acked.n[0] ?? -1 };
  }

  const bare = ({ items }: Whole): number[] => items.flatMap(({ b }, i) => (b === null ? [i] : []));

  test("[C8d] [L8f] comes without them over a restart, is founded when the bundle is answered for, and is read as it was", async () => {
    const all = await scene();
    const { home, next, old } = all;
    const { whole, covered, ack } = await bundled(all);
    expect(bare(whole)).toEqual(covered);
    (await bring(dialRelay(next.relay), home, whole, 0, ack)).close();
    expect(await next.store.bodyless(home.log)).toEqual(covered);
    // What is wanting is known again after a restart, and the acknowledgement is all that it takes.
    const again = await otherWorld(old.clock, next);
    await bring(dialRelay(again.relay), home, whole, ack);
    expect(await next.store.bodyless(home.log)).toEqual([]);
    const [before, after] = [await wholeOf(all), await wholeOf({ home, dial: dialRelay(again.relay) })];
    expect(after.items).toEqual(before.items);
  });

  test("[C8d] is not founded while a body is held back that no bundle stands for", async () => {
    const all = await scene();
    const { home, next } = all;
    const { whole, ack } = await bundled(all);
    const held = { ...whole, items: whole.items.map((item, i) => (i === home.size + 5 ? { ...item, b: null } : item)) };
    const dial = dialRelay(next.relay);
    (await bring(dial, home, held, 0, ack)).close();
    (await bring(dial, home, held, ack)).close();
    const device = new TestClient(dial);
    await device.hello("device", home.alice.phone.sign, home.log);
    expect((await device.find("error")).code).toBe("no-such-log");
    expect(await next.store.bodyless(home.log)).toEqual([home.size + 5]);
  });
});

describe("a log whose relay is gone", () => {
  test("[C8e] waits with the request until the other parent's device consents, and is founded with both statements", async () => {
    const all = await scene();
    const { home, next, logKey } = all;
    const whole = await wholeOf(all);
    const dial = dialRelay(next.relay);
    const root = toId<Hex32>(whole.tree.root());
    const size = whole.items.length;
    const alice = await bring(dial, home, whole);
    const fields = { size, root, relay: OTHER, logKey: logKey as string as LogKeyId, address: "https://other.example" };
    const false_ = home.chain.make("move-log", { ...fields, size: size - 1 }, [home.alice.phone]);
    expect((await alice.push(charterEntry(home.log, false_, home.alice.phone.sign.secretKey))).error?.code).toBe("restore");
    const move = home.chain.make("move-log", fields, [home.alice.phone]);
    const offered = charterEntry(home.log, move, home.alice.phone.sign.secretKey);
    expect(await alice.push(offered)).toMatchObject({ n: [] });
    const changes = sealedEntry(home.log, home.alice.phone, new Uint8Array(9), { epoch: epochNow(home.chain) });
    expect((await alice.push(changes)).error?.code).toBe("not-writer");

    const again = await otherWorld(all.old.clock, next);
    const bob = await TestClient.signIn(dialRelay(again.relay), "move", home.bob.phone.sign, home.log);
    expect(bob.welcome).toMatchObject({ size, note: whole.note, stage: { offer: [offered] } });
    // He may read what was brought, under the old relay's checkpoint.
    bob.send({ t: "subscribe", from: 0, window: 1_024 });
    expect((await bob.entries(size)).at(-1)?.note).toBe(whole.note);
    // The chain of the test counts statements alone, so it is made by hand where a size is named.
    const consent = home.chain.make("consent", { to: move.id }, [home.bob.phone], { prev: move.id });
    const done = await bob.push(offered, charterEntry(home.log, consent, home.bob.phone.sign.secretKey));
    expect(done).toMatchObject({ n: [size, size + 1] });
    const back = await TestClient.signIn(dialRelay(again.relay), "device", home.alice.phone.sign, home.log);
    expect(back.welcome?.size).toBe(size + 2);
    expect((await back.push(sealedEntry(home.log, home.alice.phone, new Uint8Array(9), { epoch: epochNow(home.chain) }))).n).toEqual([
      size + 2,
    ]);
  });
});

function later(r: Uint8Array): Uint8Array {
  const part = parseRelayPart(r);
  if (!part.ok) throw new Error("a relay part");
  return makeRelayPart({ ...part.value, time: part.value.time + 1 });
}
