/** The record as one list of rows, by the time at which the relay logged them. */
import { foldText, foldTyped } from "@countersign/shared/base/fold-text";
import type { HistoryRow } from "@countersign/shared/views/history";
import type { ExpenseView, MessageView } from "@countersign/shared/views/record";
import type { SnapshotReport } from "@countersign/shared/views/snapshot";
import { dayIn } from "@countersign/shared/snapshot/zone";

interface Common {
  /** The relay's time. */
  readonly at: number;
  readonly who: string;
  /** Whom its thread, or the expense, is about; left out where that names nobody. */
  readonly children?: readonly string[];
}

/** What the page draws. */
export type Row = Common &
  (
    | { readonly kind: "message"; readonly message: MessageView; readonly subject: string }
    | { readonly kind: "expense"; readonly expense: ExpenseView }
    | { readonly kind: "set-aside"; readonly change: HistoryRow }
  );

/** The same with what is asked when rows are chosen. */
export interface SearchRow {
  readonly row: Row;
  /** `YYYY-MM-DD` in the record's zone, by the relay. */
  readonly day: string;
  readonly text: string;
}

export interface Filter {
  readonly kind: "all" | Row["kind"];
  /** A member, or empty for everyone. */
  readonly person: string;
  /** A child by name, or empty for all. */
  readonly child: string;
  /** A thread, or empty for all. */
  readonly thread: string;
  /** Days, `YYYY-MM-DD`, both included; empty for no end. */
  readonly from: string;
  readonly to: string;
  readonly text: string;
}

export const EVERYTHING: Filter = { kind: "all", person: "", child: "", thread: "", from: "", to: "", text: "" };

export const bare = ({ row }: SearchRow): Row => row;

const about = (children: readonly string[]): { readonly children?: readonly string[] } => (children.length === 0 ? {} : { children });

/** Every name that is in it, in the order of the alphabet. */
export const childrenIn = (rows: readonly SearchRow[]): readonly string[] =>
  [...new Set(rows.flatMap(({ row }) => row.children ?? []))].sort((a, b) => a.localeCompare(b));

export function rowsOf(report: SnapshotReport): readonly SearchRow[] {
  const threads = new Map<string, SnapshotReport["threads"][number]>(report.threads.map((t) => [t.id, t]));
  const row = (made: Row, ...texts: readonly (string | undefined)[]): SearchRow => ({
    row: made,
    day: dayIn(made.at, report.zone),
    text: foldText(texts.join("\0")),
  });
  const rows = [
    ...report.messages.map((message) => {
      const { subject = "", children = [] } = threads.get(message.thread) ?? {};
      const made: Row = { kind: "message", at: message.proof.notAfter ?? 0, who: message.author, ...about(children), message, subject };
      return row(made, subject, ...children, message.text, ...message.files.map((f) => f.name));
    }),
    ...report.expenses.map((expense) => {
      const made: Row = {
        kind: "expense",
        at: expense.proof.notAfter ?? 0,
        who: expense.author,
        ...about(expense.children ?? []),
        expense,
      };
      return row(made, expense.title, expense.category, ...(expense.children ?? []), expense.note, ...expense.steps.map((s) => s.reason));
    }),
    ...report.setAside.map((change) =>
      row({ kind: "set-aside", at: change.notAfter ?? 0, who: change.member ?? "", change }, change.reason),
    ),
  ];
  return rows.sort((a, b) => a.row.at - b.row.at);
}

/** The places of the rows that a filter lets through, rising. */
export function matching(rows: readonly SearchRow[], { kind, person, child, thread, from, to, text }: Filter): Uint32Array {
  const wanted = foldTyped(text);
  const places: number[] = [];
  rows.forEach(({ row, day, text: own }, place) => {
    const fits =
      (kind === "all" || row.kind === kind) &&
      (person === "" || row.who === person) &&
      (child === "" || row.children?.includes(child) === true) &&
      (thread === "" || (row.kind === "message" && row.message.thread === thread)) &&
      (from === "" || day >= from) &&
      (to === "" || day <= to) &&
      (wanted === "" || own.includes(wanted));
    if (fits) places.push(place);
  });
  return Uint32Array.from(places);
}
