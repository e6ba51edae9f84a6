import { NativeSelect, Stack, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { useApi, useSession } from "../../engine/context.ts";
import { Problem } from "../../ui/Problem.tsx";
import { Screen } from "../../ui/Screen.tsx";
import { useAct } from "../../ui/useAct.ts";
import { t } from "../../words/words.ts";

const SECONDS = [0, 5, 10, 30] as const;

/** For how long what was sent can be taken back. */
export default function Sending(): ReactNode {
  const api = useApi();
  const { vault } = useSession();
  const act = useAct();
  const choices = SECONDS.some((s) => s === vault.undoSeconds) ? SECONDS : [...SECONDS, vault.undoSeconds];
  return (
    <Screen title={t("settings.sending")} back="/settings">
      <Stack>
        <NativeSelect
          label={t("sending.label")}
          value={String(vault.undoSeconds)}
          data={choices.map((seconds) => ({ value: String(seconds), label: t("sending.seconds", { seconds }) }))}
          onChange={(event) => {
            const seconds = Number(event.currentTarget.value);
            act.run(() => api.setUndoSeconds(seconds));
          }}
        />
        <Problem error={act.error} />
        <Text>{t("sending.text")}</Text>
        <Text c="dimmed">{t("sending.after")}</Text>
      </Stack>
    </Screen>
  );
}
