import type { Millis } from "../base/ids.ts";

export interface VaultView {
  readonly state: "none" | "locked" | "open";
  /** `persistent`: the browser promised to keep it. `best-effort`: it may be evicted ("kept in this browser for now"). */
  readonly storage: "persistent" | "best-effort" | "unknown";
  readonly usedBytes?: number;
  readonly quotaBytes?: number;
  /** The browser or the disk gives no storage at all: nothing can be begun here. */
  readonly storageRefused?: boolean;
  /** After wrong passphrases: no try before this. */
  readonly waitUntil?: Millis;
  /** Idle minutes after which it locks by itself; 0 never. */
  readonly autoLockMinutes: number;
  /** For how many seconds what is sent can be taken back, before it leaves this device; 0 leaves at once. */
  readonly undoSeconds: number;
  /** When somebody last did something in any page of this device, by its clock; or when the last long work ended. */
  readonly activeAt: Millis;
  /** Work is under way that a lock which comes by itself must not cut: an export, a check, a linking, a move to another relay. */
  readonly working: boolean;
  /** The recovery sheet was printed and its words confirmed. */
  readonly sheetConfirmed: boolean;
  /** The sample household of `openSample` is open: in memory only, nothing is stored or sent. */
  readonly sample?: boolean;
}

/** A further way to unlock this device, beside the passphrase and the recovery sheet. */
export interface UnlockWay {
  readonly id: string;
  /** `passkey`: face, finger or a security key (WebAuthn PRF). `system`: the key store of the account on this computer. */
  readonly kind: "passkey" | "system";
  readonly made: Millis;
  /** What whoever offers the way needs to find its secret again; opens nothing by itself. */
  readonly hint: Uint8Array;
}

export interface RecoverySheet {
  readonly words: readonly string[];
  readonly relay: string;
  readonly made: Millis;
  /** Text of the QR code on the sheet. */
  readonly code: string;
}
