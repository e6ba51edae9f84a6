import { Button, Group, Stack, Text, Textarea } from "@mantine/core";
import { useState, type ReactNode } from "react";
import { useApi } from "../../engine/context.ts";
import { NewPassphrase, longEnough } from "../../ui/NewPassphrase.tsx";
import { Problem } from "../../ui/Problem.tsx";
import { Scanner } from "../../ui/Scanner.tsx";
import { useAct } from "../../ui/useAct.ts";
import { t } from "../../words/words.ts";
import { readSheetText } from "../start/words.ts";

/** A forgotten passphrase: the recovery sheet opens this device, with no network, and a new passphrase takes the old one's place. */
export function Forgotten({ close }: { readonly close: () => void }): ReactNode {
  const api = useApi();
  const act = useAct();
  const [text, setText] = useState("");
  const [next, setNext] = useState("");
  const { words } = readSheetText(text);
  return (
    <form
      autoComplete="off"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        act.run(() => api.resetPassphrase(words, next));
      }}
    >
      <Stack gap="lg">
        <Text>{t("unlock.forgot.text")}</Text>
        <Stack gap="xs">
          <Textarea
            label={t("restore.words")}
            description={t("restore.words.text")}
            value={text}
            autosize
            minRows={3}
            autoCapitalize="none"
            autoComplete="off"
            spellCheck={false}
            onChange={(event) => {
              setText(event.currentTarget.value);
            }}
          />
          <Text size="sm" c="dimmed" role="status">
            {t("restore.count", { count: words.length })}
          </Text>
          <Scanner found={setText} />
        </Stack>
        <NewPassphrase label={t("lock.next")} description={t("restore.pass.text")} value={next} set={setNext} />
        <Problem error={act.error} />
        <Group>
          <Button type="submit" loading={act.busy} disabled={words.length === 0 || !longEnough(next)}>
            {t("unlock.open")}
          </Button>
          <Button variant="default" onClick={close}>
            {t("unlock.withPassphrase")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
