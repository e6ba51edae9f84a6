import { Button, Group, Progress, Stack, Text } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { t } from "../words/words.ts";
import { Note } from "./Note.tsx";
import { useSave, type Save } from "./useSave.ts";

interface Props {
  readonly name: string;
  readonly content: Uint8Array | Blob;
  readonly type?: string;
  readonly label?: string;
  readonly variant?: "filled" | "default";
}

/** Saves a file; says how far it is where that takes its time, and what came of it. */
export function SaveButton({ name, content, type, label = t("do.saveFile"), variant = "filled" }: Props): ReactNode {
  const save = useSave();
  return (
    <>
      <Button
        variant={variant}
        leftSection={<IconDownload size={18} aria-hidden />}
        loading={save.part !== undefined}
        onClick={() => save.save(name, content, type)}
      >
        {label}
      </Button>
      <SaveState of={save} />
    </>
  );
}

/** Stands below what was pressed and what stands beside it, over the whole width. */
export function SaveState({ of: { part, saved, stop } }: { readonly of: Save }): ReactNode {
  if (part === undefined && (saved === undefined || saved === "browser" || saved === "none")) return null;
  return (
    <div style={{ flex: "1 1 100%", order: 1 }}>
      {part === undefined ? null : <Writing part={part} stop={stop} />}
      {saved === "saved" ? <Text role="status">{t("save.saved")}</Text> : null}
      {saved === "disk-full" || saved === "save-refused" || saved === "save-failed" ? (
        <Note tone="bad" live>
          {t(`save.${saved}`)}
        </Note>
      ) : null}
    </div>
  );
}

function Writing({ part, stop }: { readonly part: number; readonly stop: () => void }): ReactNode {
  return (
    <Stack gap="xs">
      <Progress value={100 * part} aria-label={t("save.doing")} />
      <Group justify="space-between">
        <Text size="sm" c="dimmed" role="status">
          {t("save.doing")}
        </Text>
        <Button variant="default" onClick={stop}>
          {t("do.stop")}
        </Button>
      </Group>
    </Stack>
  );
}
