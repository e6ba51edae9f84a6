import type { Hex32, MemberId, Millis } from "@countersign/shared/base/ids";
import type { PushEntry, WireCode } from "@countersign/shared/wire/messages";
import type { Receipt } from "../log/actor-ports.ts";
import type { LogActor } from "../log/actor.ts";
import { admitFounding, foundingOf, refusedWith } from "../log/admit.ts";
import { grantOf, type Grant } from "../log/rights.ts";
import { LogState } from "../log/state.ts";
import type { OpenLogs } from "./open-logs.ts";
import type { Reservations } from "./reservations.ts";

/** Founds logs here, under keys that were reserved before. */
export class Founding {
  readonly #relay: string;
  readonly #logs: OpenLogs;
  readonly #reservations: Reservations;
  readonly #now: () => Millis;

  constructor(relay: string, logs: OpenLogs, reservations: Reservations, now: () => Millis) {
    this.#relay = relay;
    this.#logs = logs;
    this.#reservations = reservations;
    this.#now = now;
  }

  /** The key that will sign a log's checkpoints, or undefined while too many wait. */
  reserve(): Uint8Array | undefined {
    return this.#reservations.reserve(this.#now());
  }

  /**
   * Takes a push whose first entry founds a log; coming twice it gets its first receipt (L3).
   * @param onFounded told as whom the founder speaks in the log from now on
   */
  async found(
    founder: Hex32,
    entries: readonly PushEntry[],
    answer: (receipt: Receipt) => void,
    onFounded: (actor: LogActor, grant: Grant) => void,
  ): Promise<void> {
    const [first] = entries;
    if (!first) return;
    const refuse = (code: WireCode): void => answer(refusedWith(code));
    const admitted = await admitFounding(founder, first.a, first.b, { seq: 0, time: this.#now() });
    if (!admitted.ok) {
      refuse(admitted.error);
      return;
    }
    const founding = foundingOf(admitted.value);
    if (!founding) {
      refuse("not-writer");
      return;
    }
    const existing = await this.#logs.open(founding.log);
    if (existing) {
      // The same author part gets its receipt again; another over the same statement is told that the log is there.
      const grant = grantOf(existing.charter, "device", founder, existing.here());
      if (grant) {
        onFounded(existing, grant);
        void existing.push(grant, entries, answer);
      } else refuse("log-exists");
      return;
    }
    const seed = this.#reservations.find(founding.logKey);
    if (!seed || founding.relay !== this.#relay) {
      refuse("reserve-first");
      return;
    }
    const actor = this.#logs.begin(LogState.founded(admitted.value.charter), seed);
    // The founder's member id is the founding statement's, which is the log's.
    const grant: Grant = { as: "device", device: admitted.value.author.device, member: founding.log as Hex32 as MemberId };
    onFounded(actor, grant);
    actor.found(admitted.value, entries, seed, grant, (receipt) => {
      // Kept until now, so that a founding that was lost with its commit can be pushed again.
      this.#reservations.used(founding.logKey);
      answer(receipt);
    });
  }
}
