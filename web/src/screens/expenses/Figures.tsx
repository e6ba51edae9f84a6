import type { Spending } from "@countersign/shared/views/spending";
import { onOneLine } from "@countersign/shared/base/unseen";
import type { ReactNode } from "react";
import { formatMoney } from "../../lib/money.ts";
import { monthName } from "../../lib/time.ts";
import { t } from "../../words/words.ts";

/** The same as the bars, exactly: every category, every month that has something, and the sums. */
export function Figures({ sums }: { readonly sums: Spending }): ReactNode {
  const { categories, months, currency, year, total } = sums;
  const money = (amount: bigint): string => formatMoney(amount, currency);
  return (
    <details className="cs-proof">
      <summary>{t("spending.table")}</summary>
      <div className="cs-scroll" role="region" aria-label={t("spending.table")} tabIndex={0}>
        <table className="cs-figures">
          <thead>
            <tr>
              <th scope="col">{year}</th>
              {categories.map(({ name }) => (
                <th scope="col" key={name}>
                  {onOneLine(name)}
                </th>
              ))}
              <th scope="col">{t("spending.all")}</th>
            </tr>
          </thead>
          <tbody>
            {months.map((sum, month) => (
              <tr key={month}>
                <th scope="row">{monthName(year, month, "long")}</th>
                {categories.map((category) => (
                  <td key={category.name}>{money(category.months[month] ?? 0n)}</td>
                ))}
                <td>{money(sum)}</td>
              </tr>
            ))}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row">{t("spending.all")}</th>
              {categories.map((category) => (
                <td key={category.name}>{money(category.total)}</td>
              ))}
              <td>{money(total)}</td>
            </tr>
          </tfoot>
        </table>
      </div>
    </details>
  );
}
