import type { HouseholdView } from "@countersign/shared/replica/people-view";
import { lazy, Suspense, type ReactNode } from "react";
import { useQuery } from "../../engine/query.ts";
import { Loading } from "../../ui/Waiting.tsx";
import { t } from "../../words/words.ts";

const Spending = lazy(() => import("./Spending.tsx"));

interface Props {
  readonly where: HouseholdView;
  readonly own: boolean;
  readonly params: URLSearchParams;
  readonly put: (name: string, value: string) => void;
}

/** The chart, folded away: it is fetched and made when somebody opens it. That it is open stands in the address, as what is chosen in it. */
export function SpendingSection({ where, own, params, put }: Props): ReactNode {
  const used = useQuery(`categories ${where.log}`, ["expenses"], (api) => api.categories(where.log)).data;
  // Each expense has a category: without one there is nothing to sum up.
  if (used === undefined || used.length === 0) return null;
  const isOpen = params.has("chart");
  return (
    <details
      className="cs-card cs-spending"
      open={isOpen}
      onToggle={(event) => {
        if (event.currentTarget.open !== isOpen) put("chart", event.currentTarget.open ? "1" : "");
      }}
    >
      <summary>{t("spending.title")}</summary>
      {isOpen ? (
        <Suspense fallback={<Loading lines={3} />}>
          <Spending where={where} own={own} params={params} put={put} />
        </Suspense>
      ) : null}
    </details>
  );
}
