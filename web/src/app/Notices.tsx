import { Anchor, Button, Group, Stack } from "@mantine/core";
import { useSyncExternalStore, type ReactNode } from "react";
import { Link } from "react-router";
import { useApi, useSession } from "../engine/context.ts";
import { useQuery } from "../engine/query.ts";
import { formatSize } from "../lib/size.ts";
import { Note } from "../ui/Note.tsx";
import { t } from "../words/words.ts";

const LITTLE = 100_000_000;

/** What holds on every screen: the sample, being offline, a full device, a stopped relay, a needed update. */
export function Notices(): ReactNode {
  const { vault, home } = useSession();
  const api = useApi();
  const online = useOnline();
  const log = home?.log;
  const sync = useQuery(`sync ${log ?? ""}`, ["sync"], (a) => (log === undefined ? Promise.resolve(undefined) : a.sync(log))).data;
  const left = vault.quotaBytes === undefined ? undefined : vault.quotaBytes - (vault.usedBytes ?? 0);
  const notes: ReactNode[] = [];
  if (vault.sample === true) {
    notes.push(
      <Note key="sample" tone="wait">
        <Group justify="space-between" gap="sm">
          {t("state.sample")}
          <Button
            variant="default"
            onClick={() => {
              void api.lock().then(() => {
                location.assign("/start");
              });
            }}
          >
            {t("state.sample.leave")}
          </Button>
        </Group>
      </Note>,
    );
  }
  if (sync?.state === "stopped") {
    const isLoss = sync.fault.code === "relay-rollback";
    notes.push(
      <Note key="stopped" tone="bad" live>
        {t(isLoss ? "sync.lost" : "sync.stopped")}. {t("sync.unsent", { count: sync.unsent })}.{" "}
        <Anchor component={Link} to="/settings/storage">
          {t(isLoss ? "sync.giveBack" : "sync.fault")}
        </Anchor>
      </Note>,
    );
  }
  if (!online) notes.push(<Note key="offline">{t("state.offline")}</Note>);
  if (left !== undefined && left < LITTLE) {
    notes.push(
      <Note key="full" tone="wait">
        {t("state.full", { left: formatSize(Math.max(left, 0)) })}
      </Note>,
    );
  }
  if (home?.needsUpdate === true) {
    notes.push(
      <Note key="update" tone="wait">
        {t("state.update")}
      </Note>,
    );
  }
  if (home?.stage === "left") notes.push(<Note key="left">{t("state.left")}</Note>);
  return notes.length === 0 ? null : (
    <Stack gap="xs" mb="md" className="cs-no-print">
      {notes}
    </Stack>
  );
}

function useOnline(): boolean {
  return useSyncExternalStore(
    (listener) => {
      addEventListener("online", listener);
      addEventListener("offline", listener);
      return () => {
        removeEventListener("online", listener);
        removeEventListener("offline", listener);
      };
    },
    () => navigator.onLine,
  );
}
