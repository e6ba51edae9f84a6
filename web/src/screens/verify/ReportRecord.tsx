import { showUnseen } from "@countersign/shared/base/unseen";
import type { RecordId } from "@countersign/shared/base/ids";
import { pushTo } from "@countersign/shared/base/push-to";
import type { ExpenseView, MessageView } from "@countersign/shared/views/record";
import type { HouseholdView, PersonView } from "@countersign/shared/replica/people-view";
import type { SnapshotReport } from "@countersign/shared/views/snapshot";
import { Stack, Text, Title } from "@mantine/core";
import { useMemo, useState, type ReactNode } from "react";
import { formatMoney } from "../../lib/money.ts";
import { clockOf } from "../../lib/time.ts";
import { AboutChildren } from "../../ui/Children.tsx";
import { Person, nameOf, personOf } from "../../ui/Person.tsx";
import { Portions } from "../../ui/Portions.tsx";
import { FirstLogged, Proof } from "../../ui/Proof.tsx";
import { Written } from "../../ui/Written.tsx";
import { t } from "../../words/words.ts";
import { HistoryLine } from "../history/HistoryLine.tsx";

/** A report's people in the shape that the record's parts take. */
function householdOf(report: SnapshotReport): HouseholdView | undefined {
  const [first] = report.people;
  const log = report.messages[0]?.log ?? report.expenses[0]?.log ?? report.setAside[0]?.log;
  if (first === undefined || log === undefined) return undefined;
  const people = report.people.map((p, i): PersonView => ({
    member: p.member,
    name: p.name,
    me: false,
    role: "parent",
    colour: i % 2 === 0 ? 1 : 2,
    provisional: false,
    devices: [],
  }));
  return {
    log,
    kind: "household",
    label: "",
    relay: "",
    zone: report.zone,
    people,
    // Nobody here is the reader.
    me: "" as HouseholdView["me"],
    stage: "together",
    level: 1,
    needsUpdate: false,
  };
}

/** What the snapshot holds, as its checked changes say it. Threads and expenses are folded. */
export function ReportRecord({ report }: { readonly report: SnapshotReport }): ReactNode {
  const household = householdOf(report);
  const lettersOf = useMemo(() => {
    const byThread = new Map<RecordId, MessageView[]>();
    for (const letter of report.messages) pushTo(byThread, letter.thread, letter);
    return byThread;
  }, [report]);
  return (
    <section aria-labelledby="record">
      <Title order={2} id="record" mb="sm">
        {t("verify.record")}
      </Title>
      {household === undefined ? (
        <Text c="dimmed">{t("verify.none")}</Text>
      ) : (
        <Stack gap="lg">
          <Title order={3}>{t("verify.threads")}</Title>
          {report.threads.length === 0 ? <Text c="dimmed">{t("verify.none")}</Text> : null}
          <Portions
            items={report.threads}
            render={({ id, subject, children }) => {
              const letters = lettersOf.get(id) ?? [];
              return (
                <Fold
                  key={id}
                  title={subject === "" ? t("messages.noSubject") : showUnseen(subject)}
                  rest={t("verify.thread", { count: letters.length })}
                  inside={() => (
                    <Stack mt="sm">
                      <AboutChildren names={children} />
                      <Portions items={letters} render={(letter) => <Letter key={letter.id} letter={letter} household={household} />} />
                    </Stack>
                  )}
                />
              );
            }}
          />
          <Title order={3}>{t("verify.expenses")}</Title>
          {report.expenses.length === 0 ? <Text c="dimmed">{t("verify.none")}</Text> : null}
          <Portions items={report.expenses} render={(expense) => <ExpenseOf key={expense.id} expense={expense} household={household} />} />
          {report.setAside.length === 0 ? null : (
            <>
              <Title order={3}>{t("verify.set-aside")}</Title>
              <div className="cs-list">
                {report.setAside.map((row) => (
                  <HistoryLine key={row.id} row={row} where={household} own={false} bare />
                ))}
              </div>
            </>
          )}
        </Stack>
      )}
    </section>
  );
}

/** A part that is only built once it is opened, so that a record of thousands opens at once. */
function Fold({ title, rest, inside }: { readonly title: string; readonly rest: string; readonly inside: () => ReactNode }): ReactNode {
  const [open, setOpen] = useState(false);
  return (
    <details
      className="cs-card"
      onToggle={(event) => {
        // A fold inside this one tells its own opening to its parents as well.
        if (event.target === event.currentTarget) setOpen(event.currentTarget.open);
      }}
    >
      <summary style={{ cursor: "pointer", minHeight: 28 }}>
        <strong>{title}</strong> · {rest}
      </summary>
      {open ? inside() : null}
    </details>
  );
}

function Letter({ letter, household }: { readonly letter: MessageView; readonly household: HouseholdView }): ReactNode {
  const person = personOf(household, letter.author);
  return (
    <article className="cs-letter" data-colour={person?.colour ?? 2}>
      <Person person={person} />
      <Text size="sm" c="dimmed" mb="xs">
        {clockOf(household.zone).moment(letter.proof.claimed)}
      </Text>
      <Written text={letter.text} />
      {letter.files.map((file) => (
        <Text key={file.id} size="sm">
          {showUnseen(file.name)}
        </Text>
      ))}
      {letter.settlement ? <span className="cs-chip">{t("thread.settlement")}</span> : null}
      <FirstLogged at={letter.firstLogged} zone={household.zone} />
      <Proof proof={letter.proof} household={household} />
    </article>
  );
}

function ExpenseOf({ expense, household }: { readonly expense: ExpenseView; readonly household: HouseholdView }): ReactNode {
  const clock = clockOf(household.zone);
  const state = expense.state === "submitted" ? t("state.submitted") : t(`state.${expense.state}`);
  return (
    <Fold
      title={showUnseen(expense.title)}
      rest={`${formatMoney(expense.amount, expense.currency)} · ${state}`}
      inside={() => (
        <>
          <AboutChildren names={expense.children} />
          <ul style={{ paddingInlineStart: 20 }}>
            {expense.steps.map((step) => (
              <li key={step.hash}>
                {t(`act.${step.act}`, {
                  name: nameOf(household, step.member),
                  amount: formatMoney(step.amount ?? expense.asked, expense.currency),
                })}
                , {clock.moment(step.proof.claimed)}
                {step.reason === undefined ? null : <Written text={step.reason} />}
                <Proof proof={step.proof} household={household} />
              </li>
            ))}
          </ul>
        </>
      )}
    />
  );
}
