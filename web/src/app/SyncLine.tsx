import type { SyncView } from "@countersign/shared/replica/sync-view";
import { Text } from "@mantine/core";
import { IconCloudCheck, IconCloudOff, IconCloudX, IconRefresh } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useSession } from "../engine/context.ts";
import { useQuery } from "../engine/query.ts";
import { clockOf, type Clock } from "../lib/time.ts";
import { t } from "../words/words.ts";

const ICONS = {
  "up-to-date": IconCloudCheck,
  "catching-up": IconRefresh,
  waiting: IconCloudOff,
  off: IconCloudOff,
  refused: IconCloudX,
  stopped: IconCloudX,
  removed: IconCloudX,
} as const;

function words(sync: SyncView, clock: Clock): string {
  switch (sync.state) {
    case "up-to-date":
      return t("sync.upToDate", { time: clock.short(sync.at) });
    case "catching-up":
      return t("sync.catchingUp", { done: sync.done, of: sync.of });
    case "waiting":
      return sync.unsent > 0 ? t("sync.waiting", { count: sync.unsent }) : t("sync.cantReach");
    case "off":
      return t("sync.off");
    case "removed":
      return t("sync.removed");
    case "refused":
      return t("sync.refused", { why: sync.why === "relay-version" ? "version" : "device" });
    case "stopped":
      return t(sync.fault.code === "relay-rollback" ? "sync.lost" : "sync.stopped");
  }
}

/** What to say of two logs at once: nothing is up to date while one of them isn't, and what waits in both is counted together. */
function together(shared: SyncView, own: SyncView): SyncView {
  if (shared.state === "waiting" && own.state === "waiting") return { ...shared, unsent: shared.unsent + own.unsent };
  return shared.state === "up-to-date" && own.state !== "up-to-date" ? own : shared;
}

/** One line: how far this device and the relay agree, of the household and of what is this person's alone. */
export function SyncLine(): ReactNode {
  const { home, own } = useSession();
  const { log, zone } = home ?? own;
  // Alone there is one log: it is asked once.
  const sync = useQuery(`sync ${log} ${own.log}`, ["sync"], async (api) => {
    const [shared, mine] = await Promise.all([api.sync(log), own.log === log ? undefined : api.sync(own.log)]);
    return mine ? together(shared, mine) : shared;
  }).data;
  const clock = clockOf(zone);
  if (sync === undefined) return <Text size="sm" mih={24} />;
  const Icon = ICONS[sync.state];
  const last = "lastSynced" in sync ? sync.lastSynced : undefined;
  return (
    <div role="status" style={{ display: "flex", gap: 8, fontSize: "0.9375rem", color: "var(--mantine-color-dimmed)" }}>
      <Icon size={20} aria-hidden style={{ flex: "none", marginTop: 1 }} />
      <span>
        {words(sync, clock)}
        {last === undefined ? null : <span style={{ display: "block" }}>{t("sync.last", { time: clock.moment(last) })}</span>}
      </span>
    </div>
  );
}
