import { Button, Stack, Text, Title } from "@mantine/core";
import { useState, type ReactNode } from "react";
import { useNavigate } from "react-router";
import { useApi, useSession } from "../../engine/context.ts";
import { useQuery } from "../../engine/query.ts";
import { AskPassphrase } from "../../ui/AskPassphrase.tsx";
import { Note } from "../../ui/Note.tsx";
import { Screen } from "../../ui/Screen.tsx";
import { t } from "../../words/words.ts";

/** The two acts that end something; each says first what follows. */
export default function Leave(): ReactNode {
  const api = useApi();
  const go = useNavigate();
  const { home, own, vault } = useSession();
  const [open, setOpen] = useState<"leave" | "erase">();
  const log = (home ?? own).log;
  const sync = useQuery(`sync ${log}`, ["sync"], (a) => a.sync(log)).data;
  const unsent = sync !== undefined && "unsent" in sync ? sync.unsent : 0;
  const close = (): void => {
    setOpen(undefined);
  };
  const canLeave = home !== undefined && home.stage !== "left" && home.stage !== "closed";
  return (
    <Screen title={t("settings.leave")} back="/settings">
      <Stack gap="xl">
        {canLeave ? (
          <section aria-labelledby="leave">
            <Title order={2} id="leave" mb="sm">
              {t("leave.title")}
            </Title>
            <Text mb="sm">{t("leave.text")}</Text>
            <Button variant="default" onClick={() => setOpen("leave")}>
              {t("leave.do")}
            </Button>
          </section>
        ) : null}
        <section aria-labelledby="erase">
          <Title order={2} id="erase" mb="sm">
            {t("erase.title")}
          </Title>
          <Stack gap="sm" align="flex-start">
            <Text>{t("erase.text")}</Text>
            {vault.sheetConfirmed ? null : <Note tone="wait">{t("erase.noSheet")}</Note>}
            {unsent === 0 ? null : <Note tone="wait">{t("erase.unsent", { count: unsent })}</Note>}
            <Button color="red.9" onClick={() => setOpen("erase")}>
              {t("erase.do")}
            </Button>
          </Stack>
        </section>
      </Stack>
      {open === "leave" && home !== undefined ? (
        <AskPassphrase
          title={t("leave.title")}
          action={t("leave.do")}
          danger
          close={close}
          call={(passphrase) => api.leave(home.log, passphrase)}
          then={() => void go("/")}
        >
          <Text>{t("leave.text")}</Text>
        </AskPassphrase>
      ) : null}
      {open === "erase" ? (
        <AskPassphrase
          title={t("erase.title")}
          action={t("erase.do")}
          check={t("erase.check")}
          danger
          close={close}
          call={(passphrase) => api.eraseDevice(passphrase)}
          then={() => void go("/start", { replace: true })}
        >
          <Text>{t("erase.text")}</Text>
        </AskPassphrase>
      ) : null}
    </Screen>
  );
}
