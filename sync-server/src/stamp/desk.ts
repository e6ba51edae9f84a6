import type { LogId, Millis } from "@countersign/shared/base/ids";
import { checkTimestamp, timestampRequest } from "@countersign/shared/crypto/timestamp";
import type { RandomBytes } from "@countersign/shared/crypto/random";
import { stampedText } from "@countersign/shared/entry/anchor";
import { LIMITS } from "@countersign/shared/base/limits";
import type { Clock } from "@countersign/shared/sync/ports";
import { claimedCheckpoint } from "../log/stage.ts";
import type { RelayLog } from "../relay/ports.ts";

/** A checkpoint with what a time-stamp authority answered for its text. */
export interface StampedNote {
  readonly note: string;
  readonly token: Uint8Array;
  readonly size: number;
}

/** A log whose checkpoints are to be stamped. */
export interface Stampable {
  readonly log: LogId;
  freshNote(): string | null;
  stamped(stamp: StampedNote): void;
}

export interface StampDeskPorts {
  readonly clock: Clock;
  readonly log: RelayLog;
  readonly random: RandomBytes;
  /** Asks the authority. Never rejects: undefined where it did not answer. */
  readonly ask: (request: Uint8Array) => Promise<Uint8Array | undefined>;
}

const HOUR = 3_600_000;
/** Entries of the same moment are taken along, and the next log waits as long: authorities are shared with the whole world. */
const GATHER = 2_000;
/** An authority that failed is left alone for a while. */
const AGAIN = 600_000;

/**
 * Asks a time-stamp authority to stamp checkpoints, of one log after another, each at most once in so many hours and only after it grew. Nothing
 * waits for it. What the authority answers is checked here, so that devices get nothing that they would throw away, and again on each device.
 */
export class StampDesk {
  readonly #ports: StampDeskPorts;
  readonly #every: Millis;
  readonly #waiting = new Map<LogId, Stampable>();
  readonly #done = new Map<LogId, Millis>();
  #timer: (() => void) | undefined;
  #running: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(ports: StampDeskPorts, everyHours: number) {
    this.#ports = ports;
    this.#every = everyHours * HOUR;
  }

  /** A log has a new checkpoint, or was opened. */
  grew(log: Stampable): void {
    const last = this.#done.get(log.log);
    if (this.#stopped || (last !== undefined && this.#ports.clock.now() - last < this.#every)) return;
    this.#waiting.set(log.log, log);
    this.#schedule(GATHER);
  }

  /** Resolves when what is under way has ended. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#timer?.();
    await this.#running;
  }

  #schedule(wait: Millis): void {
    if (this.#timer || this.#stopped) return;
    this.#timer = this.#ports.clock.after(wait, () => {
      this.#running = this.#next().then((wait) => {
        this.#timer = undefined;
        if (this.#waiting.size > 0) this.#schedule(wait);
      });
    });
  }

  /** One log. @returns how long the next one waits */
  async #next(): Promise<Millis> {
    const now = this.#ports.clock.now();
    for (const [id, at] of this.#done) if (now - at >= this.#every) this.#done.delete(id);
    const [log] = this.#waiting.values();
    if (!log) return GATHER;
    const why = await this.#stamp(log);
    if (why !== undefined) {
      this.#ports.log.warn("timestamp-failed", { code: why, logs: this.#waiting.size });
      return AGAIN;
    }
    this.#waiting.delete(log.log);
    return GATHER;
  }

  /** @returns why there is no stamp; undefined where there is one, or nothing to stamp */
  async #stamp(log: Stampable): Promise<string | undefined> {
    const note = log.freshNote();
    const text = note === null ? undefined : stampedText(note);
    const checkpoint = note === null ? undefined : claimedCheckpoint(note);
    if (note === null || !text || !checkpoint) return undefined;
    const nonce = this.#ports.random(8);
    const token = await this.#ports.ask(timestampRequest(text, nonce));
    if (!token) return "stamp-unreachable";
    if (token.length > LIMITS.token) return "stamp-size";
    const checked = await checkTimestamp(token, text, nonce);
    if (!checked.ok) return checked.error.code;
    this.#done.set(log.log, this.#ports.clock.now());
    if (!this.#stopped) log.stamped({ note, token, size: checkpoint.size });
    return undefined;
  }
}
