import type { Hex32, LogId, MemberId } from "@countersign/shared/base/ids";
import { parentsOf, recoveryKeyOf, relayNow } from "@countersign/shared/charter/query";
import type { Charter } from "@countersign/shared/charter/state";
import type { Position } from "@countersign/shared/charter/types";
import { ENTRY_KIND } from "@countersign/shared/entry/header";
import type { PushEntry } from "@countersign/shared/wire/messages";
import type { Write } from "../store/store.ts";
import type { ActorPorts, CheckpointSigner } from "./actor-ports.ts";
import type { Admitted } from "./admit.ts";
import { Bundles } from "./bundles.ts";
import type { Restored } from "./restore.ts";
import type { LogState } from "./state.ts";
import type { Unwritten } from "./unwritten.ts";

/**
 * The log as it will be when what waits is durable: it gives places, and notes for the store what each entry brings with it. It runs ahead of
 * the store, so nobody is told of it before the commit.
 */
export class LogHead {
  readonly log: LogId;
  readonly bundles: Bundles;
  readonly unwritten: Unwritten;
  readonly #ports: ActorPorts;
  #state: LogState;
  #signer: CheckpointSigner;
  #charterGrew = false;

  constructor(ports: ActorPorts, state: LogState, signer: CheckpointSigner, unwritten: Unwritten) {
    this.log = state.log;
    this.#ports = ports;
    this.#state = state;
    this.#signer = signer;
    this.unwritten = unwritten;
    this.bundles = new Bundles(state.log, ports.store);
  }

  get state(): LogState {
    return this.#state;
  }

  get charter(): Charter {
    return this.#state.charter;
  }

  /** Signs the checkpoints of this log here. */
  get signer(): CheckpointSigner {
    return this.#signer;
  }

  /** This relay, as a charter names it. */
  get relay(): { readonly relay: string; readonly logKey: Hex32 } {
    return { relay: this.#ports.name, logKey: this.#signer.publicKey };
  }

  /** Now, as a place: what an entry would get that came now. */
  here(): Position {
    return this.#state.next(this.#ports.now());
  }

  bytesOf(member: MemberId): number {
    return this.#state.bytesOf(member);
  }

  /** A log that moved to another relay is read here, and no longer written. */
  get hasMovedAway(): boolean {
    const pinned = relayNow(this.charter);
    return pinned.relay !== this.#ports.name || pinned.logKey !== (this.#signer.publicKey as string);
  }

  append(admitted: Admitted, entry: PushEntry, id: Hex32, at: Position): void {
    const { entry: stored, milestone } = this.#state.append(admitted.author, entry.a, entry.b, at, admitted.charter);
    this.unwritten.entry(id, stored, milestone);
    if (admitted.statement) this.charterGrown();
    if (admitted.author.kind === ENTRY_KIND.ack) this.unwritten.add(...this.bundles.take(admitted.author, this.charter, at));
  }

  /**
   * Entries that keep their old places are written.
   * @param state with these entries; it takes the place of the one before
   * @param isStaged the log is not here yet: what its charter says is looked at when it is
   * @returns what their acknowledgements bring
   */
  restore(state: LogState, back: readonly Restored[], isStaged: boolean): readonly Write[] {
    this.#state = state;
    const acked: Write[] = [];
    for (const { admitted, id, entry, milestone } of back) {
      this.unwritten.entry(id, entry, milestone);
      if (admitted.statement && !isStaged) this.charterGrown();
      const { author } = admitted;
      if (author.kind === ENTRY_KIND.ack) acked.push(...this.bundles.take(author, this.charter, { seq: entry.seq, time: entry.time }));
    }
    this.unwritten.add(...acked);
    return acked;
  }

  /** The charter says something else from here on. */
  charterGrown(): void {
    this.#charterGrew = true;
    const here = this.here();
    const keys = parentsOf(this.charter, here).flatMap((member) => recoveryKeyOf(this.charter, member.id, here)?.sign ?? []);
    this.unwritten.add({ t: "recovery", log: this.log, keys });
    const pinned = relayNow(this.charter);
    if (pinned.logKey === (this.#signer.publicKey as string) || pinned.relay !== this.#ports.name) return;
    // A move to a new key of this same relay: positions go on, checkpoints are signed by the new key (C8).
    const reserved = this.#ports.reserved(pinned.logKey);
    if (!reserved) return;
    this.#signer = reserved.signer;
    this.unwritten.add({ t: "log-key", log: this.log, keySeed: reserved.seed });
  }

  /** Whether the charter says something else since this was asked last, or will as time goes on. */
  hasNewCharter(): boolean {
    const grew = this.#charterGrew || this.charter.pending.length > 0;
    this.#charterGrew = false;
    return grew;
  }
}
