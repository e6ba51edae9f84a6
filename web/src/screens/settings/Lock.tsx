import { Button, Group, NativeSelect, Stack, Switch, Text, Title } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconLock } from "@tabler/icons-react";
import { useState, type ReactNode } from "react";
import { QUICK_EXIT } from "../../app/quickExit.ts";
import { useApi, useSession } from "../../engine/context.ts";
import { lockNow } from "../../engine/draft.ts";
import { NewPassphrase, longEnough } from "../../ui/NewPassphrase.tsx";
import { Passphrase } from "../../ui/Passphrase.tsx";
import { Problem } from "../../ui/Problem.tsx";
import { Screen } from "../../ui/Screen.tsx";
import { useAct } from "../../ui/useAct.ts";
import { t } from "../../words/words.ts";
import { Ways } from "./Ways.tsx";

const MINUTES = [1, 5, 10, 30, 60, 0] as const;

/** Lock now, by itself, the passphrase, the quick exit. */
export default function Lock(): ReactNode {
  const api = useApi();
  const { vault } = useSession();
  const act = useAct();
  const exit = QUICK_EXIT.useOn();
  const choices = MINUTES.some((m) => m === vault.autoLockMinutes) ? MINUTES : [vault.autoLockMinutes, ...MINUTES];
  return (
    <Screen title={t("settings.lock")} back="/settings">
      <Stack gap="xl">
        <Stack align="flex-start">
          <Text>{t("lock.now.text")}</Text>
          <Button leftSection={<IconLock size={18} aria-hidden />} onClick={() => void lockNow(api)}>
            {t("lock.now")}
          </Button>
        </Stack>
        <Stack>
          <NativeSelect
            label={t("lock.auto")}
            value={String(vault.autoLockMinutes)}
            data={choices.map((minutes) => ({ value: String(minutes), label: t("lock.minutes", { minutes }) }))}
            onChange={(event) => {
              const minutes = Number(event.currentTarget.value);
              act.run(() => api.setAutoLock(minutes));
            }}
          />
          <Problem error={act.error} />
        </Stack>
        <ChangePassphrase />
        <Ways />
        <section aria-labelledby="exit">
          <Title order={2} id="exit" mb="sm">
            {t("lock.exit")}
          </Title>
          <Text mb="sm" id="exit-text">
            {t("lock.exit.text")}
          </Text>
          <Switch
            label={t("lock.exit.switch")}
            checked={exit}
            aria-describedby="exit-text"
            onChange={(event) => QUICK_EXIT.set(event.currentTarget.checked)}
          />
        </section>
      </Stack>
    </Screen>
  );
}

function ChangePassphrase(): ReactNode {
  const api = useApi();
  const act = useAct();
  const [old, setOld] = useState("");
  const [next, setNext] = useState("");
  return (
    <section aria-labelledby="change">
      <Title order={2} id="change" mb="sm">
        {t("lock.change")}
      </Title>
      <form
        autoComplete="off"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          act.run(
            () => api.changePassphrase(old, next),
            () => {
              setOld("");
              setNext("");
              notifications.show({ message: t("lock.changed") });
            },
          );
        }}
      >
        <Stack>
          <Passphrase label={t("lock.old")} value={old} set={setOld} autoComplete="current-password" />
          <NewPassphrase label={t("lock.next")} description={t("new.pass.text")} value={next} set={setNext} />
          <Problem error={act.error} />
          <Group>
            <Button type="submit" variant="default" loading={act.busy} disabled={old === "" || !longEnough(next)}>
              {t("lock.change")}
            </Button>
          </Group>
        </Stack>
      </form>
    </section>
  );
}
