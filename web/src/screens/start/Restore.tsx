import { ok } from "@countersign/shared/base/result";
import { Text } from "@mantine/core";
import { useState, type ReactNode } from "react";
import { useNavigate } from "react-router";
import { useApi } from "../../engine/context.ts";
import { ActForm } from "../../ui/ActForm.tsx";
import { Field } from "../../ui/Field.tsx";
import { NewPassphrase, longEnough } from "../../ui/NewPassphrase.tsx";
import { Screen } from "../../ui/Screen.tsx";
import { useAct } from "../../ui/useAct.ts";
import { t } from "../../words/words.ts";
import { RelayField } from "./fields.tsx";
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
  const { words } = readSheetText(text);
  const found = (code: string): void => {
    setText(code);
    const inCode = readSheetText(code).relay;
    if (inCode !== undefined) setRelay(inCode);
  };
  return (
    <Screen title={t("restore.title")} back="/start">
      <ActForm
        act={act}
        action={t("restore.make")}
        ready={words.length > 0 && relayAddress(relay) && longEnough(passphrase)}
        submit={() =>
          act.run(
            async () => {
              const restored = await api.restore({ relay: relay.trim(), words, passphrase, name: name.trim() });
              // Everything is here to read; a notice on every screen says from when this device writes.
              return !restored.ok && restored.error.code === "recovery-waiting" ? ok(undefined) : restored;
            },
            () => void go("/", { replace: true }),
          )
        }
      >
        {(tried) => (
          <>
            <Text>{t("restore.text")}</Text>
            <SheetField text={text} set={found} count={words.length} error={tried && words.length === 0 ? t("form.required") : undefined} />
            <RelayField value={relay} set={setRelay} tried={tried} />
            <Field label={t("new.name")} description={t("restore.name.text")} value={name} set={setName} maxLength={80} />
            <NewPassphrase
              label={t("lock.next")}
              description={t("restore.pass.text")}
              value={passphrase}
              set={setPassphrase}
              tried={tried}
            />
          </>
        )}
      </ActForm>
    </Screen>
  );
}
