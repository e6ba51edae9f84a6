import { Anchor, Button, Group, Stack } from "@mantine/core";
import { useState, useSyncExternalStore, type ReactNode } from "react";
import { Link } from "react-router";
import { useApi, useSession } from "../engine/context.ts";
import { useQuery } from "../engine/query.ts";
import { addedDevices, sheetUse } from "../lib/devices.ts";
import { formatSize } from "../lib/size.ts";
import { clockOf } from "../lib/time.ts";
import { Note } from "../ui/Note.tsx";
import { t } from "../words/words.ts";

const LITTLE = 100_000_000;
const WEEK = 7 * 86_400_000;

/** What holds on every screen: the sample, being offline, a full device, a stopped relay, a needed update, a device that was added or removed. */
export function Notices(): ReactNode {
  const session = useSession();
  const { vault, home, own } = session;
  // When the app was opened is near enough for a notice that stands for seven days.
  const [now] = useState(Date.now);
  const api = useApi();
  const online = useOnline();
  const log = (home ?? own).log;
  const writesFrom = home?.writesFrom ?? own.writesFrom;
  const sync = useQuery(`sync ${log}`, ["sync"], (a) => a.sync(log)).data;
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
  if ((home ?? own).removed === true) {
    notes.push(
      <Note key="removed" tone="bad" live>
        {t("link.removed")}
      </Note>,
    );
  }
  const used = sheetUse(session);
  if (used !== undefined) {
    const clock = clockOf(own.zone);
    notes.push(
      <Note key="used" tone="wait" live>
        {t("used.notice", { date: clock.moment(used.at), until: clock.moment(used.until) })}{" "}
        <Anchor component={Link} to="/settings/devices">
          {t("used.notice.look")}
        </Anchor>
      </Note>,
    );
  }
  if ((home ?? own).refused === true) {
    notes.push(
      <Note key="refused-here" tone="wait" live>
        {t("used.here")}
      </Note>,
    );
  }
  for (const { device, where } of addedDevices(session, now - WEEK)) {
    notes.push(
      <Note key={device.device} tone="wait">
        {t("link.notice", { name: device.name, date: clockOf(where.zone).day(device.linked) })}{" "}
        <Anchor component={Link} to="/settings/devices">
          {t("link.notice.look")}
        </Anchor>
      </Note>,
    );
  }
  if (sync?.state === "refused") {
    notes.push(
      <Note key="refused" tone="wait" live>
        {t("state.relayRefused", { why: sync.why === "relay-version" ? "version" : "device", unsent: sync.unsent })}
      </Note>,
    );
  }
  if (sync?.clockAhead !== undefined) {
    notes.push(
      <Note key="clock" tone="wait">
        {t("state.clock", {
          minutes: Math.round(Math.abs(sync.clockAhead) / 60_000),
          side: sync.clockAhead > 0 ? "ahead" : "behind",
        })}
      </Note>,
    );
  }
  if (writesFrom !== undefined) {
    notes.push(
      <Note key="restored" tone="wait">
        {t("state.restored", { from: clockOf(own.zone).moment(writesFrom) })}
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
  if (home?.stage === "closed") notes.push(<Note key="closed">{t("state.closed")}</Note>);
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
