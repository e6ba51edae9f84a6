import { showUnseen } from "@countersign/shared/base/unseen";
import type { ExpenseFilter, ExpenseView } from "@countersign/shared/views/record";
import type { HouseholdView } from "@countersign/shared/replica/people-view";
import { Button, Group, NativeSelect, Stack, Text } from "@mantine/core";
import { IconListCheck, IconPlus } from "@tabler/icons-react";
import { memo, type ReactNode } from "react";
import { Link } from "react-router";
import { useApi, useSession } from "../../engine/context.ts";
import { usePaged } from "../../engine/paged.ts";
import { useQuery } from "../../engine/query.ts";
import { formatMoney } from "../../lib/money.ts";
import { clockOf } from "../../lib/time.ts";
import { AboutChildren, ChildFilter } from "../../ui/Children.tsx";
import { Empty } from "../../ui/Empty.tsx";
import { nameOf, otherName, personOf } from "../../ui/Person.tsx";
import { Screen } from "../../ui/Screen.tsx";
import { SearchField } from "../../ui/SearchField.tsx";
import { VirtualList } from "../../ui/VirtualList.tsx";
import { useChoice } from "../../ui/useChoice.ts";
import { WhichRecord } from "../../ui/WhichRecord.tsx";
import { WordSelect } from "../../ui/WordSelect.tsx";
import { t } from "../../words/words.ts";
import { writableHome } from "../writable.ts";
import { HeldExpenses } from "./HeldExpenses.tsx";
import { Balances } from "./Balances.tsx";
import { Several, useAsks } from "./Several.tsx";
import { SpendingSection } from "./SpendingSection.tsx";
import { FILTERS, askedOfMe, isFilter, stateWords } from "./state.ts";

/** Balance, filters, the list. Which it is stands in the address, so that back and reload keep it. */
export function Expenses(): ReactNode {
  const session = useSession();
  const { home, own } = session;
  const { params, put, reset } = useChoice();
  const mine = home === undefined || params.get("in") === "own";
  const where = mine ? own : home;
  const writable = writableHome(session);
  const several = !mine && params.get("answer") === "several";
  const toNew = writable === undefined || mine ? "/expenses/new?in=own" : "/expenses/new";
  return (
    <Screen
      title={t("expenses.title")}
      action={
        session.at === undefined ? (
          <Button component={Link} to={toNew} leftSection={<IconPlus size={18} aria-hidden />}>
            {t("expenses.new")}
          </Button>
        ) : undefined
      }
    >
      <Stack gap="lg">
        {home === undefined ? null : (
          <WhichRecord
            home={home}
            own={mine}
            set={(own) => {
              reset(own ? { in: "own" } : {});
            }}
          />
        )}
        {mine ? null : <Balances home={home} />}
        {several && writable !== undefined ? (
          <Several home={writable} close={() => reset({})} />
        ) : (
          <>
            {mine || writable === undefined ? null : <ToSeveral home={writable} />}
            <SpendingSection where={where} own={mine} params={params} put={put} />
            <Filters where={where} params={params} put={put} withState={!mine} />
            {mine || session.at !== undefined ? null : <HeldExpenses where={home} />}
            <List where={where} params={params} own={mine} clear={() => reset(mine ? { in: "own" } : {})} />
          </>
        )}
      </Stack>
    </Screen>
  );
}

/** The way to answering several at once, where several wait. */
function ToSeveral({ home }: { readonly home: HouseholdView }): ReactNode {
  const asks = useAsks(home).data ?? [];
  if (asks.length < 2) return null;
  return (
    <Group>
      <Button component={Link} to="/expenses?answer=several" variant="default" leftSection={<IconListCheck size={18} aria-hidden />}>
        {t("several.open")}
      </Button>
    </Group>
  );
}

interface FilterProps {
  readonly where: HouseholdView;
  readonly params: URLSearchParams;
  readonly put: (name: string, value: string) => void;
  readonly withState: boolean;
}

function Filters({ where, params, put, withState }: FilterProps): ReactNode {
  const used = useQuery(`categories ${where.log}`, ["expenses"], (api) => api.categories(where.log)).data;
  const categories = used ?? [];
  // Each expense has a category: without one there is nothing to choose among.
  if (used?.length === 0 && !["state", "category", "child", "text"].some((name) => params.has(name))) return null;
  return (
    <div className="cs-filters">
      {withState ? (
        <NativeSelect
          label={t("expenses.filter")}
          value={params.get("state") ?? "all"}
          data={(["all", "waiting", "open", "paid", "settled", "refused"] as const).map((name) => ({
            value: name,
            label: t(`expenses.filter.${name}`),
          }))}
          onChange={(event) => {
            put("state", event.currentTarget.value === "all" ? "" : event.currentTarget.value);
          }}
        />
      ) : null}
      <WordSelect
        label={t("expenses.category")}
        all={t("expenses.category.all")}
        words={categories}
        value={params.get("category") ?? ""}
        set={(category) => put("category", category)}
      />
      <ChildFilter log={where.log} value={params.get("child") ?? ""} set={(child) => put("child", child)} />
      <SearchField label={t("expenses.search")} value={params.get("text") ?? ""} set={(text) => put("text", text)} />
    </div>
  );
}

interface ListProps {
  readonly where: HouseholdView;
  readonly params: URLSearchParams;
  readonly own: boolean;
  readonly clear: () => void;
}

function List({ where, params, own, clear }: ListProps): ReactNode {
  const api = useApi();
  const { home } = useSession();
  const name = params.get("state");
  const states = isFilter(name) ? FILTERS[name] : undefined;
  const category = params.get("category") ?? "";
  const child = params.get("child") ?? "";
  const text = (params.get("text") ?? "").trim();
  const filter: ExpenseFilter = {
    ...(states === undefined ? {} : { states }),
    ...(category === "" ? {} : { category }),
    ...(child === "" ? {} : { child }),
    ...(text === "" ? {} : { text }),
  };
  const filtered = Object.keys(filter).length > 0;
  const rows = usePaged(`expenses ${where.log} ${name ?? ""} ${category} ${child} ${text}`, ["expenses", "sync"], (offset, limit) =>
    api.expenses(where.log, filter, offset, limit),
  );
  const empty = filtered ? (
    <Empty text={t("expenses.empty.filtered")}>
      <Button variant="default" onClick={clear}>
        {t("history.clear")}
      </Button>
    </Empty>
  ) : (
    <Empty text={t("expenses.empty")} />
  );
  return (
    <VirtualList
      rows={rows}
      label={t("expenses.title")}
      height={96}
      className="cs-list"
      empty={empty}
      render={(expense) => <Row expense={expense} where={where} own={own} other={otherName(home)} />}
    />
  );
}

const Row = memo(function Row({
  expense,
  where,
  own,
  other,
}: {
  expense: ExpenseView;
  where: HouseholdView;
  own: boolean;
  other: string;
}): ReactNode {
  const { words, tone } = stateWords(expense);
  const asked = formatMoney(expense.asked, expense.currency);
  return (
    <Link to={`${own ? "/own" : ""}/expenses/${expense.id}`} className="cs-row">
      <span style={{ display: "flex", gap: 12, alignItems: "baseline" }}>
        <span
          className="cs-mark"
          data-colour={personOf(where, expense.author)?.colour ?? 2}
          role="img"
          aria-label={nameOf(where, expense.author)}
        />
        <Text component="span" fw={600} lineClamp={2} style={{ flex: 1 }}>
          {showUnseen(expense.title)}
        </Text>
        <Text component="span" fw={600} style={{ whiteSpace: "nowrap" }}>
          {formatMoney(expense.amount, expense.currency)}
        </Text>
      </span>
      <span style={{ display: "flex", gap: 8, justifyContent: "space-between", flexWrap: "wrap", alignItems: "center", marginTop: 4 }}>
        <Text component="span" size="sm" c="dimmed">
          {t("expenses.line", { category: expense.category, date: clockOf(where.zone).date(expense.spent) })}
          {own
            ? ""
            : ` · ${askedOfMe(expense, where) ? t("expenses.part.me", { amount: asked }) : t("expenses.part", { name: other, amount: asked })}`}
          {expense.children === undefined ? null : " · "}
          <AboutChildren names={expense.children} />
        </Text>
        <span className="cs-chip" data-tone={tone}>
          {words}
        </span>
      </span>
    </Link>
  );
});
