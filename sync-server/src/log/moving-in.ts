import { toId } from "@countersign/shared/base/bytes";
import type { Hex32 } from "@countersign/shared/base/ids";
import { err, ok, type Result } from "@countersign/shared/base/result";
import { everyone, proposals } from "@countersign/shared/charter/query";
import { ENTRY_KIND } from "@countersign/shared/entry/header";
import { MOST_OFFERED, type PushEntry, type RestoreMessage, type WireCode } from "@countersign/shared/wire/messages";
import type { ActorPorts } from "./actor-ports.ts";
import { admitOld } from "./admit.ts";
import type { Checked } from "./check.ts";
import type { LogHead } from "./head.ts";
import { restore, type CheckedLost, type Restored } from "./restore.ts";
import { claimedCheckpoint, hasArrived, isSure, newStaging, noteCounts, stageOf, takeDropped, type Staging } from "./stage.ts";
import type { LogState } from "./state.ts";

/** A log on its way to this relay (rules C8d, C8e): what came of it so far, and whether that is all. */
export class MovingIn {
  readonly #ports: ActorPorts;
  readonly #head: LogHead;
  /** It is being moved here; with `#isArriving` it is founded as soon as what waits is durable. */
  #staging: Staging | undefined;
  #isArriving = false;

  constructor(ports: ActorPorts, head: LogHead, staging: Staging | undefined) {
    this.#ports = ports;
    this.#head = head;
    this.#staging = staging;
  }

  /** It is not here yet, as far as the store knows. */
  get isStaged(): boolean {
    return this.#staging !== undefined;
  }

  /** Nothing of it is signed here yet. */
  get isUnsigned(): boolean {
    return this.#staging !== undefined && !this.#isArriving;
  }

  /** What whoever moves the log here is told of it; undefined where it is here. */
  get stage(): { readonly offer: readonly PushEntry[]; readonly floor: number } | undefined {
    return this.#staging ?? this.#comingBack();
  }

  /** Whether a relay that its charter names signed the checkpoint under which it came so far. */
  get isSure(): boolean {
    const note = this.#staging?.note ?? null;
    return note !== null && isSure(this.#head.charter, note);
  }

  /** The note of the relay that it comes from over its first `size` entries, if it came so far under that. */
  note(size: number): string | null {
    const note = this.#staging?.note ?? null;
    return note !== null && claimedCheckpoint(note)?.size === size ? note : null;
  }

  /** A log that was here once, moved away, and comes back. */
  #comingBack(): Staging | undefined {
    return this.#head.hasMovedAway && !this.#isArriving ? newStaging(this.#head.state.size) : undefined;
  }

  /** Judges a piece of it, under the checkpoint of the relay that it comes from (rule C8d). */
  bring(copy: LogState, alone: readonly CheckedLost[], { from, proof, note }: RestoreMessage): Result<readonly Restored[], WireCode> {
    const staging = this.#staging ?? this.#comingBack();
    const checkpoint = claimedCheckpoint(note);
    if (!staging) return err("log-exists");
    if (!checkpoint) return err("restore");
    const back = restore(copy, alone, { from, proof, checkpoint, now: this.#ports.now() });
    if (!back.ok) return back;
    if (!noteCounts(copy, note, checkpoint) || (this.isSure && !isSure(copy.charter, note))) return err("restore");
    const { limits } = this.#ports;
    const isWithin = everyone(copy.charter).every(({ id }) => limits.withinQuota(copy.log, id, copy.bytesOf(id), 0));
    if (!isWithin) return err("quota-member");
    for (const { entry } of back.value) if (entry.body === null) staging.missing.add(entry.seq);
    this.#staging = { ...staging, note, offer: [] };
    return back;
  }

  /**
   * Judges statements that move it here, where the relay that it comes from is gone, and keeps them (rule C8e).
   * @returns their places, where the move stands with them; none where the consent of the other parent is wanting
   */
  offer(entries: readonly Checked[]): Result<readonly number[], WireCode> {
    const staging = this.#staging;
    if (!staging) return err("log-exists");
    const checkpoint = staging.note === null ? undefined : claimedCheckpoint(staging.note);
    if (!checkpoint || checkpoint.size !== this.#head.state.size || entries.length > MOST_OFFERED) return err("restore");
    const copy = this.#head.state.clone();
    const back: Restored[] = [];
    for (const { entry, id, alone } of entries) {
      if (!alone?.ok) return err(alone?.error ?? "internal");
      if (alone.value.kind !== ENTRY_KIND.charter) return err("not-writer");
      const at = copy.next(this.#ports.now());
      const admitted = admitOld(copy.charter, alone.value, entry.b, at);
      if (!admitted.ok) return admitted;
      const said = admitted.value.statement?.statement;
      const isTrue = said?.type !== "move-log" || (said.size === checkpoint.size && said.root === toId<Hex32>(checkpoint.root));
      if (!isTrue || (said?.type !== "move-log" && said?.type !== "consent")) return err("restore");
      const { entry: stored, milestone } = copy.append(alone.value, entry.a, entry.b, at, admitted.value.charter);
      back.push({ admitted: admitted.value, id, entry: stored, ...(milestone ? { milestone } : {}) });
    }
    if (hasArrived(copy, staging, this.#head.relay)) {
      this.keep(copy, back);
      return ok(back.map((r) => r.entry.seq));
    }
    if (!this.#isProposedIn(copy)) return err("restore");
    this.#staging = { ...staging, offer: entries.map(({ entry }) => entry) };
    this.keep(this.#head.state, []);
    return ok([]);
  }

  #isProposedIn(copy: LogState): boolean {
    const { relay, logKey } = this.#head.relay;
    return proposals(copy.charter, copy.next(this.#ports.now())).some(
      (p) => p.type === "move-log" && p.relay === relay && p.logKey === (logKey as string),
    );
  }

  /** Entries that keep their old places are written; of a log that moves here, also how far it has come. */
  keep(state: LogState, back: readonly Restored[]): void {
    const head = this.#head;
    const acked = head.restore(state, back, this.isStaged);
    const staging = this.#staging;
    if (!staging) return;
    takeDropped(staging.missing, acked);
    if (hasArrived(head.state, staging, head.relay)) {
      this.#isArriving = true;
      head.unwritten.add({ t: "stage-end", log: head.log });
      head.charterGrown();
    } else {
      const stage = stageOf(staging, this.#ports.now());
      head.unwritten.add({ t: "stage", log: head.log, keySeed: head.signer.seed, stage });
    }
  }

  /** All of it is here, and durable. */
  arrived(): void {
    this.#staging = undefined;
    this.#isArriving = false;
  }
}
