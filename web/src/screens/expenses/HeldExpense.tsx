import { showUnseen } from "@countersign/shared/base/unseen";
import { askedOf } from "@countersign/shared/kinds/money";
import type { Answer } from "@countersign/shared/replica/answer";
import type { HouseholdView } from "@countersign/shared/replica/people-view";
import { Stack, Text, Title } from "@mantine/core";
import { Fragment, type ReactNode } from "react";
import { useNavigate } from "react-router";
import { useApi } from "../../engine/context.ts";
import { takeExpenseBack, type HeldOf } from "../../engine/held.ts";
import { FileList } from "../../files/FileList.tsx";
import { formatMoney, formatPercent } from "../../lib/money.ts";
import { clockOf } from "../../lib/time.ts";
import { ChildNames } from "../../ui/Children.tsx";
import { HeldActions } from "../../ui/Held.tsx";
import { otherName } from "../../ui/Person.tsx";
import { Screen } from "../../ui/Screen.tsx";
import { Written } from "../../ui/Written.tsx";
import { t } from "../../words/words.ts";
import { formOf } from "./form.ts";

/** An expense that was added and has not left this device. */
export function HeldExpense({ held, where }: { readonly held: HeldOf<"expense">; readonly where: HouseholdView }): ReactNode {
  const api = useApi();
  const go = useNavigate();
  const { title, category, amount, currency, share, spent, children, note } = held.act;
  const name = otherName(where);
  const whole = formatMoney(amount, currency);
  const facts: readonly (readonly [string, ReactNode])[] = [
    [
      t("expense.asked", { name }),
      `${formatMoney(askedOf(amount, share), currency)}, ${t("expense.share", { percent: formatPercent(share), amount: whole })}`,
    ],
    [t("expense.spent"), clockOf(where.zone).date(spent)],
    [t("expense.category"), showUnseen(category)],
    ...(children === undefined || children.length === 0
      ? []
      : [[t("children.about"), <ChildNames key="about" names={children} />] as const]),
    ...(note === undefined || note === "" ? [] : [[t("expense.note"), <Written key="note" text={note} />] as const]),
  ];
  const back = async (): Answer<string> => {
    const taken = await takeExpenseBack(api, held, JSON.stringify(formOf(held.act)));
    if (taken.ok) void go(taken.value === "" ? "/expenses/new" : `/expenses/new?draft=${taken.value}`, { replace: true });
    return taken;
  };
  return (
    <Screen title={showUnseen(title)} kind={t("expenses.title")} back="/expenses">
      <div className="cs-two">
        <Stack gap="xl">
          <section className="cs-card" aria-label={t("held.list")} data-held="true">
            {held.act.isShared === true ? <Text mb="xs">{t("held.shared")}</Text> : null}
            <HeldActions
              held={held}
              name={name}
              {...(held.act.isShared === true ? {} : { back })}
              removed={() => void go("/expenses", { replace: true })}
            />
          </section>
          <section className="cs-card">
            <Text size="xl" fw={650} mb="sm">
              {whole}
            </Text>
            <dl className="cs-facts">
              {facts.map(([label, says]) => (
                <Fragment key={label}>
                  <dt>{label}</dt>
                  <dd>{says}</dd>
                </Fragment>
              ))}
            </dl>
          </section>
        </Stack>
        <section aria-labelledby="receipt">
          <Title order={2} id="receipt" mb="sm">
            {t("expense.receipt")}
          </Title>
          {held.files.length === 0 ? <Text c="dimmed">{t("expense.receipt.none")}</Text> : <FileList log={held.log} files={held.files} />}
        </section>
      </div>
    </Screen>
  );
}
