import { Text } from "@mantine/core";
import { useState, type ReactNode } from "react";
import { useApi, useSession } from "../../engine/context.ts";
import { ActForm } from "../../ui/ActForm.tsx";
import { Loading } from "../../ui/Waiting.tsx";
import { Screen } from "../../ui/Screen.tsx";
import { useAct } from "../../ui/useAct.ts";
import { t } from "../../words/words.ts";
import { canTry, CodeField } from "./CodeField.tsx";
import { Receiving } from "./TakeOver.tsx";
import { useLink } from "./useLink.ts";

/** A household that came to another device of this person after this one was added is brought here. */
export default function FetchMore(): ReactNode {
  const link = useLink();
  return (
    <Screen title={t("fetch.title")} back="/settings/devices">
      {link === undefined ? <Loading lines={2} /> : link.state === "off" || link.state === "looking" ? <Form /> : <Receiving link={link} />}
    </Screen>
  );
}

function Form(): ReactNode {
  const api = useApi();
  const act = useAct();
  const { own } = useSession();
  const [code, setCode] = useState("");
  const [relay, setRelay] = useState(own.relay);
  return (
    <ActForm
      act={act}
      action={t("do.continue")}
      ready={canTry(code, relay)}
      submit={() => act.run(() => api.fetchMore({ relay: relay.trim(), code }))}
    >
      {(tried) => (
        <>
          <Text>{t("fetch.text")}</Text>
          <CodeField code={code} setCode={setCode} relay={relay} setRelay={setRelay} tried={tried} />
        </>
      )}
    </ActForm>
  );
}
