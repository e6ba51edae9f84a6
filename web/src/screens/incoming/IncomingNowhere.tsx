import { Stack, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { Plain } from "../../app/Plain.tsx";
import { useIncoming } from "../../incoming/incoming.ts";
import { Screen } from "../../ui/Screen.tsx";
import { Loading } from "../../ui/Waiting.tsx";
import { t } from "../../words/words.ts";
import { CheckIt } from "./CheckIt.tsx";
import { What, WhyNot } from "./What.tsx";

/** Something of another app where no record is on this device: it may still be a snapshot. */
export function IncomingNowhere(): ReactNode {
  const incoming = useIncoming();
  return (
    <Plain>
      <Screen title={t("incoming.title")} back="/start">
        {incoming.state === "coming" ? <Loading /> : null}
        {incoming.state === "here" ? (
          <Stack>
            <What given={incoming.given} />
            <Text>{t("incoming.none")}</Text>
            <div className="cs-list">
              <CheckIt given={incoming.given} />
            </div>
          </Stack>
        ) : null}
        {incoming.state === "coming" || incoming.state === "here" ? null : <WhyNot state={incoming.state} />}
      </Screen>
    </Plain>
  );
}
