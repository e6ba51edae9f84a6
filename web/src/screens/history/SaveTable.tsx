import type { LogId } from "@countersign/shared/base/ids";
import type { HistoryFilter } from "@countersign/shared/views/history";
import { Button, Stack, Text } from "@mantine/core";
import { IconTable } from "@tabler/icons-react";
import { useState, type ReactNode } from "react";
import { useApi } from "../../engine/context.ts";
import { formatSize } from "../../lib/size.ts";
import { AskPassphrase } from "../../ui/AskPassphrase.tsx";
import { Job } from "../../ui/Job.tsx";
import { Note } from "../../ui/Note.tsx";
import { SaveButton } from "../../ui/SaveButton.tsx";
import { t } from "../../words/words.ts";

interface Table {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** The lines in sight as a table for a spreadsheet. It takes them out of the app, so the passphrase is asked for. */
export function SaveTable({ log, filter }: { readonly log: LogId; readonly filter: HistoryFilter }): ReactNode {
  const api = useApi();
  const [job, setJob] = useState<string>();
  const [made, setMade] = useState<Table & { readonly of: string }>();
  const name = JSON.stringify([log, filter]);
  // A table of another choice is not offered as this one's.
  const ready = made?.of === name ? made : undefined;
  if (ready !== undefined) {
    return (
      <div style={{ flex: "1 1 100%" }}>
        <Note tone="good" live>
          <Stack gap="xs" align="start">
            {t("history.csv.done", { name: ready.name, size: formatSize(ready.bytes.length) })}
            {filter.types?.includes("own") === true ? null : <Text size="sm">{t("history.csv.own")}</Text>}
            <SaveButton name={ready.name} content={ready.bytes} type="text/csv" label={t("history.csv.save")} />
          </Stack>
        </Note>
      </div>
    );
  }
  return (
    <>
      <Button variant="default" leftSection={<IconTable size={18} aria-hidden />} onClick={() => setJob(`table ${String(Date.now())}`)}>
        {t("history.csv")}
      </Button>
      {job === undefined ? null : (
        <AskPassphrase
          title={t("history.csv")}
          action={t("history.csv")}
          close={() => {
            setJob(undefined);
            void api.cancel(job).catch(() => undefined);
          }}
          call={(passphrase) => api.exportHistory(log, filter, passphrase, undefined, job)}
          progress={<Job job={job} title={t("history.csv.making")} stopsOnLeaving />}
          then={(table) => {
            setJob(undefined);
            setMade({ ...table, of: name });
          }}
        />
      )}
    </>
  );
}
