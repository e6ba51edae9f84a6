import { Stack, Text } from "@mantine/core";
import type { ReactNode } from "react";

/** An empty list: what will stand here, and the first step. */
export function Empty({ text, children }: { readonly text: string; readonly children?: ReactNode }): ReactNode {
  return (
    <Stack className="cs-card" align="flex-start" gap="md" p="lg">
      <Text c="dimmed">{text}</Text>
      {children}
    </Stack>
  );
}
