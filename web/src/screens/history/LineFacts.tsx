import type { HistoryRow } from "@countersign/shared/views/history";
import type { HouseholdView } from "@countersign/shared/replica/people-view";
import type { ReactNode } from "react";
import { useContext } from "react";
import { SessionContext } from "../../engine/context.ts";
import { clockOf } from "../../lib/time.ts";
import { personOf } from "../../ui/Person.tsx";
import { t, tOr } from "../../words/words.ts";

/** What a line says by itself: reason, times, place, device. */
export function LineFacts({ row, where }: { readonly row: HistoryRow; readonly where: HouseholdView }): ReactNode {
  const clock = clockOf(where.zone);
  // A device of the personal log is another one than the same installation's in the household.
  const own = useContext(SessionContext)?.own.people[0]?.devices ?? [];
  const device = [...(personOf(where, row.member)?.devices ?? []), ...own].find((d) => d.device === row.device);
  return (
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
          <dd>{device?.name ?? row.device.slice(0, 16)}</dd>
        </>
      )}
    </dl>
  );
}
