import type { Hex32, Millis } from "@countersign/shared/base/ids";
import type { RandomBytes } from "@countersign/shared/crypto/random";
import type { Clock } from "@countersign/shared/sync/ports";
import type { RelayStore } from "../store/store.ts";
import type { StampDesk } from "../stamp/desk.ts";
import type { WitnessDesk } from "../witness/desk.ts";
import type { RelayLimits } from "./limits.ts";

/** What the relay counts. Names of metrics are in http/metrics.ts; none carries an id. */
export interface RelayMeter {
  signIn(outcome: "welcome" | "refused"): void;
  accepted(entries: number, bytes: number): void;
  refused(code: string): void;
  sent(entries: number): void;
  closed(code: number): void;
}

/** Where the relay tells its operator what happens. Never content; ids only through `tag`. */
export interface RelayLog {
  info(event: string, facts?: Readonly<Record<string, string | number>>): void;
  warn(event: string, facts?: Readonly<Record<string, string | number>>): void;
  error(event: string, problem: unknown, facts?: Readonly<Record<string, string | number>>): void;
  /** A short keyed hash of an id: the same id has the same tag until the relay is started again. */
  tag(id: Hex32): string;
}

/** Everything outside that the relay touches. The simulator passes its own, so that a run can be replayed from a seed. */
export interface RelayPorts {
  readonly store: RelayStore;
  readonly clock: Clock;
  readonly random: RandomBytes;
  /** The relay's name: founding statements pin it, sign-ins are signed over it, checkpoints carry it. */
  readonly name: string;
  readonly limits?: Partial<RelayLimits>;
  /** Runs once, after what is running now: `setImmediate` in the process. What comes before shares one transaction. */
  readonly turn: (run: () => void) => void;
  readonly log?: RelayLog;
  readonly meter?: RelayMeter;
  /** Asks witnesses to cosign checkpoints, where some are set. */
  readonly witnesses?: WitnessDesk;
  /** Asks a time-stamp authority to stamp them, where one is set. */
  readonly stamps?: StampDesk;
}

export const SILENT_LOG: RelayLog = { info: () => undefined, warn: () => undefined, error: () => undefined, tag: () => "" };

export const NO_METER: RelayMeter = {
  signIn: () => undefined,
  accepted: () => undefined,
  refused: () => undefined,
  sent: () => undefined,
  closed: () => undefined,
};

/** Relay time: the clock, but it never falls, not even over a restart (rule L0a). */
export class RelayTime {
  readonly #clock: Clock;
  #last: Millis;

  constructor(clock: Clock, floor: Millis) {
    this.#clock = clock;
    this.#last = floor;
  }

  now(): Millis {
    this.#last = Math.max(this.#last, this.#clock.now());
    return this.#last;
  }
}
