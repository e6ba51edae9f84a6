import { Text } from "@mantine/core";
import { useState, type ReactNode } from "react";
import { useApi } from "../../engine/context.ts";
import { ActForm } from "../../ui/ActForm.tsx";
import { NewPassphrase, longEnough } from "../../ui/NewPassphrase.tsx";
import { useAct } from "../../ui/useAct.ts";
import { t } from "../../words/words.ts";
import { NameField } from "../start/fields.tsx";
import { ownRelay } from "../start/relay.ts";
import { canTry, CodeField } from "./CodeField.tsx";

/** Code, relay, name and passphrase of the new device. */
export function TakeOverForm(): ReactNode {
  const api = useApi();
  const act = useAct();
  const [code, setCode] = useState("");
  const [relay, setRelay] = useState(ownRelay);
  const [name, setName] = useState("");
  const [passphrase, setPassphrase] = useState("");
  return (
    <ActForm
      act={act}
      action={t("do.continue")}
      ready={canTry(code, relay) && longEnough(passphrase) && name.trim() !== ""}
      submit={() => act.run(() => api.takeOver({ relay: relay.trim(), code, passphrase, name: name.trim() }))}
    >
      {(tried) => (
        <>
          <Text>{t("take.text")}</Text>
          <CodeField code={code} setCode={setCode} relay={relay} setRelay={setRelay} tried={tried} />
          <NameField label={t("restore.device")} description={t("take.name.text")} value={name} set={setName} tried={tried} />
          <NewPassphrase label={t("take.pass")} description={t("restore.pass.text")} value={passphrase} set={setPassphrase} tried={tried} />
        </>
      )}
    </ActForm>
  );
}
