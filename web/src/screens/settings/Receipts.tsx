import { Stack, Switch, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { useApi, useSession } from "../../engine/context.ts";
import { useQuery } from "../../engine/query.ts";
import { Empty } from "../../ui/Empty.tsx";
import { Load } from "../../ui/Load.tsx";
import { otherName } from "../../ui/Person.tsx";
import { Problem } from "../../ui/Problem.tsx";
import { Screen } from "../../ui/Screen.tsx";
import { useAct } from "../../ui/useAct.ts";
import { t } from "../../words/words.ts";

/** Whether one's own views are told. */
export default function Receipts(): ReactNode {
  const api = useApi();
  const act = useAct();
  const { home } = useSession();
  const log = home?.log;
  const name = otherName(home);
  const loaded = useQuery(`receipts ${log ?? ""}`, ["households"], async (a) => ({ on: log !== undefined && (await a.viewReceipts(log)) }));
  return (
    <Screen title={t("settings.receipts")} back="/settings">
      {log === undefined || home === undefined || home.people.length < 2 ? (
        <Empty text={t("receipts.alone")} />
      ) : (
        <Load of={loaded} lines={1}>
          {({ on }) => (
            <Stack>
              <Switch
                label={t("receipts.switch", { name })}
                checked={on}
                disabled={act.busy}
                onChange={(event) => {
                  const wanted = event.currentTarget.checked;
                  act.run(() => api.setViewReceipts(log, wanted), loaded.again);
                }}
              />
              <Text>{t("receipts.text", { name })}</Text>
              <Text c="dimmed">{t("receipts.delivery")}</Text>
              <Problem error={act.error} />
            </Stack>
          )}
        </Load>
      )}
    </Screen>
  );
}
