import type { ProofReport } from "@countersign/shared/fault-proof/report";
import { Button, Stack, Text, Title } from "@mantine/core";
import { Fragment, type ReactNode } from "react";
import { clockOf, deviceZone } from "../../lib/time.ts";
import { Note } from "../../ui/Note.tsx";
import { t } from "../../words/words.ts";

interface Props {
  readonly name: string;
  readonly report: ProofReport;
  readonly another: () => void;
}

/** What a proof file shows: against whom, what, and on which signed words of theirs it stands. */
export function RelayProof({ name, report, another }: Props): ReactNode {
  const clock = clockOf(deviceZone());
  const facts: readonly (readonly [string, string | undefined])[] = [
    [t("relayProof.relay"), report.relay],
    [t("relayProof.place"), report.seq === undefined ? undefined : String(report.seq)],
    [t("relayProof.log"), report.log],
    [t("relayProof.key"), report.key],
    [t("verify.file"), name],
  ];
  return (
    <Stack gap="xl">
      <section aria-labelledby="verdict">
        <Title order={2} id="verdict" mb="sm">
          {t("verify.verdict")}
        </Title>
        <Note tone={report.holds ? "bad" : "plain"} live>
          <Text fw={650}>{report.holds ? t("relayProof.holds", { relay: report.relay ?? "?" }) : t("relayProof.holds.not")}</Text>
          <Text>{report.proven === undefined ? t(`notProven.${report.reason ?? "lawful"}`) : t(`proven.${report.proven}`)}</Text>
        </Note>
        {report.holds ? (
          <>
            <Text mt="sm">{t("relayProof.next")}</Text>
            <Text mt="sm" c="dimmed">
              {t("relayProof.limits")}
            </Text>
          </>
        ) : null}
      </section>
      <section aria-labelledby="facts">
        <Title order={2} id="facts" mb="sm">
          {t("relayProof.notes")}
        </Title>
        <dl className="cs-facts cs-card">
          {report.notes.map((note, i) => (
            <Fragment key={`${String(i)} ${note.root}`}>
              <dt>{`${String(i + 1)}.`}</dt>
              <dd>{t("relayProof.note", { size: note.size, time: clock.exact(note.time), root: note.root })}</dd>
            </Fragment>
          ))}
          {facts.map(([what, value]) =>
            value === undefined ? null : (
              <Fragment key={what}>
                <dt>{what}</dt>
                <dd>{value}</dd>
              </Fragment>
            ),
          )}
        </dl>
      </section>
      <div className="cs-no-print">
        <Button variant="default" onClick={another}>
          {t("verify.another")}
        </Button>
      </div>
    </Stack>
  );
}
