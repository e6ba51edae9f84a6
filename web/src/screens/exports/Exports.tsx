import type { HouseholdView } from "@countersign/shared/replica/people-view";
import type { SnapshotFile } from "@countersign/shared/replica/api";
import { Button, Group, Stack, Text, Title } from "@mantine/core";
import { IconFileCheck } from "@tabler/icons-react";
import { useState, type ReactNode } from "react";
import { Link, useNavigate } from "react-router";
import { useApi, useSession } from "../../engine/context.ts";
import { useQuery } from "../../engine/query.ts";
import { formatSize } from "../../lib/size.ts";
import { clockOf } from "../../lib/time.ts";
import { AskPassphrase } from "../../ui/AskPassphrase.tsx";
import { Empty } from "../../ui/Empty.tsx";
import { Job } from "../../ui/Job.tsx";
import { Load } from "../../ui/Load.tsx";
import { Note } from "../../ui/Note.tsx";
import { SaveButton } from "../../ui/SaveButton.tsx";
import { Screen } from "../../ui/Screen.tsx";
import { WhichRecord } from "../../ui/WhichRecord.tsx";
import { t } from "../../words/words.ts";
import { handOver } from "../verify/handover.ts";
import { ChoiceForm } from "./ChoiceForm.tsx";
import { Preview } from "./Preview.tsx";
import { SealForm } from "./SealForm.tsx";
import { EVERYTHING, datesWrong, scopeOf, sealOf, type Choice } from "./scope.ts";

/** Choose, see what will be in and what is left out, make, check, save. */
export default function Exports(): ReactNode {
  const { home, own } = useSession();
  const [mine, setMine] = useState(home === undefined);
  const where = mine || home === undefined ? own : home;
  return (
    <Screen
      title={t("exports.title")}
      action={
        <Button component={Link} to="/verify" variant="default" leftSection={<IconFileCheck size={18} aria-hidden />}>
          {t("verify.title")}
        </Button>
      }
    >
      <Stack gap="lg">
        <Text c="dimmed">{t("exports.intro")}</Text>
        {home === undefined ? null : <WhichRecord home={home} own={where !== home} set={setMine} />}
        <Maker key={where.log} where={where} />
      </Stack>
    </Screen>
  );
}

function Maker({ where }: { readonly where: HouseholdView }): ReactNode {
  const api = useApi();
  const [choice, setChoice] = useState<Choice>(EVERYTHING);
  const [job, setJob] = useState<string>();
  const [asking, setAsking] = useState(false);
  const [made, setMade] = useState<SnapshotFile>();
  const anything = useQuery(`anything ${where.log}`, ["messages", "expenses"], async (a) => {
    const [threads, expenses] = await Promise.all([a.threads(where.log, 0, 1), a.expenses(where.log, {}, 0, 1)]);
    return threads.total + expenses.total;
  });
  if (made !== undefined) return <Ready made={made} again={() => setMade(undefined)} />;
  return (
    <Load of={anything}>
      {(count) =>
        count === 0 ? (
          <Empty text={t("exports.none")} />
        ) : (
          <Stack gap="xl">
            <ChoiceForm where={where} choice={choice} set={setChoice} />
            <SealForm choice={choice} set={setChoice} />
            <Preview
              where={where}
              choice={choice}
              make={() => {
                setJob(`export ${String(Date.now())}`);
                setAsking(true);
              }}
            />
            {asking && job !== undefined ? (
              <AskPassphrase
                title={t("exports.make")}
                action={t("exports.make")}
                close={() => {
                  setAsking(false);
                  void api.cancel(job).catch(() => undefined);
                }}
                call={(passphrase) => api.exportSnapshot(where.log, scopeOf(choice), passphrase, job, sealOf(choice))}
                progress={<Job job={job} title={t("exports.making")} stopsOnLeaving />}
                then={(got) => {
                  setAsking(false);
                  setMade(got);
                }}
              />
            ) : null}
            {datesWrong(choice) ? <Note tone="bad">{t("exports.dates.wrong")}</Note> : null}
          </Stack>
        )
      }
    </Load>
  );
}

/** What came of the time stamp, where an authority is set on this computer. */
const stampWords = (stamp: NonNullable<SnapshotFile["stamp"]>, { zone }: { readonly zone: string }): string =>
  "problem" in stamp
    ? t("exports.stamped.not", { why: t(`stamp.${stamp.problem}`) })
    : t("exports.stamped", { authority: stamp.authority, time: clockOf(zone).exact(stamp.time) });

function Ready({ made, again }: { readonly made: SnapshotFile; readonly again: () => void }): ReactNode {
  const go = useNavigate();
  const { home, own } = useSession();
  return (
    <Stack className="cs-card" p="lg" role="status">
      <Title order={2}>{t("exports.done")}</Title>
      <Text>
        {t(made.name.endsWith(".age") ? "exports.done.sealed" : "exports.done.text", { name: made.name, size: formatSize(made.file.size) })}
      </Text>
      {made.stamp === undefined ? null : <Text>{stampWords(made.stamp, home ?? own)}</Text>}
      <Group>
        <SaveButton name={made.name} content={made.file} />
        <Button
          variant="default"
          onClick={() => {
            handOver(made);
            void go("/verify");
          }}
        >
          {t("exports.check")}
        </Button>
        <Button variant="subtle" onClick={again}>
          {t("exports.another")}
        </Button>
      </Group>
    </Stack>
  );
}
