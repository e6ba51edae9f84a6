import { showUnseen } from "@countersign/shared/base/unseen";
import type { ExpenseFacts, HistoryDetail } from "@countersign/shared/views/history";
import { Text } from "@mantine/core";
import type { ReactNode } from "react";
import { formatMoney, formatPercent } from "../../lib/money.ts";
import { clockOf } from "../../lib/time.ts";
import { Note } from "../../ui/Note.tsx";
import { Written } from "../../ui/Written.tsx";
import { t, type WordKey } from "../../words/words.ts";

interface Line {
  readonly name: WordKey;
  readonly of: (facts: ExpenseFacts) => string;
}

const lines = (zone: string): readonly Line[] => [
  { name: "history.field.state", of: (f) => t(`state.${f.state}`) },
  { name: "history.field.title", of: (f) => f.title },
  { name: "expense.amount", of: (f) => formatMoney(f.amount, f.currency) },
  { name: "history.field.share", of: (f) => `${formatMoney(f.asked, f.currency)} (${formatPercent(f.share)})` },
  { name: "expense.category", of: (f) => f.category },
  { name: "expense.spent", of: (f) => clockOf(zone).date(f.spent) },
  { name: "children.about", of: (f) => (f.children ?? []).join(", ") },
  { name: "expense.note", of: (f) => f.note ?? "" },
  { name: "history.field.paid", of: (f) => (f.paid === 0 ? "" : formatMoney(f.paid, f.currency)) },
  { name: "history.field.confirmed", of: (f) => (f.confirmed === 0 ? "" : formatMoney(f.confirmed, f.currency)) },
];

/** How an expense stood before an act and after it: all fields of a new one, else those that differ. */
export function BeforeAfter({
  expense,
  zone,
}: {
  readonly expense: NonNullable<HistoryDetail["expense"]>;
  readonly zone: string;
}): ReactNode {
  const { before, after, act } = expense;
  const shown = lines(zone)
    .map(({ name, of }) => ({ name, before: before === undefined ? "" : of(before), after: of(after) }))
    .filter((line) => line.before !== line.after);
  return (
    <div>
      <table className="cs-change">
        <caption className="cs-sr">{t("history.changed")}</caption>
        <thead>
          <tr>
            <th scope="col">{t("history.field")}</th>
            <th scope="col">{t("history.before")}</th>
            <th scope="col">{t("history.after")}</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((line) => (
            <tr key={line.name} data-changed={true}>
              <th scope="row" style={{ fontWeight: 400 }}>
                {t(line.name)}
              </th>
              <td>{line.before === "" ? t("history.nothing") : showUnseen(line.before)}</td>
              <td>{line.after === "" ? t("history.nothing") : showUnseen(line.after)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {act.reason === undefined ? null : <Written text={act.reason} />}
      {act.method === undefined || act.method === "" ? null : <Text size="sm">{t("act.method", { method: act.method })}</Text>}
      {act.files.length === 0 ? null : (
        <Text size="sm">
          {t("history.files")}: {act.files.join(", ")}
        </Text>
      )}
      {after.crossed ? <Note>{t("history.crossed")}</Note> : null}
    </div>
  );
}
