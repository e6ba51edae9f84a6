/**
 * What a screen, a test or a command line may ask of a replica, in the record's own words. The web app reaches it through a
 * worker, the headless replica directly; both give the same answers. Everything here is plain data (structured-clone safe).
 */
import type { Result } from "../base/result.ts";
import type { CardVerdict, KeyCardCode } from "../charter/key-card.ts";
import type { CompareReport } from "../compare/report.ts";
import type { ProofReport } from "../fault-proof/report.ts";
import type { ChangeHash, DeviceId, FileId, LogId, MemberId, Millis, RecordId } from "../base/ids.ts";
import type { SealFor } from "../crypto/age.ts";
import type { CountersignCode } from "../snapshot/countersign.ts";
import type { PageStyle } from "../snapshot/pdf/labels.ts";

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
  | "sheet-broken"
  | "sheet-unknown"
  | "sheet-not-this"
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
  | "amount-wrong"
  | "record-unknown"
  | "record-moved-on"
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
   * limit. For `digits-wrong`: the tries left.
   */
  readonly until?: Millis;
  readonly limit?: number;
}

export type Answer<T> = Promise<Result<T, ActError>>;

// ---------------------------------------------------------------------------------------------------------------- vault

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
  readonly autoLockMinutes: number;
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

// ------------------------------------------------------------------------------------------------------------ the people

/** One log that this vault holds: the personal one, or a household. */
export interface HouseholdView {
  readonly log: LogId;
  readonly kind: "personal" | "household";
  /** The label the person gave it; never leaves their devices. */
  readonly label: string;
  readonly relay: string;
  readonly zone: string;
  readonly people: readonly PersonView[];
  readonly me: MemberId;
  /** `alone`: no invitation. `invited`: link out. `waiting`: joined, to be confirmed by the inviter. `together`: confirmed. */
  readonly stage: "alone" | "invited" | "waiting" | "together" | "left" | "closed";
  readonly invite?: InviteView;
  readonly level: number;
  readonly needsUpdate: boolean;
  /** The relay does not take this device any more: another device of this person removed it, as far as the relay can be believed. */
  readonly removed?: boolean;
  /**
   * This device was brought in by the recovery sheet while others of this person may live: it reads, and writes from this instant of the relay's
   * clock, unless one of them refuses before (rule C9).
   */
  readonly writesFrom?: Millis;
  /** It is to go to another relay, or on its way there. */
  readonly move?: MoveView;
}

/**
 * A move to another relay (rules C8 to C8g). `asked`: the other parent has to agree, `mine` says who asked. `moving`: agreed, and carried there. `stuck`:
 * agreed, and the new relay does not take it now; it is tried again by itself. `canAct`: this device may agree.
 */
export type MoveView =
  | {
      readonly state: "asked";
      readonly mine: boolean;
      readonly relay: string;
      readonly address?: string;
      readonly expires?: Millis;
      /** The old relay is gone: it was asked through the new one. */
      readonly gone: boolean;
      readonly canAct: boolean;
    }
  | { readonly state: "moving"; readonly relay: string; readonly done: number; readonly of: number }
  | { readonly state: "stuck"; readonly relay: string; readonly error: ActError };

/** A relay that answers at an address. `isHere`: this person's own log lives there already. */
export interface RelayView {
  readonly address: string;
  readonly name: string;
  readonly isHere: boolean;
}

/** What following a relay's address came to: how many logs live there, and in how many this person is asked to agree. */
export interface FollowedView {
  readonly moved: number;
  readonly asked: number;
}

export interface PersonView {
  readonly member: MemberId;
  readonly name: string;
  readonly me: boolean;
  readonly role: "parent";
  readonly colour: 1 | 2;
  readonly provisional: boolean;
  /** How this person's keys were compared; undefined is 'not compared'. */
  readonly compared?: { readonly method: "words" | "cards"; readonly at: Millis; readonly by: MemberId };
  readonly devices: readonly DeviceView[];
}

export interface DeviceView {
  readonly device: DeviceId;
  readonly name: string;
  readonly me: boolean;
  readonly linked: Millis;
  readonly revoked?: Millis;
  /** For devices of this person: the same device in their other logs, where it has other keys. */
  readonly twins?: readonly DeviceId[];
  /** For devices of this person: it was brought in after this one. */
  readonly later?: boolean;
}

/**
 * How far the linking of a second device is (docs/protocol.md section 8). `offline`: the relay can't be reached just now, and is tried again.
 *
 * On the device that has the record: `code` shows a code, `digits` asks for what the new device shows, `giving` hands over, `finishing` waits for
 * the new device's first act, `given` is done. On the new device: `looking`, `showing` its digits, `taking`, `syncing` (entries of all logs),
 * `taken`. `failed` says why, and nothing half linked stays.
 */
export type LinkView =
  | { readonly state: "off" }
  | { readonly state: "code"; readonly code: string; readonly text: string; readonly expires: Millis; readonly offline: boolean }
  | { readonly state: "digits"; readonly left: number; readonly expires: Millis; readonly offline: boolean }
  | { readonly state: "giving"; readonly done: number; readonly of: number; readonly offline: boolean }
  | { readonly state: "finishing"; readonly name: string; readonly offline: boolean }
  | { readonly state: "given"; readonly name: string }
  | { readonly state: "looking"; readonly offline: boolean }
  | { readonly state: "showing"; readonly digits: string; readonly offline: boolean }
  | { readonly state: "taking"; readonly done: number; readonly of: number; readonly offline: boolean }
  | { readonly state: "syncing"; readonly done: number; readonly of: number; readonly offline: boolean }
  | { readonly state: "taken" }
  | { readonly state: "failed"; readonly side: "old" | "new"; readonly error: ActError };
/** A member's key card as text; the same text stands in its code. */
export interface KeyCardView {
  readonly member: MemberId;
  readonly text: string;
  /** How many devices are on it. */
  readonly devices: number;
}

/** What reading the other parent's card came to. */
export type CardAnswer = CardVerdict | KeyCardCode;

export interface InviteView {
  readonly link: string;
  readonly made: Millis;
  readonly expires: Millis;
  readonly state: "open" | "used" | "expired" | "void";
}

export interface InvitePreview {
  readonly relay: string;
  /** Known only after the invitation was looked up on the relay. */
  readonly expires?: Millis;
}

// ------------------------------------------------------------------------------------------------------------- sync state

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

// ---------------------------------------------------------------------------------------------------------- the record

/** What is known of a record's place in time. */
export interface ProofView {
  /** The author's own clock: a claim. */
  readonly claimed: Millis;
  /** Relay time bounds: not before, not after. Undefined until the entry is in the log. */
  readonly notBefore?: Millis;
  readonly notAfter?: Millis;
  readonly stampedBy: string;
  readonly log: LogId;
  readonly seq?: number;
  readonly hash: ChangeHash;
  readonly device: DeviceId;
  readonly member: MemberId;
  readonly state: "saved" | "sent" | "delivered" | "viewed";
  readonly deliveredBy?: Millis;
  readonly viewedAt?: Millis;
  /** The relay's time and the author's clock are further apart than 10 minutes. */
  readonly clockOff?: boolean;
  /** How far the author's clock lies outside the interval: negative is earlier than its begin, positive later than its end. */
  readonly clockBy?: Millis;
  /** Size of the log at the checkpoint that the change names: what bounds `notBefore`. The header `seq` bounds `notAfter`. */
  readonly checkpoint?: number;
  /** What bounds the relay's times independently of the relay, where there is anything. */
  readonly bounds?: readonly BoundView[];
  /** A later change of another member that shows that their device had this one (rule L6a). */
  readonly had?: HadView;
}

/** An anchor over a checkpoint: somebody else's clock or signature. */
export interface BoundView {
  /** `not-after`: the anchored checkpoint holds the entry. `not-before`: the change names a checkpoint that holds the anchor itself. */
  readonly side: "not-before" | "not-after";
  readonly kind: "timestamp" | "cosignature";
  readonly by: string;
  /** A witness's verifier key, or `sha256:` and the hash of an authority's certificate. */
  readonly key?: string;
  readonly at: Millis;
  /** Entry of the log that carries the anchor. */
  readonly seq?: number;
}

/** Proof that a device of `member` had an entry by a moment of the relay's clock. */
export interface HadView {
  readonly member: MemberId;
  readonly device: DeviceId;
  /** Relay time of the entry that carries the proving change. */
  readonly by: Millis;
  /** `built-on`: the proving change descends from this one. `checkpoint`: it names a log of `size` entries, which holds this one. */
  readonly how: "built-on" | "checkpoint";
  readonly hash: ChangeHash;
  readonly seq: number;
  readonly size: number;
}

export interface FileView {
  readonly id: FileId;
  readonly name: string;
  readonly type: string;
  readonly size: number;
  readonly state: "here" | "to-fetch" | "uploading" | "withdrawn";
}

export interface ThreadView {
  readonly id: RecordId;
  readonly log: LogId;
  readonly subject: string;
  readonly count: number;
  readonly unread: number;
  readonly last: Millis;
  readonly lastAuthor: MemberId;
  readonly snippet: string;
}

export interface MessageView {
  readonly id: RecordId;
  readonly thread: RecordId;
  readonly log: LogId;
  readonly author: MemberId;
  readonly subject?: string;
  readonly reply?: RecordId;
  readonly text: string;
  readonly files: readonly FileView[];
  readonly settlement: boolean;
  readonly proof: ProofView;
  /** Shared later from the author's own record: when it was first logged there. */
  readonly firstLogged?: { readonly notBefore: Millis; readonly notAfter: Millis; readonly by: string };
}

export type ExpenseState =
  "private" | "submitted" | "withdrawn" | "approved" | "refused" | "changes-requested" | "payment-made" | "settled";

export interface ExpenseView {
  readonly id: RecordId;
  readonly log: LogId;
  readonly author: MemberId;
  readonly title: string;
  readonly category: string;
  readonly amount: number;
  readonly currency: string;
  /** Hundredths of a percent that the other parent is asked to pay. */
  readonly share: number;
  /** The other parent's part, minor units. */
  readonly asked: number;
  readonly spent: string;
  readonly note?: string;
  readonly files: readonly FileView[];
  readonly state: ExpenseState;
  /** Lawful acts that crossed (R4), most recent wins; both are in `steps`. */
  readonly crossed: boolean;
  readonly steps: readonly ExpenseStep[];
  readonly proof: ProofView;
  readonly can: readonly ExpenseAct[];
  readonly firstLogged?: { readonly notBefore: Millis; readonly notAfter: Millis; readonly by: string };
}

export type ExpenseAct = "withdraw" | "approve" | "refuse" | "request-changes" | "pay" | "confirm-payment";

export interface ExpenseStep {
  readonly act: "submit" | ExpenseAct;
  readonly hash: ChangeHash;
  readonly member: MemberId;
  readonly reason?: string;
  readonly amount?: number;
  readonly method?: string;
  readonly files: readonly FileView[];
  readonly proof: ProofView;
}

export interface Balance {
  readonly currency: string;
  /** Positive: the other parent owes me; approved and not settled, minor units. */
  readonly owedToMe: number;
  readonly waitingForMe: number;
  readonly waitingForThem: number;
}

export interface ExpenseFilter {
  readonly states?: readonly ExpenseState[];
  readonly category?: string;
  readonly text?: string;
}

export interface HistoryRow {
  readonly id: string;
  readonly log: LogId;
  readonly seq?: number;
  /**
   * `act`: a lawful change. `set-aside`: a change that broke a rule. `charter`: people, devices, keys. `fault`: see FaultView. `own`: what this
   * person opened or took out; only they see it.
   */
  readonly type: "act" | "set-aside" | "charter" | "fault" | "own";
  /** Message key below `history.` in the catalogue, e.g. `message.sent`, `expense.approve`, `charter.join`. */
  readonly what: string;
  readonly member?: MemberId;
  readonly device?: DeviceId;
  readonly record?: RecordId;
  readonly title?: string;
  /** For set-aside: the closed reason code (`reason.<code>` in the catalogue). */
  readonly reason?: string;
  readonly claimed?: Millis;
  readonly notBefore?: Millis;
  readonly notAfter?: Millis;
  readonly hash?: ChangeHash;
}

/** Which lines of the history: all conditions hold together. */
export interface HistoryFilter {
  readonly types?: readonly HistoryRow["type"][];
  readonly member?: MemberId;
  readonly device?: DeviceId;
  readonly kinds?: readonly HistoryKind[];
  readonly record?: RecordId;
  /** Relay time (the author's clock for what is not logged yet): from this moment, and before that one. */
  readonly from?: Millis;
  readonly to?: Millis;
  /** In the title, the text of a message or what an expense says, in any case. */
  readonly text?: string;
}
/** What an act is about. */
export type HistoryKind = "message" | "receipt" | "expense";

/** One line in whole: what it says, and what it changed. */
export interface HistoryDetail {
  readonly row: HistoryRow;
  /** The three columns, for acts. */
  readonly proof?: ProofView;
  readonly message?: { readonly subject?: string; readonly text: string; readonly files: readonly string[]; readonly settlement: boolean };
  /** The expense as it stood before this act (not there for the first one) and after it. */
  readonly expense?: { readonly before?: ExpenseFacts; readonly after: ExpenseFacts; readonly act: ExpenseStepFacts };
  /** What a change that was set aside said, field by field, as its author's device wrote it. */
  readonly said?: readonly { readonly field: string; readonly value: string }[];
  readonly own?: { readonly size?: number; readonly hash?: string; readonly scope?: string };
}

export interface ExpenseFacts {
  readonly state: ExpenseState;
  readonly crossed: boolean;
  readonly title: string;
  readonly category: string;
  readonly amount: number;
  readonly currency: string;
  readonly share: number;
  readonly asked: number;
  readonly spent: string;
  readonly note?: string;
  readonly paid: number;
  readonly confirmed: number;
}
export interface ExpenseStepFacts {
  readonly reason?: string;
  readonly amount?: number;
  readonly method?: string;
  readonly files: readonly string[];
}

export interface Page<T> {
  readonly rows: readonly T[];
  readonly total: number;
}

// ------------------------------------------------------------------------------------------------------------- snapshots

export interface SnapshotScope {
  readonly threads: "all" | readonly RecordId[];
  readonly expenses: "all" | "none" | readonly RecordId[];
  /** Calendar days in the household's zone, both ends included. */
  readonly from?: string;
  readonly to?: string;
  readonly settlement: "include" | "leave-out";
  readonly files: boolean;
  /** Whether reports are laid out as PDF too, and how their pages are numbered (rule S6). Left out: no PDF. */
  readonly pages?: PageStyle;
}

export interface SnapshotPreview {
  readonly messages: number;
  readonly expenses: number;
  readonly files: number;
  readonly bytes: number;
  readonly leftOut: number;
  readonly pages?: number;
}

/** A snapshot as it was made; the platform keeps its bytes, so that its size is no burden. */
export interface SnapshotFile {
  readonly name: string;
  readonly file: Blob;
  /** What came of the time stamp; left out where no authority is set on this device. Without one the snapshot is none the worse. */
  readonly stamp?: { readonly authority: string; readonly time: Millis } | { readonly problem: StampCode };
}

export type CheckState = "good" | "remarks" | "failed";

/** One check of a snapshot: what it looked at, what it proves. Texts are catalogue keys below `check.`, with values. */
export interface CheckView {
  readonly key: string;
  readonly state: CheckState;
  readonly values?: Readonly<Record<string, string | number>>;
  /** Where it failed: a path in the bundle, an entry, a record. */
  readonly where?: string;
}

export interface VerdictView {
  readonly unchanged: { readonly state: CheckState; readonly checks: readonly CheckView[] };
  readonly complete: { readonly state: CheckState; readonly checks: readonly CheckView[] };
  readonly keys: { readonly state: CheckState; readonly checks: readonly CheckView[] };
  readonly facts: Readonly<Record<string, string | number>>;
}

export interface SnapshotReport {
  /** The record that it is of, and the member whose device exported it; left out where nothing could be derived. */
  readonly log?: LogId;
  readonly exporter?: MemberId;
  readonly verdict: VerdictView;
  readonly people: readonly { readonly member: MemberId; readonly name: string }[];
  readonly zone: string;
  readonly messages: readonly MessageView[];
  readonly threads: readonly ThreadView[];
  readonly expenses: readonly ExpenseView[];
  readonly setAside: readonly HistoryRow[];
}

// ------------------------------------------------------------------------------------------------------------- the calls

export interface NewFile {
  readonly name: string;
  readonly type: string;
  readonly bytes: Uint8Array;
}

export interface NewMessage {
  readonly log: LogId;
  readonly thread?: RecordId;
  readonly subject?: string;
  readonly reply?: RecordId;
  readonly text: string;
  readonly files: readonly NewFile[];
  readonly settlement?: boolean;
}

export interface NewExpense {
  readonly log: LogId;
  readonly title: string;
  readonly category: string;
  readonly amount: number;
  readonly currency: string;
  readonly share: number;
  readonly spent: string;
  readonly note?: string;
  readonly files: readonly NewFile[];
}

export interface ExpenseAnswer {
  readonly log: LogId;
  readonly expense: RecordId;
  readonly act: ExpenseAct;
  readonly reason?: string;
  readonly amount?: number;
  readonly method?: string;
  readonly files?: readonly NewFile[];
}

/** Something changed; whoever shows it asks again. */
export type Patch =
  | { readonly topic: "vault" }
  | { readonly topic: "households" }
  | { readonly topic: "link" }
  | { readonly topic: "sync"; readonly log: LogId }
  | { readonly topic: "messages"; readonly log: LogId; readonly thread: RecordId }
  | { readonly topic: "expenses"; readonly log: LogId; readonly record: RecordId }
  | { readonly topic: "history"; readonly log: LogId }
  | { readonly topic: "progress"; readonly job: string; readonly done: number; readonly of: number };

export interface ReplicaApi {
  // vault and keys
  vault(): Promise<VaultView>;
  /** Makes the vault and founds the personal log on the relay. */
  start(input: { relay: string; passphrase: string; name: string; zone: string }): Answer<void>;
  unlock(passphrase: string): Answer<void>;
  lock(): Promise<void>;
  setAutoLock(minutes: number): Answer<void>;
  changePassphrase(old: string, next: string): Answer<void>;
  /** A forgotten passphrase: the words of this record's sheet open it, and `next` becomes the passphrase. Needs no network. */
  resetPassphrase(words: readonly string[], next: string): Answer<void>;
  /** Readable while locked. */
  unlockWays(): Promise<readonly UnlockWay[]>;
  /** `secret` has 32 bytes and stays with whoever offers the way. Asks for the passphrase again; a way never stands in for it later. */
  addUnlockWay(input: { kind: UnlockWay["kind"]; secret: Uint8Array; hint: Uint8Array; passphrase: string }): Answer<void>;
  removeUnlockWay(id: string): Answer<void>;
  unlockWith(id: string, secret: Uint8Array): Answer<void>;
  /** Asks for the passphrase again, as every dangerous act does. */
  recoverySheet(passphrase: string): Answer<RecoverySheet>;
  /** The person typed two words of the sheet back; positions from 0. */
  confirmSheet(words: readonly { readonly at: number; readonly word: string }[]): Answer<void>;
  /** On an empty device: sheet and relay give back every log. */
  restore(input: { relay: string; words: readonly string[]; passphrase: string; name: string }): Answer<void>;
  eraseDevice(passphrase: string): Answer<void>;

  // a second device of one's own (rule C3)
  linkState(): Promise<LinkView>;
  /**
   * On a device that has the record: makes a code and waits for the new device. Every log must be reachable, since all of them are linked or none.
   * Codes: `passphrase-*`, `relay-*`, `recovery-waiting`, `not-allowed`.
   */
  addDevice(passphrase: string): Answer<void>;
  /** The six digits that the new device shows. Codes: `digits-wrong` with the tries left, `code-dead` after the third, `code-expired`. */
  typeDigits(digits: string): Answer<void>;
  /**
   * On an empty device: answers a code. Resolves when the digits are shown or the code was refused; how it goes on says `linkState`. `code` is what was
   * typed, pasted or scanned; a scanned one names its relay. Codes: `code-*`, `pairing-*`, `passphrase-*`, `relay-*`, `vault-exists`.
   */
  takeOver(input: { relay: string; code: string; passphrase: string; name: string }): Answer<void>;
  /**
   * On a device that has the record: answers a code of another device of the same person, to get the households that only that one has. Resolves like
   * `takeOver`; `linkState` says `pairing-nothing` where none is missing.
   */
  fetchMore(input: { relay: string; code: string }): Answer<void>;
  /** Ends the linking from this side, or puts away how it ended. */
  stopLink(): Promise<void>;

  // people
  households(): Promise<readonly HouseholdView[]>;
  rename(log: LogId, names: { label?: string; me?: string; other?: string; device?: string; zone?: string }): Answer<void>;
  /** Founds the household if there is none, and makes the link. */
  invite(input: { label?: string; hours?: number }): Answer<InviteView>;
  voidInvite(log: LogId): Answer<void>;
  previewInvite(link: string): Answer<InvitePreview>;
  /** With no vault yet, `passphrase` makes one. */
  join(input: { link: string; name: string; passphrase?: string; zone: string }): Answer<LogId>;
  confirmJoin(log: LogId): Answer<void>;
  safetyWords(log: LogId): Answer<readonly string[]>;
  /** The printed cards of both parents, one's own first (rule C2a). */
  keyCards(log: LogId): Answer<readonly KeyCardView[]>;
  /** Holds a card that was scanned or typed against the keys by which the log knows the other parent. */
  checkKeyCard(log: LogId, text: string): Answer<CardAnswer>;
  attest(log: LogId, method: "words" | "cards"): Answer<void>;
  /** Removes a device of this person from this log and, where it is known to be the same one, from their other logs. */
  revokeDevice(log: LogId, device: DeviceId, passphrase: string): Answer<void>;
  leave(log: LogId, passphrase: string): Answer<void>;

  // sync
  sync(log: LogId): Promise<SyncView>;
  syncNow(): Promise<void>;
  /** Who else saw this log grow (docs/relay.md, 'Witnesses'). */
  witnesses(log: LogId): Promise<readonly WitnessView[]>;
  /** Which time-stamp authorities said when checkpoints of this log existed (rule L11). */
  stamps(log: LogId): Promise<StampsView>;
  /**
   * Gives a relay that went back to an older state (`relay-rollback`) the entries that this device holds and it lost, word for word, and
   * syncs on. The person agreed before. `job` names its progress and stops it with `cancel`; gives the number of entries.
   */
  restoreRelay(log: LogId, job: string): Answer<number>;
  /** Whether a relay answers at an address, in this version, and its name. */
  checkRelay(address: string): Answer<RelayView>;
  /**
   * Moves everything of this person to another relay: asks the other parent where there is one, else begins at once. `gone`: the old relay will not come
   * back, so that the new one passes on what is asked. Codes: `relay-*`, `senior-only`, `move-waits`, `less-here`, `not-all-here`, `cancelled`.
   */
  moveRelay(input: { address: string; gone: boolean; passphrase: string }, job: string): Answer<void>;
  /** Agrees to the move that the other parent asks for. Asks for the passphrase again, as `moveRelay` does. */
  consentMove(log: LogId, passphrase: string, job: string): Answer<void>;
  /** Takes back a request to move that waits, where the old relay is there. */
  stopMove(log: LogId): Answer<void>;
  /** Looks at a relay to which others may have moved, and goes along. Codes: `move-none`, `relay-*`, `more-here`. */
  followRelay(address: string): Answer<FollowedView>;
  faults(): Promise<readonly FaultView[]>;
  faultProof(id: string): Answer<Uint8Array>;
  /** Checks such a file, of whatever log. Needs no vault. */
  checkFaultProof(bytes: Uint8Array): Answer<ProofReport>;

  // messages. `at`, here and below: the record as it stood at that moment of the relay's clock, with what was in the log by then and nothing else
  threads(log: LogId, offset: number, limit: number, at?: Millis): Promise<Page<ThreadView>>;
  messages(log: LogId, thread: RecordId, offset: number, limit: number, at?: Millis): Promise<Page<MessageView>>;
  message(log: LogId, id: RecordId, at?: Millis): Promise<MessageView | undefined>;
  /**
   * Where in a thread the reading begins: the place of this message, or without one of the first unread one, else in a long thread of the newest.
   * Undefined is the beginning.
   */
  readingStart(log: LogId, thread: RecordId, message?: RecordId, at?: Millis): Promise<number | undefined>;
  sendMessage(input: NewMessage): Answer<RecordId>;
  /** This person has looked at it; sends a view receipt only where they switched theirs on. */
  seen(log: LogId, message: RecordId): Answer<void>;
  setViewReceipts(log: LogId, on: boolean): Answer<void>;
  viewReceipts(log: LogId): Promise<boolean>;

  // expenses
  expenses(log: LogId, filter: ExpenseFilter, offset: number, limit: number, at?: Millis): Promise<Page<ExpenseView>>;
  expense(log: LogId, id: RecordId, at?: Millis): Promise<ExpenseView | undefined>;
  balances(log: LogId, at?: Millis): Promise<readonly Balance[]>;
  categories(log: LogId, at?: Millis): Promise<readonly string[]>;
  addExpense(input: NewExpense): Answer<RecordId>;
  answerExpense(input: ExpenseAnswer): Answer<void>;
  /** A record of the personal log becomes a new one in the household, with proof of when it was first logged. */
  share(from: LogId, to: LogId, record: RecordId): Answer<RecordId>;

  file(log: LogId, id: FileId): Answer<Uint8Array>;

  // drafts: typing is never lost
  draft(key: string): Promise<string | undefined>;
  saveDraft(key: string, text: string): Answer<void>;

  // history, snapshots
  /** Newest first. */
  history(log: LogId, filter: HistoryFilter, offset: number, limit: number, at?: Millis): Promise<Page<HistoryRow>>;
  historyDetail(log: LogId, id: string, at?: Millis): Promise<HistoryDetail | undefined>;
  /** The filtered lines as a table (RFC 4180), oldest first; this person's own openings and exports only where the filter asks for them. */
  exportHistory(log: LogId, filter: HistoryFilter, at: Millis | undefined, job: string): Answer<{ name: string; bytes: Uint8Array }>;
  previewSnapshot(log: LogId, scope: SnapshotScope): Answer<SnapshotPreview>;
  /** @param seal whom it is sealed for (rule S9); left out, whoever has the file can read it */
  exportSnapshot(log: LogId, scope: SnapshotScope, passphrase: string, job: string, seal?: SealFor): Answer<SnapshotFile>;
  /** Needs no vault. */
  /** Two snapshots of one record side by side. Needs no vault. */
  compareSnapshots(a: Blob, b: Blob, job: string): Answer<CompareReport>;
  /** @param opener passphrase or age identity of a sealed file; `snapshot-sealed` asks for it */
  verifySnapshot(file: Blob, job: string, opener?: string): Answer<SnapshotReport>;
  /** A copy with this device's 'I hold the same entries' added (rule S10). Asks for the vault's passphrase again. */
  countersignSnapshot(log: LogId, file: Blob, passphrase: string, job: string, opener?: string): Answer<SnapshotFile>;
  cancel(job: string): Promise<void>;

  // a generated household to look at: opens in memory, nothing is stored
  /** @param input.lines for measuring: repeats the lines of the history, under later places and times, until there are so many */
  openSample(input: { years: number; seed: number; lines?: number }): Answer<void>;

  watch(listener: (patch: Patch) => void): () => void;
}
