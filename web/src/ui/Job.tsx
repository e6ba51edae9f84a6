import { Button, Group, Progress, Stack, Text } from "@mantine/core";
import { useEffect, useState, type ReactNode } from "react";
import { useApi } from "../engine/context.ts";
import { useStopOnLeaving } from "../engine/leaving.ts";
import { secondsLeft } from "../screens/exports/scope.ts";
import { t } from "../words/words.ts";

interface Props {
  readonly job: string;
  readonly title: string;
  readonly stop?: string;
  /** Its result is of use on this screen alone: whoever leaves has no more use for it. */
  readonly stopsOnLeaving?: boolean;
  /** It stands in a card already. */
  readonly inCard?: boolean;
}

/** A job that takes its time: what it is, how far, how long yet, and a button that stops it. */
export function Job({ job, title, stop, stopsOnLeaving = false, inCard = false }: Props): ReactNode {
  const api = useApi();
  useStopOnLeaving(stopsOnLeaving ? job : undefined);
  const [begun] = useState(Date.now);
  const [at, setAt] = useState<{ done: number; of: number; left: number | undefined }>({ done: 0, of: 1, left: undefined });
  useEffect(
    () =>
      api.watch((patch) => {
        if (patch.topic !== "progress" || patch.job !== job) return;
        setAt({ done: patch.done, of: patch.of, left: secondsLeft(begun, Date.now(), patch.done, patch.of) });
      }),
    [api, job, begun],
  );
  return (
    <Stack {...(inCard ? {} : { className: "cs-card" })} gap="sm">
      <Text fw={600} role="status">
        {title}
      </Text>
      <Progress.Root size="lg">
        <Progress.Section value={(100 * at.done) / Math.max(at.of, 1)} aria-label={title} />
      </Progress.Root>
      <Group justify="space-between">
        <Text size="sm" c="dimmed">
          {at.left === undefined ? "" : t("exports.eta", { seconds: at.left })}
        </Text>
        <Button
          variant="default"
          onClick={() => {
            void api.cancel(job).catch(() => undefined);
          }}
        >
          {stop ?? t("do.stop")}
        </Button>
      </Group>
    </Stack>
  );
}
