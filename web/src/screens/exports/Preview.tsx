import type { HouseholdView } from "@countersign/shared/replica/people-view";
import type { SnapshotPreview, SnapshotScope } from "@countersign/shared/views/snapshot";
import { Button, Group, Stack, Text, Title } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useEffect, useId, useState, type ReactNode } from "react";
import { useStopOnLeaving } from "../../engine/leaving.ts";
import { useQuery } from "../../engine/query.ts";
import { formatSize } from "../../lib/size.ts";
import { Job } from "../../ui/Job.tsx";
import { Load } from "../../ui/Load.tsx";
import { Problem } from "../../ui/Problem.tsx";
import { Loading } from "../../ui/Waiting.tsx";
import { t } from "../../words/words.ts";
import { choiceWrong, scopeOf, sealLacks, type Choice } from "./scope.ts";

/** Pages of a bundle above which courts of England and Wales want to be asked first (Practice Direction 27A). */
const COURT_PAGES = 350;

/** What is counted within this time shows grey lines and no bar, ms. */
const SOON = 1000;

interface Props {
  readonly where: HouseholdView;
  readonly choice: Choice;
  readonly make: () => void;
}

/** What will be in the snapshot and what is left out, before it is made. */
export function Preview({ where, choice, make }: Props): ReactNode {
  const [settled] = useDebouncedValue(choice, 200);
  const [round, setRound] = useState(0);
  const scope = scopeOf(settled);
  return (
    <section className="cs-card" aria-labelledby="preview">
      <Title order={2} id="preview" mb="sm">
        {t("exports.preview")}
      </Title>
      <Counted
        // Another choice is another job: the one before it is stopped.
        key={`${JSON.stringify(scope)} ${String(round)}`}
        where={where}
        scope={scope}
        again={() => setRound(round + 1)}
        canMake={!choiceWrong(choice) && !sealLacks(choice)}
        make={make}
      />
    </section>
  );
}

interface CountedProps extends Pick<Props, "where" | "make"> {
  readonly scope: SnapshotScope;
  readonly canMake: boolean;
  readonly again: () => void;
}

/** One choice, counted. */
function Counted({ where, scope, canMake, make, again }: CountedProps): ReactNode {
  const job = `preview ${useId()}`;
  useStopOnLeaving(job);
  const loaded = useQuery(job, ["messages", "expenses"], (api) => api.previewSnapshot(where.log, scope, job));
  return (
    <Load of={loaded} waiting={<Counting job={job} />}>
      {(got) =>
        got.ok ? (
          <WhatIsIn preview={got.value} scope={scope} canMake={canMake} make={make} />
        ) : (
          <Stack gap="sm" align="flex-start">
            <Problem error={got.error} />
            <Button variant="default" onClick={again}>
              {t("exports.preview.again")}
            </Button>
          </Stack>
        )
      }
    </Load>
  );
}

function Counting({ job }: { readonly job: string }): ReactNode {
  const [isLong, setLong] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLong(true), SOON);
    return () => clearTimeout(timer);
  }, []);
  return isLong ? <Job job={job} title={t("exports.preview.counting")} inCard /> : <Loading lines={2} />;
}

interface InProps extends Pick<CountedProps, "scope" | "canMake" | "make"> {
  readonly preview: SnapshotPreview;
}

function WhatIsIn({ preview, scope, canMake, make }: InProps): ReactNode {
  const { messages, expenses, files, bytes, leftOut, unnamed, pages } = preview;
  const nothing = messages + expenses === 0;
  return (
    <Stack gap="xs" role="status">
      <Text>{t("exports.preview.messages", { count: messages })}</Text>
      <Text>{t("exports.preview.expenses", { count: expenses })}</Text>
      <Text>{t("exports.preview.files", { count: files })}</Text>
      {pages === undefined ? null : <Text>{t("exports.preview.pages", { count: pages })}</Text>}
      {scope.pages?.style === "sections" && (pages ?? 0) > COURT_PAGES ? (
        <Text>{t("exports.preview.many", { most: COURT_PAGES })}</Text>
      ) : null}
      <Text>{t("exports.preview.size", { size: formatSize(bytes) })}</Text>
      <Text fw={600}>{t("exports.preview.leftOut", { count: leftOut })}</Text>
      {unnamed === undefined || unnamed === 0 ? null : <Text>{t("exports.preview.unnamed", { count: unnamed })}</Text>}
      {scope.children === undefined ? null : <Text>{t("exports.preview.byChild")}</Text>}
      <Text size="sm" c="dimmed">
        {t("exports.always")}
      </Text>
      {nothing ? <Text>{t("exports.empty")}</Text> : null}
      <Group mt="xs">
        <Button disabled={nothing || !canMake} onClick={make}>
          {t("exports.make")}
        </Button>
      </Group>
    </Stack>
  );
}
