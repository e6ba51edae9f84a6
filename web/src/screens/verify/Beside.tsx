import { CLASSES, type CompareReport, type CompareSide, type CompareWord } from "@countersign/shared/compare/report";
import { PROOF_SUFFIX } from "@countersign/shared/fault-proof/file";
import { Button, Group, Stack, Text, Title } from "@mantine/core";
import { Fragment, type ReactNode } from "react";
import { clockOf } from "../../lib/time.ts";
import { Note } from "../../ui/Note.tsx";
import { SaveButton } from "../../ui/SaveButton.tsx";
import { t, tOr } from "../../words/words.ts";

interface Props {
  readonly names: readonly [string, string];
  readonly report: CompareReport;
  readonly another: () => void;
}

/** So many lines stand on the page; the command line lists them all. */
const SHOWN = 200;

/** Two snapshots of one record: whether they agree, then each class in plain words, then what only one of them shows. */
export function Beside({ names, report, another }: Props): ReactNode {
  const { fork, proof, counts, rows, words } = report;
  const outcome = fork ? "fork" : report.agrees ? "agree" : "differ";
  return (
    <Stack gap="xl">
      <section aria-labelledby="verdict">
        <Title order={2} id="verdict" mb="sm">
          {t("verify.verdict")}
        </Title>
        <Note tone={outcome === "agree" ? "good" : "bad"} live>
          <Text fw={650}>{t(`beside.${outcome}`)}</Text>
          <Text>{t(`beside.${outcome}.text`, { seq: fork?.seq ?? 0 })}</Text>
          {proof === undefined ? null : (
            <Group mt="sm">
              <SaveButton
                name={`relay-fork-${report.log.slice(0, 8)}${PROOF_SUFFIX}`}
                content={proof}
                label={t("beside.fork.save")}
                variant="default"
              />
            </Group>
          )}
        </Note>
      </section>
      <Group align="stretch" grow preventGrowOverflow={false}>
        <Side letter="A" file={names[0]} side={report.a} report={report} />
        <Side letter="B" file={names[1]} side={report.b} report={report} />
      </Group>
      <section aria-labelledby="counts">
        <Title order={2} id="counts" mb="sm">
          {t("beside.counts")}
        </Title>
        <ul className="cs-list" style={{ margin: 0, padding: 0, listStyle: "none" }}>
          {CLASSES.filter((is) => counts[is].a + counts[is].b > 0).map((is) => (
            <li key={is} className="cs-row">
              <Text fw={600}>
                {is === "same" || is === "withheld-both"
                  ? t("beside.count", { total: is === "same" ? counts[is].a : counts[is].a + counts[is].b })
                  : t("beside.only", counts[is])}
              </Text>
              <Text>{t(`beside.is.${is}`)}</Text>
            </li>
          ))}
        </ul>
      </section>
      {words.length === 0 ? null : (
        <section aria-labelledby="words">
          <Title order={2} id="words" mb="sm">
            {t("beside.words")}
          </Title>
          <Text mb="sm">{t("beside.words.text")}</Text>
          <ul className="cs-list" style={{ margin: 0, padding: 0, listStyle: "none" }}>
            {words.slice(0, SHOWN).map((word, i) => (
              <li key={`${word.is} ${String(i)}`} className="cs-row">
                <Text>{wordOf(word)}</Text>
              </li>
            ))}
          </ul>
          {words.length > SHOWN ? <Text c="dimmed">{t("beside.rows.more", { count: words.length - SHOWN })}</Text> : null}
        </section>
      )}
      {rows.length === 0 ? null : (
        <section aria-labelledby="rows">
          <Title order={2} id="rows" mb="sm">
            {t("beside.rows")}
          </Title>
          <ul className="cs-list" style={{ margin: 0, padding: 0, listStyle: "none" }}>
            {rows.slice(0, SHOWN).map((row, i) => (
              <li key={`${String(row.seq)} ${String(i)}`} className="cs-row">
                <Text>
                  {t("beside.row", {
                    seq: row.seq,
                    side: row.only === "a" ? "A" : "B",
                    kind: row.kind === undefined ? t("beside.row.unknown") : row.kind,
                  })}
                </Text>
                <Text size="sm" c="dimmed">
                  {clockOf(report.zone).exact(row.time)} · {t(`beside.is.${row.is}`)}
                </Text>
              </li>
            ))}
          </ul>
          {rows.length > SHOWN ? <Text c="dimmed">{t("beside.rows.more", { count: rows.length - SHOWN })}</Text> : null}
        </section>
      )}
      <Text c="dimmed">{t("beside.limits")}</Text>
      <div className="cs-no-print">
        <Button variant="default" onClick={another}>
          {t("verify.another")}
        </Button>
      </div>
    </Stack>
  );
}

function wordOf({ is, of, seq = 0, count = 0, said: [a, b] = ["", ""] }: CompareWord): string {
  const [mine, other] = of === "a" ? ["A", "B"] : ["B", "A"];
  return t(`beside.word.${is}`, { of: mine, other, seq, count, a, b });
}

function Side(props: {
  readonly letter: "A" | "B";
  readonly file: string;
  readonly side: CompareSide;
  readonly report: CompareReport;
}): ReactNode {
  const { letter, file, side, report } = props;
  const clock = clockOf(report.zone);
  const facts = [
    [t("beside.file"), file],
    [t("beside.exported"), clock.exact(side.exported)],
    [t("beside.size"), t("beside.size.value", { size: side.size, time: clock.exact(side.time), relay: report.relay })],
    [t("beside.shown"), String(side.shown)],
  ] as const;
  return (
    <section className="cs-card" aria-label={t("beside.side", { letter, name: side.exporter })}>
      <Title order={2} mb="sm">
        {t("beside.side", { letter, name: side.exporter })}
      </Title>
      <dl className="cs-facts">
        {facts.map(([name, value]) => (
          <Fragment key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </Fragment>
        ))}
      </dl>
      {side.failed.length === 0 ? null : (
        <Note tone="bad">
          <Text fw={600}>{t("beside.failed", { letter })}</Text>
          {side.failed.map((check) => (
            <Text key={`${check.key} ${check.where ?? ""}`}>
              {tOr(`check.${check.key}`, "check.unknown", { key: check.key, ...check.values })}
            </Text>
          ))}
        </Note>
      )}
    </section>
  );
}
