import type { TakenBack } from "@countersign/shared/replica/held-view";
import type { HouseholdView } from "@countersign/shared/replica/people-view";
import type { ReactNode } from "react";
import { useApi } from "../../engine/context.ts";
import { takeMessageBack, type HeldOf } from "../../engine/held.ts";
import { FileList } from "../../files/FileList.tsx";
import { clockOf } from "../../lib/time.ts";
import { HeldActions } from "../../ui/Held.tsx";
import { Person, nameOf, otherName, personOf } from "../../ui/Person.tsx";
import { Written } from "../../ui/Written.tsx";
import { t } from "../../words/words.ts";

interface Props {
  readonly held: HeldOf<"message">;
  readonly where: HouseholdView;
  /** It is back in the composer. */
  readonly took: (back: TakenBack) => void;
}

/** A letter that was sent and has not left this device: as it will stand, with what can still be done. */
export function HeldLetter({ held, where, took }: Props): ReactNode {
  const api = useApi();
  const author = personOf(where, where.me);
  const date = clockOf(where.zone).moment(held.at);
  return (
    <article
      className="cs-letter"
      data-colour={author?.colour ?? 1}
      data-held="true"
      aria-label={t("thread.message", { name: nameOf(where, where.me), date })}
    >
      <div className="cs-letter-head">
        <Person person={author} />
        <time className="cs-line-note" dateTime={new Date(held.at).toISOString()}>
          {date}
        </time>
      </div>
      <div className="cs-letter-body">
        {held.act.settlement === true ? (
          <div>
            <span className="cs-chip">{t("thread.settlement")}</span>
          </div>
        ) : null}
        {held.act.text === "" ? null : <Written text={held.act.text} />}
        <FileList log={held.log} files={held.files} />
        <HeldActions
          held={held}
          name={otherName(where)}
          back={async () => {
            const taken = await takeMessageBack(api, held);
            if (taken.ok) took(taken.value);
            return taken;
          }}
        />
      </div>
    </article>
  );
}
