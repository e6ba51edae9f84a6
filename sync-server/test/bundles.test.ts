import { beforeAll, describe, expect, test, vi } from "vitest";
import { toId } from "@countersign/shared/base/bytes";
import type { BookId } from "@countersign/shared/base/ids";
import { initCrypto } from "@countersign/shared/crypto/init";
import { ENTRY_KIND, headerLeaf, parseHeader, type Placement } from "@countersign/shared/entry/header";
import { LIMITS } from "@countersign/shared/base/limits";
import { MerkleTree } from "@countersign/shared/log/tree";
import type { PushEntry } from "@countersign/shared/wire/messages";
import { dialRelay, sealedEntry, TestClient, type Of } from "./client.ts";
import { epochNow, foundPersonal, type TestHousehold } from "./household.ts";
import { scene as empty, type Scene as Empty } from "./scene.ts";
import { makeWorld, NAME, type World } from "./world.ts";

vi.setConfig({ testTimeout: 60_000 });
beforeAll(() => initCrypto());

type Device = Parameters<typeof sealedEntry>[1];

interface Scene extends Empty {
  /** The place of the first of alice's. */
  readonly first: number;
}

/** A household with ten entries of alice's after its charter. */
async function scene(): Promise<Scene> {
  const all = await empty();
  await all.alice.push(...Array.from({ length: 10 }, (_, i) => all.entry(i, 300)));
  return { ...all, first: all.home.size };
}

const bundle = (s: Scene, device: Device, covers: readonly number[], more: Partial<Placement> = {}, size = 500): PushEntry =>
  sealedEntry(s.home.log, device, new Uint8Array(size).fill(covers.length), {
    epoch: s.epoch,
    change: { kind: ENTRY_KIND.bundle, covers, ...more },
  });

async function leafAt(world: World, log: TestHousehold["log"], seq: number): Promise<Uint8Array> {
  const found = await world.store.bundle(log, seq);
  if (!found) throw new Error("an entry");
  return found.leaf;
}

async function ack(s: Scene, device: Device, of: number, more: Partial<Placement> = {}, body = new Uint8Array(0)): Promise<PushEntry> {
  const commitment = toId(await leafAt(s, s.home.log, of));
  return sealedEntry(s.home.log, device, body, {
    epoch: s.epoch,
    change: { kind: ENTRY_KIND.ack, of, commitment, ...more },
  });
}

/** What a fresh device of bob's gets from the beginning. */
async function readAll(s: Scene, from = 0): Promise<readonly Of<"entries">[]> {
  const client = await TestClient.signIn(dialRelay(s.relay), "recovery", s.home.bob.sheet.sign, s.home.log);
  client.send({ t: "subscribe", from, window: 1_024 });
  const pages = await client.entries((client.welcome?.size ?? 0) - from);
  client.close();
  return pages;
}

/** The places whose bodies did not come. */
const bare = (pages: readonly Of<"entries">[]): number[] =>
  pages.flatMap((p) => p.items.flatMap((item, i) => (item instanceof Uint8Array || item.b ? [] : [p.from + i])));

describe("bundles on the relay", () => {
  test("[L8e] bodies are dropped when a device of each parent answered, not before, and stay so", async () => {
    const s = await scene();
    const pushed = await s.alice.push(bundle(s, s.home.alice.phone, [s.first + 2, 5]));
    const at = pushed.n[0] ?? -1;
    expect(bare(await readAll(s))).toEqual([]);
    // Another device of the same parent would not be enough; nor is the maker twice.
    await s.alice.push(await ack(s, s.home.alice.phone, at));
    expect(bare(await readAll(s))).toEqual([]);
    expect((await s.bob.push(await ack(s, s.home.bob.phone, at))).error).toBeUndefined();
    const dropped = [2, 3, 4, 5, 6].map((i) => s.first + i);
    const pages = await readAll(s);
    expect(bare(pages)).toEqual([...dropped, at]);
    const again = await makeWorld({}, { store: s.store, clock: s.clock });
    expect(bare(await readAll({ ...s, ...again }))).toEqual([...dropped, at]);
    // Headers are for ever: every one of them is still the signed one.
    for (const item of pages.flatMap((p) => p.items)) if (!(item instanceof Uint8Array)) expect(parseHeader(item.a, item.r).ok).toBe(true);
  });

  test("[L8f] the bundle goes ahead of the first entry that it stands for, once, and not to who needs none of it", async () => {
    const s = await scene();
    const ats: number[] = [];
    for (const covers of [
      [s.first + 1, 2],
      [s.first + 3, 1, 1, 2],
    ]) {
      const { n } = await s.alice.push(bundle(s, s.home.alice.phone, covers));
      ats.push(n[0] ?? -1);
      await s.bob.push(await ack(s, s.home.bob.phone, n[0] ?? -1));
    }
    const given = (pages: readonly Of<"entries">[]): [number, number][] =>
      pages.flatMap((p) => {
        const header = p.bundle && parseHeader(p.bundle.a, p.bundle.r);
        return header?.ok ? [[p.from, header.value.relay.seq] as [number, number]] : [];
      });
    const [one = -1, two = -1] = ats;
    expect(given(await readAll(s))).toEqual([
      [s.first + 1, one],
      [s.first + 3, two],
    ]);
    // From the middle of one: that one and what follows. After all of them: none, and the bundles come at their places.
    expect(given(await readAll(s, s.first + 4))).toEqual([[s.first + 5, two]]);
    const late = await readAll(s, s.first + 8);
    expect(given(late)).toEqual([]);
    expect(bare(late)).toEqual([]);
  });

  test("[L8f] full bundles never make a frame too large", async () => {
    const s = await scene();
    const most = LIMITS.body;
    const ats: number[] = [];
    for (let i = 0; i < 3; i++) {
      const { n } = await s.alice.push(bundle(s, s.home.alice.phone, [s.first + i, 1], {}, most));
      ats.push(n[0] ?? -1);
      await s.bob.push(await ack(s, s.home.bob.phone, n[0] ?? -1));
    }
    const pages = await readAll(s);
    expect(pages.filter((p) => p.bundle).length).toBe(3);
    expect(bare(pages)).toEqual([0, 1, 2].map((i) => s.first + i).concat(ats));
  });

  test("[L8b] a bundle may be under an old epoch, but speaks of entries before it, in the words of a writer", async () => {
    const s = await scene();
    const { alice, bob } = s.home;
    const code = async (client: TestClient, entry: PushEntry): Promise<string | undefined> => (await client.push(entry)).error?.code;
    expect(await code(s.alice, bundle(s, alice.phone, [s.first, 2], { epoch: 0 }))).toBeUndefined();
    expect(await code(s.alice, bundle(s, alice.phone, [s.first, 2], { epoch: s.epoch + 1 }))).toBe("epoch-gap");
    expect(await code(s.alice, bundle(s, alice.phone, [s.first, 4_000]))).toBe("malformed");
    expect(await code(s.alice, bundle(s, bob.phone, [s.first, 2]))).toBe("not-writer");
    expect(await code(s.alice, bundle(s, alice.phone, [0, 2], { channel: "charter", epoch: 0 }))).toBe("not-writer");
    expect(await code(s.alice, bundle(s, alice.phone, [s.first, 2], { channel: "journal" }))).toBe("not-writer");
  });

  test("[L8d] only acknowledgements of a bundle that stands there, as it stands there, are taken", async () => {
    const s = await scene();
    const { bob } = s.home;
    const { n } = await s.alice.push(bundle(s, s.home.alice.phone, [s.first, 2]));
    const at = n[0] ?? -1;
    const code = async (entry: PushEntry): Promise<string | undefined> => (await s.bob.push(entry)).error?.code;
    expect(await code(await ack(s, bob.phone, s.first))).toBe("malformed");
    expect(await code(await ack(s, bob.phone, at, { of: at + 50 }))).toBe("malformed");
    expect(await code(await ack(s, bob.phone, at, { commitment: "7".repeat(64) as never }))).toBe("malformed");
    expect(await code(await ack(s, bob.phone, at, { channel: "expenses" }))).toBe("malformed");
    expect(await code(await ack(s, bob.phone, at, { book: "3".repeat(64) as BookId }))).toBe("malformed");
    expect(await code(await ack(s, bob.phone, at, {}, Uint8Array.of(1)))).toBe("malformed");
    expect(await code(await ack(s, s.home.alice.phone, at))).toBe("not-writer");
    expect(bare(await readAll(s))).toEqual([]);
    const good = await ack(s, bob.phone, at);
    const first = await s.bob.push(good);
    expect(first.error).toBeUndefined();
    // Twice is harmless, and the answer the same (L3).
    expect((await s.bob.push(good)).n).toEqual(first.n);
    expect(bare(await readAll(s))).toEqual([s.first, s.first + 1, at]);
  });

  test("[L8e] what is not of the bundle's channel is not dropped, whatever the bundle says; statements least of all", async () => {
    const s = await scene();
    const other = await s.alice.push(
      sealedEntry(s.home.log, s.home.alice.phone, new Uint8Array(50), { channel: "expenses", epoch: s.epoch }),
    );
    expect(other.error).toBeUndefined();
    const { n } = await s.alice.push(bundle(s, s.home.alice.phone, [0, s.first + 11]));
    await s.bob.push(await ack(s, s.home.bob.phone, n[0] ?? -1));
    const pages = await readAll(s);
    expect(bare(pages)).toEqual([...Array.from({ length: 10 }, (_, i) => s.first + i), n[0]]);
    // The relay itself still starts from its statements.
    const again = await makeWorld({}, { store: s.store, clock: s.clock });
    expect(bare(await readAll({ ...s, ...again }))).toHaveLength(11);
  });

  test("[L8e] a parent alone needs two devices: one device's word drops nothing", async () => {
    const world = await makeWorld();
    const dial = dialRelay(world.relay);
    const { log, chain, alice } = await foundPersonal(dial, { relay: NAME, time: world.clock.now() });
    const epoch = epochNow(chain);
    const client = await TestClient.signIn(dial, "device", alice.phone.sign, log);
    const { n } = await client.push(
      sealedEntry(log, alice.phone, new Uint8Array(90), { epoch }),
      sealedEntry(log, alice.phone, new Uint8Array(91), { epoch, change: { kind: ENTRY_KIND.bundle, covers: [chain.entries.length, 1] } }),
    );
    const [first = -1, at = -1] = n;
    const commitment = toId(await leafAt(world, log, at));
    const own = sealedEntry(log, alice.phone, new Uint8Array(0), {
      epoch,
      change: { kind: ENTRY_KIND.ack, of: at, commitment },
    });
    expect((await client.push(own)).error).toBeUndefined();
    const page = await world.store.page(log, first, 1, 1e6, new Set(["messages"]));
    expect(page[0]?.author && page[0].body?.length).toBe(90);
  });
});

describe("after a loss", () => {
  test("[C8][L8e] a bundle and its acknowledgement come back, and what they cover is dropped again", async () => {
    const s = await scene();
    const backup = s.store.copy();
    const before = await readAll(s);
    const pushed = await s.alice.push(bundle(s, s.home.alice.phone, [s.first + 2, 5]));
    const at = pushed.n[0] ?? -1;
    await s.bob.push(await ack(s, s.home.bob.phone, at));
    const lost = (await readAll(s, at)).flatMap((p) => p.items) as { a: Uint8Array; r: Uint8Array; b: Uint8Array }[];
    const kept = before.flatMap((p) => p.items) as typeof lost;
    const tree = MerkleTree.of([...kept, ...lost].map((i) => headerLeaf(i.a, i.r)));
    const note = (await readAll(s)).at(-1)?.note ?? "";

    const world = await makeWorld({}, { store: backup, clock: s.clock });
    const alice = await TestClient.signIn(dialRelay(world.relay), "device", s.home.alice.phone.sign, s.home.log);
    const give = async (from: number, count: number): Promise<Of<"receipt">> => {
      const proof = tree.consistency(from + count);
      alice.send({
        t: "restore",
        id: from,
        from,
        entries: lost.slice(from - at, from - at + count),
        note,
        proof: proof.ok ? proof.value : [],
      });
      return alice.find("receipt");
    };
    // An acknowledgement of what is not in the store yet is for a piece of its own.
    expect((await give(at, 2)).error?.code).toBe("restore");
    expect((await give(at, 1)).n).toEqual([at]);
    expect((await give(at + 1, 1)).n).toEqual([at + 1]);
    const after = await readAll({ ...s, ...world });
    expect(bare(after)).toEqual([2, 3, 4, 5, 6].map((i) => s.first + i).concat(at));
    expect(bare(after)).toEqual(bare(await readAll(s)));
  });
});
