import type { Connection, ConnectionEvents } from "@countersign/shared/sync/ports";
import { clientMessageCodec, relayMessageCodec, type ClientMessage, type RelayMessage } from "@countersign/shared/wire/messages";
import type { Relay, RelayConnection } from "../../sync-server/src/relay/relay.ts";
import type { Chance } from "./chance.ts";
import type { VirtualTime } from "./time.ts";

/** Somebody who sits between a device and the relay, or the relay itself turned hostile: sees every message, gives what goes on. */
export interface Meddler {
  toDevice?(device: string, message: RelayMessage, wire: Wire): readonly RelayMessage[];
  toRelay?(device: string, message: ClientMessage, wire: Wire): readonly ClientMessage[];
}

/** One connection of one device. */
export class Wire {
  readonly device: string;
  readonly #net: Network;
  readonly #events: ConnectionEvents;
  #relay: RelayConnection | undefined;
  #isOver = false;
  #lastUp = 0;
  #lastDown = 0;

  constructor(net: Network, device: string, events: ConnectionEvents) {
    this.#net = net;
    this.device = device;
    this.#events = events;
  }

  open(relay: Relay): void {
    this.#relay = relay.connect({
      address: this.device,
      onMessage: (bytes) => {
        this.#fromRelay(bytes);
      },
      onClose: (code) => {
        // What was sent before it closed still arrives.
        this.#lastDown = this.#net.arrival(this.#lastDown);
        this.#net.at(this.#lastDown, () => {
          this.#end(code);
        });
      },
    });
    this.#lastDown = this.#net.arrival(this.#lastDown);
    this.#net.at(this.#lastDown, () => {
      if (!this.#isOver) this.#events.onOpen();
    });
  }

  get connection(): Connection {
    return {
      send: (bytes) => {
        this.#toRelay(bytes);
      },
      close: () => {
        if (this.#isOver) return;
        this.#isOver = true;
        this.#net.gone(this);
        const relay = this.#relay;
        this.#net.at(this.#net.arrival(this.#lastUp), () => relay?.close());
      },
    };
  }

  /** The network breaks: both ends hear it, and what was on its way is lost. */
  cut(): void {
    if (this.#isOver) return;
    const relay = this.#relay;
    this.#net.at(this.#net.arrival(0), () => relay?.close());
    this.#end(1006);
  }

  /** The device's process is gone: nobody there hears anything any more. */
  vanish(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#net.gone(this);
    const relay = this.#relay;
    this.#net.at(this.#net.arrival(0), () => relay?.close());
  }

  refuse(): void {
    this.#net.at(this.#net.arrival(0), () => {
      this.#end(1006);
    });
  }

  /** A message of the relay's own making. */
  inject(message: RelayMessage): void {
    this.#deliver(relayMessageCodec.encode(message));
  }

  #fromRelay(bytes: Uint8Array): void {
    const { meddler } = this.#net;
    if (!meddler?.toDevice) {
      this.#deliver(bytes);
      return;
    }
    const parsed = relayMessageCodec.decode(bytes);
    if (!parsed.ok) throw new Error("the relay sent what does not parse");
    for (const message of meddler.toDevice(this.device, parsed.value, this)) this.#deliver(relayMessageCodec.encode(message));
  }

  #deliver(bytes: Uint8Array): void {
    this.#lastDown = this.#net.arrival(this.#lastDown);
    this.#net.at(this.#lastDown, () => {
      if (!this.#isOver) this.#events.onMessage(bytes);
    });
  }

  #toRelay(bytes: Uint8Array): void {
    if (this.#isOver) return;
    const { meddler } = this.#net;
    let frames: readonly Uint8Array[] = [bytes];
    if (meddler?.toRelay) {
      const parsed = clientMessageCodec.decode(bytes);
      if (!parsed.ok) throw new Error("a replica sent what does not parse");
      frames = meddler.toRelay(this.device, parsed.value, this).map((m) => clientMessageCodec.encode(m));
    }
    for (const frame of frames) {
      this.#lastUp = this.#net.arrival(this.#lastUp);
      this.#net.at(this.#lastUp, () => {
        if (!this.#isOver) this.#relay?.send(frame);
      });
    }
  }

  #end(code: number): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#net.gone(this);
    this.#events.onClose(code);
  }
}

/** The network between devices and the relay: late, in order within a connection, broken when the schedule says so. */
export class Network {
  readonly #time: VirtualTime;
  readonly #chance: Chance;
  readonly #wires = new Set<Wire>();
  readonly #offline = new Set<string>();
  relay: Relay | undefined;
  /** Further relays, by address. */
  readonly others = new Map<string, Relay>();
  /** Messages take up to this long, ms. */
  latency = 40;
  meddler: Meddler | undefined;

  constructor(time: VirtualTime, chance: Chance) {
    this.#time = time;
    this.#chance = chance;
  }

  /** @param other the address of another relay than the one that the world began with */
  connect(device: string, events: ConnectionEvents, other?: string): Connection {
    const wire = new Wire(this, device, events);
    const relay = other === undefined ? this.relay : this.others.get(other);
    if (!relay || this.#offline.has(device)) {
      wire.refuse();
      return wire.connection;
    }
    this.#wires.add(wire);
    wire.open(relay);
    return wire.connection;
  }

  of(device: string): readonly Wire[] {
    return [...this.#wires].filter((w) => w.device === device);
  }

  /** Breaks the connections of a device, or of all. They may come back at once. */
  cut(device?: string): void {
    for (const wire of [...this.#wires]) if (device === undefined || wire.device === device) wire.cut();
  }

  offline(device: string, isOff: boolean): void {
    if (isOff) this.#offline.add(device);
    else this.#offline.delete(device);
    if (isOff) this.cut(device);
  }

  vanish(device: string): void {
    for (const wire of [...this.#wires]) if (wire.device === device) wire.vanish();
  }

  gone(wire: Wire): void {
    this.#wires.delete(wire);
  }

  /** When a message arrives that is sent now, not before the one ahead of it. */
  arrival(after: number): number {
    return Math.max(after, this.#time.now() + this.#chance.below(this.latency + 1));
  }

  at(when: number, run: () => void): void {
    this.#time.after(when - this.#time.now(), run);
  }
}
