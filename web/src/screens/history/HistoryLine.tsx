import { showUnseen } from "@countersign/shared/base/unseen";
import { clockFacts } from "@countersign/shared/views/clock";
import type { HistoryRow } from "@countersign/shared/views/history";
import type { HouseholdView } from "@countersign/shared/replica/people-view";
import { memo, useState, type ReactNode } from "react";
import { clockOf } from "../../lib/time.ts";
import { nameOf, personOf } from "../../ui/Person.tsx";
import { clockWords } from "../../ui/proofColumns.ts";
import { hasWords, t, tOr } from "../../words/words.ts";
import { LineDetail } from "./LineDetail.tsx";
import { LineFacts } from "./LineFacts.tsx";

/** The sentence of one line. */
export function lineWords(row: HistoryRow, where: HouseholdView): string {
  const name = nameOf(where, row.member);
  if (row.type === "fault") {
    const key = row.what.startsWith("fault.") ? row.what : `fault.${row.what}`;
    return hasWords(key) ? t(key) : t("history.unknown", { name, what: row.what });
  }
  if (row.type === "set-aside") return tOr(`history.${row.what}`, "history.set-aside", { name });
  return tOr(`history.${row.what}`, "history.unknown", { name, what: row.what });
}

/** The author's clock against the interval, from the line alone. */
function offWords({ claimed, notBefore, notAfter, type, member }: HistoryRow, where: HouseholdView): string | undefined {
  if (type !== "act" || claimed === undefined || notAfter === undefined) return undefined;
  return clockWords(clockFacts(claimed, notBefore, notAfter), member === where.me);
}

interface Props {
  readonly row: HistoryRow;
  readonly where: HouseholdView;
  readonly own: boolean;
  /** Where there is no replica behind the line (a snapshot), only what the line itself says is shown. */
  readonly bare?: boolean;
}

/** One act; what it changed, its proof and its place in the log on a click. Dozens move past while a list is scrolled: plain elements, drawn once. */
export const HistoryLine = memo(function HistoryLine({ row, where, own, bare = false }: Props): ReactNode {
  const [open, setOpen] = useState(false);
  const clock = clockOf(where.zone);
  const at = row.claimed ?? row.notAfter;
  const bad = row.type === "set-aside" || row.type === "fault";
  const off = offWords(row, where);
  return (
    <details
      className="cs-row"
      onToggle={(event) => {
        if (event.target === event.currentTarget) setOpen(event.currentTarget.open);
      }}
    >
      <summary style={{ cursor: "pointer", minHeight: 44, listStyle: "none" }}>
        <span style={{ display: "flex", gap: 12, alignItems: "baseline" }}>
          <span
            className="cs-mark"
            data-colour={personOf(where, row.member)?.colour ?? 2}
            aria-hidden
            style={row.member === undefined ? { visibility: "hidden" } : {}}
          />
          <span style={{ flex: 1, minWidth: 0 }}>
            <span className="cs-line-words" data-tone={bad ? "bad" : undefined}>
              {lineWords(row, where)}
            </span>
            <span className="cs-line-note" data-clamp>
              {showUnseen(row.title ?? "")}
            </span>
            {row.type === "own" ? <span className="cs-chip">{t("history.own")}</span> : null}
            {off === undefined ? null : (
              <span className="cs-chip" data-tone="wait" style={{ whiteSpace: "normal" }}>
                {off}
              </span>
            )}
          </span>
          <span className="cs-line-note" style={{ textAlign: "right" }}>
            {at === undefined ? "" : clock.short(at)}
          </span>
        </span>
      </summary>
      {open ? bare ? <LineFacts row={row} where={where} /> : <LineDetail row={row} where={where} own={own} /> : null}
    </details>
  );
});
