import type { Millis } from "../base/ids.ts";
import type { Result } from "../base/result.ts";
import type { CountersignCode } from "../snapshot/countersign.ts";

/** What can go wrong when a person asks for something; each code has one sentence in the message catalogue (`error.<code>`). */
export type ActCode =
  | "locked"
  | "no-vault"
  | "vault-exists"
  | "passphrase-short"
  | "passphrase-breached"
  | "passphrase-wrong"
  | "passphrase-wait"
  | "storage-full"
  | "storage-refused"
  | "relay-unreachable"
  | "relay-version"
  | "relay-refused"
  | "relay-busy"
  /** The relay has a history that this device does not know in the place of what it lost. */
  | "relay-went-on"
  /** What was typed is no relay's address. */
  | "relay-address"
  /** At that address is another relay than the one that was agreed, or another history. */
  | "relay-other"
  /** The relay gives this person no more room. */
  | "relay-full"
  /** Only the device that this person has had longest may do it. */
  | "senior-only"
  /** Nothing of this person's is at that relay. */
  | "move-none"
  /** This person asked for, or agreed to, another relay before. */
  | "move-waits"
  /** The other relay has more of the log than this device, or less. */
  | "less-here"
  | "more-here"
  /** This device does not hold all of what the relay lost, or of what is to be moved. */
  | "not-all-here"
  | "link-broken"
  | "link-used"
  | "link-expired"
  | "link-other-version"
  /** An invitation that was typed (rule C2b): what of it is not as it was shown. */
  | "typed-relay"
  | "typed-group"
  | "typed-short"
  | "typed-long"
  | "typed-whole"
  | "sheet-broken"
  | "sheet-unknown"
  | "sheet-not-this"
  /** Another recovery sheet is in force than the one of this device. */
  | "sheet-behind"
  | "way-unknown"
  | "way-refused"
  | "recovery-waiting"
  | "not-joined"
  | "already-joined"
  | "invite-open"
  | "not-allowed"
  | "update-needed"
  | "file-too-large"
  | "file-unreadable"
  | "file-missing"
  | "file-damaged"
  | "too-many-files"
  | "text-too-long"
  | "text-empty"
  /** Text and names of files together are more than one change holds. */
  | "record-too-large"
  /** This device's clock is so far ahead that nobody would take what it writes (rule L9). */
  | "clock-ahead"
  | "amount-wrong"
  | "child-wrong"
  | "children-many"
  | "record-unknown"
  | "record-moved-on"
  /** It can't be taken back any more: it was signed and written. */
  | "already-left"
  | "compare-other-log"
  | "compare-broken"
  | "looking-back"
  | "proof-none"
  | "proof-too-large"
  | "proof-damaged"
  | "proof-newer"
  | CountersignCode
  | "recipient-wrong"
  | "code-broken"
  | "code-unknown"
  | "code-used"
  | "code-expired"
  | "code-dead"
  | "digits-wrong"
  | "pairing-broken"
  | "pairing-stopped"
  | "pairing-unfinished"
  | "pairing-nothing"
  | "removed"
  | "fonts-missing"
  | "internal";

export interface ActError {
  readonly code: ActCode;
  /**
   * For `passphrase-wait`: when the next try is allowed, by the device's clock. For `recovery-waiting`: when it takes effect. For limits: the
   * limit. For `digits-wrong`: the tries left. For `typed-group`: which one; for `typed-short`: how many groups are missing.
   */
  readonly until?: Millis;
  readonly limit?: number;
}

export type Answer<T> = Promise<Result<T, ActError>>;
