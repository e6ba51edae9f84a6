import type { DeviceId, FileId, Hex32, LogId, MemberId, Millis } from "@countersign/shared/base/ids";
import type { EntryChannel } from "@countersign/shared/base/channels";
import type { MailboxId } from "@countersign/shared/wire/messages";

/**
 * What the relay keeps. One interface, so that PostgreSQL can follow SQLite; `contract.ts` holds the tests that every implementation
 * passes. Everything that must be durable goes through `commit`: one batch is one transaction, whatever logs it touches.
 */
export interface RelayStore {
  /** All of the writes or none. Resolves only when they would survive a loss of power (W2); rejects when they would not. */
  commit(writes: readonly Write[]): Promise<void>;

  log(log: LogId): Promise<LogRecord | undefined>;
  /** Logs in which this is the recovery key of a member. */
  logsOfRecoveryKey(key: Hex32): Promise<readonly LogId[]>;
  /** Entries of the channel `charter`, in order. */
  charter(log: LogId): Promise<readonly StoredEntry[]>;
  /** What follows a milestone, without bodies, in order. */
  outline(log: LogId, from: number): Promise<readonly EntryOutline[]>;
  /** Leaf hashes of `from` … `to − 1`, in order. */
  leaves(log: LogId, from: number, to: number): Promise<readonly Uint8Array[]>;
  /** Milestones in order of their index. */
  milestones(log: LogId): Promise<readonly Milestone[]>;
  /** The state of the last milestone, if there is one. */
  lastMilestone(log: LogId): Promise<{ readonly milestone: Milestone; readonly state: Uint8Array } | undefined>;
  /** Up to `limit` entries from `from` on; fewer, but at least one, where their contents would pass `bytes`. */
  page(log: LogId, from: number, limit: number, bytes: number, readable: ReadonlySet<EntryChannel>): Promise<readonly PageItem[]>;
  /** What acknowledgements of a bundle need; undefined where no entry stands at that place. */
  bundle(log: LogId, seq: number): Promise<BundleRecord | undefined>;
  /** Entries whose bodies did not come with them, and that no bundle stands for yet: only while a log is being moved here. */
  bodyless(log: LogId): Promise<readonly number[]>;
  /** Logs that are being moved here (rule C8d), the longest untouched first. */
  stages(): Promise<readonly { readonly log: LogId; readonly touched: Millis; readonly floor: number }[]>;
  /** The entry that holds these author bytes (rule L3). `id` is the hash of the bytes. */
  find(log: LogId, id: Hex32, author: Uint8Array): Promise<number | undefined>;

  mail(box: MailboxId, after: number, limit: number): Promise<readonly MailItem[]>;
  mailbox(box: MailboxId): Promise<MailboxState>;
  /** Bytes of the items of all mailboxes. */
  mailTotal(): Promise<number>;

  file(log: LogId, file: FileId): Promise<FileRecord | undefined>;
  /** Bytes of sealed files, those that are still being sent included, of each member. */
  fileBytes(log: LogId): Promise<ReadonlyMap<MemberId, number>>;

  /** The latest relay time that was ever committed, so that time does not fall after a restart either. */
  lastTime(): Promise<Millis>;
  /** Whether the store answers. */
  healthy(): Promise<boolean>;
  close(): Promise<void>;
}

/** Entries are grouped below nodes of this height of the Merkle tree. */
export const MILESTONE_HEIGHT = 8;
export const MILESTONE_EVERY = 2 ** MILESTONE_HEIGHT;

export interface LogRecord {
  readonly log: LogId;
  /** Seed of the key that signs checkpoints now. */
  readonly keySeed: Uint8Array;
  readonly size: number;
  /** It is being moved here and not founded yet. */
  readonly stage?: Stage;
}

/** What a relay keeps of a log that is being moved to it (rule C8d). */
export interface Stage {
  /** When something of it last came. */
  readonly touched: Millis;
  /** How much of the log was here before, from an earlier time on this relay: that is never discarded. */
  readonly floor: number;
  /** The checkpoint of the relay that it comes from, over everything that is to come. */
  readonly note: string | null;
  /** Statements that wait for a consent, as they were offered; empty bytes for none. */
  readonly offer: Uint8Array;
}

export interface EntryOutline {
  readonly seq: number;
  readonly channel: EntryChannel;
  readonly channelSeq: number;
  readonly time: Millis;
  readonly device: DeviceId;
  readonly leaf: Uint8Array;
  readonly bodyLength: number;
}

export interface StoredEntry extends EntryOutline {
  readonly author: Uint8Array;
  readonly relay: Uint8Array;
  /** Null once it was dropped (rule L8e). */
  readonly body: Uint8Array | null;
  /** Where the bundle stands that holds what was dropped. */
  readonly bundle: number | null;
}

/** An entry as the target of acknowledgements. The store does not know whether it is a bundle; who asks reads the author part. */
export interface BundleRecord {
  readonly author: Uint8Array;
  readonly leaf: Uint8Array;
  readonly acks: readonly DeviceId[];
}

/** An entry of a readable channel whole, of another its leaf hash alone. */
export type PageItem = StoredEntry | { readonly seq: number; readonly leaf: Uint8Array; readonly author: null };

/** The hash over the 256 leaves from `index * 256` on. */
export interface Milestone {
  readonly index: number;
  readonly node: Uint8Array;
}

export interface MailItem {
  /** Counts from 1 within its box. */
  readonly n: number;
  readonly m: Uint8Array;
}

export interface MailboxState {
  readonly last: number;
  readonly items: number;
  readonly bytes: number;
}

export interface FileRecord {
  readonly file: FileId;
  readonly member: MemberId;
  readonly total: number;
  /** Bytes that are durable. The file is whole when this equals `total`. */
  readonly length: number;
}

export type Write =
  | { readonly t: "time"; readonly time: Millis }
  | { readonly t: "log"; readonly log: LogId; readonly keySeed: Uint8Array; readonly time: Millis }
  | { readonly t: "log-key"; readonly log: LogId; readonly keySeed: Uint8Array }
  /** The log is being moved here; it is made where it is not there yet, and keeps its key where it is. */
  | { readonly t: "stage"; readonly log: LogId; readonly keySeed: Uint8Array; readonly stage: Stage }
  /** It is here: from now on a log like any other. */
  | { readonly t: "stage-end"; readonly log: LogId }
  /** It did not come to that: everything of it goes. */
  | { readonly t: "unstage"; readonly log: LogId }
  /** `id` is the hash of the author part (rule L3). */
  | { readonly t: "entry"; readonly log: LogId; readonly id: Hex32; readonly entry: StoredEntry }
  /** A device answers for a bundle; saying so twice changes nothing. */
  | { readonly t: "ack"; readonly log: LogId; readonly bundle: number; readonly device: DeviceId }
  /**
   * The bodies of these entries are dropped for good, as far as they are of this channel and still there, and no bundles that were acknowledged
   * themselves; headers and everything else stay. `spans` are first places and counts.
   */
  | {
      readonly t: "drop";
      readonly log: LogId;
      readonly bundle: number;
      readonly channel: EntryChannel;
      readonly spans: readonly { readonly from: number; readonly count: number }[];
    }
  | { readonly t: "milestone"; readonly log: LogId; readonly milestone: Milestone; readonly state: Uint8Array }
  | { readonly t: "recovery"; readonly log: LogId; readonly keys: readonly Hex32[] }
  | { readonly t: "mail"; readonly box: MailboxId; readonly item: MailItem; readonly time: Millis }
  | { readonly t: "mail-expire"; readonly before: Millis }
  | { readonly t: "file"; readonly log: LogId; readonly record: FileRecord; readonly time: Millis };

/** Why a store could not be opened; `say` is for the person who runs the relay. */
export class StoreProblem extends Error {
  override readonly name = "StoreProblem";
}

/** What an entry costs a page, bytes: its body as far as it is there, and roughly its header. */
export const pageCost = (bodyLength: number): number => bodyLength + 700;
