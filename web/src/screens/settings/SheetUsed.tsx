import { Button, Group, Stack, Text, Title } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useState, type ReactNode } from "react";
import { useNavigate } from "react-router";
import { useApi, useSession } from "../../engine/context.ts";
import { sheetUse } from "../../lib/devices.ts";
import { clockOf } from "../../lib/time.ts";
import { AskPassphrase } from "../../ui/AskPassphrase.tsx";
import { t } from "../../words/words.ts";

/** Somebody used this person's recovery sheet: what that is, until when it can be refused, and the button that does it and leads to making a new sheet. */
export function SheetUsed(): ReactNode {
  const api = useApi();
  const go = useNavigate();
  const session = useSession();
  const [asking, setAsking] = useState(false);
  const used = sheetUse(session);
  if (used === undefined) return null;
  const clock = clockOf(session.own.zone);
  const until = clock.moment(used.until);
  return (
    <section className="cs-card" aria-labelledby="sheet-used">
      <Stack gap="sm">
        <Title order={2} id="sheet-used">
          {t("used.title")}
        </Title>
        <Text>{t("used.text", { date: clock.moment(used.at), until })}</Text>
        {used.canRefuse ? (
          <>
            <Text>{t("used.mine")}</Text>
            <Group>
              <Button onClick={() => setAsking(true)}>{t("used.refuse")}</Button>
            </Group>
          </>
        ) : (
          <Text>{t("used.senior", { until })}</Text>
        )}
      </Stack>
      {asking ? (
        <AskPassphrase
          title={t("used.refuse.title")}
          action={t("used.refuse")}
          close={() => setAsking(false)}
          call={(passphrase) => api.refuseRecovery(passphrase)}
          then={() => {
            setAsking(false);
            notifications.show({ message: t("used.refused") });
            void go("/settings/sheet");
          }}
        >
          <Text>{t("used.refuse.text")}</Text>
        </AskPassphrase>
      ) : null}
    </section>
  );
}
