import type { LogId } from "@countersign/shared/base/ids";
import type { HistoryFilter } from "@countersign/shared/views/history";
import { Button, Stack, Text } from "@mantine/core";
import { IconTable } from "@tabler/icons-react";
import { useState, type ReactNode } from "react";
import { useApi } from "../../engine/context.ts";
import { formatSize } from "../../lib/size.ts";
import { Job } from "../../ui/Job.tsx";
import { Note } from "../../ui/Note.tsx";
import { Problem } from "../../ui/Problem.tsx";
import { SaveButton } from "../../ui/SaveButton.tsx";
import { useAct } from "../../ui/useAct.ts";
import { t } from "../../words/words.ts";

const JOB = "history-table";

interface Table {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** The lines in sight as a table for a spreadsheet. */
export function SaveTable({ log, filter }: { readonly log: LogId; readonly filter: HistoryFilter }): ReactNode {
  const api = useApi();
  const act = useAct();
  const [made, setMade] = useState<Table & { readonly of: string }>();
  const name = JSON.stringify([log, filter]);
  // A table of another choice is not offered as this one's.
  const ready = made?.of === name ? made : undefined;
  if (act.busy) {
    return (
      <div style={{ flex: "1 1 100%" }}>
        <Job job={JOB} title={t("history.csv.making")} stopsOnLeaving />
      </div>
    );
  }
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
      <Button
        variant="default"
        leftSection={<IconTable size={18} aria-hidden />}
        onClick={() => {
          act.run(
            () => api.exportHistory(log, filter, undefined, JOB),
            (table) => {
              setMade({ ...table, of: name });
            },
          );
        }}
      >
        {t("history.csv")}
      </Button>
      {act.error === undefined ? null : (
        <div style={{ flex: "1 1 100%" }}>
          <Problem error={act.error} />
        </div>
      )}
    </>
  );
}
