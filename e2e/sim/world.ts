import { initAutomergeNode } from "@countersign/shared/node/automerge";
import { initCrypto } from "@countersign/shared/crypto/init";
import type { Millis } from "@countersign/shared/base/ids";
import { openReplica, type Replica } from "@countersign/shared/replica/replica";
import type { BundleRule } from "@countersign/shared/sync/bundling";
import type { Ports } from "@countersign/shared/sync/ports";
import { MemoryStore } from "@countersign/shared/vault/memory-store";
import { createRelay, type Relay } from "../../sync-server/src/relay/relay.ts";
import { MemoryStore as RelayMemory } from "../../sync-server/src/store/memory.ts";
import type { WitnessDesk } from "../../sync-server/src/witness/desk.ts";
import { Chance } from "./chance.ts";
import { Disk, fenced, type Process } from "./machine.ts";
import { Network } from "./network.ts";
import { VirtualTime } from "./time.ts";

export const PASSPHRASE = "correct horse battery staple";
export const RELAY = "http://relay.test";
export const RELAY_NAME = "relay.test";
/** Ten minutes before a delivery-receipt hour, on the last day of a month: books change under a schedule. */
export const START: Millis = Date.UTC(2026, 2, 31, 19, 50);
/** UTC all year, so that an hour at which receipts leave comes ten minutes after the start, and the month ends the same night. */
export const ZONE = "Atlantic/Reykjavik";

/** Rates are for strangers at the door; here hundreds of connections come from four devices in minutes. */
const LIMITS = {
  connectsBurst: 1e9,
  connectsPerSecond: 1e9,
  foundsBurst: 1e9,
  foundsPerSecond: 1e9,
  framesBurst: 1e9,
  framesPerSecond: 1e9,
};

/** One device: rows that outlive a crash, and the process that runs on them now. */
export class Device {
  readonly name: string;
  readonly #world: World;
  rows: MemoryStore;
  disk: Disk | undefined;
  process: Process = { alive: false };
  /** How far its clock is from the true time, ms. */
  skew = 0;
  #replica: Replica | undefined;

  constructor(world: World, name: string, rows: MemoryStore) {
    this.#world = world;
    this.name = name;
    this.rows = rows;
  }

  get replica(): Replica {
    if (!this.#replica) throw new Error(`${this.name} is not running`);
    return this.#replica;
  }

  get isRunning(): boolean {
    return this.process.alive;
  }

  ports(process: Process): Ports {
    const { time, chance, net } = this.#world;
    return {
      clock: time.clock(
        () => process.alive,
        () => this.skew,
      ),
      random: chance.bytes,
      pause: () => new Promise((done) => time.after(0, done)),
      transport: {
        connect: (address, events) =>
          process.alive
            ? net.connect(this.name, events, address === RELAY ? undefined : address)
            : { send: () => undefined, close: () => undefined },
        http: () => Promise.resolve({ status: 0, body: new Uint8Array() }),
      },
    };
  }

  /** Starts the program on what was committed. */
  async boot(unlock = true): Promise<Replica> {
    const process: Process = { alive: true };
    this.process = process;
    const disk = new Disk(this.rows, process, () => {
      this.kill();
    });
    this.disk = disk;
    const opened = await openReplica({
      rows: disk,
      ports: this.ports(process),
      webOrigin: (relay) => relay,
      argonCost: { memKiB: 8, passes: 1 },
      ...(this.#world.bundling ? { bundling: this.#world.bundling } : {}),
    });
    if (!opened.ok) throw new Error(opened.error.code);
    this.#replica = opened.value;
    if (unlock) value(await this.#world.time.answer(opened.value.unlock(PASSPHRASE)));
    return opened.value;
  }

  /** The machine loses power. Only what was committed is left. */
  kill(): void {
    if (!this.process.alive) return;
    this.process.alive = false;
    this.#replica = undefined;
    this.#world.net.vanish(this.name);
    this.rows = this.rows.reopened();
  }
}

export interface Saved {
  readonly relay: RelayMemory;
  readonly devices: ReadonlyMap<string, MemoryStore>;
  readonly at: Millis;
}

/** A relay and devices in one process, on a clock of their own. */
export class World {
  readonly time: VirtualTime;
  readonly chance: Chance;
  readonly net: Network;
  relayStore: RelayMemory;
  readonly devices = new Map<string, Device>();
  /** When devices that are started from now on bundle old entries; by rule L8g unless a story says otherwise. */
  bundling: BundleRule | undefined;
  #relayProcess: Process = { alive: false };
  /** Relays beside the one that the world began with, by address. */
  readonly #others = new Map<string, { readonly store: RelayMemory; process: Process }>();
  /** Witnesses that a relay which is started now asks. */
  witnesses: ((process: () => boolean) => WitnessDesk) | undefined;

  private constructor(seed: number, start: Millis, relayStore: RelayMemory) {
    this.time = new VirtualTime(start);
    this.chance = new Chance(seed);
    this.net = new Network(this.time, this.chance);
    this.relayStore = relayStore;
  }

  static async make(seed = 1, start: Millis = START): Promise<World> {
    await initCrypto();
    await initAutomergeNode();
    const world = new World(seed, start, new RelayMemory());
    await world.relayUp();
    return world;
  }

  /** A world that goes on from where another stood, with its own chance. */
  static async from(saved: Saved, seed: number): Promise<World> {
    const world = new World(seed, saved.at, saved.relay.copy());
    for (const [name, rows] of saved.devices) world.devices.set(name, new Device(world, name, rows.reopened()));
    await world.relayUp();
    return world;
  }

  save(): Saved {
    return {
      relay: this.relayStore.copy(),
      devices: new Map([...this.devices].map(([n, d]) => [n, d.rows.reopened()])),
      at: this.time.now(),
    };
  }

  device(name: string): Device {
    let device = this.devices.get(name);
    if (!device) this.devices.set(name, (device = new Device(this, name, new MemoryStore())));
    return device;
  }

  get relay(): Relay {
    if (!this.net.relay) throw new Error("the relay is down");
    return this.net.relay;
  }

  /** Starts the relay on what its store kept. */
  async relayUp(): Promise<void> {
    const process: Process = { alive: true };
    this.#relayProcess = process;
    this.net.relay = await this.#start(RELAY_NAME, this.relayStore, process);
  }

  #start(name: string, store: RelayMemory, process: Process): Promise<Relay> {
    return createRelay({
      store: fenced(store, process),
      clock: this.time.clock(() => process.alive),
      random: this.chance.bytes,
      name,
      limits: LIMITS,
      ...(this.witnesses ? { witnesses: this.witnesses(() => process.alive) } : {}),
      turn: (run) => {
        this.time.after(0, () => {
          if (process.alive) run();
        });
      },
    });
  }

  /** Starts another relay, on what its store kept unless it is given another. Its name is that of its address. */
  async otherUp(address: string, store = this.#others.get(address)?.store ?? new RelayMemory()): Promise<void> {
    const process: Process = { alive: true };
    this.#others.set(address, { store, process });
    this.net.others.set(address, await this.#start(new URL(address).hostname, store, process));
  }

  /** What another relay kept, to be served beside it as a second history. */
  otherCopy(address: string): RelayMemory {
    const other = this.#others.get(address);
    if (!other) throw new Error("no such relay");
    return other.store.copy();
  }

  /** Another relay loses power; every connection breaks, and those to relays that run come back. */
  otherDown(address: string): void {
    const other = this.#others.get(address);
    if (other) other.process.alive = false;
    this.net.others.delete(address);
    this.net.cut();
  }

  /** The relay loses power: connections break, and what was not durable is gone. */
  relayDown(): void {
    this.#relayProcess.alive = false;
    this.net.relay = undefined;
    this.net.cut();
  }

  /** Lets time pass until an answer is there, which must be a good one. */
  async get<T, E extends { code: string }>(work: Promise<{ ok: true; value: T } | { ok: false; error: E }>): Promise<T> {
    return value(await this.time.answer(work));
  }

  async close(): Promise<void> {
    for (const device of this.devices.values()) device.kill();
    this.relayDown();
    for (const address of this.#others.keys()) this.otherDown(address);
    await this.time.step(this.time.now());
  }
}

export function value<T, E extends { code: string }>(result: { ok: true; value: T } | { ok: false; error: E }): T {
  if (!result.ok) throw new Error(result.error.code);
  return result.value;
}
