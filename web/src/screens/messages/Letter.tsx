import type { HouseholdView } from "@countersign/shared/replica/people-view";
import type { MessageView } from "@countersign/shared/views/record";
import { Anchor } from "@mantine/core";
import { IconCornerUpLeft, IconLink, IconShare } from "@tabler/icons-react";
import { memo, useEffect, useRef, useState, type ReactNode } from "react";
import { Link } from "react-router";
import { FileList } from "../../files/FileList.tsx";
import { useApi, useSession } from "../../engine/context.ts";
import { useQuery } from "../../engine/query.ts";
import { clockOf } from "../../lib/time.ts";
import { Person, nameOf, otherName, personOf } from "../../ui/Person.tsx";
import { FirstLogged, Proof, wayWords } from "../../ui/Proof.tsx";
import { Written } from "../../ui/Written.tsx";
import { t } from "../../words/words.ts";
import { ShareRecord } from "../share/ShareRecord.tsx";

interface Props {
  readonly letter: MessageView;
  readonly where: HouseholdView;
  readonly own: boolean;
  readonly href: string;
  readonly marked: boolean;
  readonly reply: ((letter: MessageView) => void) | undefined;
}

/** One message: author, time, text, files, its way, its proof. Many are drawn while a thread is opened and scrolled: plain elements, drawn once. */
export const Letter = memo(function Letter({ letter, where, own, href, marked, reply }: Props): ReactNode {
  const { vault, home, at } = useSession();
  const [sharing, setSharing] = useState(false);
  const author = personOf(where, letter.author);
  const mine = letter.author === where.me;
  const clock = clockOf(where.zone);
  const box = useSeen(letter, where, mine);
  const date = clock.moment(letter.proof.claimed);
  return (
    <article
      ref={box}
      className="cs-letter"
      data-colour={author?.colour ?? 2}
      data-marked={marked}
      aria-label={t("thread.message", { name: nameOf(where, letter.author), date })}
    >
      <div className="cs-letter-head">
        <Person person={author} />
        <time className="cs-line-note" dateTime={new Date(letter.proof.claimed).toISOString()}>
          {date}
        </time>
      </div>
      <div className="cs-letter-body">
        {letter.reply === undefined ? null : <ReplyTo letter={letter} where={where} href={href} />}
        {letter.settlement ? (
          <div>
            <span className="cs-chip">{t("thread.settlement")}</span>
          </div>
        ) : null}
        {letter.text === "" ? null : <Written text={letter.text} />}
        <FileList log={letter.log} files={letter.files} />
        <FirstLogged at={letter.firstLogged} zone={where.zone} />
      </div>
      <div className="cs-letter-foot">
        <span className="cs-line-note">{mine && !own ? wayWords(letter.proof, vault.storage, where.zone) : null}</span>
        <span className="cs-letter-acts">
          {reply === undefined || own ? null : (
            <button type="button" className="cs-act" onClick={() => reply(letter)}>
              <IconCornerUpLeft size={18} aria-hidden /> {t("thread.reply")}
            </button>
          )}
          {own && at === undefined && home?.stage === "together" ? (
            <button type="button" className="cs-act" onClick={() => setSharing(true)}>
              <IconShare size={18} aria-hidden /> {t("thread.share", { name: otherName(home) })}
            </button>
          ) : null}
          <Link to={href} className="cs-act">
            <IconLink size={18} aria-hidden /> {t("thread.link")}
          </Link>
        </span>
      </div>
      <Proof proof={letter.proof} household={where} storage={vault.storage} />
      {sharing && home !== undefined ? <ShareRecord record={letter.id} what="messages" close={() => setSharing(false)} /> : null}
    </article>
  );
});

function ReplyTo({ letter, where, href }: { letter: MessageView; where: HouseholdView; href: string }): ReactNode {
  const id = letter.reply;
  const to = useQuery(`message ${id ?? ""}`, [], (api) =>
    id === undefined ? Promise.resolve(undefined) : api.message(where.log, id),
  ).data;
  if (to === undefined) return null;
  const path = `${href.slice(0, href.lastIndexOf("/"))}/${to.id}`;
  return (
    <Anchor component={Link} to={path} size="sm">
      {t("thread.repliesTo", { name: nameOf(where, to.author), date: clockOf(where.zone).moment(to.proof.claimed) })}
    </Anchor>
  );
}

/** Tells the replica once that the message was in sight for a second, on a visible page. */
function useSeen(letter: MessageView, where: HouseholdView, mine: boolean): React.RefObject<HTMLElement | null> {
  const api = useApi();
  const box = useRef<HTMLElement>(null);
  useEffect(() => {
    const element = box.current;
    if (mine || element === null) return undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const watcher = new IntersectionObserver(([entry]) => {
      clearTimeout(timer);
      if (entry?.isIntersecting !== true) return;
      timer = setTimeout(() => {
        if (document.visibilityState !== "visible") return;
        watcher.disconnect();
        void api.seen(where.log, letter.id).catch(() => undefined);
      }, 1000);
    });
    watcher.observe(element);
    return () => {
      clearTimeout(timer);
      watcher.disconnect();
    };
  }, [api, where.log, letter.id, mine]);
  return box;
}
