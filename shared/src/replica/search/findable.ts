import { foldText } from "../../base/fold-text.ts";
import type { RecordId } from "../../base/ids.ts";
import type { ExpenseRecord, MessageRecord } from "../../books/fold.ts";
import { filesIn } from "../../kinds/files.ts";
import { fromMinor } from "../../kinds/money.ts";
import type { IndexedRecord } from "../../sync/indexed-record.ts";
import type { SearchField } from "../../views/search.ts";

/** A text of a record in which is looked. */
export interface FieldText {
  readonly field: SearchField;
  readonly text: string;
}

/** Between two texts: no word that is looked for has it. */
const BETWEEN = "\0";

/** Of a record that is looked for: a message or an expense. */
export type Sought = IndexedRecord & { readonly folded: MessageRecord | ExpenseRecord };

export const isSought = (record: IndexedRecord): record is Sought => record.folded.kind === "message" || record.folded.kind === "expense";

/** The texts of a record, the one first in which its line is looked for first. */
export function textsOf(record: Sought): readonly FieldText[] {
  const { folded } = record;
  if (folded.kind === "message") return [{ field: "text", text: folded.text }, ...filesOf(record)];
  const reasons = record.acts.flatMap(({ act }) => {
    const reason = act.fields.get("reason");
    return typeof reason === "string" ? [{ field: "reason" as const, text: reason }] : [];
  });
  return [
    ...(folded.note === undefined ? [] : [{ field: "note" as const, text: folded.note }]),
    ...reasons,
    ...filesOf(record),
    { field: "category", text: folded.category },
  ];
}

const filesOf = ({ acts }: IndexedRecord): FieldText[] =>
  acts.flatMap(({ act }) => filesIn(act.fields).map(({ name }): FieldText => ({ field: "file", text: name })));

/** What the record is found by, folded: its texts, its own title, the children that it names, and of an expense its amount as a plain number. */
export function ownWords(record: Sought): string {
  const { folded } = record;
  const title = folded.kind === "message" ? (folded.startsThread ? (folded.subject ?? "") : "") : folded.title;
  const amount = folded.kind === "expense" ? fromMinor(folded.amount, folded.currency) : "";
  return foldText(
    [title, amount, ...(folded.children ?? []), ...textsOf(record).map(({ text }) => text)].filter((text) => text !== "").join(BETWEEN),
  );
}

/** Subject of the thread that begins with this message. */
export function subjectOf(start: IndexedRecord | undefined, thread: RecordId): string {
  const folded = start?.folded;
  return folded?.kind === "message" && folded.thread === thread ? (folded.subject ?? "") : "";
}
