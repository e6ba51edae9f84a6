import type { SnapshotFile } from "@countersign/shared/replica/api";
import type { SnapshotReport } from "@countersign/shared/views/snapshot";
import type { FileInput } from "@countersign/shared/snapshot/input";
import { Button, Stack, Text, Title } from "@mantine/core";
import { useState, type ReactNode } from "react";
import { useApi } from "../../engine/context.ts";
import { useQuery } from "../../engine/query.ts";
import { AskPassphrase } from "../../ui/AskPassphrase.tsx";
import { Job } from "../../ui/Job.tsx";
import { SaveButton } from "../../ui/SaveButton.tsx";
import { t } from "../../words/words.ts";

interface Props {
  readonly report: SnapshotReport;
  readonly file: FileInput;
  readonly opener: string | undefined;
}

/** To the parent who did not export it: signing that their device holds the same entries (rule S10). Absent for everyone else. */
export function Countersign({ report, file, opener }: Props): ReactNode {
  const api = useApi();
  const homes = useQuery("households", ["households"], (a) => a.households()).data;
  const [job, setJob] = useState<string>();
  const [made, setMade] = useState<SnapshotFile>();
  const home = homes?.find((h) => h.log === report.log && h.kind === "household");
  const { unchanged, complete, keys } = report.verdict;
  const failed = [unchanged, complete, keys].some((part) => part.state === "failed");
  if (home === undefined || failed || report.exporter === undefined || report.exporter === home.me) return null;
  return (
    <section className="cs-card cs-no-print" aria-labelledby="countersign">
      <Stack gap="sm">
        <Title order={2} id="countersign">
          {t("countersign.title")}
        </Title>
        <Text>{t("countersign.text")}</Text>
        {made === undefined ? (
          <div>
            <Button onClick={() => setJob(`countersign ${String(Date.now())}`)}>{t("countersign.do")}</Button>
          </div>
        ) : (
          <>
            <Text role="status">{t("countersign.done", { name: made.name })}</Text>
            <div>
              <SaveButton name={made.name} content={made.file} />
            </div>
          </>
        )}
        {job === undefined ? null : (
          <AskPassphrase
            title={t("countersign.title")}
            action={t("countersign.do")}
            check={t("countersign.check")}
            close={() => {
              setJob(undefined);
              void api.cancel(job).catch(() => undefined);
            }}
            call={(passphrase) => api.countersignSnapshot(home.log, file, passphrase, job, opener)}
            progress={<Job job={job} title={t("countersign.doing")} stopsOnLeaving />}
            then={(got) => {
              setJob(undefined);
              setMade(got);
            }}
          >
            <Text>{t("countersign.means")}</Text>
          </AskPassphrase>
        )}
      </Stack>
    </section>
  );
}
