import { Button, Stack } from "@mantine/core";
import { useState, type ReactNode } from "react";
import { useNavigate } from "react-router";
import { useApi } from "../../engine/context.ts";
import { deviceZone } from "../../lib/time.ts";
import { Field } from "../../ui/Field.tsx";
import { NewPassphrase, longEnough } from "../../ui/NewPassphrase.tsx";
import { Problem } from "../../ui/Problem.tsx";
import { Screen } from "../../ui/Screen.tsx";
import { useAct } from "../../ui/useAct.ts";
import { t } from "../../words/words.ts";
import { SheetFlow } from "../settings/SheetFlow.tsx";
import { ZoneSelect } from "./ZoneSelect.tsx";
import { ownRelay, relayAddress } from "./relay.ts";

/** Founding: name, passphrase, relay, zone; then the recovery sheet. */
export default function New(): ReactNode {
  const api = useApi();
  const go = useNavigate();
  const act = useAct();
  const [relay, setRelay] = useState(ownRelay);
  const [name, setName] = useState("");
  const [zone, setZone] = useState(deviceZone);
  const [passphrase, setPassphrase] = useState("");
  const [tried, setTried] = useState(false);
  const [made, setMade] = useState(false);

  if (made) {
    return (
      <Screen title={t("sheet.title")}>
        <SheetFlow passphrase={passphrase} then={() => void go("/", { replace: true })} />
      </Screen>
    );
  }
  const wrongRelay = !relayAddress(relay);
  const short = !longEnough(passphrase);
  return (
    <Screen title={t("new.title")} back="/start">
      <form
        autoComplete="off"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          setTried(true);
          if (name.trim() === "" || wrongRelay || short) {
            const wrong = name.trim() === "" ? 0 : short ? 1 : 2;
            event.currentTarget.querySelectorAll<HTMLInputElement>("input")[wrong]?.focus();
            return;
          }
          act.run(
            () => api.start({ relay: relay.trim(), passphrase, name: name.trim(), zone }),
            () => {
              setMade(true);
            },
          );
        }}
      >
        <Stack gap="lg">
          <Field
            label={t("new.name")}
            description={t("new.name.text")}
            value={name}
            set={setName}
            autoComplete="off"
            maxLength={80}
            error={tried && name.trim() === "" ? t("form.required") : undefined}
          />
          <NewPassphrase
            description={t("new.pass.text")}
            value={passphrase}
            set={setPassphrase}
            own={[name]}
            error={tried && short ? t("error.passphrase-short") : undefined}
          />
          <Field
            label={t("new.relay")}
            description={t("new.relay.text")}
            value={relay}
            set={setRelay}
            type="url"
            inputMode="url"
            error={(tried || relay !== "") && wrongRelay ? t("new.relay.wrong") : undefined}
          />
          <ZoneSelect value={zone} set={setZone} />
          <Problem error={act.error} />
          <Button type="submit" loading={act.busy}>
            {t("new.make")}
          </Button>
        </Stack>
      </form>
    </Screen>
  );
}
