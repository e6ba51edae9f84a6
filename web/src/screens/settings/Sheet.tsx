import { Button, Stack, Text } from "@mantine/core";
import { useState, type ReactNode } from "react";
import { useNavigate } from "react-router";
import { useApi, useSession } from "../../engine/context.ts";
import { ok } from "@countersign/shared/base/result";
import { AskPassphrase } from "../../ui/AskPassphrase.tsx";
import { Note } from "../../ui/Note.tsx";
import { Screen } from "../../ui/Screen.tsx";
import { t } from "../../words/words.ts";
import { SheetFlow } from "./SheetFlow.tsx";

/** The recovery sheet again, after the passphrase. */
export default function Sheet(): ReactNode {
  const api = useApi();
  const go = useNavigate();
  const { vault } = useSession();
  const [asking, setAsking] = useState(false);
  const [passphrase, setPassphrase] = useState<string>();
  return (
    <Screen title={t("sheet.title")} back="/settings">
      {passphrase === undefined ? (
        <Stack align="flex-start">
          <Text>{t("sheet.why")}</Text>
          {vault.sheetConfirmed ? <Note tone="good">{t("sheet.done")}</Note> : <Note tone="wait">{t("sheet.later.text")}</Note>}
          <Button onClick={() => setAsking(true)}>{t("sheet.show")}</Button>
        </Stack>
      ) : (
        <SheetFlow passphrase={passphrase} then={() => void go("/settings")} />
      )}
      {asking ? (
        <AskPassphrase
          title={t("sheet.show")}
          action={t("sheet.show")}
          close={() => setAsking(false)}
          call={async (typed) => {
            const got = await api.recoverySheet(typed);
            return got.ok ? ok(typed) : got;
          }}
          then={(typed) => {
            setAsking(false);
            setPassphrase(typed);
          }}
        >
          <Text>{t("sheet.keep")}</Text>
        </AskPassphrase>
      ) : null}
    </Screen>
  );
}
