import type { HouseholdView } from "@countersign/shared/replica/people-view";
import { told, type Spending as Sums, type SpendingWhich } from "@countersign/shared/views/spending";
import { NativeSelect, Stack, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { useQuery } from "../../engine/query.ts";
import { formatMoney } from "../../lib/money.ts";
import { Load } from "../../ui/Load.tsx";
import { t } from "../../words/words.ts";
import { Bars } from "./Bars.tsx";
import { Figures } from "./Figures.tsx";

/** So many categories have a colour and a pattern of their own; what is left of more is one. */
const TOLD = 7;
const WHICH: readonly SpendingWhich[] = ["agreed", "all"];

interface Props {
  readonly where: HouseholdView;
  /** One's own expenses, to which nobody has to agree. */
  readonly own: boolean;
  readonly params: URLSearchParams;
  readonly put: (name: string, value: string) => void;
}

/** What was spent, month by month and by category: bars, and the same as a table. */
export default function Spending({ where, own, params, put }: Props): ReactNode {
  const which: SpendingWhich = own || params.get("sum") === "all" ? "all" : "agreed";
  const currency = params.get("currency") ?? "";
  const year = params.get("year") ?? "";
  const choice = { which, ...(currency === "" ? {} : { currency }), ...(/^\d{4}$/.test(year) ? { year: Number(year) } : {}) };
  const loaded = useQuery(`spending ${where.log} ${which} ${currency} ${year}`, ["expenses"], async (api) => ({
    sums: await api.spending(where.log, choice),
  }));
  return (
    <Load of={loaded} lines={3}>
      {({ sums }) =>
        sums === undefined ? null : (
          <Stack>
            <div className="cs-filters">
              {own ? null : (
                <NativeSelect
                  label={t("spending.which")}
                  value={which}
                  data={WHICH.map((value) => ({ value, label: t(`spending.which.${value}`) }))}
                  onChange={(event) => put("sum", event.currentTarget.value === "all" ? "all" : "")}
                />
              )}
              <NativeSelect
                label={t("spending.year")}
                value={String(sums.year)}
                data={sums.years.map(String)}
                onChange={(event) => put("year", event.currentTarget.value)}
              />
              {sums.currencies.length < 2 ? null : (
                <NativeSelect
                  label={t("expense.form.currency")}
                  value={sums.currency}
                  data={[...sums.currencies]}
                  onChange={(event) => put("currency", event.currentTarget.value)}
                />
              )}
            </div>
            <Shown sums={sums} />
            <Text size="sm" c="dimmed">
              {t(own ? "spending.how.own" : `spending.how.${which}`)} {sums.currencies.length > 1 ? t("spending.how.currencies") : ""}
            </Text>
          </Stack>
        )
      }
    </Load>
  );
}

function Shown({ sums }: { readonly sums: Sums }): ReactNode {
  const { year, count, total, currency, categories } = sums;
  if (count === 0) return <Text role="status">{t("spending.none", { year: String(year) })}</Text>;
  return (
    <>
      <Text fw={600} role="status">
        {t("spending.sum", { amount: formatMoney(total, currency), count, year: String(year) })}
      </Text>
      <Bars sums={sums} categories={told(categories, TOLD, t("spending.others"))} />
      <Figures sums={sums} />
    </>
  );
}
