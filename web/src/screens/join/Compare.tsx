import type { HouseholdView, PersonView } from "@countersign/shared/replica/people-view";
import { Button, Group, Stack, Text, Title } from "@mantine/core";
import { useState, type ReactNode } from "react";
import { useNavigate } from "react-router";
import { useApi, useSession } from "../../engine/context.ts";
import { useQuery } from "../../engine/query.ts";
import { clockOf } from "../../lib/time.ts";
import { Empty } from "../../ui/Empty.tsx";
import { Load } from "../../ui/Load.tsx";
import { Note } from "../../ui/Note.tsx";
import { otherOf } from "../../ui/Person.tsx";
import { Problem } from "../../ui/Problem.tsx";
import { Screen } from "../../ui/Screen.tsx";
import { useAct } from "../../ui/useAct.ts";
import { t } from "../../words/words.ts";
import { KeyCards } from "./KeyCards.tsx";

/** Safety words or key cards: that nobody stands between the two parents. */
export default function Compare(): ReactNode {
  const { home } = useSession();
  const other = otherOf(home);
  return (
    <Screen title={t("compare.title")} back="/">
      {home === undefined || other === undefined ? <Empty text={t("compare.none")} /> : <Words home={home} other={other} />}
    </Screen>
  );
}

function Words({ home, other }: { readonly home: HouseholdView; readonly other: PersonView }): ReactNode {
  const api = useApi();
  const go = useNavigate();
  const act = useAct();
  const [differ, setDiffer] = useState(false);
  const [now] = useState(Date.now);
  const words = useQuery(`words ${home.log}`, ["households"], (a) => a.safetyWords(home.log));
  const { name } = other;
  const inviter = other.provisional;
  const finish = (method: "words" | "cards" | undefined): void => {
    act.run(
      async () => {
        if (inviter) {
          const confirmed = await api.confirmJoin(home.log);
          if (!confirmed.ok || method === undefined) return confirmed;
        }
        return method === undefined ? api.confirmJoin(home.log) : api.attest(home.log, method);
      },
      () => void go("/"),
    );
  };
  if (differ) return <Differ home={home} other={other} back={() => setDiffer(false)} />;
  return (
    <Load of={words}>
      {(got) =>
        got.ok ? (
          <Stack gap="lg">
            {other.compared === undefined ? null : (
              <Note tone="good">
                {t("compare.done", { date: clockOf(home.zone).day(other.compared.at), method: other.compared.method })}
              </Note>
            )}
            <div className="cs-no-print">
              <Text mb="xs">{t("compare.why", { name })}</Text>
              <Text>{t("compare.how", { name })}</Text>
            </div>
            <section className="cs-card">
              <Title order={2} mb="sm" className="cs-no-print">
                {t("compare.words")}
              </Title>
              <div className="cs-print-only">
                <Title order={2}>{t("compare.card.title", { name: home.people.find((p) => p.me)?.name ?? "" })}</Title>
                <Text mb="sm">{t("compare.card.text", { date: clockOf(home.zone).day(now) })}</Text>
              </div>
              <ol className="cs-words">
                {got.value.map((word, i) => (
                  <li key={`${String(i)} ${word}`}>{word}</li>
                ))}
              </ol>
            </section>
            <Problem error={act.error} />
            <Group className="cs-no-print">
              <Button loading={act.busy} onClick={() => finish("words")}>
                {t("compare.same")}
              </Button>
              <Button variant="default" onClick={() => setDiffer(true)}>
                {t("compare.differ")}
              </Button>
            </Group>
            <details className="cs-proof">
              <summary className="cs-no-print">{t("compare.cards")}</summary>
              <KeyCards home={home} other={other} busy={act.busy} matched={() => finish("cards")} />
            </details>
            {inviter ? (
              <details className="cs-proof cs-no-print">
                <summary>{t("compare.without")}</summary>
                <Text mb="sm">{t("compare.without.text", { name })}</Text>
                <Button variant="default" loading={act.busy} onClick={() => finish(undefined)}>
                  {t("compare.without")}
                </Button>
              </details>
            ) : null}
          </Stack>
        ) : (
          <Problem error={got.error} />
        )
      }
    </Load>
  );
}

function Differ({ home, other, back }: { home: HouseholdView; other: PersonView; back: () => void }): ReactNode {
  const api = useApi();
  const go = useNavigate();
  const act = useAct();
  return (
    <Stack gap="lg">
      <Note tone="bad" live>
        <Text fw={600}>{t("compare.differ.title")}</Text>
        <Text>{other.provisional ? t("compare.differ.text") : t("compare.differ.joined", { name: other.name })}</Text>
      </Note>
      <Problem error={act.error} />
      <Group>
        {other.provisional ? (
          <Button
            color="red.9"
            loading={act.busy}
            onClick={() => {
              act.run(
                () => api.voidInvite(home.log),
                () => void go("/invite"),
              );
            }}
          >
            {t("compare.cancel")}
          </Button>
        ) : null}
        <Button variant="default" onClick={back}>
          {t("do.back")}
        </Button>
      </Group>
    </Stack>
  );
}
