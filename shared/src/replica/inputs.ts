import type { LogId, RecordId } from "../base/ids.ts";
import type { ExpenseAct } from "../views/record.ts";

export interface NewFile {
  readonly name: string;
  readonly type: string;
  readonly bytes: Uint8Array;
  /** Of a photo that is shared without what its camera wrote beside it: the whole of it, which stays with this person (rule R12). */
  readonly original?: Uint8Array;
}

export interface NewMessage {
  readonly log: LogId;
  readonly thread?: RecordId;
  readonly subject?: string;
  /** Which children a new thread is about, as they were typed. */
  readonly children?: readonly string[];
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
  /** Which children it is for, as they were typed. */
  readonly children?: readonly string[];
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
