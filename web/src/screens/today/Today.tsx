import { Stack, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";
import { SyncLine } from "../../app/SyncLine.tsx";
import { useWaiting } from "../../app/waiting.ts";
import { useSession } from "../../engine/context.ts";
import { Balances } from "../expenses/Balances.tsx";
import { LinkRow } from "../../ui/LinkRow.tsx";
import { Load } from "../../ui/Load.tsx";
import { Note } from "../../ui/Note.tsx";
import { otherName } from "../../ui/Person.tsx";
import { Screen } from "../../ui/Screen.tsx";
import { TextLink } from "../../ui/TextLink.tsx";
import { t } from "../../words/words.ts";
import { Taken } from "./Taken.tsx";
import { todos, type Todo } from "./todos.ts";

const MOST = 8;

/** What waits, what is unread, who owes, how far the devices agree. */
export function Today(): ReactNode {
  const session = useSession();
  const { home } = session;
  const waiting = useWaiting();
  return (
    <Screen title={t("today.title")}>
      <Stack gap="xl">
        {home?.stage === "waiting" ? <Note tone="wait">{t("today.waitingJoin", { name: otherName(home) })}</Note> : null}
        <Taken />
        <section aria-labelledby="waits">
          <Title order={2} id="waits" mb="sm">
            {t("today.waits")}
          </Title>
          <Load of={waiting} lines={2}>
            {(now) => <Todos list={todos(session, now)} />}
          </Load>
        </section>
        {/* One answer that did not come is said once. */}
        {home === undefined || home.people.length < 2 || (waiting.failed && waiting.data === undefined) ? null : (
          <>
            <section aria-labelledby="unread">
              <Title order={2} id="unread" mb="sm">
                {t("today.unread")}
              </Title>
              <Load of={waiting} lines={1}>
                {(now) =>
                  now.unread === 0 ? (
                    <Text c="dimmed">{t("today.unread.none")}</Text>
                  ) : (
                    <div className="cs-list">
                      <LinkRow to="/messages" title={t("today.unread.count", { count: now.unread })} />
                    </div>
                  )
                }
              </Load>
            </section>
            <section aria-labelledby="balance">
              <Title order={2} id="balance" mb="sm">
                {t("today.balance")}
              </Title>
              <Balances home={home} short />
            </section>
          </>
        )}
        <SyncLine />
      </Stack>
    </Screen>
  );
}

function Todos({ list }: { readonly list: readonly Todo[] }): ReactNode {
  if (list.length === 0) return <Text c="dimmed">{t("today.nothing")}</Text>;
  return (
    <>
      <div className="cs-list">
        {list.slice(0, MOST).map((todo) => (
          <LinkRow key={todo.key} to={todo.to} title={todo.title} text={todo.text} />
        ))}
      </div>
      {list.length > MOST ? <TextLink to="/expenses">{t("today.more", { count: list.length - MOST })}</TextLink> : null}
    </>
  );
}
