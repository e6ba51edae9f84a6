import { showUnseen } from "@countersign/shared/base/unseen";
import { Stack, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { MOST_BYTES, MOST_FILES, type Given } from "../../incoming/arrival.ts";
import type { Incoming } from "../../incoming/incoming.ts";
import { formatSize } from "../../lib/size.ts";
import { Note } from "../../ui/Note.tsx";
import { t } from "../../words/words.ts";

/** What another app gave, to look at. */
export function What({ given }: { readonly given: Given }): ReactNode {
  return (
    <Stack className="cs-card" gap="sm" p="md">
      {given.files.length === 0 ? null : (
        <Stack gap={4} component="ul" m={0} p={0} style={{ listStyle: "none" }} aria-label={t("file.list")}>
          {given.files.map((file, i) => (
            <Text component="li" key={`${file.name} ${String(i)}`} style={{ overflowWrap: "anywhere" }}>
              {t("file.size", { name: file.name, size: formatSize(file.bytes.length) })}
            </Text>
          ))}
        </Stack>
      )}
      {given.text === "" ? null : (
        <div>
          <Text size="sm" c="dimmed">
            {t("incoming.said")}
          </Text>
          <Text lineClamp={8} style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>
            {showUnseen(given.text)}
          </Text>
        </div>
      )}
    </Stack>
  );
}

/** Why nothing is there, and what to do. */
export function WhyNot({ state }: { readonly state: Exclude<Incoming["state"], "here" | "coming"> }): ReactNode {
  if (state === "placed") return <Text c="dimmed">{t("incoming.placed")}</Text>;
  return (
    <Note tone="wait" live>
      {state === "too-much" ? t("incoming.too-much", { files: MOST_FILES, size: formatSize(MOST_BYTES) }) : t(`incoming.${state}`)}
    </Note>
  );
}
