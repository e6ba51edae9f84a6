import type { Patch } from "@countersign/shared/replica/api";
import { METHODS, READS, type BetweenTabs, type Call, type FromWorker, type Reply } from "./protocol.ts";

/** The engine as this switch sees it. */
export interface Engine {
  run(call: Call): Promise<Reply>;
}

/** What the platform gives: the lock that only one tab holds, and the channel between tabs. */
export interface TabPorts {
  readonly me: string;
  post(message: BetweenTabs): void;
  toPage(message: FromWorker): void;
}

/**
 * One engine over all tabs. Every tab has a worker; the one that holds the lock runs the engine, the others pass their page's calls to
 * it. When its tab goes, another worker gets the lock; calls that only read are then asked again, calls that write are answered as
 * broken, since nobody knows whether they took place.
 */
export class TabSwitch {
  readonly #ports: TabPorts;
  #engine: Engine | undefined;
  /** The worker that runs the engine, once it is known. */
  #leader: string | undefined;
  /** Calls of this page without an answer; `sent` ones are with some engine. */
  readonly #waiting = new Map<number, { readonly call: Call; sent: boolean }>();

  constructor(ports: TabPorts) {
    this.#ports = ports;
    ports.post({ type: "engine-where" });
  }

  /** This worker holds the lock now. */
  lead(engine: Engine): void {
    this.#engine = engine;
    this.#ports.post({ type: "engine-here", leader: this.#ports.me });
    this.#led(this.#ports.me);
  }

  fromPage(call: Call): void {
    if (!METHODS.has(call.method)) {
      this.#ports.toPage({ type: "broken", id: call.id, why: "unknown call" });
      return;
    }
    const entry = { call, sent: false };
    this.#waiting.set(call.id, entry);
    if (this.#leader !== undefined) this.#dispatch(entry);
  }

  fromTab(message: BetweenTabs): void {
    switch (message.type) {
      case "tab-call":
        if (this.#engine && METHODS.has(message.call.method)) {
          void this.#engine.run(message.call).then((reply) => {
            this.#ports.post({ type: "tab-reply", to: message.from, reply });
          });
        }
        return;
      case "tab-reply":
        if (message.to === this.#ports.me) this.#answer(message.reply);
        return;
      case "tab-patch":
        this.#ports.toPage({ type: "patch", patch: message.patch });
        return;
      case "engine-where":
        if (this.#engine) this.#ports.post({ type: "engine-here", leader: this.#ports.me });
        return;
      case "engine-here":
        this.#led(message.leader);
    }
  }

  /** The engine of this worker has something to tell to all pages. */
  patch(patch: Patch): void {
    this.#ports.toPage({ type: "patch", patch });
    this.#ports.post({ type: "tab-patch", patch });
  }

  #dispatch(entry: { readonly call: Call; sent: boolean }): void {
    entry.sent = true;
    if (this.#engine) {
      void this.#engine.run(entry.call).then((reply) => {
        this.#answer(reply);
      });
    } else this.#ports.post({ type: "tab-call", from: this.#ports.me, call: entry.call });
  }

  #answer(reply: Reply): void {
    if (this.#waiting.delete(reply.id)) this.#ports.toPage(reply);
  }

  /** Says who runs the engine; a new one does not know what the last one was doing. */
  #led(leader: string): void {
    if (this.#leader === leader) return;
    const first = this.#leader === undefined;
    this.#leader = leader;
    for (const entry of [...this.#waiting.values()]) {
      if (!entry.sent || READS.has(entry.call.method)) this.#dispatch(entry);
      else this.#answer({ type: "broken", id: entry.call.id, why: "the tab that was doing this was closed" });
    }
    // What another tab had open is locked now: the pages ask anew.
    if (!first) this.#ports.toPage({ type: "patch", patch: { topic: "vault" } });
  }
}
