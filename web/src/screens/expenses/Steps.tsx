import type { ExpenseView } from "@countersign/shared/views/record";
import type { HouseholdView } from "@countersign/shared/replica/people-view";
import { Text } from "@mantine/core";
import type { ReactNode } from "react";
import { useApi, useSession } from "../../engine/context.ts";
import { takeAnswerBack, type HeldOf } from "../../engine/held.ts";
import { FileList } from "../../files/FileList.tsx";
import { formatMoney } from "../../lib/money.ts";
import { clockOf } from "../../lib/time.ts";
import { HeldActions } from "../../ui/Held.tsx";
import { nameOf, otherName } from "../../ui/Person.tsx";
import { Proof, wayWords } from "../../ui/Proof.tsx";
import { Written } from "../../ui/Written.tsx";
import { t } from "../../words/words.ts";

/** The whole life of an expense as dated steps, each with its proof. */
export function Steps({
  expense,
  where,
  held,
}: {
  readonly expense: ExpenseView;
  readonly where: HouseholdView;
  /** A step that has not left this device. */
  readonly held: HeldOf<"answer"> | undefined;
}): ReactNode {
  const api = useApi();
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
      {held === undefined ? null : (
        <li>
          <Text fw={600}>
            {t(`act.${held.act.act}`, {
              name: nameOf(where, where.me),
              amount: formatMoney(held.act.amount ?? expense.asked, expense.currency),
            })}
          </Text>
          <Text size="sm" c="dimmed">
            {clock.moment(held.at)}
          </Text>
          {held.act.method === undefined ? null : <Text>{t("act.method", { method: held.act.method })}</Text>}
          {held.act.reason === undefined ? null : <Written text={held.act.reason} />}
          <FileList log={expense.log} files={held.files} />
          <HeldActions held={held} name={otherName(where)} back={() => takeAnswerBack(api, held)} />
        </li>
      )}
    </ol>
  );
}
