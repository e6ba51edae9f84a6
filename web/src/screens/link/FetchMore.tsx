import { Button, Stack, Text } from "@mantine/core";
import { useState, type ReactNode } from "react";
import { useApi, useSession } from "../../engine/context.ts";
import { Loading } from "../../ui/Waiting.tsx";
import { Problem } from "../../ui/Problem.tsx";
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
  const [tried, setTried] = useState(false);
  return (
    <form
      autoComplete="off"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        setTried(true);
        if (canTry(code, relay)) act.run(() => api.fetchMore({ relay: relay.trim(), code }));
      }}
    >
      <Stack gap="lg">
        <Text>{t("fetch.text")}</Text>
        <CodeField code={code} setCode={setCode} relay={relay} setRelay={setRelay} tried={tried} />
        <Problem error={act.error} />
        <Button type="submit" loading={act.busy}>
          {t("do.continue")}
        </Button>
      </Stack>
    </form>
  );
}
