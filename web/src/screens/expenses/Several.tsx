import type { RecordId } from "@countersign/shared/base/ids";
import { err, ok } from "@countersign/shared/base/result";
import { showUnseen } from "@countersign/shared/base/unseen";
import type { ActError, Answer } from "@countersign/shared/replica/answer";
import type { HouseholdView } from "@countersign/shared/replica/people-view";
import type { ExpenseView } from "@countersign/shared/views/record";
import { Button, Checkbox, Group, Stack, Text } from "@mantine/core";
import { useState, type ReactNode } from "react";
import { useApi } from "../../engine/context.ts";
import { draftKeys, useDraft } from "../../engine/draft.ts";
import { isHeld, useHeld } from "../../engine/held.ts";
import { useQuery, type Loaded } from "../../engine/query.ts";
import { errorWords } from "../../lib/errors.ts";
import { formatMoney } from "../../lib/money.ts";
import { clockOf } from "../../lib/time.ts";
import { Empty } from "../../ui/Empty.tsx";
import { Load } from "../../ui/Load.tsx";
import { Note } from "../../ui/Note.tsx";
import { nameOf, otherName } from "../../ui/Person.tsx";
import { Problem } from "../../ui/Problem.tsx";
import { TextArea } from "../../ui/TextArea.tsx";
import { useAct } from "../../ui/useAct.ts";
import { t } from "../../words/words.ts";
import { FILTERS } from "./state.ts";
import { answerSeveral, askedInAll, type JointAct, type Outcome } from "./joint.ts";

const MOST = 100;

/** Expenses that wait for this person's answer, without those whose answer is held. */
export const useAsks = (home: HouseholdView): Loaded<readonly ExpenseView[]> =>
  useQuery(`asks ${home.log}`, ["expenses", "held"], async (api) => {
    const answered = (await api.held(home.log)).filter((h) => isHeld(h, "answer")).map((h) => h.act.expense);
    const { rows } = await api.expenses(home.log, { states: FILTERS.waiting }, 0, MOST);
    return rows.filter((e) => e.can.includes("approve") && !answered.includes(e.id));
  });

interface Props {
  readonly home: HouseholdView;
  readonly close: () => void;
}

/** Several of the other parent's asks, approved together, or refused together with one reason. Each answer is an act of its own. */
export function Several({ home, close }: Props): ReactNode {
  const asks = useAsks(home);
  const [outcome, setOutcome] = useState<Outcome>();
  return (
    <Stack gap="lg">
      {outcome === undefined ? (
        <Load of={asks}>
          {(list) => (list.length === 0 ? <Empty text={t("several.empty")} /> : <Choice list={list} home={home} did={setOutcome} />)}
        </Load>
      ) : (
        <Did outcome={outcome} home={home} undone={() => setOutcome(undefined)} />
      )}
      <Group>
        <Button variant="default" onClick={close}>
          {t("several.back")}
        </Button>
      </Group>
    </Stack>
  );
}

interface ChoiceProps {
  readonly list: readonly ExpenseView[];
  readonly home: HouseholdView;
  readonly did: (outcome: Outcome) => void;
}

function Choice({ list, home, did }: ChoiceProps): ReactNode {
  const api = useApi();
  const [ids, setIds] = useState<readonly string[]>([]);
  const [refusing, setRefusing] = useState(false);
  const [busy, setBusy] = useState(false);
  const [tried, setTried] = useState(false);
  const reason = useDraft(draftKeys.several(home.log));
  // What was answered or withdrawn meanwhile is no longer chosen.
  const chosen = list.filter((e) => ids.includes(e.id));
  const clock = clockOf(home.zone);
  const text = reason.text ?? "";
  const answer = (act: JointAct): void => {
    setBusy(true);
    void answerSeveral(api, chosen, act, act === "refuse" ? text.trim() : undefined).then((outcome) => {
      if (act === "refuse" && outcome.stand.length > 0) reason.set("");
      did(outcome);
    });
  };
  const refuse = (): void => {
    setTried(true);
    if (text.trim() !== "" && chosen.length > 0) answer("refuse");
  };
  return (
    <Stack className="cs-card">
      <Checkbox.Group label={t("several.choose")} value={[...ids]} onChange={setIds}>
        <Stack gap="md" mt="sm">
          {list.map((expense) => (
            <Checkbox
              key={expense.id}
              value={expense.id}
              label={showUnseen(expense.title)}
              description={t("several.asks", {
                name: nameOf(home, expense.author),
                amount: formatMoney(expense.asked, expense.currency),
                date: clock.date(expense.spent),
              })}
            />
          ))}
        </Stack>
      </Checkbox.Group>
      {chosen.length < list.length ? (
        <Group>
          <Button variant="subtle" px="xs" onClick={() => setIds(list.map((e): RecordId => e.id))}>
            {t("several.all")}
          </Button>
        </Group>
      ) : null}
      <Text role="status">{t("several.chosen", { count: chosen.length, amounts: askedInAll(chosen) })}</Text>
      {refusing ? (
        <form
          autoComplete="off"
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            refuse();
          }}
        >
          <Stack>
            <TextArea
              label={t("several.reason")}
              description={t("several.reason.text", { name: otherName(home) })}
              value={text}
              minRows={3}
              maxLength={2000}
              autoFocus
              error={tried && text.trim() === "" ? t("form.required") : undefined}
              onChange={(event) => {
                reason.set(event.currentTarget.value);
              }}
            />
            <Group>
              <Button type="submit" loading={busy} disabled={chosen.length === 0}>
                {t("several.refuse")}
              </Button>
              <Button variant="default" onClick={() => setRefusing(false)}>
                {t("do.cancel")}
              </Button>
            </Group>
          </Stack>
        </form>
      ) : (
        <Group>
          <Button loading={busy} disabled={chosen.length === 0} onClick={() => answer("approve")}>
            {t("several.approve")}
          </Button>
          <Button variant="default" disabled={chosen.length === 0 || busy} onClick={() => setRefusing(true)}>
            {t("several.refuse")}
          </Button>
        </Group>
      )}
    </Stack>
  );
}

interface DidProps {
  readonly outcome: Outcome;
  readonly home: HouseholdView;
  /** All of them were taken back. */
  readonly undone: () => void;
}

/** Which answers stand, and which don't, with the reason. */
function Did({ outcome, home, undone }: DidProps): ReactNode {
  const api = useApi();
  const run = useAct();
  const { act, stand, failed } = outcome;
  const ids = stand.flatMap((s) => s.held ?? []);
  const held = (useHeld(home.log).data ?? []).filter((h) => ids.includes(h.id));
  const undo = async (): Answer<void> => {
    let left: ActError | undefined;
    for (const { id } of held) {
      const taken = await api.takeBack(id, []);
      if (!taken.ok) left = taken.error;
    }
    return left ? err(left) : ok(undefined);
  };
  return (
    <Stack>
      <Note live tone={stand.length > 0 ? "good" : "plain"}>
        <Text fw={600}>{t(`several.did.${act}`, { count: stand.length })}</Text>
        <Titles list={stand.map(({ expense }) => ({ expense, why: undefined }))} />
        {held.length === 0 ? null : (
          <>
            <Text mb="xs">{t("several.soon")}</Text>
            <Button variant="default" loading={run.busy} onClick={() => run.run(undo, undone)}>
              {t("several.undo")}
            </Button>
          </>
        )}
        <Problem error={run.error} />
      </Note>
      {failed.length === 0 ? null : (
        <Note tone="wait">
          <Text fw={600}>{t("several.failed", { count: failed.length })}</Text>
          <Titles list={failed.map(({ expense, error }) => ({ expense, why: errorWords(error) }))} />
        </Note>
      )}
    </Stack>
  );
}

function Titles({ list }: { readonly list: readonly { readonly expense: ExpenseView; readonly why: string | undefined }[] }): ReactNode {
  return (
    <ul>
      {list.map(({ expense, why }) => (
        <li key={expense.id}>
          {showUnseen(expense.title)}
          {why === undefined ? null : (
            <Text size="sm" c="dimmed">
              {why}
            </Text>
          )}
        </li>
      ))}
    </ul>
  );
}
