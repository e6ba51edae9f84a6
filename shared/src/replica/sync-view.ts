import type { DeviceId, LogId, Millis } from "../base/ids.ts";

/** What holds in any state: by how much this device's clock is ahead of the relay's (negative: behind), where that is over 10 minutes. */
export type SyncView = { readonly clockAhead?: Millis } & SyncState;

export type SyncState =
  | { readonly state: "up-to-date"; readonly at: Millis }
  | { readonly state: "catching-up"; readonly done: number; readonly of: number }
  | { readonly state: "waiting"; readonly unsent: number; readonly retryAt?: Millis; readonly lastSynced?: Millis }
  | { readonly state: "off" }
  /** The relay does not take this device any more. */
  | { readonly state: "removed"; readonly unsent: number; readonly lastSynced?: Millis }
  /** The relay speaks another version, or does not take this device. Nothing contradicts the proofs; it is tried again when asked. */
  | { readonly state: "refused"; readonly why: "relay-version" | "relay-refused"; readonly unsent: number; readonly lastSynced?: Millis }
  | { readonly state: "stopped"; readonly fault: FaultView; readonly unsent: number; readonly lastSynced?: Millis };

/** Another relay that signs that this one only adds to the log. Named by the relay; its key is kept as it was first seen. */
export interface WitnessView {
  readonly name: string;
  readonly key: string;
  /** When this device first saw the key, by its own clock. */
  readonly since: Millis;
  /** The last checkpoint that it signed: how many entries, and its own time. */
  readonly seen?: { readonly size: number; readonly time: Millis };
}

/** A time-stamp authority (RFC 3161) whose word about this log came to this device. Its name is its own word; its certificate is what tells it apart. */
export interface AuthorityView {
  readonly name: string;
  /** SHA-256 of the certificate, hex. */
  readonly certificate: string;
  /** When this device first saw the certificate, by its own clock. */
  readonly since: Millis;
  /** The last checkpoint that it stamped: how many entries, and the time that it states. */
  readonly seen: { readonly size: number; readonly time: Millis };
}

/** Why a time stamp that was asked for is not there (`StampRefusal` of sync/stamp-book.ts has what each means). */
export type StampCode =
  | "stamp-unreachable"
  | "stamp-unreadable"
  | "stamp-refused"
  | "stamp-imprint"
  | "stamp-nonce"
  | "stamp-signature"
  | "stamp-checkpoint"
  | "stamp-size";

export interface StampsView {
  readonly known: readonly AuthorityView[];
  /** What came of the last one, where it was not kept. */
  readonly problem?: { readonly at: Millis; readonly code: StampCode };
}

/** Something the relay or another device did that proofs contradict. Kept as evidence for ever. */
export interface FaultView {
  readonly id: string;
  readonly log: LogId;
  readonly at: Millis;
  readonly who: "relay" | DeviceId;
  readonly code: FaultCode;
  readonly seq?: number;
  /** What shows it can be saved as a file. */
  readonly proof: boolean;
  /** And anybody can check that file, since the relay signed what it did. */
  readonly portable: boolean;
}

export type FaultCode =
  | "relay-chain"
  | "relay-sequence"
  | "relay-header"
  | "relay-signature"
  | "relay-body"
  | "relay-checkpoint"
  | "relay-fork"
  | "relay-rollback"
  | "relay-charter"
  | "relay-time"
  | "relay-stale-epoch"
  | "relay-dropped"
  | "device-body"
  | "device-commitment"
  | "device-bundle"
  | "device-stamp"
  | "device-change";
