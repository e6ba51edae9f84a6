import type { HouseholdView } from "@countersign/shared/replica/people-view";
import type { ReactNode } from "react";
import { Link } from "react-router";
import { isHeld, useHeld } from "../../engine/held.ts";
import { formatMoney } from "../../lib/money.ts";
import { clockOf } from "../../lib/time.ts";
import { HeldRow } from "../../ui/HeldRow.tsx";
import { t } from "../../words/words.ts";

/** Expenses that were added and have not left this device, each a way to its own page. */
export function HeldExpenses({ where }: { readonly where: HouseholdView }): ReactNode {
  const held = (useHeld(where.log).data ?? []).filter((h) => isHeld(h, "expense"));
  if (held.length === 0) return null;
  const clock = clockOf(where.zone);
  return (
    <section className="cs-list" aria-label={t("held.list")}>
      {held.map((one) => (
        <Link key={one.id} to={`/expenses/${one.id}`} className="cs-row">
          <HeldRow
            held={one}
            title={one.act.title}
            snippet={t("expenses.line", { category: one.act.category, date: clock.date(one.act.spent) })}
            when={formatMoney(one.act.amount, one.act.currency)}
          />
        </Link>
      ))}
    </section>
  );
}
