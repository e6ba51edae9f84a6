import { Text } from "@mantine/core";
import type { ReactNode } from "react";
import { CodeArea } from "../../ui/CodeArea.tsx";
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
    <CodeArea label={t("restore.words")} description={t("restore.words.text")} value={text} set={set} rows={3} error={error}>
      <Text size="sm" c="dimmed" role="status">
        {t("restore.count", { count })}
      </Text>
    </CodeArea>
  );
}
