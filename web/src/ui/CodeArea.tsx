import { Stack } from "@mantine/core";
import type { ReactNode } from "react";
import { Scanner } from "./Scanner.tsx";
import { TextArea } from "./TextArea.tsx";

interface Props {
  readonly label: string;
  readonly description?: string;
  readonly value: string;
  readonly set: (value: string) => void;
  /** What a scanned one does; taken like a typed one where nothing is said. */
  readonly scanned?: (value: string) => void;
  readonly rows: number;
  /** Letters of a phone's keyboard are capitals. */
  readonly capitals?: boolean;
  readonly error?: string | undefined;
  /** What was read in it so far. */
  readonly children?: ReactNode;
}

/** Where a link, a code or a sheet is typed, pasted or scanned. */
export function CodeArea({ label, description, value, set, scanned = set, rows, capitals = false, error, children }: Props): ReactNode {
  return (
    <Stack gap="xs">
      <TextArea
        label={label}
        description={description}
        value={value}
        minRows={rows}
        autoCapitalize={capitals ? "characters" : "none"}
        autoComplete="off"
        spellCheck={false}
        error={error}
        onChange={(event) => {
          set(event.currentTarget.value);
        }}
      />
      {children}
      <Scanner found={scanned} />
    </Stack>
  );
}
