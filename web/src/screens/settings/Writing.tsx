import { Stack, Switch, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { Screen } from "../../ui/Screen.tsx";
import { t } from "../../words/words.ts";
import { TONE_SWITCH } from "../messages/ToneHint.tsx";

/** Whether one is told how a message may read. */
export default function Writing(): ReactNode {
  const on = TONE_SWITCH.useOn();
  return (
    <Screen title={t("tone.settings")} back="/settings">
      <Stack>
        <Switch label={t("tone.switch")} checked={on} onChange={(event) => TONE_SWITCH.set(event.currentTarget.checked)} />
        <Text>{t("tone.text")}</Text>
        <Text c="dimmed">{t("tone.private")}</Text>
      </Stack>
    </Screen>
  );
}
