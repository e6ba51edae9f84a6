import { showUnseen } from "@countersign/shared/base/unseen";
import type { HistoryFilter } from "@countersign/shared/views/history";
import type { HouseholdView } from "@countersign/shared/replica/people-view";
import { Anchor, Button, Group, NativeSelect, Stack, Text } from "@mantine/core";
import { useEffect, useState, type ReactNode } from "react";
import { Link } from "react-router";
import { useApi, useSession } from "../../engine/context.ts";
import { usePaged } from "../../engine/paged.ts";
import { ChildFilter } from "../../ui/Children.tsx";
import { Empty } from "../../ui/Empty.tsx";
import { Field } from "../../ui/Field.tsx";
import { Later } from "../../ui/Later.tsx";
import { Note } from "../../ui/Note.tsx";
import { Screen } from "../../ui/Screen.tsx";
import { SearchField } from "../../ui/SearchField.tsx";
import { VirtualList } from "../../ui/VirtualList.tsx";
import { useChoice } from "../../ui/useChoice.ts";
import { WhichRecord } from "../../ui/WhichRecord.tsx";
import { t } from "../../words/words.ts";
import { AsItStood } from "./AsItStood.tsx";
import { HistoryLine } from "./HistoryLine.tsx";
import { SHOWN, filterOf } from "./filter.ts";
import { SaveTable } from "./SaveTable.tsx";

/** The filters in one row, and the line below them. */
const FILTERS_HEIGHT = 130;

/** What happened, provably: one line an act. Which it is stands in the address, so that back and reload keep it. */
export default function History(): ReactNode {
  const { home, own } = useSession();
  const { params, put, reset } = useChoice();
  const mine = home === undefined || params.get("in") === "own";
  const where = mine ? own : home;
  const clear = (): void => {
    reset(mine ? { in: "own" } : {});
  };
  return (
    <Screen title={t("history.title")}>
      <Stack>
        <Text c="dimmed">{t("history.intro")}</Text>
        {home === undefined ? null : (
          <WhichRecord
            home={home}
            own={mine}
            set={(own) => {
              reset(own ? { in: "own" } : {});
            }}
          />
        )}
        {params.get("record") === null ? null : (
          <Note>
            <Group justify="space-between" gap="sm">
              {t("history.record")}
              <Button variant="default" onClick={() => put("record", "")}>
                {t("history.record.all")}
              </Button>
            </Group>
          </Note>
        )}
        <Later height={FILTERS_HEIGHT}>
          <Filters where={where} params={params} put={put} />
          <Later>
            <List key={where.log} where={where} params={params} own={mine} clear={clear} />
          </Later>
        </Later>
      </Stack>
    </Screen>
  );
}

interface FiltersProps {
  readonly where: HouseholdView;
  readonly params: URLSearchParams;
  readonly put: (name: string, value: string) => void;
}

function Filters({ where, params, put }: FiltersProps): ReactNode {
  // Open at first where something of it is chosen; then it is the person's.
  const [isMore] = useState(() => ["child", "device", "from", "to"].some((name) => params.has(name)));
  const [wasOpened, setOpened] = useState(isMore);
  return (
    <>
      <div className="cs-filters">
        <NativeSelect
          label={t("history.filter")}
          value={params.get("type") ?? ""}
          data={[
            { value: "", label: t("history.filter.all") },
            ...SHOWN.map((name) => ({ value: name, label: t(`history.filter.${name}`) })),
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
        <SearchField label={t("history.search")} value={params.get("text") ?? ""} set={(text) => put("text", text)} />
      </div>
      <details
        className="cs-proof"
        open={isMore}
        onToggle={(event) => {
          if (event.target === event.currentTarget && event.currentTarget.open) setOpened(true);
        }}
      >
        <summary>{t("history.more")}</summary>
        {wasOpened ? <MoreFilters where={where} params={params} put={put} /> : null}
      </details>
    </>
  );
}

function MoreFilters({ where, params, put }: FiltersProps): ReactNode {
  const devices = where.people.flatMap((p) => p.devices.map((d) => ({ value: d.device, label: showUnseen(`${p.name}: ${d.name}`) })));
  return (
    <Stack pt="xs" pb="sm">
      <div className="cs-filters">
        <ChildFilter log={where.log} value={params.get("child") ?? ""} set={(child) => put("child", child)} />
        <NativeSelect
          label={t("history.device")}
          value={params.get("device") ?? ""}
          data={[{ value: "", label: t("history.device.all") }, ...devices]}
          onChange={(event) => put("device", event.currentTarget.value)}
        />
        <Field label={t("history.from")} type="date" value={params.get("from") ?? ""} set={(day) => put("from", day)} />
        <Field label={t("history.to")} type="date" value={params.get("to") ?? ""} set={(day) => put("to", day)} />
      </div>
      <AsItStood zone={where.zone} />
    </Stack>
  );
}

interface ListProps {
  readonly where: HouseholdView;
  readonly params: URLSearchParams;
  readonly own: boolean;
  readonly clear: () => void;
}

const TYPING_MS = 150;

/** The filter after the typing has paused. */
function useSettled(filter: HistoryFilter): HistoryFilter {
  const name = JSON.stringify(filter);
  const [settled, setSettled] = useState(name);
  useEffect(() => {
    const timer = setTimeout(() => {
      setSettled(name);
    }, TYPING_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [name]);
  return JSON.parse(settled) as HistoryFilter;
}

function List({ where, params, own, clear }: ListProps): ReactNode {
  const api = useApi();
  const { at } = useSession();
  const filter = useSettled(filterOf(params, where));
  const scope = `history ${where.log} ${String(at ?? "")}`;
  const rows = usePaged(
    `${scope} ${JSON.stringify(filter)}`,
    ["history"],
    (offset, limit) => api.history(where.log, filter, offset, limit),
    { scope },
  );
  const filtered = Object.keys(filter).length > 0;
  return (
    <>
      <Group justify="space-between" gap="sm" mih={44}>
        <Text size="sm" c="dimmed" role="status" mih={22}>
          {rows.total === undefined ? "" : t("history.count", { count: rows.total })}
        </Text>
        {rows.total === undefined || rows.total === 0 ? null : <SaveTable log={where.log} filter={filter} />}
      </Group>
      <VirtualList
        rows={rows}
        label={t("history.title")}
        height={76}
        className="cs-list"
        empty={
          <Empty text={t(filtered ? "history.empty.filtered" : at === undefined ? "history.empty" : "history.empty.then")}>
            {filtered ? (
              <Button variant="default" onClick={clear}>
                {t("history.clear")}
              </Button>
            ) : at === undefined ? (
              <Anchor component={Link} to="/messages/new">
                {t("messages.new")}
              </Anchor>
            ) : null}
          </Empty>
        }
        render={(row) => <HistoryLine key={row.id} row={row} where={where} own={own} />}
      />
    </>
  );
}
