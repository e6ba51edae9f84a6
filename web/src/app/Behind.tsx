import { useEffect, useMemo, type ReactNode } from "react";
import { Navigate, Outlet } from "react-router";
import { ApiContext, SessionContext, useApi, type Session } from "../engine/context.ts";
import { apiAt, useMoment } from "../engine/moment.ts";
import { useQuery } from "../engine/query.ts";
import { askToKeep } from "../lib/persist.ts";
import { Unlock } from "../screens/unlock/Unlock.tsx";
import { Loading, NotLoadedScreen } from "../ui/Waiting.tsx";
import { t } from "../words/words.ts";
import { Plain } from "./Plain.tsx";
import { Shell } from "./Shell.tsx";

interface Props {
  /** The screen needs no vault: it stands in the plain frame until one is open. */
  readonly open?: boolean;
  /** What stands there where this device has no record, instead of Start. */
  readonly none?: ReactNode;
}

/** What stands behind the lock. Locking shows the lock at the same address, so that unlocking comes back to it. */
export function Behind({ open = false, none = <Navigate to="/start" replace /> }: Props): ReactNode {
  const loaded = useQuery("session", ["vault", "households"], async (api) => {
    const vault = await api.vault();
    return { vault, households: vault.state === "open" ? await api.households() : [] };
  });
  const { data, again } = loaded;
  const now = useApi();
  const [at, lookAt] = useMoment();
  const api = useMemo(() => (at === undefined ? now : apiAt(now, at)), [now, at]);
  // Whoever unlocks sees the record as it is.
  const isShut = data !== undefined && data.vault.state !== "open";
  useEffect(() => {
    if (isShut) lookAt(undefined);
  }, [isShut, lookAt]);
  // From the moment at which there is something to keep; the sample is kept nowhere.
  const unkept = data?.vault.state === "open" && data.vault.sample !== true && data.vault.storage !== "persistent";
  useEffect(() => {
    if (!unkept) return;
    void askToKeep().then((kept) => {
      if (kept) again();
    });
  }, [unkept, again]);
  if (data === undefined)
    return <Plain>{loaded.failed ? <NotLoadedScreen title={t("app.name")} again={loaded.again} /> : <Loading />}</Plain>;
  // Who has no log of their own beside it has everything in the household.
  const own = data.households.find((h) => h.kind === "personal") ?? data.households[0];
  if (data.vault.state === "open" && own !== undefined) {
    const shared = data.households.filter((h) => h.kind === "household");
    const home = shared.find((h) => h.stage !== "left" && h.stage !== "closed") ?? shared.at(-1);
    const session: Session = { vault: data.vault, own, home, at, lookAt };
    return (
      <SessionContext value={session}>
        <ApiContext value={api}>
          <Shell>
            <Outlet />
          </Shell>
        </ApiContext>
      </SessionContext>
    );
  }
  if (open) return <Plain />;
  if (data.vault.state === "none") return none;
  return <Plain>{data.vault.state === "locked" ? <Unlock vault={data.vault} /> : <Loading />}</Plain>;
}
