import type { Millis } from "../base/ids.ts";
import type { PushEntry, RelayMessage, WireCode } from "../wire/messages.ts";
import type { Ports } from "./ports.ts";
import { backoff, RelayClient, type Ended, type SignIn, type Welcome } from "./relay-client.ts";

export type EntriesMessage = Extract<RelayMessage, { t: "entries" }>;
export type ReceiptMessage = Extract<RelayMessage, { t: "receipt" }>;

/** What a log's owner does with its connection. Calls come one after another, never two at once. */
export interface LinkOwner {
  signIn(): SignIn;
  /** Where the subscription begins. */
  position(): number;
  /** False: the relay contradicts what was verified before; the link stops. */
  welcomed(welcome: Welcome): Promise<boolean>;
  /** Two histories were proven here before: this log is not synced any more. */
  isHalted(): boolean;
  /** Checks and keeps a run of entries. `later`: this device could not keep them, and they are asked for again. */
  received(message: EntriesMessage): Promise<"kept" | "fault" | "later">;
  /** The next entries to push, or nothing. Called when nothing is under way and all entries that the relay had are here. */
  toPush(): Promise<readonly PushEntry[] | undefined | "later">;
  /** `refused`: what the relay refused was let go of, and the rest goes on. */
  receipted(message: ReceiptMessage): Promise<"kept" | "later" | "refused">;
  changed(): void;
}

export type LinkState =
  | { readonly state: "off" }
  | { readonly state: "connecting" }
  | { readonly state: "catching-up"; readonly done: number; readonly of: number }
  | { readonly state: "live" }
  | { readonly state: "waiting"; readonly retryAt: Millis; readonly why: Ended["code"] | "store" }
  /** Refused, or the relay broke the protocol: tried again only when asked. */
  | { readonly state: "stopped"; readonly why: Ended["code"] | "fault" };

const WINDOW = 512;
const HEALTHY_AFTER = 10_000;

/** Keeps one log connected: sign-in, catch-up, live entries, pushing, and coming back after a cut (W3 to W5). */
export class LogLink {
  readonly #ports: Ports;
  readonly #owner: LinkOwner;
  #client: RelayClient | undefined;
  #state: LinkState = { state: "off" };
  #attempt = 0;
  #cancelRetry: () => void = () => undefined;
  #cancelHealth: () => void = () => undefined;
  #queue: Promise<void> = Promise.resolve();
  #welcome: Welcome | undefined;
  #target = 0;
  #pushing: { readonly id: number; readonly count: number } | undefined;
  #pushId = 0;
  #generation = 0;

  constructor(ports: Ports, owner: LinkOwner) {
    this.#ports = ports;
    this.#owner = owner;
  }

  get state(): LinkState {
    return this.#state;
  }

  /** The bearer token for files, and the relay's limits, while connected. */
  get welcome(): Welcome | undefined {
    return this.#state.state === "live" || this.#state.state === "catching-up" ? this.#welcome : undefined;
  }

  start(): void {
    if (this.#owner.isHalted()) this.#set({ state: "stopped", why: "fault" });
    else if (this.#state.state === "off" || this.#state.state === "stopped" || this.#state.state === "waiting") this.#open();
  }

  stop(): void {
    this.#generation++;
    this.#cancelRetry();
    this.#cancelHealth();
    this.#client?.close();
    this.#client = undefined;
    this.#set({ state: "off" });
  }

  /** There is something to push. */
  wake(): void {
    if (this.#state.state === "live") this.#enqueue(this.#generation, () => this.#push());
  }

  /** Resolves when everything that was queued so far is done. */
  async idle(): Promise<void> {
    let seen: Promise<void> | undefined;
    while (seen !== this.#queue) {
      seen = this.#queue;
      await seen;
    }
  }

  #open(): void {
    this.#cancelRetry();
    const generation = ++this.#generation;
    this.#welcome = undefined;
    this.#pushing = undefined;
    this.#set({ state: "connecting" });
    this.#client = new RelayClient(this.#ports, this.#owner.signIn(), {
      onWelcome: (welcome) => {
        this.#enqueue(generation, () => this.#welcomed(welcome, generation));
      },
      onMessage: (message) => {
        this.#enqueue(generation, () => this.#message(message));
      },
      onEnd: (ended) => {
        if (generation === this.#generation) this.#ended(ended);
      },
    });
    this.#client.open();
  }

  #enqueue(generation: number, work: () => Promise<void>): void {
    this.#queue = this.#queue.then(async () => {
      if (generation === this.#generation) await work();
    });
  }

  async #welcomed(welcome: Welcome, generation: number): Promise<void> {
    if (!(await this.#owner.welcomed(welcome))) {
      this.#fault();
      return;
    }
    this.#welcome = welcome;
    this.#target = welcome.size;
    this.#client?.send({ t: "subscribe", from: this.#owner.position(), window: WINDOW });
    this.#cancelHealth = this.#ports.clock.after(HEALTHY_AFTER, () => {
      if (generation === this.#generation) this.#attempt = 0;
    });
    await this.#progress();
  }

  async #message(message: Exclude<RelayMessage, { t: "challenge" | "welcome" }>): Promise<void> {
    switch (message.t) {
      case "entries": {
        const kept = await this.#owner.received(message);
        if (kept !== "kept") {
          if (kept === "fault") this.#fault();
          else this.#later();
          return;
        }
        if (message.items.length > 0) this.#client?.send({ t: "window", add: Math.min(message.items.length, 1_024) });
        await this.#progress();
        return;
      }
      case "receipt": {
        if (this.#pushing?.id !== message.id || message.n.length > this.#pushing.count) {
          this.#violation();
          return;
        }
        this.#pushing = undefined;
        const receipted = await this.#owner.receipted(message);
        if (receipted === "later") {
          this.#later();
          return;
        }
        if (receipted === "kept" && message.error && !continues(message.error.code)) {
          this.#client?.close();
          this.#ended({ code: message.error.retry ? "relay-busy" : "relay-refused", retry: message.error.retry });
          return;
        }
        await this.#push();
        return;
      }
      case "error":
        if (!message.retry && message.ref === null) {
          this.#client?.close();
          this.#ended({ code: refusal(message.code), retry: false });
        }
        return;
      case "pong":
        return;
      case "reserved":
      case "mail":
        this.#violation();
    }
  }

  async #progress(): Promise<void> {
    const done = this.#owner.position();
    if (done < this.#target) {
      this.#set({ state: "catching-up", done, of: this.#target });
      return;
    }
    this.#set({ state: "live" });
    await this.#push();
  }

  async #push(): Promise<void> {
    if (this.#pushing || this.#state.state !== "live") return;
    const entries = await this.#owner.toPush();
    if (entries === "later") {
      this.#later();
      return;
    }
    if (!entries || entries.length === 0) return;
    this.#pushing = { id: ++this.#pushId, count: entries.length };
    this.#client?.send({ t: "push", id: this.#pushing.id, entries: [...entries] });
  }

  #fault(): void {
    this.#generation++;
    this.#client?.close();
    this.#set({ state: "stopped", why: "fault" });
  }

  /** This device has no room just now: nothing is lost, it is tried again like after a cut. */
  #later(): void {
    this.#client?.close();
    this.#wait("store");
  }

  #violation(): void {
    this.#client?.close();
    this.#ended({ code: "violation", retry: false });
  }

  #ended(ended: Ended): void {
    this.#generation++;
    this.#cancelHealth();
    this.#client = undefined;
    if (ended.code === "closed") return;
    if (!ended.retry) {
      this.#set({ state: "stopped", why: ended.code });
      return;
    }
    this.#wait(ended.code);
  }

  #wait(why: Ended["code"] | "store"): void {
    const [byte = 0] = this.#ports.random(1);
    const wait = backoff(this.#attempt++, byte / 255);
    this.#set({ state: "waiting", retryAt: this.#ports.clock.now() + wait, why });
    this.#cancelRetry = this.#ports.clock.after(wait, () => {
      this.#open();
    });
  }

  #set(state: LinkState): void {
    this.#state = state;
    this.#owner.changed();
  }
}

function refusal(code: WireCode): Ended["code"] {
  return code === "unsupported" ? "relay-version" : code === "not-member" ? "not-member" : "relay-refused";
}

/** Refusals of a push after which the owner seals or builds anew and goes on. */
const continues = (code: WireCode): boolean => code === "epoch-stale" || code === "charter-head" || code === "epoch-gap";
