import { Button, Group, Loader, Progress, Stack, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { useApi } from "../../engine/context.ts";
import { Note } from "../../ui/Note.tsx";
import { t } from "../../words/words.ts";

/** One step that runs by itself: what happens, how far it is, and that the network is missing where it is. */
export function Step({
  title,
  text,
  offline,
  done,
  of,
  numbers,
}: {
  readonly title: string;
  readonly text?: string;
  readonly offline: boolean;
  readonly done?: number;
  readonly of?: number;
  readonly numbers?: string | undefined;
}): ReactNode {
  const share = done === undefined || of === undefined || of === 0 ? undefined : (100 * done) / of;
  return (
    <div className="cs-card">
      <Stack gap="sm">
        <Group gap="sm" wrap="nowrap">
          <Text fw={600} role="status" style={{ flex: 1 }}>
            {title}
          </Text>
          {share === undefined ? <Loader type="dots" size="sm" aria-hidden /> : null}
        </Group>
        {text === undefined ? null : <Text>{text}</Text>}
        {share === undefined ? null : (
          <Progress.Root size="lg">
            <Progress.Section value={share} aria-label={title} />
          </Progress.Root>
        )}
        {numbers === undefined ? null : (
          <Text size="sm" c="dimmed">
            {numbers}
          </Text>
        )}
        <Offline offline={offline} />
      </Stack>
    </div>
  );
}

/** Said where an exchange waits for the network. */
export function Offline({ offline }: { readonly offline: boolean }): ReactNode {
  return offline ? (
    <Note tone="wait" live>
      {t("link.offline")}
    </Note>
  ) : null;
}

/** Ends the linking from this side. */
export function StopLink({ label }: { readonly label?: string }): ReactNode {
  const api = useApi();
  return (
    <Group>
      <Button variant="default" onClick={() => void api.stopLink().catch(() => undefined)}>
        {label ?? t("do.stop")}
      </Button>
    </Group>
  );
}
