import { Button, CopyButton, Stack, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { pendingLink } from "../../app/pendingLink.ts";
import { Note } from "../../ui/Note.tsx";
import { t } from "../../words/words.ts";
import { AddLine, HomeScreen, ShareBar } from "./InstallPictures.tsx";
import { TypedInvite } from "./TypedInvite.tsx";

const STEPS = [
  ["ios.step1", ShareBar],
  ["ios.step2", AddLine],
  ["ios.step3", HomeScreen],
] as const;

/** On an iPhone outside the Home-Screen app: how to install, and the invitation to take along. */
export function InstallFirst(): ReactNode {
  const link = pendingLink();
  return (
    <Stack>
      <Note tone="wait">
        <Text fw={600}>{t("ios.title")}</Text>
        <Text>{t("ios.text")}</Text>
      </Note>
      <ol style={{ margin: 0, padding: 0, listStyle: "none", display: "grid", gap: 16 }}>
        {STEPS.map(([word, Picture], i) => (
          <li key={word} style={{ display: "flex", alignItems: "center", gap: 16 }}>
            <span style={{ flex: "none" }}>
              <Picture />
            </span>
            <span>
              {i + 1}. {t(word)}
            </span>
          </li>
        ))}
      </ol>
      {link === undefined ? null : (
        <Stack className="cs-card" gap="sm" p="md">
          <Text fw={600}>{t("ios.take")}</Text>
          <Text>{t("ios.take.text")}</Text>
          <CopyButton value={link}>
            {({ copied, copy }) => (
              <Button onClick={copy} style={{ alignSelf: "flex-start" }}>
                {t(copied ? "do.copied" : "ios.take.copy")}
              </Button>
            )}
          </CopyButton>
          <TypedInvite link={link} />
        </Stack>
      )}
    </Stack>
  );
}
