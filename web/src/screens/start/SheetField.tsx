import { Stack, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { Scanner } from "../../ui/Scanner.tsx";
import { TextArea } from "../../ui/TextArea.tsx";
import { t } from "../../words/words.ts";

interface Props {
  readonly text: string;
  readonly set: (text: string) => void;
  /** How many words were read in the text. */
  readonly count: number;
  readonly error?: string | undefined;
}

/** Where a recovery sheet is typed, pasted or scanned. */
export function SheetField({ text, set, count, error }: Props): ReactNode {
  return (
    <Stack gap="xs">
      <TextArea
        label={t("restore.words")}
        description={t("restore.words.text")}
        value={text}
        minRows={3}
        autoCapitalize="none"
        autoComplete="off"
        spellCheck={false}
        error={error}
        onChange={(event) => {
          set(event.currentTarget.value);
        }}
      />
      <Text size="sm" c="dimmed" role="status">
        {t("restore.count", { count })}
      </Text>
      <Scanner found={set} />
    </Stack>
  );
}
