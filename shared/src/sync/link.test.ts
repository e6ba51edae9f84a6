import { beforeAll, describe, expect, it } from "vitest";
import { seededRandom } from "../../test/random.ts";
import type { LogId } from "../base/ids.ts";
import { initCrypto } from "../crypto/init.ts";
import { signKeyPair } from "../crypto/sign.ts";
import { clientMessageCodec, relayMessageCodec, type ClientMessage, type PushEntry, type RelayMessage } from "../wire/messages.ts";
import { LogLink, type LinkOwner } from "./link.ts";
import type { ConnectionEvents, Ports } from "./ports.ts";
import { backoff } from "./relay-client.ts";

beforeAll(async () => {
  await initCrypto();
});

/** Timers that only run when told to, and a relay that says what the test says. */
class Bench implements LinkOwner {
  now = 0;
  timers: { readonly at: number; readonly run: () => void }[] = [];
  connections: { readonly events: ConnectionEvents; readonly sent: ClientMessage[]; isClosed: boolean }[] = [];
  at = 0;
  outgoing: (readonly PushEntry[] | undefined | "later")[] = [];
  answer: "kept" | "fault" | "later" = "kept";
  halted = false;
  receipts = 0;
  readonly link: LogLink;
  readonly #keys = signKeyPair(new Uint8Array(32).fill(2));

  constructor() {
    const ports: Ports = {
      clock: {
        now: () => this.now,
        after: (ms, run) => {
          const timer = { at: this.now + ms, run };
          this.timers.push(timer);
          return () => {
            this.timers = this.timers.filter((t) => t !== timer);
          };
        },
      },
      random: seededRandom("link"),
      pause: () => Promise.resolve(),
      transport: {
        connect: (_address, events) => {
          const connection = { events, sent: [] as ClientMessage[], isClosed: false };
          this.connections.push(connection);
          return {
            send: (bytes) => {
              const m = clientMessageCodec.decode(bytes);
              if (m.ok) connection.sent.push(m.value);
            },
            close: () => {
              connection.isClosed = true;
            },
          };
        },
        http: () => Promise.resolve({ status: 0, body: new Uint8Array() }),
      },
    };
    this.link = new LogLink(ports, this);
  }

  signIn: LinkOwner["signIn"] = () => ({
    address: "http://relay.test",
    relayName: "relay.test",
    log: "1f".repeat(32) as LogId,
    as: "device",
    publicKey: this.#keys.publicKey,
    secretKey: this.#keys.secretKey,
  });
  position = (): number => this.at;
  isHalted = (): boolean => this.halted;
  welcomed = (): Promise<boolean> => Promise.resolve(this.answer !== "fault");
  received: LinkOwner["received"] = (m) => {
    if (this.answer === "kept") this.at += m.items.length;
    return Promise.resolve(this.answer);
  };
  toPush = (): Promise<readonly PushEntry[] | undefined | "later"> => Promise.resolve(this.outgoing.shift());
  receipted: LinkOwner["receipted"] = () => {
    this.receipts++;
    return Promise.resolve("kept");
  };
  changed = (): void => undefined;

  get last(): Bench["connections"][number] {
    const last = this.connections.at(-1);
    if (!last) throw new Error("a connection");
    return last;
  }

  async say(message: RelayMessage): Promise<void> {
    this.last.events.onMessage(relayMessageCodec.encode(message));
    await this.settle();
  }

  async signedIn(size = 0): Promise<void> {
    this.link.start();
    this.last.events.onOpen();
    await this.say({ t: "challenge", v: 1, c: new Uint8Array(32), name: "relay.test", time: 0 });
    await this.say({ t: "welcome", size, note: null, time: 0, token: "t", limits: { frame: 1, body: 1, file: 1, window: 1 } });
  }

  async pass(ms: number): Promise<void> {
    this.now += ms;
    for (const t of this.timers.filter((x) => x.at <= this.now)) {
      this.timers = this.timers.filter((x) => x !== t);
      t.run();
    }
    await this.settle();
  }

  async settle(): Promise<void> {
    for (let i = 0; i < 20; i++) await Promise.resolve();
    await this.link.idle();
  }

  sent(t: ClientMessage["t"]): ClientMessage[] {
    return this.last.sent.filter((m) => m.t === t);
  }
}

const entry: PushEntry = { a: Uint8Array.of(1), b: Uint8Array.of(2) };
const LEAF = new Uint8Array(32);

describe("the connection of a log", () => {
  it("[W3] subscribes from where the log is, grants what it took, and is live when it has all", async () => {
    const b = new Bench();
    b.at = 3;
    await b.signedIn(5);
    expect(b.sent("subscribe")).toEqual([{ t: "subscribe", from: 3, window: 512 }]);
    expect(b.link.state).toEqual({ state: "catching-up", done: 3, of: 5 });
    await b.say({ t: "entries", from: 3, items: [LEAF, LEAF], note: null });
    expect(b.sent("window")).toEqual([{ t: "window", add: 2 }]);
    expect(b.link.state).toEqual({ state: "live" });
  });

  it("[W3] pushes nothing before it has all, and one push at a time", async () => {
    const b = new Bench();
    b.outgoing = [[entry], [entry, entry]];
    await b.signedIn(1);
    expect(b.sent("push")).toEqual([]);
    await b.say({ t: "entries", from: 0, items: [LEAF], note: null });
    b.link.wake();
    await b.settle();
    expect(b.sent("push")).toHaveLength(1);
    await b.say({ t: "receipt", id: 1, n: [1] });
    expect(b.receipts).toBe(1);
    expect(b.sent("push")).toHaveLength(2);
  });

  it.each<readonly [string, RelayMessage]>([
    ["a receipt for a push that never was", { t: "receipt", id: 9, n: [] }],
    ["more places than entries", { t: "receipt", id: 1, n: [1, 2] }],
    ["mail that nobody asked for", { t: "mail", box: "ab".repeat(32) as never, items: [] }],
    ["a second welcome", { t: "welcome", size: 0, note: null, time: 0, token: "t", limits: { frame: 1, body: 1, file: 1, window: 1 } }],
  ])("[W7] ends with %s, and does not come back by itself", async (_name, message) => {
    const b = new Bench();
    b.outgoing = [[entry]];
    await b.signedIn();
    await b.say(message);
    expect(b.link.state).toEqual({ state: "stopped", why: "violation" });
    await b.pass(120_000);
    expect(b.connections).toHaveLength(1);
    b.link.start();
    expect(b.connections).toHaveLength(2);
  });

  it("[W7] ends with bytes that are no message", async () => {
    const b = new Bench();
    await b.signedIn();
    b.last.events.onMessage(Uint8Array.of(0xff));
    await b.settle();
    expect(b.link.state).toMatchObject({ state: "stopped", why: "violation" });
  });

  it("[L2] stops at a fault of the relay", async () => {
    const b = new Bench();
    await b.signedIn(1);
    b.answer = "fault";
    await b.say({ t: "entries", from: 0, items: [LEAF], note: null });
    expect(b.link.state).toEqual({ state: "stopped", why: "fault" });
    expect(b.last.isClosed).toBe(true);
  });

  it("[L2] does not connect at all where two histories were proven", () => {
    const b = new Bench();
    b.halted = true;
    b.link.start();
    expect(b.connections).toHaveLength(0);
    expect(b.link.state).toEqual({ state: "stopped", why: "fault" });
  });

  it.each(["received", "to push"])("[store] a full disk (%s) is no fault: it comes back and asks again", async (when) => {
    const b = new Bench();
    if (when === "to push") b.outgoing = ["later"];
    else b.answer = "later";
    await b.signedIn(when === "to push" ? 0 : 1);
    if (when === "received") await b.say({ t: "entries", from: 0, items: [LEAF], note: null });
    expect(b.link.state).toMatchObject({ state: "waiting", why: "store" });
    b.answer = "kept";
    await b.pass(1_000);
    expect(b.connections).toHaveLength(2);
    expect(b.link.state).toEqual({ state: "connecting" });
  });

  it("[W5] comes back after 100 ms, then later and later, and at once again after ten healthy seconds", async () => {
    const b = new Bench();
    const waits: number[] = [];
    const cut = (): void => {
      b.last.events.onClose(1006);
      if (b.link.state.state === "waiting") waits.push(b.link.state.retryAt - b.now);
    };
    await b.signedIn();
    for (let i = 0; i < 10; i++) {
      cut();
      await b.pass(40_000);
    }
    waits.forEach((w, i) => {
      const base = Math.min(100 * 2 ** i, 30_000);
      expect(w).toBeGreaterThanOrEqual(base * 0.75);
      expect(w).toBeLessThanOrEqual(base * 1.25);
    });
    await b.say({ t: "challenge", v: 1, c: new Uint8Array(32), name: "relay.test", time: 0 });
    await b.say({ t: "welcome", size: 0, note: null, time: 0, token: "t", limits: { frame: 1, body: 1, file: 1, window: 1 } });
    await b.pass(10_000);
    cut();
    expect(waits.at(-1)).toBeLessThanOrEqual(125);
    expect(backoff(60, 1)).toBe(37_500);
  });

  it.each([
    [4400, "violation"],
    [4401, "relay-refused"],
    [4403, "not-member"],
    [4426, "relay-version"],
  ])("[W5] close code %i is not tried again by itself", async (code, why) => {
    const b = new Bench();
    await b.signedIn();
    b.last.events.onClose(code);
    expect(b.link.state).toEqual({ state: "stopped", why });
    await b.pass(120_000);
    expect(b.connections).toHaveLength(1);
  });

  it.each([1001, 1006, 1013, 4408, 4429])("[W5] close code %i is tried again", async (code) => {
    const b = new Bench();
    await b.signedIn();
    b.last.events.onClose(code);
    expect(b.link.state.state).toBe("waiting");
  });

  it("[W1] silence for a minute is a cut", async () => {
    const b = new Bench();
    await b.signedIn();
    await b.pass(26_000);
    expect(b.sent("ping")).toHaveLength(1);
    await b.pass(26_000);
    expect(b.link.state.state).toBe("live");
    await b.pass(26_000);
    expect(b.link.state).toMatchObject({ state: "waiting", why: "network" });
    expect(b.last.isClosed).toBe(true);
  });

  it("[E5] another relay's name ends the sign-in before anything is signed", async () => {
    const b = new Bench();
    b.link.start();
    await b.say({ t: "challenge", v: 1, c: new Uint8Array(32), name: "evil.test", time: 0 });
    expect(b.link.state).toEqual({ state: "stopped", why: "relay-name" });
    expect(b.sent("hello")).toEqual([]);
  });

  it("[W5] what an old connection still says is not heard", async () => {
    const b = new Bench();
    await b.signedIn(1);
    const old = b.last;
    old.events.onClose(1006);
    await b.pass(1_000);
    old.events.onMessage(relayMessageCodec.encode({ t: "entries", from: 0, items: [LEAF], note: null }));
    await b.settle();
    expect(b.at).toBe(0);
  });
});
