import { showUnseen } from "@countersign/shared/base/unseen";
import type { RecordId } from "@countersign/shared/base/ids";
import type { ExpenseView } from "@countersign/shared/views/record";
import type { HouseholdView } from "@countersign/shared/replica/people-view";
import { Button, Group, Stack, Text, Title } from "@mantine/core";
import { IconShare } from "@tabler/icons-react";
import { useState, type ReactNode } from "react";
import { useParams } from "react-router";
import { useSession } from "../../engine/context.ts";
import { isHeld, type HeldOf } from "../../engine/held.ts";
import { useQuery } from "../../engine/query.ts";
import { FileList } from "../../files/FileList.tsx";
import { formatMoney, formatPercent } from "../../lib/money.ts";
import { clockOf } from "../../lib/time.ts";
import { ChildNames } from "../../ui/Children.tsx";
import { Note } from "../../ui/Note.tsx";
import { Person, otherName, personOf } from "../../ui/Person.tsx";
import { FirstLogged } from "../../ui/Proof.tsx";
import { Screen } from "../../ui/Screen.tsx";
import { Loading, NotLoadedScreen } from "../../ui/Waiting.tsx";
import { Written } from "../../ui/Written.tsx";
import { t } from "../../words/words.ts";
import { Lost } from "../Lost.tsx";
import { ShareRecord } from "../share/ShareRecord.tsx";
import { writableHome } from "../writable.ts";
import { Answer } from "./Answer.tsx";
import { HeldExpense } from "./HeldExpense.tsx";
import { Steps } from "./Steps.tsx";
import { askedOfMe, stateWords } from "./state.ts";

/** One expense: what it is, whose turn it is, its whole life, its receipt. */
export function Expense({ own = false }: { readonly own?: boolean }): ReactNode {
  const session = useSession();
  const { expense } = useParams();
  const where = own ? session.own : session.home;
  const { at } = session;
  // What is held is asked first: what has left it by then is in the record.
  const loaded = useQuery(`expense ${expense ?? ""}`, ["expenses", "sync", "held"], async (api) => {
    if (where === undefined || expense === undefined) return { found: undefined, held: [] };
    const held = at === undefined ? await api.held(where.log) : [];
    return { found: await api.expense(where.log, expense as RecordId), held };
  });
  if (loaded.data === undefined)
    return loaded.failed ? <NotLoadedScreen title={t("expenses.title")} back="/expenses" again={loaded.again} /> : <Loading />;
  const { found, held } = loaded.data;
  const waiting = held.find((h) => (h.id as string) === expense);
  if (where !== undefined && found === undefined && waiting && isHeld(waiting, "expense"))
    return <HeldExpense held={waiting} where={where} />;
  if (where === undefined || found === undefined) return <Lost />;
  return (
    <Shown
      expense={found}
      where={where}
      own={own}
      answer={held.filter((h) => isHeld(h, "answer")).find((h) => h.act.expense === found.id)}
    />
  );
}

function Shown({
  expense,
  where,
  own,
  answer,
}: {
  readonly expense: ExpenseView;
  readonly where: HouseholdView;
  readonly own: boolean;
  /** What this person did with it that has not left the device. */
  readonly answer: HeldOf<"answer"> | undefined;
}): ReactNode {
  const session = useSession();
  const home = writableHome(session);
  const [sharing, setSharing] = useState(false);
  const { words, tone } = stateWords(expense);
  const answers = own || home === undefined || answer ? [] : expense.can;
  return (
    <Screen
      title={showUnseen(expense.title)}
      kind={t("expenses.title")}
      back={own ? "/expenses?in=own" : "/expenses"}
      action={
        <span className="cs-chip" data-tone={tone}>
          {words}
        </span>
      }
    >
      <div className="cs-two">
        <Stack gap="xl">
          <Facts expense={expense} where={where} own={own} />
          {expense.crossed ? <Note>{t("expense.crossed")}</Note> : null}
          {answers.length === 0 ? null : <Answer key={expense.state} expense={expense} where={where} />}
          {own && home?.stage === "together" ? (
            <Group>
              <Button leftSection={<IconShare size={18} aria-hidden />} onClick={() => setSharing(true)}>
                {t("thread.share", { name: otherName(home) })}
              </Button>
            </Group>
          ) : null}
          <section aria-labelledby="life">
            <Title order={2} id="life" mb="sm">
              {t("expense.life")}
            </Title>
            <Steps expense={expense} where={where} held={answer} />
          </section>
        </Stack>
        <section aria-labelledby="receipt">
          <Title order={2} id="receipt" mb="sm">
            {t("expense.receipt")}
          </Title>
          {expense.files.length === 0 ? (
            <Text c="dimmed">{t("expense.receipt.none")}</Text>
          ) : (
            <FileList log={expense.log} files={expense.files} />
          )}
        </section>
      </div>
      {sharing ? <ShareRecord record={expense.id} what="expenses" close={() => setSharing(false)} /> : null}
    </Screen>
  );
}

function Facts({
  expense,
  where,
  own,
}: {
  readonly expense: ExpenseView;
  readonly where: HouseholdView;
  readonly own: boolean;
}): ReactNode {
  const { home } = useSession();
  const amount = formatMoney(expense.amount, expense.currency);
  return (
    <section className="cs-card">
      <Text size="xl" fw={650} mb="sm">
        {amount}
      </Text>
      <dl className="cs-facts">
        {own ? null : (
          <>
            <dt>{askedOfMe(expense, where) ? t("expense.asked.me") : t("expense.asked", { name: otherName(home) })}</dt>
            <dd>
              <strong>{formatMoney(expense.asked, expense.currency)}</strong>,{" "}
              {t("expense.share", { percent: formatPercent(expense.share), amount })}
            </dd>
          </>
        )}
        <dt>{t("expense.spent")}</dt>
        <dd>{clockOf(where.zone).date(expense.spent)}</dd>
        <dt>{t("expense.category")}</dt>
        <dd>{showUnseen(expense.category)}</dd>
        {expense.children === undefined ? null : (
          <>
            <dt>{t("children.about")}</dt>
            <dd>
              <ChildNames names={expense.children} />
            </dd>
          </>
        )}
        <dt>{t("expense.by")}</dt>
        <dd>
          <Person person={personOf(where, expense.author)} />
        </dd>
        {expense.note === undefined || expense.note === "" ? null : (
          <>
            <dt>{t("expense.note")}</dt>
            <dd>
              <Written text={expense.note} />
            </dd>
          </>
        )}
      </dl>
      <FirstLogged at={expense.firstLogged} zone={where.zone} />
    </section>
  );
}
