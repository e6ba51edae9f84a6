import { useState, type ReactNode } from "react";
import { useNavigate } from "react-router";
import { useApi } from "../../engine/context.ts";
import { deviceZone } from "../../lib/time.ts";
import { ActForm } from "../../ui/ActForm.tsx";
import { NewPassphrase, longEnough } from "../../ui/NewPassphrase.tsx";
import { Screen } from "../../ui/Screen.tsx";
import { useAct } from "../../ui/useAct.ts";
import { t } from "../../words/words.ts";
import { SheetFlow } from "../settings/SheetFlow.tsx";
import { ZoneSelect } from "./ZoneSelect.tsx";
import { NameField, ReceiptsChoice, RelayField } from "./fields.tsx";
import { ownRelay, relayAddress } from "./relay.ts";

/** Founding: name, passphrase, relay, zone; then the recovery sheet. */
export default function New(): ReactNode {
  const api = useApi();
  const go = useNavigate();
  const act = useAct();
  const [relay, setRelay] = useState(ownRelay);
  const [name, setName] = useState("");
  const [zone, setZone] = useState(deviceZone);
  const [receipts, setReceipts] = useState(false);
  const [passphrase, setPassphrase] = useState("");
  const [made, setMade] = useState(false);
  if (made) {
    return (
      <Screen title={t("sheet.title")}>
        <SheetFlow passphrase={passphrase} then={() => void go("/", { replace: true })} />
      </Screen>
    );
  }
  return (
    <Screen title={t("new.title")} back="/start">
      <ActForm
        act={act}
        action={t("new.make")}
        ready={name.trim() !== "" && relayAddress(relay) && longEnough(passphrase)}
        submit={() =>
          act.run(
            () => api.start({ relay: relay.trim(), passphrase, name: name.trim(), zone, viewReceipts: receipts }),
            () => setMade(true),
          )
        }
      >
        {(tried) => (
          <>
            <NameField label={t("new.name")} description={t("new.name.text")} value={name} set={setName} tried={tried} />
            <NewPassphrase description={t("new.pass.text")} value={passphrase} set={setPassphrase} own={[name]} tried={tried} />
            <RelayField description={t("new.relay.text")} value={relay} set={setRelay} tried={tried} />
            <ZoneSelect value={zone} set={setZone} />
            <ReceiptsChoice value={receipts} set={setReceipts} />
          </>
        )}
      </ActForm>
    </Screen>
  );
}
