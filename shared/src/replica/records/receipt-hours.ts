import type { ReplicaCore } from "../core.ts";
import type { Receipts } from "./receipts.ts";

/** Delivery receipts leave at these hours of the day (UTC) when nothing of one's own took them along. */
const HOURS = [8, 20];
const LOOK_EVERY = 60_000;

/** Sends delivery receipts at fixed hours, never on arrival: when somebody was at their device is nobody's to know. */
export class ReceiptHours {
  readonly #core: ReplicaCore;
  readonly #receipts: Receipts;
  #stop: () => void = () => undefined;
  /** Day and hour at which they last left. */
  #last = "";

  constructor(core: ReplicaCore, receipts: Receipts) {
    this.#core = core;
    this.#receipts = receipts;
  }

  start(): void {
    this.stop();
    const { clock } = this.#core.deps.ports;
    const look = (): void => {
      const now = new Date(clock.now());
      const hour = now.getUTCHours();
      const at = `${now.toISOString().slice(0, 10)}/${String(hour)}`;
      if (HOURS.includes(hour) && at !== this.#last) {
        this.#last = at;
        for (const open of this.#core.logs.values()) void this.#receipts.acknowledge(open);
      }
      this.#stop = clock.after(LOOK_EVERY, look);
    };
    this.#stop = clock.after(LOOK_EVERY, look);
  }

  stop(): void {
    this.#stop();
  }
}
