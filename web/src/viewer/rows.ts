/** The record as one list of rows, by the time at which the relay logged them. */
import type { HistoryRow, ExpenseView, MessageView, SnapshotReport } from "@countersign/shared/replica/api";

export type Row =
  | {
      readonly kind: "message";
      readonly at: number;
      readonly who: string;
      readonly text: string;
      readonly message: MessageView;
      readonly subject: string;
    }
  | { readonly kind: "expense"; readonly at: number; readonly who: string; readonly text: string; readonly expense: ExpenseView }
  | { readonly kind: "set-aside"; readonly at: number; readonly who: string; readonly text: string; readonly change: HistoryRow };

export interface Filter {
  readonly kind: "all" | Row["kind"];
  /** A member, or empty for everyone. */
  readonly person: string;
  readonly text: string;
}

export function rowsOf(report: SnapshotReport): readonly Row[] {
  const subjects = new Map<string, string>(report.threads.map((t) => [t.id, t.subject]));
  const rows: Row[] = [
    ...report.messages.map((message): Row => {
      const subject = subjects.get(message.thread) ?? "";
      const text = [subject, message.text, ...message.files.map((f) => f.name)].join("\n").toLowerCase();
      return { kind: "message", at: message.proof.notAfter ?? 0, who: message.author, text, message, subject };
    }),
    ...report.expenses.map((expense): Row => {
      const text = [expense.title, expense.category, expense.note ?? "", ...expense.steps.map((s) => s.reason ?? "")]
        .join("\n")
        .toLowerCase();
      return { kind: "expense", at: expense.proof.notAfter ?? 0, who: expense.author, text, expense };
    }),
    ...report.setAside.map((change): Row => ({
      kind: "set-aside",
      at: change.notAfter ?? 0,
      who: change.member ?? "",
      text: change.reason ?? "",
      change,
    })),
  ];
  return rows.sort((a, b) => a.at - b.at);
}

export function matching(rows: readonly Row[], { kind, person, text }: Filter): readonly Row[] {
  const wanted = text.trim().toLowerCase();
  return rows.filter(
    (r) => (kind === "all" || r.kind === kind) && (person === "" || r.who === person) && (wanted === "" || r.text.includes(wanted)),
  );
}
