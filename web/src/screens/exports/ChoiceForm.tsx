import { showUnseen } from "@countersign/shared/base/unseen";
import type { RecordId } from "@countersign/shared/base/ids";
import { MAX_CHILDREN } from "@countersign/shared/kinds/children";
import type { HouseholdView } from "@countersign/shared/replica/people-view";
import { Checkbox, Group, Radio, Stack, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { useApi } from "../../engine/context.ts";
import { usePaged, type Paged } from "../../engine/paged.ts";
import { formatMoney } from "../../lib/money.ts";
import { useChildren } from "../../ui/Children.tsx";
import { Field } from "../../ui/Field.tsx";
import { t } from "../../words/words.ts";
import { PickList } from "./PickList.tsx";
import { PagesForm } from "./PagesForm.tsx";
import { RedactForm } from "./RedactForm.tsx";
import { datesWrong, type Choice } from "./scope.ts";

interface Props {
  readonly where: HouseholdView;
  readonly choice: Choice;
  readonly set: (choice: Choice) => void;
}

/** Which threads, expenses and dates; settlement talk and files. */
export function ChoiceForm({ where, choice, set }: Props): ReactNode {
  const put = (change: Partial<Choice>): void => {
    set({ ...choice, ...change });
  };
  return (
    <Stack gap="lg">
      <Kinds name="messages" value={choice.messages} set={(messages) => put({ messages })} />
      {choice.messages === "some" ? <PickThreads where={where} chosen={choice.threads} set={(threads) => put({ threads })} /> : null}
      <Kinds name="expenses" value={choice.expenses} set={(expenses) => put({ expenses })} />
      {choice.expenses === "some" ? <PickExpenses where={where} chosen={choice.chosen} set={(chosen) => put({ chosen })} /> : null}
      <PickChildren where={where} chosen={choice.children} set={(children) => put({ children })} />
      <div role="group" aria-label={t("exports.dates")}>
        <Group grow preventGrowOverflow={false} align="flex-start">
          <Field label={t("exports.from")} type="date" value={choice.from} set={(from) => put({ from })} />
          <Field
            label={t("exports.to")}
            type="date"
            value={choice.to}
            set={(to) => put({ to })}
            error={datesWrong(choice) ? t("exports.dates.wrong") : undefined}
          />
        </Group>
        <Text size="sm" c="dimmed" mt={4}>
          {t("exports.dates.text", { zone: where.zone })}
        </Text>
      </div>
      <Checkbox
        label={t("exports.settlement")}
        description={t("exports.settlement.text")}
        checked={choice.settlement}
        onChange={(event) => put({ settlement: event.currentTarget.checked })}
      />
      <Checkbox label={t("exports.files")} checked={choice.files} onChange={(event) => put({ files: event.currentTarget.checked })} />
      <RedactForm where={where} choice={choice} set={set} />
      <PagesForm choice={choice} set={set} />
    </Stack>
  );
}

type Kind = Choice["messages"];
const KINDS = ["all", "some", "none"] as const satisfies readonly Kind[];

function Kinds({
  name,
  value,
  set,
}: {
  readonly name: "messages" | "expenses";
  readonly value: Kind;
  readonly set: (value: Kind) => void;
}): ReactNode {
  return (
    <Radio.Group
      label={t(`exports.${name}`)}
      value={value}
      onChange={(next) => {
        const kind = KINDS.find((k) => k === next);
        if (kind !== undefined) set(kind);
      }}
    >
      <Stack mt="xs" gap="xs">
        {KINDS.map((kind) => (
          <Radio key={kind} value={kind} label={t(`exports.${name}.${kind}`)} />
        ))}
      </Stack>
    </Radio.Group>
  );
}

interface PickProps {
  readonly where: HouseholdView;
  readonly chosen: readonly RecordId[];
  readonly set: (chosen: readonly RecordId[]) => void;
}

function PickThreads({ where, chosen, set }: PickProps): ReactNode {
  const api = useApi();
  const rows = usePaged(`pick threads ${where.log}`, ["messages"], (offset, limit) => api.threads(where.log, offset, limit));
  return <Pick rows={rows} label={t("exports.messages.some")} text={(row) => showUnseen(row.subject)} chosen={chosen} set={set} />;
}

function PickExpenses({ where, chosen, set }: PickProps): ReactNode {
  const api = useApi();
  const rows = usePaged(`pick expenses ${where.log}`, ["expenses"], (offset, limit) => api.expenses(where.log, {}, offset, limit));
  return (
    <Pick
      rows={rows}
      label={t("exports.expenses.some")}
      text={(row) => `${showUnseen(row.title)} · ${formatMoney(row.amount, row.currency)}`}
      chosen={chosen}
      set={set}
    />
  );
}

/** Only what is about these children; not there where nothing names any. */
function PickChildren({
  where,
  chosen,
  set,
}: {
  readonly where: HouseholdView;
  readonly chosen: readonly string[];
  readonly set: (children: readonly string[]) => void;
}): ReactNode {
  const used = useChildren(where.log);
  if (used.length === 0) return null;
  return (
    <Checkbox.Group
      label={t("exports.children")}
      description={t("exports.children.text")}
      value={[...chosen]}
      onChange={(names) => set(names.slice(0, MAX_CHILDREN))}
    >
      <Group mt="xs" gap="lg">
        {used.map((name) => (
          <Checkbox key={name} value={name} label={<bdi>{name}</bdi>} />
        ))}
      </Group>
    </Checkbox.Group>
  );
}

interface ListProps<T> {
  readonly rows: Paged<T>;
  readonly label: string;
  readonly text: (row: T) => string;
  readonly chosen: readonly RecordId[];
  readonly set: (chosen: readonly RecordId[]) => void;
}

function Pick<T extends { readonly id: RecordId }>({ rows, label, text, chosen, set }: ListProps<T>): ReactNode {
  return (
    <PickList
      rows={rows}
      label={label}
      render={(row) => (
        <div className="cs-row">
          <Checkbox
            label={text(row)}
            checked={chosen.includes(row.id)}
            onChange={(event) => {
              set(event.currentTarget.checked ? [...chosen, row.id] : chosen.filter((id) => id !== row.id));
            }}
          />
        </div>
      )}
    />
  );
}
