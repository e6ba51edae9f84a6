import { z } from "zod";
import type { LogId, Millis, RecordId } from "../../base/ids.ts";
import { structCodec, zBrandedText, zText, zUint, type Codec } from "../../cbor/struct.ts";
import { MAX_FILES } from "../../kinds/file-limits.ts";
import { metaSchema } from "../../sync/files.ts";
import { MAX_ORIGIN_TEXT } from "../share.ts";
import { zRecordId } from "../../sync/rows.ts";
import { numberKey } from "../../vault/row-store.ts";
import type { ExpenseText, SettledAnswer } from "../records/expenses.ts";
import type { MessageText } from "../records/messages.ts";

/** A character may take four bytes; what is too long for its kind is refused before it is held. */
const zWords = (characters: number) => zText(2 * characters);

const zChildren = z.array(zText(800)).max(100);

const message = z.strictObject({
  do: z.literal("message"),
  record: zRecordId,
  thread: zRecordId.exactOptional(),
  subject: zWords(200).exactOptional(),
  children: zChildren.exactOptional(),
  reply: zRecordId.exactOptional(),
  text: zWords(20_000),
  settlement: z.boolean().exactOptional(),
});

const expense = z.strictObject({
  do: z.literal("expense"),
  record: zRecordId,
  title: zWords(200),
  category: zWords(60),
  amount: zUint(),
  currency: zText(3),
  share: zUint(),
  spent: zText(10),
  children: zChildren.exactOptional(),
  note: zWords(5_000).exactOptional(),
  /** Of one that is shared out of the personal log (rule C4): which record it is there, and the proof of when that was first logged. */
  shared: z.strictObject({ record: zRecordId, origin: zText(MAX_ORIGIN_TEXT) }).exactOptional(),
});

const answer = z.strictObject({
  do: z.literal("answer"),
  expense: zRecordId,
  /** Of the act, settled when it was sent. */
  key: zText(40),
  act: z.enum(["withdraw", "approve", "refuse", "request-changes", "pay", "confirm-payment"]),
  /** The change that it answers, as its person saw it (rule R3). */
  of: zText(60).exactOptional(),
  reason: zWords(2_000).exactOptional(),
  amount: zUint().exactOptional(),
  method: zWords(60).exactOptional(),
});

/**
 * A file, and its original where it is a photo that is shared without what its camera wrote beside it; or, of a record that is shared out of the personal
 * log, what its file says of an original that is there (rule R12).
 */
const file = z.strictObject({
  meta: metaSchema,
  original: metaSchema.exactOptional(),
  committed: zBrandedText<"Hex32">(/^[0-9a-f]{64}$/).exactOptional(),
});
export type HeldFile = z.output<typeof file>;

/** One held act (rules U1 to U7). Pieces of its files stand beside those of sent files; what makes them files of the log is here until it is written. */
const row = z.strictObject({
  v: z.literal(1),
  at: zUint(),
  act: z.discriminatedUnion("do", [message, expense, answer]),
  files: z.array(file).max(MAX_FILES),
});

/** What is kept of a record that is shared out of the personal log. */
export interface SharedText {
  readonly shared?: { readonly record: RecordId; readonly origin: string };
}

/** An act with all that was settled when it was sent. */
export type HeldRowAct =
  | ({ readonly do: "message"; readonly record: RecordId } & MessageText)
  | ({ readonly do: "expense"; readonly record: RecordId } & SharedText & ExpenseText)
  | ({ readonly do: "answer" } & SettledAnswer);

export interface HeldRow {
  readonly v: 1;
  /** When it was sent, by this device's clock. */
  readonly at: Millis;
  readonly act: HeldRowAct;
  readonly files: HeldFile[];
}

export const heldRowCodec: Codec<HeldRow> = structCodec<HeldRow>(row, 262_144);

/** Among the drafts, under a key that no text field has. */
export const heldKeys = {
  all: "held/",
  one: (log: LogId, n: number): string => `held/${log}/${numberKey(n)}`,
  /** The log and the number of a key. */
  read: (key: string): { readonly log: LogId; readonly n: number } => {
    const [, log = "", n = ""] = key.split("/");
    return { log: log as LogId, n: Number(n) };
  },
};

/** The record that an act makes, or adds to. */
export const recordOf = (act: HeldRowAct): RecordId => (act.do === "answer" ? act.expense : act.record);
