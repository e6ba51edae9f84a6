import type { ExpenseView } from "@countersign/shared/views/record";
import type { HouseholdView } from "@countersign/shared/replica/people-view";
import { Text } from "@mantine/core";
import type { ReactNode } from "react";
import { useSession } from "../../engine/context.ts";
import { FileList } from "../../files/FileList.tsx";
import { formatMoney } from "../../lib/money.ts";
import { clockOf } from "../../lib/time.ts";
import { nameOf } from "../../ui/Person.tsx";
import { Proof, wayWords } from "../../ui/Proof.tsx";
import { Written } from "../../ui/Written.tsx";
import { t } from "../../words/words.ts";

/** The whole life of an expense as dated steps, each with its proof. */
export function Steps({ expense, where }: { readonly expense: ExpenseView; readonly where: HouseholdView }): ReactNode {
  const { vault, own } = useSession();
  const clock = clockOf(where.zone);
  return (
    <ol className="cs-steps">
      {expense.steps.map((step) => (
        <li key={step.hash}>
          <Text fw={600}>
            {t(`act.${step.act}`, {
              name: nameOf(where, step.member),
              amount: formatMoney(step.amount ?? expense.asked, expense.currency),
            })}
          </Text>
          <Text size="sm" c="dimmed">
            {clock.moment(step.proof.claimed)}
            {step.member === where.me && where.log !== own.log ? ` · ${wayWords(step.proof, vault.storage, where.zone)}` : ""}
          </Text>
          {step.method === undefined || step.method === "" ? null : <Text>{t("act.method", { method: step.method })}</Text>}
          {step.reason === undefined ? null : <Written text={step.reason} />}
          <FileList log={expense.log} files={step.files} />
          <Proof proof={step.proof} household={where} storage={vault.storage} />
        </li>
      ))}
    </ol>
  );
}
