import { Button, Stack, Text } from "@mantine/core";
import { useState, type ReactNode } from "react";
import { useApi } from "../../engine/context.ts";
import { Field } from "../../ui/Field.tsx";
import { NewPassphrase, longEnough } from "../../ui/NewPassphrase.tsx";
import { Problem } from "../../ui/Problem.tsx";
import { useAct } from "../../ui/useAct.ts";
import { t } from "../../words/words.ts";
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
  const [tried, setTried] = useState(false);
  const short = !longEnough(passphrase);
  return (
    <form
      autoComplete="off"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        setTried(true);
        if (!canTry(code, relay) || short || name.trim() === "") return;
        act.run(() => api.takeOver({ relay: relay.trim(), code, passphrase, name: name.trim() }));
      }}
    >
      <Stack gap="lg">
        <Text>{t("take.text")}</Text>
        <CodeField code={code} setCode={setCode} relay={relay} setRelay={setRelay} tried={tried} />
        <Field
          label={t("restore.device")}
          description={t("take.name.text")}
          value={name}
          set={setName}
          maxLength={60}
          error={tried && name.trim() === "" ? t("form.required") : undefined}
        />
        <NewPassphrase
          label={t("take.pass")}
          description={t("restore.pass.text")}
          value={passphrase}
          set={setPassphrase}
          error={tried && short ? t("error.passphrase-short") : undefined}
        />
        <Problem error={act.error} />
        <Button type="submit" loading={act.busy}>
          {t("do.continue")}
        </Button>
      </Stack>
    </form>
  );
}
