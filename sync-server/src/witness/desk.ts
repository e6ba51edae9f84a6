import { toBase64 } from "@countersign/shared/base/bytes";
import type { LogId, Millis } from "@countersign/shared/base/ids";
import { withCosignatures, parseTreeHead } from "@countersign/shared/log/cosignature";
import { parseNote } from "@countersign/shared/log/note";
import type { Clock } from "@countersign/shared/sync/ports";
import type { RelayLog } from "../relay/ports.ts";
import type { WitnessSetting } from "./settings.ts";

/** A log whose checkpoints are to be cosigned. */
export interface Cosignable {
  readonly log: LogId;
  /** Whether nobody is connected to it. */
  readonly isIdle: boolean;
  freshNote(): string | null;
  /** The key that signs the note, as `name+id+base64`. */
  verifierKey(): string;
  /** That the first `size` entries begin with the first `from`; undefined where they are not there. */
  consistency(from: number, size: number): Promise<readonly Uint8Array[] | undefined>;
  /** The same note with the witnesses' lines. */
  cosigned(note: string, size: number): void;
}

export interface HttpAnswer {
  /** 0 where there was none. */
  readonly status: number;
  readonly body: string;
}

export interface WitnessDeskPorts {
  readonly clock: Clock;
  readonly log: RelayLog;
  /** Never rejects. */
  readonly post: (url: string, body: string, token: string | undefined) => Promise<HttpAnswer>;
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Further entries of the same moment are taken along. */
const GATHER = 1_500;
/** A 409 that names a size, a 404 that asks for the log, and once more. */
const TRIES = 4;

/**
 * Asks the witnesses to cosign checkpoints: of a log that grew at most once in so many seconds, of one that somebody is connected to at least
 * once a day. Nothing waits for it: entries are acknowledged and sent on whether a witness answers or not.
 */
export class WitnessDesk {
  readonly #ports: WitnessDeskPorts;
  readonly #witnesses: readonly WitnessSetting[];
  readonly #every: Millis;
  readonly #waiting = new Map<LogId, Cosignable>();
  /** Logs that were cosigned and are in use, with when. */
  readonly #done = new Map<LogId, { readonly log: Cosignable; readonly at: Millis }>();
  /** The size that a witness knows of a log. */
  readonly #sizes = new Map<string, number>();
  #last = -Infinity;
  #timer: (() => void) | undefined;
  #daily: () => void;
  #running: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(ports: WitnessDeskPorts, witnesses: readonly WitnessSetting[], everySeconds: number) {
    this.#ports = ports;
    this.#witnesses = witnesses;
    this.#every = everySeconds * 1_000;
    this.#daily = this.#hourly();
  }

  /** What devices are told: the keys by which they know the lines. */
  get verifierKeys(): readonly string[] {
    return this.#witnesses.map((w) => w.verifierKey);
  }

  /** A log has a new checkpoint, or was opened. */
  grew(log: Cosignable): void {
    if (this.#stopped) return;
    this.#waiting.set(log.log, log);
    this.#schedule();
  }

  /** Resolves when the round that is under way has ended. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#timer?.();
    this.#daily();
    await this.#running;
  }

  #schedule(): void {
    if (this.#timer || this.#stopped) return;
    const wait = Math.max(GATHER, this.#last + this.#every - this.#ports.clock.now());
    this.#timer = this.#ports.clock.after(wait, () => {
      this.#running = this.#round().finally(() => {
        this.#timer = undefined;
        if (this.#waiting.size > 0) this.#schedule();
      });
    });
  }

  #hourly(): () => void {
    return this.#ports.clock.after(HOUR, () => {
      const now = this.#ports.clock.now();
      for (const [id, { log, at }] of this.#done) {
        if (log.isIdle) this.#done.delete(id);
        else if (now - at >= DAY) this.grew(log);
      }
      if (!this.#stopped) this.#daily = this.#hourly();
    });
  }

  async #round(): Promise<void> {
    this.#last = this.#ports.clock.now();
    const logs = [...this.#waiting.values()];
    this.#waiting.clear();
    let failed = 0;
    for (const log of logs) if (!this.#stopped && !(await this.#cosign(log))) failed++;
    if (failed > 0) this.#ports.log.warn("witness-failed", { logs: failed });
  }

  async #cosign(log: Cosignable): Promise<boolean> {
    const note = log.freshNote();
    const parsed = note === null ? undefined : parseNote(note);
    const head = parsed?.ok === true ? parseTreeHead(parsed.value.text) : undefined;
    if (note === null || !head) return true;
    const lines = await Promise.all(this.#witnesses.map((w) => this.#ask(w, log, note, head.size)));
    const cosigned = withCosignatures(
      note,
      lines.map((l) => l ?? "").join(""),
      this.#witnesses.map((w) => w.key),
    );
    if (cosigned !== undefined) {
      log.cosigned(cosigned, head.size);
      this.#done.set(log.log, { log, at: this.#ports.clock.now() });
    }
    return lines.every((l) => l !== undefined);
  }

  /** The witness's lines over a note; undefined where it gave none. */
  async #ask(witness: WitnessSetting, log: Cosignable, note: string, size: number): Promise<string | undefined> {
    const place = `${witness.url} ${log.log}`;
    let old = this.#sizes.get(place) ?? 0;
    for (let tries = 0; tries < TRIES; tries++) {
      const proof = old === 0 ? [] : await log.consistency(old, size);
      if (!proof) return undefined;
      const body = [`old ${String(old)}`, ...proof.map(toBase64), "", note].join("\n");
      const answer = await this.#ports.post(`${witness.url}/add-checkpoint`, body, undefined);
      switch (answer.status) {
        case 200:
          this.#sizes.set(place, size);
          return answer.body;
        case 404: {
          const told = await this.#ports.post(`${witness.url}/add-log`, `${log.verifierKey()}\n`, witness.token);
          if (told.status !== 200) return undefined;
          break;
        }
        case 409: {
          const known = Number(/^(0|[1-9][0-9]{0,15})\n$/.exec(answer.body)?.[1] ?? NaN);
          if (!Number.isSafeInteger(known) || known === old || known > size) {
            // It saw more of this log, or another one, than this relay has: a restored backup, or worse. The operator must look.
            this.#ports.log.error("witness-saw-another-log", undefined, { log: this.#ports.log.tag(log.log), size, witness: known });
            return undefined;
          }
          old = known;
          break;
        }
        default:
          return undefined;
      }
    }
    return undefined;
  }
}
