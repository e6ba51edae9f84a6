/**
 * What a screen, a test or a command line may ask of a replica, in the record's own words. The web app reaches it through a
 * worker, the headless replica directly; both give the same answers. Everything here is plain data (structured-clone safe).
 */
import type { DeviceId, FileId, Hex32, LogId, Millis, RecordId } from "../base/ids.ts";
import type { CompareReport } from "../compare/report.ts";
import type { SealFor } from "../crypto/age.ts";
import type { FileInput } from "../snapshot/input.ts";
import type { ProofReport } from "../fault-proof/report.ts";
import type { Answer } from "./answer.ts";
import type { ExpenseAnswer, NewExpense, NewMessage } from "./inputs.ts";
import type { DraftText, HeldId, HeldView, Sending, Sent, TakenBack } from "./held-view.ts";
import type { LinkView } from "./link-view.ts";
import type { Original } from "./records/originals.ts";
import type {
  AccessView,
  CardAnswer,
  FollowedView,
  HouseholdView,
  InvitePreview,
  InviteView,
  KeyCardView,
  RelayView,
} from "./people-view.ts";
import type { FaultView, StampCode, StampsView, SyncView, WitnessView } from "./sync-view.ts";
import type { RecoverySheet, UnlockWay, VaultView } from "./vault-view.ts";
import type { HistoryDetail, HistoryFilter, HistoryRow } from "../views/history.ts";
import type { Balance, ExpenseFilter, ExpenseView, MessageView, Page, ThreadFilter, ThreadView } from "../views/record.ts";
import type { SearchKind, SearchPage } from "../views/search.ts";
import type { Spending, SpendingChoice } from "../views/spending.ts";
import type { SnapshotPreview, SnapshotReport, SnapshotScope } from "../views/snapshot.ts";

/** A snapshot as it was made; the platform keeps its bytes, so that its size is no burden. */
export interface SnapshotFile {
  readonly name: string;
  readonly file: Blob;
  /** What came of the time stamp; left out where no authority is set on this device. Without one the snapshot is none the worse. */
  readonly stamp?: { readonly authority: string; readonly time: Millis } | { readonly problem: StampCode };
}

/** Something changed; whoever shows it asks again. */
export type Patch =
  | { readonly topic: "vault" }
  | { readonly topic: "households" }
  | { readonly topic: "link" }
  | { readonly topic: "sync"; readonly log: LogId }
  | { readonly topic: "messages"; readonly log: LogId; readonly thread: RecordId }
  | { readonly topic: "expenses"; readonly log: LogId; readonly record: RecordId }
  | { readonly topic: "held"; readonly log: LogId }
  | { readonly topic: "history"; readonly log: LogId }
  /** A search that goes on has found more, or has looked at everything. */
  | { readonly topic: "search"; readonly job: string }
  | { readonly topic: "progress"; readonly job: string; readonly done: number; readonly of: number };

/** The vault, what opens it, and the recovery sheet. */
export interface VaultApi {
  vault(): Promise<VaultView>;
  /**
   * Makes the vault and founds the personal log on the relay.
   * @param input.viewReceipts whether this person tells of what they viewed, in every household that they found; off where it is left out
   */
  start(input: { relay: string; passphrase: string; name: string; zone: string; viewReceipts?: boolean }): Answer<void>;
  unlock(passphrase: string): Answer<void>;
  lock(): Promise<void>;
  /** Idle minutes after which pages lock; 0 never. */
  setAutoLock(minutes: number): Answer<void>;
  /** For how many seconds what is sent can be taken back (rule U2); 0 never. */
  setUndoSeconds(seconds: number): Answer<void>;
  /** Somebody did something in a page, at this time of its clock (`VaultView.activeAt`). */
  active(at: Millis): Promise<void>;
  changePassphrase(old: string, next: string): Answer<void>;
  /** A forgotten passphrase: the words of this record's sheet open it, and `next` becomes the passphrase. Needs no network. */
  resetPassphrase(words: readonly string[], next: string): Answer<void>;
  /** Readable while locked. */
  unlockWays(): Promise<readonly UnlockWay[]>;
  /** `secret` has 32 bytes and stays with whoever offers the way. Asks for the passphrase again; a way never stands in for it later. */
  addUnlockWay(input: { kind: UnlockWay["kind"]; secret: Uint8Array; hint: Uint8Array; passphrase: string }): Answer<void>;
  removeUnlockWay(id: string): Answer<void>;
  unlockWith(id: string, secret: Uint8Array): Answer<void>;
  /** Asks for the passphrase again, as every dangerous act does. `sheet-behind`: another one is in force, which this device does not have. */
  recoverySheet(passphrase: string): Answer<RecoverySheet>;
  /**
   * Makes a new recovery sheet: the one before gives nothing back any more. Asks for the passphrase again. Codes: `senior-only`, `relay-*`. A household
   * that could not be reached gets it as soon as it can; until then it is found through the new sheet all the same.
   */
  replaceSheet(passphrase: string): Answer<void>;
  /** The person typed two words of the sheet back; positions from 0. */
  confirmSheet(words: readonly { readonly at: number; readonly word: string }[]): Answer<void>;
  /** On an empty device: sheet and relay give back every log. */
  restore(input: { relay: string; words: readonly string[]; passphrase: string; name: string }): Answer<void>;
  eraseDevice(passphrase: string): Answer<void>;
}

/** A second device of one's own (rule C3). */
export interface LinkingApi {
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
}

/** Who is in which log, and how they got there. */
export interface PeopleApi {
  households(): Promise<readonly HouseholdView[]>;
  rename(log: LogId, names: { label?: string; me?: string; other?: string; device?: string; zone?: string }): Answer<void>;
  /** Founds the household if there is none, and makes the link. */
  invite(input: { label?: string; hours?: number }): Answer<InviteView>;
  voidInvite(log: LogId): Answer<void>;
  previewInvite(link: string): Answer<InvitePreview>;
  /** With no vault yet, `passphrase` makes one. View receipts are off where they are left out. */
  join(input: { link: string; name: string; passphrase?: string; zone: string; viewReceipts?: boolean }): Answer<LogId>;
  confirmJoin(log: LogId): Answer<void>;
  safetyWords(log: LogId): Answer<readonly string[]>;
  /** The printed cards of both parents, one's own first (rule C2a). */
  keyCards(log: LogId): Answer<readonly KeyCardView[]>;
  /** Holds a card that was scanned or typed against the keys by which the log knows the other parent. */
  checkKeyCard(log: LogId, text: string): Answer<CardAnswer>;
  attest(log: LogId, method: "words" | "cards"): Answer<void>;
  /** Removes a device of this person from this log and, where it is known to be the same one, from their other logs. */
  revokeDevice(log: LogId, device: DeviceId, passphrase: string): Answer<void>;
  /**
   * Refuses every use of this person's recovery sheet that waits (`HouseholdView.recoveries`), in all their logs. Codes: `senior-only`, `not-allowed` where
   * none waits any more.
   */
  refuseRecovery(passphrase: string): Answer<void>;
  leave(log: LogId, passphrase: string): Answer<void>;
}

/** How the logs and their relays are, what relays did wrong, and the way to another one. */
export interface SyncApi {
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
  /** The person has read what became of a history that was given up (`HouseholdView.again`). While something of it waits nothing happens. */
  seenAgain(log: LogId): Answer<void>;
  faults(): Promise<readonly FaultView[]>;
  faultProof(id: string): Answer<Uint8Array>;
  /** Checks such a file, of whatever log. Needs no vault. */
  checkFaultProof(bytes: Uint8Array): Answer<ProofReport>;
}

/**
 * Messages, expenses, their files, and drafts. `at`, here and below: the record as it stood at that moment of the relay's clock, with what was in the log
 * by then and nothing else.
 */
export interface RecordApi {
  threads(log: LogId, offset: number, limit: number, at?: Millis, filter?: ThreadFilter): Promise<Page<ThreadView>>;
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

  expenses(log: LogId, filter: ExpenseFilter, offset: number, limit: number, at?: Millis): Promise<Page<ExpenseView>>;
  expense(log: LogId, id: RecordId, at?: Millis): Promise<ExpenseView | undefined>;
  balances(log: LogId, at?: Millis): Promise<readonly Balance[]>;
  categories(log: LogId, at?: Millis): Promise<readonly string[]>;
  /** What was spent in a year of one currency, by month and category; undefined where there is no expense. */
  spending(log: LogId, choice: SpendingChoice, at?: Millis): Promise<Spending | undefined>;
  /** What children were called in threads and expenses, each spelling once, in the order of the alphabet. */
  children(log: LogId, at?: Millis): Promise<readonly string[]>;
  addExpense(input: NewExpense): Answer<RecordId>;
  answerExpense(input: ExpenseAnswer): Answer<void>;
  /** A record of the personal log becomes a new one in the household, with proof of when it was first logged. An expense may be held first (rule U7). */
  share(from: LogId, to: LogId, record: RecordId): Answer<RecordId>;

  /**
   * Messages and expenses in which all of the words stand, newest first. It answers with what was found up to now and goes on behind the
   * answer; a patch says when there is more. Another text under the same `job` ends the search before it, `cancel` the last one.
   */
  search(asked: SearchAsked, offset: number, limit: number, at?: Millis): Promise<SearchPage>;

  file(log: LogId, id: FileId): Answer<Uint8Array>;
  /** A photo of this person's as the camera made it, by what a shared record says of it (rule R12). */
  original(commitment: Hex32): Answer<Original>;

  /** Typing is never lost. */
  draft(key: string): Promise<string | undefined>;
  saveDraft(key: string, text: string): Answer<void>;
}

export interface SearchAsked {
  /** Whose search it is: one for each screen. */
  readonly job: string;
  /** In which logs is looked. */
  readonly logs: readonly LogId[];
  /** As it was typed; what stands between quotes stands together. */
  readonly text: string;
  readonly kind: SearchKind;
}

/** What a person sent that has not left the device (rules U1 to U7): what screens send goes this way. */
export interface HoldApi {
  /** Keeps it at once, and writes it when its time is over; at once where no time is set, and into the personal log. Codes: those of writing it. */
  hold(what: Sending): Answer<Sent>;
  /** Oldest first. */
  held(log: LogId): Promise<readonly HeldView[]>;
  /** Gives it back whole, and keeps its text as drafts in the same step. `already-left`: it was written. */
  takeBack(id: HeldId, drafts: readonly DraftText[]): Answer<TakenBack>;
  /** Writes it now, also where that failed before. */
  sendNow(id: HeldId): Answer<void>;
}

/** What happened, line by line. */
export interface HistoryApi {
  /** Newest first. */
  history(log: LogId, filter: HistoryFilter, offset: number, limit: number, at?: Millis): Promise<Page<HistoryRow>>;
  historyDetail(log: LogId, id: string, at?: Millis): Promise<HistoryDetail | undefined>;
  /** The filtered lines as a table (RFC 4180), oldest first; this person's own openings and exports only where the filter asks for them. */
  exportHistory(
    log: LogId,
    filter: HistoryFilter,
    passphrase: string,
    at: Millis | undefined,
    job: string,
  ): Answer<{ name: string; bytes: Uint8Array }>;
  /** What was taken out and which passphrases were changed, on all devices of this person since a time, newest first (rule R7). */
  accesses(since: Millis): Promise<readonly AccessView[]>;
}

/** Passphrase or age identity for each of two files. */
export type Openers = readonly [a: string | undefined, b: string | undefined];

/** Snapshots: made, checked, compared, countersigned. */
export interface SnapshotApi {
  /** What a snapshot of this scope would hold, counted. */
  previewSnapshot(log: LogId, scope: SnapshotScope, job: string): Answer<SnapshotPreview>;
  /** @param seal whom it is sealed for (rule S9); left out, whoever has the file can read it */
  exportSnapshot(log: LogId, scope: SnapshotScope, passphrase: string, job: string, seal?: SealFor): Answer<SnapshotFile>;
  /**
   * Two snapshots of one record side by side. Needs no vault.
   * @param openers what opens each of them, where it is sealed
   */
  compareSnapshots(a: FileInput, b: FileInput, job: string, openers?: Openers): Answer<CompareReport>;
  /** @param opener passphrase or age identity of a sealed file; `snapshot-sealed` asks for it */
  verifySnapshot(file: FileInput, job: string, opener?: string): Answer<SnapshotReport>;
  /** A copy with this device's 'I hold the same entries' added (rule S10). Asks for the vault's passphrase again. */
  countersignSnapshot(log: LogId, file: FileInput, passphrase: string, job: string, opener?: string): Answer<SnapshotFile>;
}

/** All of it. */
export interface ReplicaApi extends VaultApi, LinkingApi, PeopleApi, SyncApi, RecordApi, HoldApi, HistoryApi, SnapshotApi {
  /** Stops what goes on under this name. */
  cancel(job: string): Promise<void>;

  /**
   * A generated household to look at: opens in memory, nothing is stored.
   * @param input.lines for measuring: repeats the lines of the history, under later places and times, until there are so many
   */
  openSample(input: { years: number; seed: number; lines?: number }): Answer<void>;

  watch(listener: (patch: Patch) => void): () => void;
}
