import type { HistoryRow, HouseholdView } from "@countersign/shared/replica/api";
import { Anchor, Text } from "@mantine/core";
import { useState, type ReactNode } from "react";
import { Link, useNavigate } from "react-router";
import { useApi } from "../../engine/context.ts";
import { clockOf } from "../../lib/time.ts";
import { Note } from "../../ui/Note.tsx";
import { nameOf, personOf } from "../../ui/Person.tsx";
import { hasWords, t, tOr } from "../../words/words.ts";

/** The sentence of one line. */
export function lineWords(row: HistoryRow, where: HouseholdView): string {
  const name = nameOf(where, row.member);
  if (row.type === "fault") {
    const key = row.what.startsWith("fault.") ? row.what : `fault.${row.what}`;
    return hasWords(key) ? t(key) : t("history.unknown", { name, what: row.what });
  }
  if (row.type === "set-aside") return tOr(`history.${row.what}`, "history.set-aside", { name });
  return tOr(`history.${row.what}`, "history.unknown", { name, what: row.what });
}

interface Props {
  readonly row: HistoryRow;
  readonly where: HouseholdView;
  readonly own: boolean;
}

/** One act; its times and its place in the log on a click. */
export function HistoryLine({ row, where, own }: Props): ReactNode {
  const clock = clockOf(where.zone);
  const at = row.claimed ?? row.notAfter;
  const bad = row.type === "set-aside" || row.type === "fault";
  return (
    <details className="cs-row">
      <summary style={{ cursor: "pointer", minHeight: 44, listStyle: "none" }}>
        <span style={{ display: "flex", gap: 12, alignItems: "baseline" }}>
          <span
            className="cs-mark"
            data-colour={personOf(where, row.member)?.colour ?? 2}
            aria-hidden
            style={row.member === undefined ? { visibility: "hidden" } : {}}
          />
          <span style={{ flex: 1, minWidth: 0 }}>
            <Text component="span" fw={600} display="block" {...(bad ? { c: "var(--cs-bad)" } : {})}>
              {lineWords(row, where)}
            </Text>
            <Text component="span" size="sm" c="dimmed" lineClamp={1}>
              {row.title ?? ""}
            </Text>
          </span>
          <Text component="span" size="sm" c="dimmed" style={{ textAlign: "right" }}>
            {at === undefined ? "" : clock.short(at)}
          </Text>
        </span>
      </summary>
      <dl className="cs-facts" style={{ marginTop: 8 }}>
        {row.reason === undefined ? null : (
          <>
            <dt>{t("history.reason")}</dt>
            <dd>{tOr(`reason.${row.reason}`, "reason.unknown", { reason: row.reason })}</dd>
          </>
        )}
        {row.claimed === undefined ? null : (
          <>
            <dt>{t(row.member === where.me ? "proof.claimed.me" : "proof.claimed")}</dt>
            <dd>{clock.exact(row.claimed)}</dd>
          </>
        )}
        <dt>{t("proof.logged")}</dt>
        <dd>
          {row.notAfter === undefined
            ? t("proof.notLogged")
            : row.notBefore === undefined || row.notBefore === 0
              ? t("proof.before", { to: clock.exact(row.notAfter) })
              : t("proof.interval", { from: clock.exact(row.notBefore), to: clock.exact(row.notAfter) })}
        </dd>
        {row.seq === undefined ? null : (
          <>
            <dt>{t("proof.place")}</dt>
            <dd>{row.seq}</dd>
          </>
        )}
        {row.device === undefined ? null : (
          <>
            <dt>{t("proof.device")}</dt>
            <dd>{personOf(where, row.member)?.devices.find((d) => d.device === row.device)?.name ?? row.device.slice(0, 16)}</dd>
          </>
        )}
      </dl>
      {row.type === "act" && row.record !== undefined ? <RecordLink row={row} where={where} own={own} /> : null}
    </details>
  );
}

/** A message's address needs its thread, which only the message itself knows: it is asked for on the click. */
function RecordLink({ row, where, own }: Props): ReactNode {
  const api = useApi();
  const go = useNavigate();
  const [gone, setGone] = useState(false);
  const { record } = row;
  if (record === undefined) return null;
  const base = own ? "/own" : "";
  if (row.what.startsWith("expense.")) {
    return (
      <Anchor component={Link} to={`${base}/expenses/${record}`} style={{ minHeight: 44, display: "inline-flex", alignItems: "center" }}>
        {t("history.open")}
      </Anchor>
    );
  }
  if (gone) return <Note live>{t("error.record-unknown")}</Note>;
  return (
    <Anchor
      component="button"
      type="button"
      style={{ minHeight: 44 }}
      onClick={() => {
        api.message(where.log, record).then(
          (message) => {
            if (message === undefined) setGone(true);
            else void go(`${base}/messages/${message.thread}/${message.id}`);
          },
          () => {
            setGone(true);
          },
        );
      }}
    >
      {t("history.open")}
    </Anchor>
  );
}
