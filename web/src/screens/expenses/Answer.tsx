import type { ExpenseAct, ExpenseView } from "@countersign/shared/views/record";
import type { HouseholdView } from "@countersign/shared/replica/people-view";
import type { TakenBack } from "@countersign/shared/replica/held-view";
import type { NewFile } from "@countersign/shared/replica/inputs";
import { Button, Group, Stack, Text, Title } from "@mantine/core";
import { useState, type ReactNode } from "react";
import { useApi, useSession } from "../../engine/context.ts";
import { draftKeys, useDraft } from "../../engine/draft.ts";
import { useBack } from "../../engine/held.ts";
import { FilePicker } from "../../files/FilePicker.tsx";
import { editMoney, formatMoney, parseMoney } from "../../lib/money.ts";
import { Field } from "../../ui/Field.tsx";
import { nameOf } from "../../ui/Person.tsx";
import { Problem } from "../../ui/Problem.tsx";
import { TextArea } from "../../ui/TextArea.tsx";
import { useAct } from "../../ui/useAct.ts";
import { t } from "../../words/words.ts";

interface Props {
  readonly expense: ExpenseView;
  readonly where: HouseholdView;
}

/** Acts that need nothing but a press. */
const isPlain = (act: ExpenseAct): act is "approve" | "confirm-payment" | "withdraw" =>
  act === "approve" || act === "confirm-payment" || act === "withdraw";

/** What follows from such an act. */
function plainWords(act: ExpenseAct, { asked, currency, steps }: ExpenseView): string {
  if (act === "withdraw") return t("answer.withdraw.text");
  if (act === "approve") return t("answer.approve.text", { amount: formatMoney(asked, currency) });
  const paid = steps.findLast((s) => s.act === "pay")?.amount ?? asked;
  return t("answer.confirm.text", { amount: formatMoney(paid, currency) });
}

/** The steps that this person may take now. Each opens what it needs: a reason, an amount, or just its consequence. */
export function Answer({ expense, where }: Props): ReactNode {
  const api = useApi();
  const run = useAct();
  const { vault } = useSession();
  const back = useBack(draftKeys.answers(expense.id));
  const came = back?.act.do === "answer" && expense.can.includes(back.act.act) && !isPlain(back.act.act) ? back.act.act : undefined;
  const [open, setOpen] = useState<ExpenseAct | undefined>(came);
  // What needs nothing more is done at once where it can be undone; else it is asked for once more.
  const isAtOnce = (act: ExpenseAct): boolean => isPlain(act) && vault.undoSeconds > 0;
  const choose = (act: ExpenseAct): void => {
    if (isAtOnce(act)) run.run(() => api.hold({ do: "answer", log: where.log, expense: expense.id, act }));
    else setOpen(act);
  };
  const mine = expense.can.some((act) => act !== "withdraw");
  return (
    <section
      aria-labelledby="answer"
      className="cs-card"
      style={mine ? { boxShadow: "inset 4px 0 0 var(--cs-wait), 0 0 0 1px var(--cs-line)" } : {}}
    >
      <Stack>
        {mine ? (
          <Title order={2} id="answer">
            {t("expense.your-turn")}
          </Title>
        ) : (
          <span id="answer" className="cs-sr">
            {t("answer.withdraw")}
          </span>
        )}
        {open === undefined ? (
          <>
            {expense.can.filter(isAtOnce).map((act) => (
              <Text key={act}>{plainWords(act, expense)}</Text>
            ))}
            <Group>
              {expense.can.map((act, i) => (
                <Button
                  key={act}
                  variant={i === 0 && act !== "withdraw" ? "filled" : "default"}
                  disabled={run.busy}
                  onClick={() => choose(act)}
                >
                  {t(`answer.${act}`)}
                </Button>
              ))}
            </Group>
            <Problem error={run.error} />
          </>
        ) : (
          <Form act={open} expense={expense} where={where} close={() => setOpen(undefined)} back={came === open ? back : undefined} />
        )}
      </Stack>
    </section>
  );
}

interface FormProps extends Props {
  readonly act: ExpenseAct;
  readonly close: () => void;
  /** What was taken back into it. */
  readonly back: TakenBack | undefined;
}

function Form({ act, expense, where, close, back }: FormProps): ReactNode {
  const api = useApi();
  const { vault } = useSession();
  const before = back?.act.do === "answer" ? back.act : undefined;
  const run = useAct();
  const author = nameOf(where, expense.author);
  const reasoned = act === "refuse" || act === "request-changes";
  const reason = useDraft(draftKeys.answer(expense.id, act));
  const [amount, setAmount] = useState(() => editMoney(before?.amount ?? expense.asked, expense.currency));
  const [method, setMethod] = useState(before?.method ?? "");
  const [files, setFiles] = useState<readonly NewFile[]>(back?.files ?? []);
  const [tried, setTried] = useState(false);
  const minor = parseMoney(amount, expense.currency);
  const text = reason.text ?? "";
  const wrongAmount = act === "pay" && (minor === undefined || minor < 1);
  const noReason = reasoned && text.trim() === "";
  const submit = (): void => {
    setTried(true);
    if (noReason || wrongAmount) return;
    run.run(
      () =>
        api.hold({
          do: "answer",
          log: where.log,
          expense: expense.id,
          act,
          ...(reasoned ? { reason: text.trim() } : {}),
          ...(act === "pay" && minor !== undefined ? { amount: minor } : {}),
          ...(act === "pay" && method.trim() !== "" ? { method: method.trim() } : {}),
          ...(files.length > 0 ? { files } : {}),
        }),
      () => {
        if (reasoned) reason.set("");
        close();
      },
    );
  };
  return (
    <form
      autoComplete="off"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <Stack>
        {isPlain(act) ? <Text>{plainWords(act, expense)}</Text> : null}
        {reasoned ? (
          <TextArea
            label={t(act === "refuse" ? "answer.reason" : "answer.changes")}
            description={t("answer.reason.text", { name: author })}
            value={text}
            minRows={3}
            maxLength={2000}
            autoFocus
            error={tried && noReason ? t("form.required") : undefined}
            onChange={(event) => {
              reason.set(event.currentTarget.value);
            }}
          />
        ) : null}
        {act === "pay" ? (
          <FilePicker files={files} set={setFiles} label={t("answer.files")}>
            <Field
              label={t("answer.paid")}
              value={amount}
              set={setAmount}
              inputMode="decimal"
              error={tried && wrongAmount ? t("error.amount-wrong", { example: editMoney(1250, expense.currency) }) : undefined}
            />
            <Field
              label={t("form.optional", { label: t("answer.method") })}
              description={t("answer.method.text")}
              value={method}
              set={setMethod}
              maxLength={60}
            />
          </FilePicker>
        ) : null}
        <Text size="sm" c="dimmed">
          {vault.undoSeconds > 0 ? t("expense.fixed.undo", { seconds: vault.undoSeconds }) : t("expense.fixed")}
        </Text>
        <Problem error={run.error} />
        <Group>
          <Button type="submit" loading={run.busy}>
            {t(`answer.${act}`)}
          </Button>
          <Button variant="default" onClick={close}>
            {t("do.cancel")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
