import { Button, CopyButton, Group, Stack, Text } from "@mantine/core";
import { IconBoxAlignTop, IconShare2, IconSquarePlus } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { pendingLink } from "../../app/pendingLink.ts";
import { Note } from "../../ui/Note.tsx";
import { t } from "../../words/words.ts";

const STEPS = [
  ["ios.step1", IconShare2],
  ["ios.step2", IconSquarePlus],
  ["ios.step3", IconBoxAlignTop],
] as const;

/** On an iPhone outside the Home-Screen app: how to install, and the link to take along. */
export function InstallFirst(): ReactNode {
  const link = pendingLink();
  return (
    <Note tone="wait">
      <Stack gap="sm">
        <Text fw={600}>{t("ios.title")}</Text>
        <Text>{t("ios.text")}</Text>
        <ol style={{ margin: 0, padding: 0, listStyle: "none", display: "grid", gap: 12 }}>
          {STEPS.map(([word, Icon], i) => (
            <li key={word} style={{ display: "flex", alignItems: "center", gap: 12 }}>
              <Icon size={40} stroke={1.25} aria-hidden />
              <span>
                {i + 1}. {t(word)}
              </span>
            </li>
          ))}
        </ol>
        {link === undefined ? null : (
          <Group gap="xs">
            <Text size="sm" style={{ overflowWrap: "anywhere" }}>
              {t("ios.code")}: {link}
            </Text>
            <CopyButton value={link}>
              {({ copied, copy }) => (
                <Button variant="default" onClick={copy}>
                  {t(copied ? "do.copied" : "do.copy")}
                </Button>
              )}
            </CopyButton>
          </Group>
        )}
      </Stack>
    </Note>
  );
}
