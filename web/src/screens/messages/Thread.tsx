import { showUnseen } from "@countersign/shared/base/unseen";
import type { RecordId } from "@countersign/shared/base/ids";
import type { HouseholdView } from "@countersign/shared/replica/people-view";
import type { MessageView } from "@countersign/shared/views/record";
import { Stack } from "@mantine/core";
import { useCallback, useState, type ReactNode } from "react";
import { useParams } from "react-router";
import { useApi, useSession } from "../../engine/context.ts";
import { usePaged } from "../../engine/paged.ts";
import { useQuery } from "../../engine/query.ts";
import { AboutChildren } from "../../ui/Children.tsx";
import { Screen } from "../../ui/Screen.tsx";
import { VirtualList } from "../../ui/VirtualList.tsx";
import { Loading, NotLoadedScreen } from "../../ui/Waiting.tsx";
import { t } from "../../words/words.ts";
import { Lost } from "../Lost.tsx";
import { isOpen } from "../writable.ts";
import { Composer } from "./Composer.tsx";
import { Letter } from "./Letter.tsx";

/** One thread, read like letters, the oldest first. */
export function Thread({ own = false }: { readonly own?: boolean }): ReactNode {
  const session = useSession();
  const { thread, message } = useParams();
  const where = own ? session.own : session.home;
  if (where === undefined || thread === undefined) return <Lost />;
  return (
    <Letters key={`${where.log} ${thread}`} where={where} thread={thread as RecordId} marked={message as RecordId | undefined} own={own} />
  );
}

interface Props {
  readonly where: HouseholdView;
  readonly thread: RecordId;
  readonly marked: RecordId | undefined;
  readonly own: boolean;
}

function Letters({ where, thread, marked, own }: Props): ReactNode {
  const api = useApi();
  const { at } = useSession();
  const back = own ? "/messages?in=own" : "/messages";
  const head = useQuery(`thread ${thread}`, ["messages"], (a) => a.messages(where.log, thread, 0, 1));
  // Where the reading begins is settled once: the message of the address, else the first unread one, else the newest.
  const begin = useQuery(`begin ${thread} ${marked ?? ""}`, [], async (a) => ({ at: await a.readingStart(where.log, thread, marked) }));
  // What is drawn first is what is read first; what is looked for later in the same thread is scrolled to.
  const [from, setFrom] = useState<number>();
  if (from === undefined && begin.data !== undefined) setFrom(begin.data.at ?? 0);
  const rows = usePaged(`letters ${thread}`, ["messages", "sync"], (offset, limit) => api.messages(where.log, thread, offset, limit), {
    from,
  });
  const [reply, setReply] = useState<MessageView>();
  const answer = useCallback((letter: MessageView) => {
    setReply(letter);
    document.getElementById("compose")?.focus();
  }, []);
  const failed = [head, begin].find((asked) => asked.failed && asked.data === undefined);
  if (failed !== undefined) return <NotLoadedScreen title={t("messages.title")} back={back} again={failed.again} />;
  if (head.data === undefined) return <Loading />;
  const first = head.data.rows[0];
  if (first === undefined) return <Lost />;
  const writable = at === undefined && isOpen(where);
  const base = `${own ? "/own" : ""}/messages/${thread}`;
  return (
    <Screen
      title={first.subject === undefined || first.subject === "" ? t("messages.noSubject") : showUnseen(first.subject)}
      kind={t("messages.title")}
      back={back}
    >
      {first.children === undefined ? null : (
        <div style={{ marginTop: -12, marginBottom: 16 }}>
          <AboutChildren names={first.children} />
        </div>
      )}
      <VirtualList
        rows={rows}
        label={t("messages.title")}
        height={220}
        gap={12}
        start={begin.data?.at}
        empty={null}
        render={(letter) => (
          <Letter
            letter={letter}
            where={where}
            own={own}
            href={`${base}/${letter.id}`}
            marked={letter.id === marked}
            reply={writable ? answer : undefined}
          />
        )}
      />
      {writable ? (
        <Stack mt="xl" component="section" aria-label={t(own ? "compose.note" : "compose.reply")}>
          <Composer
            where={where}
            thread={thread}
            own={own}
            reply={reply}
            clearReply={() => {
              setReply(undefined);
            }}
            sent={() => {
              setReply(undefined);
            }}
          />
        </Stack>
      ) : null}
    </Screen>
  );
}
