import type { LogId, Millis } from "../../base/ids.ts";
import { isoIn } from "../../snapshot/zone.ts";
import type { Clock } from "../../sync/ports.ts";

/** The hours of the record's own day at which delivery receipts leave when nothing of one's own took them along: never on arrival, which would tell when somebody is there. */
const HOURS = ["08", "20"];
const MINUTE = 60_000;

export interface ReceiptDesk {
  readonly clock: Clock;
  /** The records that are open, each with its IANA zone. */
  readonly logs: () => readonly { readonly log: LogId; readonly zone: string }[];
  readonly acknowledge: (log: LogId) => void;
}

/** Acknowledges what came at two fixed hours a day, once in each, on the clock of the household and not of this device. */
export class ReceiptHours {
  readonly #desk: ReceiptDesk;
  readonly #last = new Map<LogId, string>();
  #cancel: () => void = () => undefined;

  constructor(desk: ReceiptDesk) {
    this.#desk = desk;
  }

  start(): void {
    this.stop();
    this.#cancel = this.#desk.clock.after(MINUTE, () => {
      this.#look(this.#desk.clock.now());
      this.start();
    });
  }

  stop(): void {
    this.#cancel();
  }

  #look(now: Millis): void {
    for (const { log, zone } of this.#desk.logs()) {
      const hour = isoIn(now, zone).slice(0, "2026-01-31T08".length);
      if (!HOURS.includes(hour.slice(-2)) || this.#last.get(log) === hour) continue;
      this.#last.set(log, hour);
      this.#desk.acknowledge(log);
    }
  }
}
