import { showUnseen } from "@countersign/shared/base/unseen";
import type { RecordId } from "@countersign/shared/base/ids";
import type { HouseholdView } from "@countersign/shared/replica/people-view";
import type { ThreadView } from "@countersign/shared/views/record";
import { Button, Stack, Text } from "@mantine/core";
import { IconPencil } from "@tabler/icons-react";
import { memo, useState, type ReactNode } from "react";
import { Link } from "react-router";
import { useApi, useSession } from "../../engine/context.ts";
import { isHeld, useHeld } from "../../engine/held.ts";
import { usePaged } from "../../engine/paged.ts";
import { clockOf } from "../../lib/time.ts";
import { AboutChildren, ChildFilter } from "../../ui/Children.tsx";
import { HeldRow } from "../../ui/HeldRow.tsx";
import { Empty } from "../../ui/Empty.tsx";
import { nameOf, otherName } from "../../ui/Person.tsx";
import { Screen } from "../../ui/Screen.tsx";
import { SearchLink } from "../../ui/SearchLink.tsx";
import { VirtualList } from "../../ui/VirtualList.tsx";
import { useChoice } from "../../ui/useChoice.ts";
import { WhichRecord } from "../../ui/WhichRecord.tsx";
import { t } from "../../words/words.ts";

/** All threads, the latest first; one's own notes beside them. */
export function Threads(): ReactNode {
  const { home, own, at } = useSession();
  const { params, put, reset } = useChoice();
  const [mine, setMine] = useState(home === undefined || params.get("in") === "own");
  const where = mine || home === undefined ? own : home;
  return (
    <Screen
      title={t("messages.title")}
      action={
        at === undefined ? (
          <Button
            component={Link}
            to={where !== home ? "/messages/new?in=own" : "/messages/new"}
            leftSection={<IconPencil size={18} aria-hidden />}
          >
            {t("messages.new")}
          </Button>
        ) : undefined
      }
    >
      <Stack>
        {home === undefined ? null : (
          <WhichRecord
            home={home}
            own={where !== home}
            set={(own) => {
              setMine(own);
              reset(own ? { in: "own" } : {});
            }}
          />
        )}
        <SearchLink />
        <ChildFilter log={where.log} value={params.get("child") ?? ""} set={(child) => put("child", child)} />
        <ThreadList where={where} child={params.get("child") ?? ""} key={where.log} />
      </Stack>
    </Screen>
  );
}

interface ListProps {
  readonly where: HouseholdView;
  /** Only threads about this child. */
  readonly child?: string;
  /** Instead of going to the thread that is pressed. */
  readonly choose?: (thread: RecordId) => void;
}

/** The threads of one record. */
export function ThreadList({ where, child = "", choose }: ListProps): ReactNode {
  const api = useApi();
  const { home, own, at } = useSession();
  const rows = usePaged(`threads ${where.log} ${child}`, ["messages"], (offset, limit) =>
    api.threads(where.log, offset, limit, undefined, child === "" ? {} : { child }),
  );
  const alone = where !== home;
  const clock = clockOf((home ?? own).zone);
  return (
    <Stack gap="sm">
      {at === undefined && choose === undefined ? <HeldThreads where={where} clock={clock} /> : null}
      <VirtualList
        rows={rows}
        label={t("messages.title")}
        height={96}
        className="cs-list"
        empty={
          <Empty
            text={
              child !== ""
                ? t("messages.empty.filtered")
                : alone
                  ? t("messages.empty.alone")
                  : t("messages.empty", { name: otherName(home) })
            }
          />
        }
        render={(thread) => <Row thread={thread} where={where} when={clock.short(thread.last)} own={alone} choose={choose} />}
      />
    </Stack>
  );
}

/** Letters that were sent and have not left this device, each a way to its thread. */
function HeldThreads({ where, clock }: { readonly where: HouseholdView; readonly clock: ReturnType<typeof clockOf> }): ReactNode {
  const held = (useHeld(where.log).data ?? []).filter((h) => isHeld(h, "message"));
  if (held.length === 0) return null;
  return (
    <section className="cs-list" aria-label={t("held.list")}>
      {held.map((one) => (
        <Link key={one.id} to={`/messages/${one.act.thread ?? one.id}`} className="cs-row">
          <HeldRow held={one} title={one.act.subject} snippet={one.act.text} when={clock.short(one.at)} />
        </Link>
      ))}
    </section>
  );
}

const Row = memo(function Row({
  thread,
  where,
  when,
  own,
  choose,
}: {
  thread: ThreadView;
  where: HouseholdView;
  when: string;
  own: boolean;
  choose: ListProps["choose"];
}): ReactNode {
  const unread = thread.unread > 0;
  return (
    <Link
      to={`${own ? "/own" : ""}/messages/${thread.id}`}
      className="cs-row"
      onClick={(event) => {
        if (choose === undefined) return;
        event.preventDefault();
        choose(thread.id);
      }}
    >
      <span style={{ display: "flex", gap: 12, alignItems: "baseline" }}>
        <Text component="span" fw={unread ? 700 : 600} lineClamp={2} style={{ flex: 1 }}>
          {thread.subject === "" ? t("messages.noSubject") : showUnseen(thread.subject)}
        </Text>
        <Text component="span" size="sm" c="dimmed" style={{ whiteSpace: "nowrap" }}>
          {when}
        </Text>
      </span>
      <Text component="span" size="sm" c="dimmed" lineClamp={1}>
        {t("messages.by", { name: nameOf(where, thread.lastAuthor), snippet: thread.snippet })}
      </Text>
      <span style={{ display: "flex", gap: 8, marginTop: 4, flexWrap: "wrap" }}>
        <Text component="span" size="sm" c="dimmed">
          {t("messages.count", { count: thread.count })}
        </Text>
        <AboutChildren names={thread.children} />
        {unread ? (
          <span className="cs-chip" data-tone="wait">
            {t("messages.unread", { count: thread.unread })}
          </span>
        ) : null}
      </span>
    </Link>
  );
});
