import type { HouseholdView } from "@countersign/shared/replica/people-view";
import { onOneLine } from "@countersign/shared/base/unseen";
import type { Piece, SearchHit } from "@countersign/shared/views/search";
import { Text } from "@mantine/core";
import { memo, type ReactNode } from "react";
import { Link } from "react-router";
import { formatMoney } from "../../lib/money.ts";
import { clockOf } from "../../lib/time.ts";
import { nameOf, personOf } from "../../ui/Person.tsx";
import { t } from "../../words/words.ts";

interface Props {
  readonly hit: SearchHit;
  /** The log that it is in. */
  readonly where: HouseholdView;
  /** Nobody but this person has it. */
  readonly own: boolean;
}

/** One record that was found: what it is, whose, when, and the line with what was looked for. */
export const Found = memo(function Found({ hit, where, own }: Props): ReactNode {
  const base = own ? "/own" : "";
  const to = hit.kind === "expense" ? `${base}/expenses/${hit.id}` : `${base}/messages/${hit.thread ?? hit.id}/${hit.id}`;
  return (
    <Link to={to} className="cs-row">
      <span style={{ display: "flex", gap: 12, alignItems: "baseline" }}>
        <Text component="span" fw={600} lineClamp={2} style={{ flex: 1 }}>
          {hit.title.length === 0 ? t("messages.noSubject") : <Pieces of={hit.title} />}
        </Text>
        {hit.amount === undefined || hit.currency === undefined ? null : (
          <Text component="span" fw={600} style={{ whiteSpace: "nowrap" }}>
            {formatMoney(hit.amount, hit.currency)}
          </Text>
        )}
      </span>
      <span style={{ display: "flex", gap: 8, alignItems: "center", flexWrap: "wrap" }}>
        <span className="cs-mark" data-colour={personOf(where, hit.author)?.colour ?? 2} aria-hidden />
        <Text component="span" size="sm" c="dimmed">
          {t("search.by", { name: nameOf(where, hit.author), date: clockOf(where.zone).moment(hit.at) })}
        </Text>
        {own ? <span className="cs-chip">{t("messages.own")}</span> : null}
      </span>
      {hit.line.length === 0 ? null : (
        <Text component="span" size="sm" lineClamp={3} display="block" mt={4} dir="auto">
          {hit.field === "text" || hit.field === "note" ? null : <span className="cs-line-note">{t(`search.field.${hit.field}`)} </span>}
          <Pieces of={hit.line} />
        </Text>
      )}
    </Link>
  );
});

/** A line of somebody's text, with what was looked for marked. */
const Pieces = ({ of }: { readonly of: readonly Piece[] }): ReactNode =>
  of.map(({ text, hit }, i) => (hit ? <mark key={i}>{onOneLine(text)}</mark> : <span key={i}>{onOneLine(text)}</span>));
