import type { ReactNode } from "react";
import { CodeArea } from "../../ui/CodeArea.tsx";
import { t } from "../../words/words.ts";
import { RelayField } from "../start/fields.tsx";
import { relayAddress } from "../start/relay.ts";

/** A code that was scanned or copied names its relay; one that was typed does not. */
const namesRelay = (code: string): boolean => code.trim().startsWith("countersign-device:");

/** Whether code and relay are there to be tried. */
export const canTry = (code: string, relay: string): boolean => code.trim() !== "" && (namesRelay(code) || relayAddress(relay));

interface Props {
  readonly code: string;
  readonly setCode: (code: string) => void;
  readonly relay: string;
  readonly setRelay: (relay: string) => void;
  /** It was sent off once: what is missing is said. */
  readonly tried: boolean;
}

/** The code of the other device, typed, pasted or scanned, and the relay where the code does not name it. */
export function CodeField({ code, setCode, relay, setRelay, tried }: Props): ReactNode {
  return (
    <>
      <CodeArea
        label={t("take.code")}
        description={t("take.code.text")}
        value={code}
        set={setCode}
        rows={2}
        capitals
        error={tried && code.trim() === "" ? t("form.required") : undefined}
      />
      {namesRelay(code) ? null : <RelayField description={t("take.relay.text")} value={relay} set={setRelay} tried={tried} />}
    </>
  );
}
