import { Button, Group, Stack, Text } from "@mantine/core";
import { useState, type ReactNode } from "react";
import { useApi } from "../../engine/context.ts";
import { NewPassphrase, longEnough } from "../../ui/NewPassphrase.tsx";
import { Problem } from "../../ui/Problem.tsx";
import { useAct } from "../../ui/useAct.ts";
import { t } from "../../words/words.ts";
import { SheetField } from "../start/SheetField.tsx";
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
        <SheetField text={text} set={setText} count={words.length} />
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
