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

/** The recovery sheet again, or a new one in its place, after the passphrase. */
export default function Sheet(): ReactNode {
  const api = useApi();
  const go = useNavigate();
  const { vault } = useSession();
  const [asking, setAsking] = useState<"show" | "new">();
  const [passphrase, setPassphrase] = useState<string>();
  return (
    <Screen title={t("sheet.title")} back="/settings">
      {passphrase === undefined ? (
        <Stack align="flex-start">
          <Text>{t("sheet.why")}</Text>
          {vault.sheetConfirmed ? <Note tone="good">{t("sheet.done")}</Note> : <Note tone="wait">{t("sheet.unconfirmed")}</Note>}
          <Button onClick={() => setAsking("show")}>{t("sheet.show")}</Button>
          {vault.sample === true ? null : (
            <>
              <Text mt="lg">{t("sheet.new.when")}</Text>
              <Button variant="default" onClick={() => setAsking("new")}>
                {t("sheet.new")}
              </Button>
            </>
          )}
        </Stack>
      ) : (
        <SheetFlow passphrase={passphrase} then={() => void go("/settings")} />
      )}
      {asking === undefined ? null : (
        <AskPassphrase
          key={asking}
          title={t(asking === "show" ? "sheet.show" : "sheet.new")}
          action={t(asking === "show" ? "sheet.show" : "sheet.new")}
          close={() => setAsking(undefined)}
          call={async (typed) => {
            const got = asking === "show" ? await api.recoverySheet(typed) : await api.replaceSheet(typed);
            return got.ok ? ok(typed) : got;
          }}
          then={(typed) => {
            setAsking(undefined);
            setPassphrase(typed);
          }}
        >
          {asking === "show" ? (
            <Text>{t("sheet.keep")}</Text>
          ) : (
            <>
              <Text>{t("sheet.new.text")}</Text>
              <Text>{t("sheet.new.senior")}</Text>
            </>
          )}
        </AskPassphrase>
      )}
    </Screen>
  );
}
