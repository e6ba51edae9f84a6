/** A month of messages in the simulator's world: read by a new device loose and bundled, and opened from its changes and from what was kept. */
import { performance } from "node:perf_hooks";
import type { BookName } from "@countersign/shared/books/names";
import { prefix } from "@countersign/shared/vault/row-store";
import { household, linkSecond, quiet, twoParents } from "../../sim/family.ts";
import { logOf } from "../../sim/schedule.ts";
import { World, type Device, type Saved } from "../../sim/world.ts";
import { answerMessages } from "../processes.ts";

export interface BooksTask {
  readonly messages: number;
}

interface Cost {
  readonly cpuMs: number;
  readonly wallMs: number;
}

export interface BooksPart {
  readonly messages: number;
  /** Bytes of headers, and of everything that a new device is sent. */
  readonly headerBytes: number;
  readonly looseBytes: number;
  readonly bundledBytes: number;
  readonly bundles: number;
  readonly looseCatchUp: Cost;
  readonly bundledCatchUp: Cost;
  /** Opening the month's book. */
  readonly rebuilt: Cost;
  readonly kept: Cost;
}

const WORDS = ["school", "on", "Friday", "at", "the", "dentist", "bring", "her", "jacket", "please", "we", "said", "six", "train", "late"];
const NEVER = { entries: 1e6, age: 0, idle: 1_000 };

async function cost(work: () => Promise<void>): Promise<Cost> {
  const [cpu, began] = [process.cpuUsage(), performance.now()];
  await work();
  const { user, system } = process.cpuUsage(cpu);
  return { cpuMs: (user + system) / 1_000, wallMs: performance.now() - began };
}

/** Two parents who wrote so many messages to each other, each logged by itself. */
async function month(messages: number): Promise<Saved> {
  const world = await World.make(3, Date.UTC(2026, 2, 2, 9));
  world.bundling = NEVER;
  const log = await twoParents(world);
  for (let i = 0; i < messages; i++) {
    const { replica } = world.device(i % 2 === 0 ? "ana" : "ben");
    const text = Array.from({ length: 30 }, (_, j) => WORDS[(i * 7 + j * j) % WORDS.length] ?? "").join(" ");
    await world.get(replica.sendMessage({ log, subject: `Message ${String(i)}`, text, files: [] }));
    await world.time.pass(300);
  }
  await quiet(world);
  for (const device of world.devices.values()) {
    await world.time.answer(device.replica.close());
    device.kill();
  }
  world.relayDown();
  return world.save();
}

async function booted(saved: Saved, seed: number, bundling: World["bundling"]): Promise<World> {
  const world = await World.from(saved, seed);
  world.bundling = bundling;
  for (const device of world.devices.values()) await device.boot();
  await quiet(world);
  return world;
}

/** The same household with everything bundled and dropped. */
async function bundled(saved: Saved): Promise<Saved> {
  const world = await booted(saved, 4, { entries: 64, age: 0, idle: 1_000 });
  for (const device of world.devices.values()) device.kill();
  world.relayDown();
  return world.save();
}

async function sizes(saved: Saved): Promise<{ headers: number; all: number; bundles: number }> {
  const world = await booted(saved, 5, NEVER);
  const log = logOf(world);
  const page = await world.relayStore.page(log, 0, 1e6, 1e12, new Set(["charter", "messages", "expenses", "household"]));
  const whole = page.flatMap((e) => (e.author === null ? [] : [e]));
  const headers = whole.reduce((n, e) => n + e.author.length + e.relay.length, 0);
  const all = headers + whole.reduce((n, e) => n + (e.body?.length ?? 0), 0);
  const count = [...household(world.device("ana")).ledger.bundles].filter((b) => b.state === "sound").length;
  await world.close();
  return { headers, all, bundles: count };
}

async function catchUp(saved: Saved): Promise<Cost> {
  const world = await booted(saved, 6, NEVER);
  const spent = await cost(async () => {
    const device = await linkSecond(world, world.device("ana"), "new");
    await world.time.until(() => household(device).position() === household(world.device("ana")).position());
  });
  await world.close();
  return spent;
}

async function opening(saved: Saved, isKept: boolean): Promise<Cost> {
  const world = await World.from(saved, 7);
  const ana: Device = world.device("ana");
  if (!isKept) {
    for (const table of ["book", "cache"] as const)
      await ana.rows.commit((await ana.rows.scan(table, prefix(""))).map((row) => ({ table, key: row.key, value: null })));
  }
  await ana.boot();
  const session = household(ana);
  const { charter } = session;
  const name: BookName = { channel: "messages", period: "2026-03", shard: 0 };
  if (!charter) throw new Error("a charter");
  const spent = await cost(async () => {
    await world.time.answer(session.desk.open(name, charter, world.time.now()));
  });
  await world.close();
  return spent;
}

answerMessages<BooksTask, BooksPart>(async ({ messages }) => {
  const loose = await month(messages);
  const packed = await bundled(loose);
  const [before, after] = [await sizes(loose), await sizes(packed)];
  // Once for the compiler.
  await opening(loose, false);
  return {
    messages,
    headerBytes: before.headers,
    looseBytes: before.all,
    bundledBytes: after.all,
    bundles: after.bundles,
    looseCatchUp: await catchUp(loose),
    bundledCatchUp: await catchUp(packed),
    rebuilt: await opening(loose, false),
    kept: await opening(loose, true),
  };
});
