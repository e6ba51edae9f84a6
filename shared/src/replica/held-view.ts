import type { Brand, LogId, Millis, RecordId } from "../base/ids.ts";
import type { FileView } from "../views/record.ts";
import type { ActError } from "./answer.ts";
import type { ExpenseAnswer, NewExpense, NewFile, NewMessage } from "./inputs.ts";

/** Of one held act. For a new record it is the id that the record will have. */
export type HeldId = Brand<string, "HeldId">;

/** What a person sends to a household: a message, an expense, or a further act on one. */
export type Sending =
  ({ readonly do: "message" } & NewMessage) | ({ readonly do: "expense" } & NewExpense) | ({ readonly do: "answer" } & ExpenseAnswer);

/** What is held, without its files. */
export type HeldAct =
  | Omit<Extract<Sending, { do: "message" }>, "files" | "log">
  | (Omit<Extract<Sending, { do: "expense" }>, "files" | "log"> & {
      /** It stands in this person's own record, and stays there. */
      readonly isShared?: true;
    })
  | Omit<Extract<Sending, { do: "answer" }>, "files" | "log">;

/**
 * Why it is still here. `undo`: its time to be taken back runs. `ten-open`: it waits until fewer of the expenses before it wait for an answer (rule U7).
 * `refused`: it could not be written, and is tried again when asked and at the next unlocking.
 */
export type HeldState =
  { readonly why: "undo" } | { readonly why: "ten-open"; readonly open: number } | { readonly why: "refused"; readonly error: ActError };

/** Something that was sent by its person and has not left the device (rules U1 to U7). */
export interface HeldView {
  readonly id: HeldId;
  readonly log: LogId;
  /** When it was sent, by this device's clock. */
  readonly at: Millis;
  readonly act: HeldAct;
  readonly files: readonly FileView[];
  readonly state: HeldState;
}

/** What became of a sending: the record that it makes or answers, and under which id it is held; it was written where it is not. */
export interface Sent {
  readonly record: RecordId;
  readonly held?: HeldId;
}

/** What was taken back, whole. */
export interface TakenBack {
  readonly act: HeldAct;
  readonly files: readonly NewFile[];
}

/** A draft that is kept in the same step as something is taken back. */
export interface DraftText {
  readonly key: string;
  readonly text: string;
}
