import { showUnseen } from "@countersign/shared/base/unseen";
import type { RecordId } from "@countersign/shared/base/ids";
import type { TakenBack } from "@countersign/shared/replica/held-view";
import type { HouseholdView } from "@countersign/shared/replica/people-view";
import type { MessageView } from "@countersign/shared/views/record";
import { Stack } from "@mantine/core";
import { useCallback, useState, type ReactNode } from "react";
import { useNavigate, useParams } from "react-router";
import { useApi, useSession } from "../../engine/context.ts";
import { isHeld } from "../../engine/held.ts";
import { usePaged } from "../../engine/paged.ts";
import { useQuery } from "../../engine/query.ts";
import { AboutChildren } from "../../ui/Children.tsx";
import { useFormFiles } from "../../incoming/placed.ts";
import { Screen } from "../../ui/Screen.tsx";
import { VirtualList } from "../../ui/VirtualList.tsx";
import { Loading, NotLoadedScreen } from "../../ui/Waiting.tsx";
import { t } from "../../words/words.ts";
import { Lost } from "../Lost.tsx";
import { isOpen } from "../writable.ts";
import { Composer } from "./Composer.tsx";
import { HeldLetter } from "./HeldLetter.tsx";
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
  // What is held is asked first: what has left it by then is among the messages.
  const head = useQuery(`thread ${thread}`, ["messages", "held"], async (a) => {
    const held = at === undefined ? (await a.held(where.log)).filter((h) => isHeld(h, "message")) : [];
    const { rows } = await a.messages(where.log, thread, 0, 1);
    return { first: rows[0], held: held.filter(({ id, act }) => (act.thread ?? id) === thread) };
  });
  // Where the reading begins is settled once: the message of the address, else the first unread one, else the newest.
  const begin = useQuery(`begin ${thread} ${marked ?? ""}`, [], async (a) => ({ at: await a.readingStart(where.log, thread, marked) }));
  // What is drawn first is what is read first; what is looked for later in the same thread is scrolled to.
  const [from, setFrom] = useState<number>();
  if (from === undefined && begin.data !== undefined) setFrom(begin.data.at ?? 0);
  const rows = usePaged(`letters ${thread}`, ["messages", "sync"], (offset, limit) => api.messages(where.log, thread, offset, limit), {
    from,
  });
  const [reply, setReply] = useState<MessageView>();
  const files = useFormFiles();
  // The composer is drawn anew with what comes back into it.
  const [round, setRound] = useState(0);
  const [went, setWent] = useState(false);
  const go = useNavigate();
  const answer = useCallback((letter: MessageView) => {
    setReply(letter);
    document.getElementById("compose")?.focus();
  }, []);
  const failed = [head, begin].find((asked) => asked.failed && asked.data === undefined);
  if (failed !== undefined) return <NotLoadedScreen title={t("messages.title")} back={back} again={failed.again} />;
  if (head.data === undefined) return <Loading />;
  const { first, held } = head.data;
  const { subject, children } = first ?? held[0]?.act ?? {};
  if (first === undefined && held.length === 0) return went ? null : <Lost />;
  // A thread that is still being begun can be taken back whole: it is added to once it has left.
  const writable = at === undefined && isOpen(where) && first !== undefined;
  const took = ({ act }: TakenBack): void => {
    if (act.do !== "message") return;
    if (act.thread === undefined) {
      setWent(true);
      void go("/messages/new", { replace: true });
      return;
    }
    setRound((n) => n + 1);
    setReply(undefined);
    if (act.reply !== undefined) void api.message(where.log, act.reply).then(setReply, () => undefined);
  };
  const base = `${own ? "/own" : ""}/messages/${thread}`;
  return (
    <Screen
      title={subject === undefined || subject === "" ? t("messages.noSubject") : showUnseen(subject)}
      kind={t("messages.title")}
      back={back}
    >
      {children === undefined || children.length === 0 ? null : (
        <div style={{ marginTop: -12, marginBottom: 16 }}>
          <AboutChildren names={children} />
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
      {held.length === 0 ? null : (
        <Stack mt="sm" gap="sm" component="section" aria-label={t("held.list")}>
          {held.map((one) => (
            <HeldLetter key={one.id} held={one} where={where} took={took} />
          ))}
        </Stack>
      )}
      {writable ? (
        <Stack mt="xl" component="section" aria-label={t(own ? "compose.note" : "compose.reply")}>
          <Composer
            key={round}
            where={where}
            thread={thread}
            own={own}
            files={files}
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
