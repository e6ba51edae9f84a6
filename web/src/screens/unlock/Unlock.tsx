import type { VaultView } from "@countersign/shared/replica/api";
import { Anchor, Button, Stack, Text } from "@mantine/core";
import { useEffect, useState, type ReactNode } from "react";
import { Link } from "react-router";
import { Plain } from "../../app/Plain.tsx";
import { useApi } from "../../engine/context.ts";
import { Note } from "../../ui/Note.tsx";
import { Passphrase } from "../../ui/Passphrase.tsx";
import { Problem } from "../../ui/Problem.tsx";
import { Screen } from "../../ui/Screen.tsx";
import { useAct } from "../../ui/useAct.ts";
import { t } from "../../words/words.ts";

/** The lock, shown at whatever address was open; unlocking comes back to it. */
export function Unlock({ vault }: { readonly vault: VaultView }): ReactNode {
  const api = useApi();
  const act = useAct();
  const [passphrase, setPassphrase] = useState("");
  const until = act.error?.code === "passphrase-wait" ? (act.error.until ?? vault.waitUntil) : vault.waitUntil;
  const left = useSecondsUntil(until);
  return (
    <Plain>
      <Screen title={t("unlock.title")}>
        <form
          autoComplete="off"
          onSubmit={(event) => {
            event.preventDefault();
            act.run(
              () => api.unlock(passphrase),
              () => {
                setPassphrase("");
              },
            );
          }}
        >
          <Stack gap="lg">
            <Text>{t("unlock.text")}</Text>
            <Passphrase label={t("form.passphrase")} value={passphrase} set={setPassphrase} autoComplete="current-password" focus />
            {left > 0 ? (
              <Note tone="wait">
                {left > 90 ? t("unlock.waitMinutes", { minutes: Math.ceil(left / 60) }) : t("unlock.wait", { seconds: left })}
              </Note>
            ) : act.error?.code === "passphrase-wait" ? null : (
              <Problem error={act.error} />
            )}
            <Button type="submit" loading={act.busy} disabled={left > 0 || passphrase === ""}>
              {t("unlock.open")}
            </Button>
          </Stack>
        </form>
        <details className="cs-proof" style={{ marginTop: 24 }}>
          <summary>{t("unlock.forgot")}</summary>
          <Text>{t("unlock.forgot.text")}</Text>
        </details>
        <Anchor component={Link} to="/verify" style={{ minHeight: 44, display: "inline-flex", alignItems: "center" }}>
          {t("unlock.snapshot")}
        </Anchor>
      </Screen>
    </Plain>
  );
}

/** Whole seconds until an instant of this device's clock, counting down; 0 when it has passed. */
function useSecondsUntil(until: number | undefined): number {
  const [now, setNow] = useState(Date.now);
  const left = until === undefined ? 0 : Math.max(0, Math.ceil((until - now) / 1000));
  useEffect(() => {
    if (until === undefined) return undefined;
    const timer = setInterval(() => {
      setNow(Date.now());
      if (Date.now() >= until) clearInterval(timer);
    }, 500);
    return () => {
      clearInterval(timer);
    };
  }, [until]);
  return left;
}
