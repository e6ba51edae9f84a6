import type { FaultView } from "@countersign/shared/replica/sync-view";
import { Button, Text } from "@mantine/core";
import { useId, useState, type ReactNode } from "react";
import { useApi } from "../../engine/context.ts";
import { useQuery } from "../../engine/query.ts";
import { Job } from "../../ui/Job.tsx";
import { Problem } from "../../ui/Problem.tsx";
import { useAct } from "../../ui/useAct.ts";
import { t } from "../../words/words.ts";

/** For a relay that went back to an older state: gives it what this device holds, once the person says so. */
export function GiveBack({ fault }: { readonly fault: FaultView }): ReactNode {
  const api = useApi();
  const act = useAct();
  const job = useId();
  const [given, setGiven] = useState<number>();
  const sync = useQuery(`sync ${fault.log}`, ["sync"], (a) => a.sync(fault.log)).data;
  const isOpen = sync?.state === "stopped" && sync.fault.id === fault.id;
  if (given !== undefined) {
    return (
      <Text mt="xs" role="status">
        {t("sync.giveBack.done", { count: given })}
      </Text>
    );
  }
  if (act.busy) return <Job job={job} title={t("sync.giveBack.doing")} />;
  if (!isOpen) return act.error ? <Problem error={act.error} /> : null;
  return (
    <>
      <Text mt="xs">{t("sync.giveBack.text")}</Text>
      <Button mt="xs" onClick={() => act.run(() => api.restoreRelay(fault.log, job), setGiven)}>
        {t("sync.giveBack")}
      </Button>
      <Problem error={act.error} />
    </>
  );
}
