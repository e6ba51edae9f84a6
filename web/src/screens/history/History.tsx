import type { HistoryRow, HouseholdView } from "@countersign/shared/replica/api";
import type { MemberId } from "@countersign/shared/base/ids";
import { Anchor, Button, NativeSelect, SegmentedControl, Stack, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { Link, useSearchParams } from "react-router";
import { useApi, useSession } from "../../engine/context.ts";
import { usePaged } from "../../engine/paged.ts";
import { Empty } from "../../ui/Empty.tsx";
import { Field } from "../../ui/Field.tsx";
import { otherName } from "../../ui/Person.tsx";
import { Screen } from "../../ui/Screen.tsx";
import { VirtualList } from "../../ui/VirtualList.tsx";
import { t } from "../../words/words.ts";
import { HistoryLine } from "./HistoryLine.tsx";

const TYPES = ["act", "charter", "set-aside", "fault"] as const satisfies readonly HistoryRow["type"][];
type TypeName = (typeof TYPES)[number];
const isType = (name: string | null): name is TypeName => TYPES.some((type) => type === name);

/** What happened, provably: one line an act. */
export default function History(): ReactNode {
  const { home, own } = useSession();
  const [params, setParams] = useSearchParams();
  const mine = home === undefined || params.get("in") === "own";
  const where = mine ? own : home;
  const put = (name: string, value: string): void => {
    setParams(
      (before) => {
        const next = new URLSearchParams(before);
        if (value === "") next.delete(name);
        else next.set(name, value);
        return next;
      },
      { replace: true },
    );
  };
  return (
    <Screen title={t("history.title")}>
      <Stack>
        <Text c="dimmed">{t("history.intro")}</Text>
        {home === undefined ? null : (
          <SegmentedControl
            aria-label={t("expenses.where")}
            size="md"
            value={mine ? "own" : "home"}
            data={[
              { value: "home", label: t("messages.shared", { name: otherName(home) }) },
              { value: "own", label: t("messages.own") },
            ]}
            onChange={(value) => setParams(value === "own" ? { in: "own" } : {}, { replace: true })}
          />
        )}
        <div className="cs-filters">
          <NativeSelect
            label={t("history.filter")}
            value={params.get("type") ?? ""}
            data={[
              { value: "", label: t("history.filter.all") },
              ...TYPES.map((type) => ({ value: type, label: t(`history.filter.${type}`) })),
            ]}
            onChange={(event) => put("type", event.currentTarget.value)}
          />
          {where.people.length < 2 ? null : (
            <NativeSelect
              label={t("history.who")}
              value={params.get("by") ?? ""}
              data={[{ value: "", label: t("history.who.all") }, ...where.people.map((p) => ({ value: p.member, label: p.name }))]}
              onChange={(event) => put("by", event.currentTarget.value)}
            />
          )}
          <Field label={t("history.search")} type="search" value={params.get("text") ?? ""} set={(text) => put("text", text)} />
        </div>
        <List
          key={where.log}
          where={where}
          params={params}
          own={mine}
          clear={() => setParams(mine ? { in: "own" } : {}, { replace: true })}
        />
      </Stack>
    </Screen>
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
  const type = params.get("type");
  const by = params.get("by");
  const text = (params.get("text") ?? "").trim();
  const member = where.people.find((p) => p.member === by)?.member;
  const filter: { types?: readonly HistoryRow["type"][]; member?: MemberId; text?: string } = {
    ...(isType(type) ? { types: [type] } : {}),
    ...(member === undefined ? {} : { member }),
    ...(text === "" ? {} : { text }),
  };
  const rows = usePaged(`history ${where.log} ${type ?? ""} ${by ?? ""} ${text}`, ["history"], (offset, limit) =>
    api.history(where.log, filter, offset, limit),
  );
  const filtered = Object.keys(filter).length > 0;
  return (
    <>
      <Text size="sm" c="dimmed" role="status" mih={22}>
        {rows.total === undefined ? "" : t("history.count", { count: rows.total })}
      </Text>
      <VirtualList
        rows={rows}
        label={t("history.title")}
        height={76}
        className="cs-list"
        empty={
          <Empty text={t(filtered ? "history.empty.filtered" : "history.empty")}>
            {filtered ? (
              <Button variant="default" onClick={clear}>
                {t("history.clear")}
              </Button>
            ) : (
              <Anchor component={Link} to="/messages/new">
                {t("messages.new")}
              </Anchor>
            )}
          </Empty>
        }
        render={(row) => <HistoryLine row={row} where={where} own={own} />}
      />
    </>
  );
}
