import type { Spending, SpendingCategory } from "@countersign/shared/views/spending";
import { onOneLine } from "@countersign/shared/base/unseen";
import { nice, ticks } from "d3-array";
import type { ReactNode } from "react";
import { formatMoney, formatRound } from "../../lib/money.ts";
import { monthName } from "../../lib/time.ts";
import { t } from "../../words/words.ts";

const LINES = 4;

interface Props {
  readonly sums: Spending;
  /** As few as can be told apart, the largest first. */
  readonly categories: readonly SpendingCategory[];
}

/**
 * Twelve stacked bars. Whoever does not see them reads the table that stands beside them, so the bars themselves are for the eye alone; the list of
 * categories under them has the same colours and patterns with names and sums.
 */
export function Bars({ sums, categories }: Props): ReactNode {
  const { months, currency, year } = sums;
  // A length on the screen may be inexact; what is summed and written never is.
  const most = Number(months.reduce((a, b) => (a > b ? a : b), 0n));
  const [, top] = nice(0, most, LINES);
  const part = (amount: number | bigint): string => `${String((100 * Number(amount)) / top)}%`;
  const lines = ticks(0, top, LINES).filter(Number.isSafeInteger);
  return (
    <figure className="cs-chart" aria-label={t("spending.title")}>
      <div className="cs-plot" aria-hidden>
        {lines.map((line) => (
          <div key={line} className="cs-plot-line" style={{ bottom: part(line) }}>
            <span>{formatRound(line, currency)}</span>
          </div>
        ))}
        <div className="cs-bars">
          {months.map((sum, month) => (
            <div key={month} className="cs-bar" title={`${monthName(year, month, "long")}: ${formatMoney(sum, currency)}`}>
              {categories.map((category, i) => {
                const amount = category.months[month] ?? 0n;
                return amount === 0n ? null : <span key={i} className="cs-part" data-series={i} style={{ height: part(amount) }} />;
              })}
            </div>
          ))}
        </div>
      </div>
      <div className="cs-months" aria-hidden>
        {months.map((_, month) => (
          <span key={month}>
            <span className="cs-month-wide">{monthName(year, month, "short")}</span>
            <span className="cs-month-narrow">{monthName(year, month, "narrow")}</span>
          </span>
        ))}
      </div>
      <ul className="cs-legend" aria-label={t("expense.category")}>
        {categories.map(({ name, total }, i) => (
          <li key={i}>
            <span className="cs-part" data-series={i} aria-hidden />
            <span>{onOneLine(name)}</span>
            <strong>{formatMoney(total, currency)}</strong>
          </li>
        ))}
      </ul>
    </figure>
  );
}
