import { labelOf } from "@countersign/shared/kinds/children";
import { askedOf } from "@countersign/shared/kinds/money";
import type { HouseholdView } from "@countersign/shared/replica/people-view";
import { Autocomplete, Button, Group, NativeSelect, Radio, Stack, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useState, type ReactNode } from "react";
import { useNavigate, useSearchParams } from "react-router";
import { useApi, useSession } from "../../engine/context.ts";
import { draftKeys, useDraft } from "../../engine/draft.ts";
import { useBack } from "../../engine/held.ts";
import { useQuery } from "../../engine/query.ts";
import { FilePicker } from "../../files/FilePicker.tsx";
import { useFilesBack, useFormFiles, type FormFiles } from "../../incoming/placed.ts";
import { editMoney, formatMoney, OFFERED_CURRENCIES, parseMoney, parsePercent } from "../../lib/money.ts";
import { clockOf } from "../../lib/time.ts";
import { ChildrenField } from "../../ui/Children.tsx";
import { Field } from "../../ui/Field.tsx";
import { Note } from "../../ui/Note.tsx";
import { otherName } from "../../ui/Person.tsx";
import { Problem } from "../../ui/Problem.tsx";
import { savedWords } from "../../ui/Proof.tsx";
import { Screen } from "../../ui/Screen.tsx";
import { TextArea } from "../../ui/TextArea.tsx";
import { useAct } from "../../ui/useAct.ts";
import { Loading } from "../../ui/Waiting.tsx";
import { t } from "../../words/words.ts";
import { writableHome } from "../writable.ts";
import { emptyForm, readForm, type ExpenseForm } from "./form.ts";

const CATEGORIES = ["health", "school", "childcare", "clothes", "activities", "travel", "other"] as const;

/** A new expense, asked of the other parent or kept for oneself. */
export function NewExpense(): ReactNode {
  const session = useSession();
  const [params] = useSearchParams();
  const home = writableHome(session);
  const [own, setOwn] = useState(home === undefined || params.get("in") === "own");
  const where = own || home === undefined ? session.own : home;
  const mine = where !== session.home;
  const given = useFormFiles();
  return (
    <Screen title={t("expense.form.title")} back={mine ? "/expenses?in=own" : "/expenses"}>
      <Stack>
        {home === undefined ? null : (
          <Radio.Group label={t("compose.to")} value={mine ? "own" : "home"} onChange={(value) => setOwn(value === "own")}>
            <Stack gap="xs" mt="xs">
              <Radio value="home" label={t("compose.to.both", { name: otherName(home) })} />
              <Radio value="own" label={t("compose.to.me")} />
            </Stack>
          </Radio.Group>
        )}
        <Form key={where.log} where={where} own={mine} name={params.get("draft") ?? undefined} given={given} />
      </Stack>
    </Screen>
  );
}

interface FormProps {
  readonly where: HouseholdView;
  readonly own: boolean;
  /** Of a draft beside the usual one: what was taken back while another expense was begun. */
  readonly name: string | undefined;
  /** Files that another app gave; held by the screen, so that they stay when the expense goes to another record. */
  readonly given: FormFiles;
}

function Form({ where, own, name: draftName, given }: FormProps): ReactNode {
  const api = useApi();
  const go = useNavigate();
  const { vault, home } = useSession();
  const act = useAct();
  const key = draftKeys.expense(where.log, draftName);
  const back = useBack(key);
  const draft = useDraft(key);
  const [files, setFiles] = given;
  useFilesBack(back, given);
  const [tried, setTried] = useState(false);
  const used = useQuery(`used ${where.log}`, ["expenses"], async (a) => ({
    currency: (await a.balances(where.log))[0]?.currency,
    categories: await a.categories(where.log),
  })).data;
  if (draft.text === undefined || used === undefined) return <Loading />;

  const today = clockOf(where.zone).today();
  const form = readForm(draft.text) ?? emptyForm(today, used.currency);
  const put = (change: Partial<ExpenseForm>): void => {
    draft.set(JSON.stringify({ ...form, ...change }));
  };
  const name = otherName(home);
  const amount = parseMoney(form.amount, form.currency);
  const share = parsePercent(form.share);
  const wrong = {
    title: form.title.trim() === "" ? t("form.required") : undefined,
    amount: amount === undefined || amount < 1 ? t("error.amount-wrong", { example: editMoney(1250, form.currency) }) : undefined,
    category: form.category.trim() === "" ? t("form.required") : undefined,
    share: share === undefined ? t("expense.form.share.wrong") : undefined,
    spent: !/^\d{4}-\d\d-\d\d$/.test(form.spent) || form.spent > today ? t("expense.form.date.wrong") : undefined,
    children: form.children.some((child) => labelOf(child) === undefined) ? t("form.required") : undefined,
  };
  const shown = (error: string | undefined): string | undefined => (tried ? error : undefined);
  const submit = (element: HTMLFormElement): void => {
    setTried(true);
    if (amount === undefined || share === undefined || Object.values(wrong).some((w) => w !== undefined)) {
      requestAnimationFrame(() => element.querySelector<HTMLElement>("[aria-invalid=true]")?.focus());
      return;
    }
    const note = form.note.trim();
    act.run(
      () =>
        api.hold({
          do: "expense",
          log: where.log,
          title: form.title.trim(),
          category: form.category.trim(),
          amount,
          currency: form.currency,
          share,
          spent: form.spent,
          children: form.children,
          files,
          ...(note === "" ? {} : { note }),
        }),
      ({ record, held }) => {
        draft.set("");
        if (held === undefined) notifications.show({ message: t("compose.sent", { saved: savedWords(vault.storage) }) });
        void go(`${own ? "/own" : ""}/expenses/${record}`, { replace: true });
      },
    );
  };
  const categories = [...new Set([...used.categories, ...CATEGORIES.map((c) => t(`category.${c}`))])];
  const asked = amount === undefined || share === undefined ? undefined : askedOf(amount, share);
  return (
    <form
      autoComplete="off"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        submit(event.currentTarget);
      }}
    >
      <Stack gap="lg">
        <Field
          label={t("expense.form.what")}
          value={form.title}
          set={(title) => put({ title })}
          maxLength={200}
          error={shown(wrong.title)}
        />
        <Group align="flex-start" grow preventGrowOverflow={false} gap="sm">
          <Field
            label={t("expense.amount")}
            value={form.amount}
            set={(typed) => put({ amount: typed })}
            inputMode="decimal"
            error={shown(wrong.amount)}
          />
          <NativeSelect
            label={t("expense.form.currency")}
            value={form.currency}
            data={[...new Set([form.currency, ...OFFERED_CURRENCIES])]}
            onChange={(event) => put({ currency: event.currentTarget.value })}
          />
        </Group>
        <div>
          <Field
            label={t("expense.form.share", { name })}
            value={form.share}
            set={(typed) => put({ share: typed })}
            inputMode="decimal"
            error={shown(wrong.share)}
          />
          <Text size="sm" c="dimmed" mt={4} mih={22} role="status">
            {asked === undefined || amount === undefined
              ? ""
              : t("expense.form.share.is", {
                  name,
                  amount: formatMoney(asked, form.currency),
                  rest: formatMoney(amount - asked, form.currency),
                })}
          </Text>
        </div>
        <Autocomplete
          size="md"
          label={t("expense.category")}
          description={t("expense.form.exists")}
          data={categories}
          value={form.category}
          maxLength={60}
          error={shown(wrong.category)}
          onChange={(category) => put({ category })}
        />
        <Field
          label={t("expense.spent")}
          type="date"
          value={form.spent}
          max={today}
          set={(spent) => put({ spent })}
          error={shown(wrong.spent)}
        />
        <ChildrenField log={where.log} value={form.children} set={(children) => put({ children })} />
        <FilePicker files={files} set={setFiles} label={t("expense.form.receipt")} accept="image/*,application/pdf">
          <TextArea
            label={t("form.optional", { label: t("expense.note") })}
            value={form.note}
            minRows={2}
            maxLength={5000}
            onChange={(event) => put({ note: event.currentTarget.value })}
          />
        </FilePicker>
        <Note>{own ? t("compose.own") : t("expense.form.fixed", { name })}</Note>
        <Problem error={act.error} />
        <Group>
          <Button type="submit" loading={act.busy}>
            {own ? t("expense.form.keep") : t("expense.form.send", { name })}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
