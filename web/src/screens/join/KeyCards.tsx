import type { CardAnswer, HouseholdView, KeyCardView, PersonView } from "@countersign/shared/replica/people-view";
import { Button, Group, Stack, Text, Title } from "@mantine/core";
import { IconPrinter } from "@tabler/icons-react";
import { useState, type ReactNode } from "react";
import { useApi } from "../../engine/context.ts";
import { useQuery } from "../../engine/query.ts";
import { clockOf } from "../../lib/time.ts";
import { Load } from "../../ui/Load.tsx";
import { Note } from "../../ui/Note.tsx";
import { Problem } from "../../ui/Problem.tsx";
import { QrCode } from "../../ui/QrCode.tsx";
import { Scanner } from "../../ui/Scanner.tsx";
import { TextArea } from "../../ui/TextArea.tsx";
import { useAct } from "../../ui/useAct.ts";
import { t } from "../../words/words.ts";

interface Props {
  readonly home: HouseholdView;
  readonly other: PersonView;
  readonly busy: boolean;
  /** The other's card was read and matches. */
  readonly matched: () => void;
}

/** Both parents' key cards to print, and the other's to read back. */
export function KeyCards({ home, other, busy, matched }: Props): ReactNode {
  const api = useApi();
  const act = useAct();
  const [text, setText] = useState("");
  const [answer, setAnswer] = useState<CardAnswer>();
  const cards = useQuery(`cards ${home.log}`, ["households"], (a) => a.keyCards(home.log));
  const check = (of: string): void => {
    setText(of);
    act.run(() => api.checkKeyCard(home.log, of), setAnswer);
  };
  return (
    <Stack>
      <Text className="cs-no-print">{t("cards.text")}</Text>
      <Load of={cards}>
        {(got) =>
          got.ok ? (
            <>
              {got.value.map((card) => (
                <Card key={card.member} card={card} home={home} />
              ))}
              <Text size="sm">{t("cards.caution")}</Text>
            </>
          ) : (
            <Problem error={got.error} />
          )
        }
      </Load>
      <div className="cs-no-print">
        <Button variant="default" leftSection={<IconPrinter size={18} aria-hidden />} onClick={() => print()}>
          {t("cards.print")}
        </Button>
      </div>
      <form
        className="cs-no-print"
        onSubmit={(event) => {
          event.preventDefault();
          check(text);
        }}
      >
        <Stack gap="sm">
          <TextArea
            label={t("cards.read", { name: other.name })}
            description={t("cards.read.help")}
            value={text}
            minRows={3}
            spellCheck={false}
            onChange={(event) => {
              setText(event.currentTarget.value);
              setAnswer(undefined);
            }}
          />
          <Scanner found={check} />
          {answer === undefined ? null : (
            <Note tone={answer === "match" ? "good" : "bad"} live>
              {t(`cards.${answer}`, { name: other.name })}
            </Note>
          )}
          <Problem error={act.error} />
          <Group>
            <Button type="submit" variant="default" loading={act.busy}>
              {t("cards.check")}
            </Button>
            {answer === "match" ? (
              <Button loading={busy} onClick={matched}>
                {t("cards.same")}
              </Button>
            ) : null}
          </Group>
        </Stack>
      </form>
    </Stack>
  );
}

function Card({ card, home }: { readonly card: KeyCardView; readonly home: HouseholdView }): ReactNode {
  const [now] = useState(Date.now);
  const name = home.people.find((p) => p.member === card.member)?.name ?? "";
  return (
    <section className="cs-card">
      <Title order={3}>{t("cards.of", { name })}</Title>
      <Text size="sm" mb="sm" style={{ overflowWrap: "anywhere" }}>
        {t("cards.note", { log: home.log.slice(0, 16), date: clockOf(home.zone).day(now), count: card.devices })}
      </Text>
      <Group align="flex-start">
        <QrCode text={card.text} label={t("cards.code", { name })} />
        <code style={{ overflowWrap: "anywhere", flex: 1, minWidth: 200 }}>{card.text}</code>
      </Group>
    </section>
  );
}
