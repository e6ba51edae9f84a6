/** How what happened is shown: a line, what filters choose by, and one line in whole. Plain data (structured-clone safe). */
import type { ChangeHash, DeviceId, LogId, MemberId, Millis, RecordId } from "../base/ids.ts";
import type { ExpenseView, ProofView } from "./record.ts";

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
  /** What names this child: a thread with all its messages, an expense with all its steps. */
  readonly child?: string;
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
  readonly message?: {
    readonly subject?: string;
    readonly children?: readonly string[];
    readonly text: string;
    readonly files: readonly string[];
    readonly settlement: boolean;
  };
  /** The expense as it stood before this act (not there for the first one) and after it. */
  readonly expense?: { readonly before?: ExpenseFacts; readonly after: ExpenseFacts; readonly act: ExpenseStepFacts };
  /** What a change that was set aside said, field by field, as its author's device wrote it. */
  readonly said?: readonly { readonly field: string; readonly value: string }[];
  readonly own?: { readonly size?: number; readonly hash?: string; readonly scope?: string };
}

/** An expense as it stood at a moment, with what had been paid and confirmed of it by then, minor units. */
export interface ExpenseFacts extends Pick<
  ExpenseView,
  "state" | "crossed" | "title" | "category" | "amount" | "currency" | "share" | "asked" | "spent" | "children" | "note"
> {
  readonly paid: number;
  readonly confirmed: number;
}

export interface ExpenseStepFacts {
  readonly reason?: string;
  readonly amount?: number;
  readonly method?: string;
  readonly files: readonly string[];
}
