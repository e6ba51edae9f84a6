/**
 * How a record is shown: in the app, in a snapshot and in its verifier alike. Plain data (structured-clone safe); money in minor units, instants in
 * milliseconds of UTC.
 */
import type { FileRefusal } from "../base/file-refusals.ts";
import type { ChangeHash, DeviceId, FileId, Hex32, LogId, MemberId, Millis, RecordId } from "../base/ids.ts";

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
  /** `old-header`: the relay that had logged it before, in a history that was given up (rule C8k). */
  readonly kind: "timestamp" | "cosignature" | "old-header";
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
  /**
   * `unfit`: what this record says of the file can be of none, or an earlier record said otherwise of the same id (rule R6a). A refusal: it is here,
   * and why the relay did not take it at the last try (rule W8).
   */
  readonly state: "here" | "to-fetch" | "uploading" | FileRefusal | "withdrawn" | "unfit";
  /** What fixes the photo as its camera made it, which its sender keeps (rule R12). */
  readonly original?: { readonly commitment: Hex32; readonly mine: boolean };
}

export interface ThreadView {
  readonly id: RecordId;
  readonly log: LogId;
  readonly subject: string;
  /** Which children it is about, as its author named them. */
  readonly children?: readonly string[];
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
  /** Which children its thread is about; only where it starts one. */
  readonly children?: readonly string[];
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
  readonly children?: readonly string[];
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
  /** Names this child. */
  readonly child?: string;
  readonly text?: string;
}

export interface ThreadFilter {
  /** Names this child. */
  readonly child?: string;
}

export interface Page<T> {
  readonly rows: readonly T[];
  readonly total: number;
}
