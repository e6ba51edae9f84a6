import { ok } from "@countersign/shared/base/result";
import { Button, Stack, Text } from "@mantine/core";
import { useState, type ReactNode } from "react";
import { useNavigate } from "react-router";
import { useApi } from "../../engine/context.ts";
import { Field } from "../../ui/Field.tsx";
import { NewPassphrase, longEnough } from "../../ui/NewPassphrase.tsx";
import { Problem } from "../../ui/Problem.tsx";
import { Screen } from "../../ui/Screen.tsx";
import { useAct } from "../../ui/useAct.ts";
import { t } from "../../words/words.ts";
import { ownRelay, relayAddress } from "./relay.ts";
import { SheetField } from "./SheetField.tsx";
import { readSheetText } from "./words.ts";

/** Sheet and relay give everything back on an empty device. */
export default function Restore(): ReactNode {
  const api = useApi();
  const go = useNavigate();
  const act = useAct();
  const [relay, setRelay] = useState(ownRelay);
  const [text, setText] = useState("");
  const [name, setName] = useState("");
  const [passphrase, setPassphrase] = useState("");
  const [tried, setTried] = useState(false);
  const { words } = readSheetText(text);
  const found = (code: string): void => {
    setText(code);
    const inCode = readSheetText(code).relay;
    if (inCode !== undefined) setRelay(inCode);
  };
  const short = !longEnough(passphrase);
  const wrongRelay = !relayAddress(relay);
  return (
    <Screen title={t("restore.title")} back="/start">
      <form
        autoComplete="off"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          setTried(true);
          if (words.length === 0 || short || wrongRelay) return;
          act.run(
            async () => {
              const restored = await api.restore({ relay: relay.trim(), words, passphrase, name: name.trim() });
              // Everything is here to read; a notice on every screen says from when this device writes.
              return !restored.ok && restored.error.code === "recovery-waiting" ? ok(undefined) : restored;
            },
            () => void go("/", { replace: true }),
          );
        }}
      >
        <Stack gap="lg">
          <Text>{t("restore.text")}</Text>
          <SheetField text={text} set={found} count={words.length} error={tried && words.length === 0 ? t("form.required") : undefined} />
          <Field
            label={t("new.relay")}
            value={relay}
            set={setRelay}
            type="url"
            inputMode="url"
            error={tried && wrongRelay ? t("new.relay.wrong") : undefined}
          />
          <Field label={t("new.name")} description={t("restore.name.text")} value={name} set={setName} maxLength={60} />
          <NewPassphrase
            label={t("lock.next")}
            description={t("restore.pass.text")}
            value={passphrase}
            set={setPassphrase}
            error={tried && short ? t("error.passphrase-short") : undefined}
          />
          <Problem error={act.error} />
          <Button type="submit" loading={act.busy}>
            {t("restore.make")}
          </Button>
        </Stack>
      </form>
    </Screen>
  );
}
