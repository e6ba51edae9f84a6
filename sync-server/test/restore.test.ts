import { beforeAll, describe, expect, test, vi } from "vitest";
import { idBytes, toHex } from "@countersign/shared/base/bytes";
import { initCrypto } from "@countersign/shared/crypto/init";
import { signKeyPair } from "@countersign/shared/crypto/sign";
import { headerLeaf, makeAuthorPart, makeRelayPart, parseAuthorPart, parseRelayPart } from "@countersign/shared/entry/header";
import { openCheckpoint } from "@countersign/shared/log/checkpoint";
import { MerkleTree } from "@countersign/shared/log/tree";
import { originOf } from "@countersign/shared/log/origin";
import type { RestoreMessage } from "@countersign/shared/wire/messages";
import { checkpointSigner } from "../src/log/open.ts";
import { dialRelay, sealedEntry, TestClient } from "./client.ts";
import { epochNow, foundHousehold, type TestHousehold } from "./household.ts";
import { makeWorld, NAME, type World } from "./world.ts";

vi.setConfig({ testTimeout: 60_000 });
beforeAll(() => initCrypto());

type Lost = RestoreMessage["entries"][number] & { readonly b: Uint8Array };

interface Scene {
  readonly world: World;
  readonly home: TestHousehold;
  /** What the relay had and lost, as a device keeps it. */
  readonly lost: readonly Lost[];
  readonly tree: MerkleTree;
  readonly note: string;
  /** The relay on the backup. */
  readonly alice: TestClient;
}

const LOST = 150;

/** A household with 150 entries of both parents of which a relay that was restored from a backup knows nothing. */
async function rolledBack(limits: Parameters<typeof makeWorld>[0] = {}): Promise<Scene> {
  const before = await makeWorld();
  const dial = dialRelay(before.relay);
  const home = await foundHousehold(dial, { relay: NAME, time: before.clock.now() });
  const epoch = epochNow(home.chain);
  const backup = before.store.copy();
  const [a, b] = [home.alice.phone, home.bob.phone];
  const clients = [await TestClient.signIn(dial, "device", a.sign, home.log), await TestClient.signIn(dial, "device", b.sign, home.log)];
  for (let n = 0; n < LOST; n += 10) {
    before.clock.pass(1_000);
    const who = (n / 10) % 2;
    const bodies = Array.from({ length: 10 }, (_, i) => new Uint8Array(100 + i).fill(n + i));
    await clients[who]?.push(...bodies.map((body) => sealedEntry(home.log, who === 0 ? a : b, body, { epoch })));
  }
  const reader = await TestClient.signIn(dial, "recovery", home.alice.sheet.sign, home.log);
  reader.send({ t: "subscribe", from: 0, window: 1_024 });
  const pages = await reader.entries(home.size + LOST);
  const items = pages.flatMap((p) => p.items) as Lost[];
  const world = await makeWorld(limits, { store: backup, clock: before.clock });
  world.clock.pass(60_000);
  return {
    world,
    home,
    lost: items.slice(home.size),
    tree: MerkleTree.of(items.map((i) => headerLeaf(i.a, i.r))),
    note: pages.at(-1)?.note ?? "",
    alice: await TestClient.signIn(dialRelay(world.relay), "device", a.sign, home.log),
  };
}

/** What the next piece of a restoration says. */
function piece({ home, lost, tree, note }: Scene, at: number, count: number): RestoreMessage {
  const from = home.size + at;
  const proof = tree.consistency(Math.min(from + count, tree.size));
  return { t: "restore", id: at, from, entries: lost.slice(at, at + count), note, proof: proof.ok ? proof.value : [] };
}

async function say(scene: Scene, message: RestoreMessage) {
  scene.alice.send(message);
  return scene.alice.find("receipt");
}

describe("a relay that was restored from a backup", () => {
  test("[C8a][C8b] takes back what a device kept, from both parents, and its log is the old one: places, times, root, receipts", async () => {
    const scene = await rolledBack();
    const { home, lost, tree, alice } = scene;
    expect(alice.welcome?.size).toBe(home.size);
    for (let at = 0; at < LOST; at += 64) {
      const receipt = await say(scene, piece(scene, at, 64));
      expect(receipt.error).toBeUndefined();
      expect(receipt.n[0]).toBe(home.size + at);
    }
    alice.send({ t: "subscribe", from: home.size, window: 1_024 });
    const pages = await alice.entries(LOST);
    const items = pages.flatMap((p) => p.items) as Lost[];
    expect(items.map((i) => toHex(i.r))).toEqual(lost.map((i) => toHex(i.r)));
    const note = openCheckpoint(pages.at(-1)?.note ?? "", originOf(NAME, home.log), home.logKey);
    expect(note.ok && toHex(note.value.root)).toBe(toHex(tree.root()));
    // A push from before the loss has its first receipt, and a new entry stands behind everything, not earlier than what came back.
    const [, again] = lost;
    if (!again) throw new Error("an entry");
    expect((await alice.push({ a: again.a, b: again.b })).n).toEqual([home.size + 1]);
    const more = await alice.push(sealedEntry(home.log, home.alice.phone, new Uint8Array(9), { epoch: epochNow(home.chain) }));
    expect(more.n).toEqual([home.size + LOST]);
    // The store holds it all: a relay that starts again has the same log.
    const next = await makeWorld({}, { store: scene.world.store, clock: scene.world.clock });
    const bob = await TestClient.signIn(dialRelay(next.relay), "device", home.bob.phone.sign, home.log);
    expect(bob.welcome?.size).toBe(home.size + LOST + 1);
  });

  test("[C8a] may be cut at any piece, and two devices may give back at once", async () => {
    const scene = await rolledBack();
    const { home, alice } = scene;
    expect((await say(scene, piece(scene, 0, 7))).n).toHaveLength(7);
    const bob = await TestClient.signIn(dialRelay(scene.world.relay), "device", home.bob.phone.sign, home.log);
    expect(bob.welcome?.size).toBe(home.size + 7);
    bob.send(piece(scene, 7, 64));
    // The same piece from the other device comes too late, changes nothing, and goes on from the new end.
    alice.send(piece(scene, 7, 64));
    const both = [await bob.find("receipt"), await alice.find("receipt")];
    expect(both.map((r) => r.error?.code).filter(Boolean)).toEqual(["restore"]);
    expect((await say(scene, piece(scene, 71, 64))).n).toHaveLength(64);
    expect((await say(scene, piece(scene, 135, 64))).n).toHaveLength(15);
  });

  test("[L10] more at once than a member may push is told to wait, and goes on later", async () => {
    const scene = await rolledBack({ entriesBurst: 20, entriesPerSecond: 20 });
    expect((await say(scene, piece(scene, 0, 15))).error).toBeUndefined();
    expect((await say(scene, piece(scene, 15, 15))).error).toMatchObject({ code: "rate", retry: true });
    scene.world.clock.pass(2_000);
    expect((await say(scene, piece(scene, 15, 15))).error).toBeUndefined();
  });

  test("[C8a] only a device of the log may give back", async () => {
    const scene = await rolledBack();
    const sheet = await TestClient.signIn(dialRelay(scene.world.relay), "recovery", scene.home.alice.sheet.sign, scene.home.log);
    sheet.send(piece(scene, 0, 5));
    expect((await sheet.find("error")).code).toBe("unsupported");
    expect(await sheet.closed()).toBe(4400);
  });
});

describe("a device that gives back what never was", () => {
  const forgeries: readonly [name: string, forge: (scene: Scene, lawful: RestoreMessage) => RestoreMessage, code: string][] = [
    ["another time", (_s, m) => first(m, (e) => ({ ...e, r: relayPart(e, { time: 1 }) })), "restore"],
    [
      "another time for the last one, which no later header contradicts",
      (_s, m) => last(m, (e) => ({ ...e, r: relayPart(e, { time: 1 }) })),
      "restore",
    ],
    ["a last entry of its own, in a header that would fit", (s, m) => last(m, (e) => ({ ...invented(s), r: e.r })), "restore"],
    ["a later place", (_s, m) => ({ ...m, from: m.from + 1 }), "restore"],
    ["an entry left out", (_s, m) => ({ ...m, entries: m.entries.slice(1) }), "restore"],
    ["two entries turned round", (_s, m) => ({ ...m, entries: m.entries.toReversed() }), "restore"],
    ["an entry of its own, never logged", (s, m) => first(m, () => invented(s)), "restore"],
    ["no proof", (_s, m) => ({ ...m, proof: [] }), "restore"],
    ["another proof", (_s, m) => ({ ...m, proof: m.proof.map((p) => new Uint8Array(p).fill(1)) }), "restore"],
    ["no checkpoint", (_s, m) => ({ ...m, note: "" }), "restore"],
    ["a checkpoint of its own", (s, m) => ({ ...m, note: ownNote(s) }), "restore"],
    ["another body", (_s, m) => first(m, (e) => ({ ...e, b: new Uint8Array(e.b.length).fill(255) })), "body-hash"],
    ["an author part that nobody signed", (_s, m) => first(m, (e) => ({ ...e, a: flipped(e.a) })), "signature"],
    ["garbage for a relay part", (_s, m) => first(m, (e) => ({ ...e, r: Uint8Array.of(1, 2, 3) })), "malformed"],
  ];

  test.each(forgeries)("[C8b] %s: nothing is taken, and what is true is taken after it", async (_name, forge, code) => {
    const scene = await rolledBack();
    const lawful = piece(scene, 0, 5);
    const refused = await say(scene, forge(scene, lawful));
    expect(refused).toMatchObject({ n: [], error: { code, retry: false } });
    expect((await say(scene, lawful)).n).toHaveLength(5);
    expect(scene.world.log.errors).toEqual([]);
  });

  test("[C8b] a relay that has taken other entries in the meantime takes nothing back over them", async () => {
    const scene = await rolledBack();
    const { home, alice } = scene;
    await alice.push(sealedEntry(home.log, home.alice.phone, new Uint8Array(9), { epoch: epochNow(home.chain) }));
    expect((await say(scene, piece(scene, 0, 5))).error?.code).toBe("restore");
    expect((await say(scene, piece(scene, 1, 5))).error?.code).toBe("restore");
  });
});

const first = (m: RestoreMessage, change: (entry: Lost) => Lost): RestoreMessage => ({
  ...m,
  entries: m.entries.map((e, i) => (i === 0 ? change(e as Lost) : e)),
});

const last = (m: RestoreMessage, change: (entry: Lost) => Lost): RestoreMessage => ({
  ...m,
  entries: m.entries.map((e, i) => (i === m.entries.length - 1 ? change(e as Lost) : e)),
});

/** One bit of the signature, which stands near the front of the map. */
const flipped = (bytes: Uint8Array): Uint8Array => Uint8Array.from(bytes, (b, i) => (i === 20 ? b ^ 1 : b));

function relayPart(entry: Lost, change: { readonly time: number }): Uint8Array {
  const part = parseRelayPart(entry.r);
  if (!part.ok) throw new Error("a relay part");
  return makeRelayPart({ ...part.value, time: part.value.time + change.time });
}

/** A properly signed entry at the first lost place that the relay never saw. */
function invented({ home, lost }: Scene): Lost {
  const [real] = lost;
  const author = real && parseAuthorPart(real.a);
  if (!author?.ok) throw new Error("an author part");
  const b = new Uint8Array(33);
  return { a: makeAuthorPart(author.value, b, home.alice.phone.sign.secretKey), r: real?.r ?? b, b };
}

/** A checkpoint over what was lost that a key of the device's own signed. */
function ownNote({ home, tree, world }: Scene): string {
  const seed = idBytes(toHex(signKeyPair(new Uint8Array(32).fill(9)).publicKey) as never);
  return checkpointSigner(NAME, home.log, seed).sign(tree.size, tree.root(), world.clock.now());
}
