import type { Hex32, LogId, MemberId, Millis } from "@countersign/shared/base/ids";
import type { PushEntry, WireCode } from "@countersign/shared/wire/messages";
import type { RelayStore } from "../store/store.ts";
import type { LogActor } from "./actor.ts";
import type { Committer } from "./committer.ts";
import type { Speaker } from "./rights.ts";

/** The answer to a push: positions of the entries taken, and why the first one was not (section 7, `receipt`). */
export interface Receipt {
  readonly n: readonly number[];
  readonly error?: { readonly code: WireCode; readonly retry: boolean; readonly at: number };
}

/** One connection's part in a log, as the log sees it. */
export interface Attached {
  /** Something new is durable. */
  onGrown(): void;
  /** The charter may say something else about this connection now. */
  onCharter(): void;
  /** What the log held in memory is lost: the connection must begin again. */
  onLost(): void;
}

/** Signs checkpoints of this log. */
export interface CheckpointSigner {
  readonly publicKey: Hex32;
  readonly seed: Uint8Array;
  /** The key as other tools take it. */
  readonly verifierKey: string;
  sign(size: number, root: Uint8Array, time: Millis): string;
  /** The same, made beside what this thread does meanwhile. */
  signLater(size: number, root: Uint8Array, time: Millis): Promise<string>;
}

export interface PushLimits {
  /** Asked before anything is verified, since a flood must not cost signatures. */
  withinRate(log: LogId, who: Speaker, entry: PushEntry): boolean;
  /** Whether a member who keeps `kept` bytes of entries in a log may keep `more`. Statements are not asked about: the charter limits them. */
  withinQuota(log: LogId, member: MemberId, kept: number, more: number): boolean;
}

export interface ActorPorts {
  readonly store: RelayStore;
  readonly committer: Committer;
  readonly now: () => Millis;
  readonly turn: (run: () => void) => void;
  /** What stands against another entry from here now (L10). */
  readonly limits: PushLimits;
  /** A key that was reserved here, if a `move-log` names one (C8). */
  readonly reserved: (logKey: Hex32) => { readonly signer: CheckpointSigner; readonly seed: Uint8Array } | undefined;
  readonly name: string;
  readonly onAccepted: (entries: number, bytes: number) => void;
  /** The log has a new checkpoint. */
  readonly onGrown?: (log: LogActor) => void;
  readonly onLost: (log: LogId, problem: unknown) => void;
}
