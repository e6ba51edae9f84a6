import { initAutomergeNode } from "@countersign/shared/node/automerge";
import { initCrypto } from "@countersign/shared/crypto/init";
import { systemRandom } from "@countersign/shared/crypto/random";
import { systemClock } from "@countersign/shared/node/ports";
import { openReplica, type Replica } from "@countersign/shared/replica/replica";
import type { Clock, Connection, ConnectionEvents, Ports } from "@countersign/shared/sync/ports";
import { MemoryStore } from "@countersign/shared/vault/memory-store";
import { createRelay, type Relay, type RelayConnection } from "../../sync-server/src/relay/relay.ts";
import { MemoryStore as RelayMemory } from "../../sync-server/src/store/memory.ts";

export const PASSPHRASE = "correct horse battery staple";

/** A relay in this process and replicas that reach it without sockets. */
export class World {
  readonly relay: Relay;
  readonly clock: Clock;
  isUp = true;
  readonly #open = new Set<() => void>();

  private constructor(relay: Relay, clock: Clock) {
    this.relay = relay;
    this.clock = clock;
  }

  static async make(clock: Clock = systemClock): Promise<World> {
    await initCrypto();
    await initAutomergeNode();
    const relay = await createRelay({ store: new RelayMemory(), clock, random: systemRandom, name: "relay.test", turn: (run) => setImmediate(run) });
    return new World(relay, clock);
  }

  ports(): Ports {
    return {
      clock: this.clock,
      random: systemRandom,
      pause: () => new Promise((done) => setImmediate(done)),
      transport: {
        connect: (_address, events) => this.#connect(events),
        http: () => Promise.resolve({ status: 0, body: new Uint8Array() }),
      },
    };
  }

  /** Cuts every connection, and refuses new ones until `up`. */
  down(): void {
    this.isUp = false;
    for (const cut of [...this.#open]) cut();
  }

  up(): void {
    this.isUp = true;
  }

  async replica(rows: MemoryStore = new MemoryStore()): Promise<{ replica: Replica; rows: MemoryStore }> {
    const opened = await openReplica({ rows, ports: this.ports(), webOrigin: (relay) => relay, argonCost: { memKiB: 8, passes: 1 } });
    if (!opened.ok) throw new Error(opened.error.code);
    return { replica: opened.value, rows };
  }

  #connect(events: ConnectionEvents): Connection {
    let closed = false;
    const end = (code: number): void => {
      if (closed) return;
      closed = true;
      this.#open.delete(cut);
      setImmediate(() => {
        events.onClose(code);
      });
    };
    const cut = (): void => {
      end(1006);
      connection.close();
    };
    if (!this.isUp) {
      setImmediate(() => {
        events.onClose(1006);
      });
      return { send: () => undefined, close: () => undefined };
    }
    const connection: RelayConnection = this.relay.connect({
      address: "local",
      onMessage: (bytes) => {
        setImmediate(() => {
          if (!closed) events.onMessage(bytes);
        });
      },
      onClose: end,
    });
    this.#open.add(cut);
    setImmediate(() => {
      events.onOpen();
    });
    return {
      send: (bytes) => {
        setImmediate(() => {
          if (!closed) connection.send(bytes);
        });
      },
      close: () => {
        if (closed) return;
        closed = true;
        this.#open.delete(cut);
        connection.close();
      },
    };
  }
}

export async function eventually(holds: () => boolean | Promise<boolean>, limit = 30_000): Promise<void> {
  const end = Date.now() + limit;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error("it did not come about");
    await new Promise((done) => setTimeout(done, 20));
  }
}

export function value<T, E extends { code: string }>(result: { ok: true; value: T } | { ok: false; error: E }): T {
  if (!result.ok) throw new Error(result.error.code);
  return result.value;
}
