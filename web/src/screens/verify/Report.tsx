import { factsOf, type CheckState, type CheckView, type SnapshotReport, type VerdictView } from "@countersign/shared/views/snapshot";
import { Button, Stack, Text, Title } from "@mantine/core";
import { IconAlertTriangle, IconCircleCheck, IconCircleX } from "@tabler/icons-react";
import { Fragment, type ReactNode } from "react";
import { FileDrop } from "../../files/FileDrop.tsx";
import { clockOf } from "../../lib/time.ts";
import { Later } from "../../ui/Later.tsx";
import { hasWords, t, tOr } from "../../words/words.ts";
import { ReportRecord } from "./ReportRecord.tsx";

const PARTS = ["unchanged", "complete", "keys"] as const satisfies readonly (keyof VerdictView)[];
const LOOK = {
  good: { icon: IconCircleCheck, tone: "good" },
  remarks: { icon: IconAlertTriangle, tone: "wait" },
  failed: { icon: IconCircleX, tone: "bad" },
} as const;

interface Props {
  readonly name: string;
  readonly report: SnapshotReport;
  readonly another: () => void;
  /** Another snapshot, to be laid beside this one. */
  readonly beside: (second: File) => void;
  /** What else may be done with the file, between what was checked and the record. */
  readonly children?: ReactNode;
}

/** Verdict first, in three parts; then what was checked; then the record. */
export function Report({ name, report, another, beside, children }: Props): ReactNode {
  return (
    <Stack gap="xl">
      <section aria-labelledby="verdict">
        <Title order={2} id="verdict" mb="sm">
          {t("verify.verdict")}
        </Title>
        <Stack gap="xs" role="status">
          {PARTS.map((part) => (
            <Part key={part} part={part} state={report.verdict[part].state} />
          ))}
        </Stack>
        <Text size="sm" c="dimmed" mt="sm">
          {t("verify.file")}: {name}
        </Text>
      </section>
      <section aria-labelledby="facts">
        <Title order={2} id="facts" mb="sm">
          {t("verify.facts")}
        </Title>
        <dl className="cs-facts cs-card">
          {factsOf(report.verdict.facts).map((shown) => (
            <Fragment key={shown.fact}>
              <dt>{t(`fact.${shown.fact}`)}</dt>
              <dd>{"moment" in shown ? clockOf(report.zone).moment(shown.moment) : shown.text}</dd>
            </Fragment>
          ))}
        </dl>
      </section>
      <section aria-labelledby="checked">
        <Title order={2} id="checked" mb="sm">
          {t("verify.checked")}
        </Title>
        <Later>
          <Stack>
            {PARTS.map((part) => (
              <div key={part}>
                <Title order={3} mb="xs">
                  {t(`verify.part.${part}`)}
                </Title>
                <ul className="cs-list" style={{ margin: 0, padding: 0, listStyle: "none" }}>
                  {report.verdict[part].checks.map((check) => (
                    <Check key={`${check.key} ${check.where ?? ""}`} check={check} />
                  ))}
                </ul>
              </div>
            ))}
          </Stack>
        </Later>
        <Title order={3} mt="md" mb="xs">
          {t("verify.cant")}
        </Title>
        <Text c="dimmed">{t("verify.cant.text")}</Text>
      </section>
      {children}
      <ReportRecord report={report} />
      <Stack className="cs-no-print" gap="sm" align="flex-start">
        <FileDrop label={t("beside.open")} accept=".zip,.age,application/zip" open={beside} />
        <Button variant="default" onClick={another}>
          {t("verify.another")}
        </Button>
      </Stack>
    </Stack>
  );
}

function Part({ part, state }: { readonly part: (typeof PARTS)[number]; readonly state: CheckState }): ReactNode {
  const { icon: Icon, tone } = LOOK[state];
  return (
    <div className="cs-note" data-tone={tone}>
      <Icon size={28} aria-hidden />
      <div>
        <Text fw={650}>
          {t(`verify.part.${part}`)}: {t(`verify.state.${state}`)}
        </Text>
        <Text>{t(`verify.part.${part}.${state}`)}</Text>
      </div>
    </div>
  );
}

function Check({ check }: { readonly check: CheckView }): ReactNode {
  const { icon: Icon, tone } = LOOK[check.state];
  const cant = `cant.${check.key}`;
  const limit = hasWords(cant) ? t(cant) : undefined;
  return (
    <li className="cs-row">
      <span style={{ display: "flex", gap: 12, alignItems: "baseline" }}>
        <Icon size={18} aria-hidden style={{ flex: "none", alignSelf: "center", color: `var(--cs-${tone})` }} />
        <span style={{ flex: 1, minWidth: 0 }}>
          {tOr(`check.${check.key}`, "check.unknown", { key: check.key, ...check.values })}
          {limit === undefined ? null : (
            <Text size="sm" c="dimmed">
              {limit}
            </Text>
          )}
          {check.where === undefined ? null : (
            <Text size="sm" c="dimmed">
              {t("verify.where", { where: check.where })}
            </Text>
          )}
        </span>
        <Text component="span" size="sm" c="dimmed" style={{ whiteSpace: "nowrap" }}>
          {t(`verify.state.${check.state}`)}
        </Text>
      </span>
    </li>
  );
}
