import { err } from "@countersign/shared/base/result";
import type { VaultView } from "@countersign/shared/replica/vault-view";
import { Anchor, Button, Stack, Text } from "@mantine/core";
import { useEffect, useState, useSyncExternalStore, type ReactNode } from "react";
import { useApi } from "../../engine/context.ts";
import { useQuery } from "../../engine/query.ts";
import { canAsk, secretOf } from "../../lib/ways.ts";
import { Note } from "../../ui/Note.tsx";
import { Passphrase } from "../../ui/Passphrase.tsx";
import { Problem } from "../../ui/Problem.tsx";
import { Screen } from "../../ui/Screen.tsx";
import { useAct } from "../../ui/useAct.ts";
import { forgetChoices } from "../../ui/useChoice.ts";
import { TextLink } from "../../ui/TextLink.tsx";
import { t } from "../../words/words.ts";
import { IncomingWaits } from "../incoming/IncomingWaits.tsx";
import { Forgotten } from "./Forgotten.tsx";

/** The lock, in the plain frame, shown at whatever address was open; unlocking comes back to it. */
export function Unlock({ vault }: { readonly vault: VaultView }): ReactNode {
  const api = useApi();
  const act = useAct();
  const [passphrase, setPassphrase] = useState("");
  const until = act.error?.code === "passphrase-wait" ? (act.error.until ?? vault.waitUntil) : vault.waitUntil;
  const left = useSecondsUntil(until);
  const [forgotten, setForgotten] = useState(false);
  useEffect(forgetChoices, []);
  if (forgotten)
    return (
      <Screen title={t("unlock.forgot")}>
        <Forgotten
          close={() => {
            setForgotten(false);
          }}
        />
      </Screen>
    );
  return (
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
          <IncomingWaits />
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
      <OtherWays />
      <Stack gap={0} mt="lg" align="flex-start">
        <Anchor
          component="button"
          type="button"
          className="cs-text-link"
          onClick={() => {
            setForgotten(true);
          }}
        >
          {t("unlock.forgot")}
        </Anchor>
        <TextLink to="/verify">{t("unlock.snapshot")}</TextLink>
      </Stack>
    </Screen>
  );
}

/** Passkey or key store, where this device was told of one. What they keep never stands in for the passphrase later. */
function OtherWays(): ReactNode {
  const api = useApi();
  const act = useAct();
  const ways = useQuery("ways", ["vault"], (a) => a.unlockWays()).data ?? [];
  const shown = ways.filter((way) => canAsk(way));
  if (shown.length === 0) return null;
  return (
    <Stack mt="lg">
      {shown.map((way) => (
        <Button
          key={way.id}
          variant="default"
          loading={act.busy}
          onClick={() => {
            act.run(async () => {
              const secret = await secretOf(way);
              return secret ? api.unlockWith(way.id, secret) : err({ code: "way-refused" });
            });
          }}
        >
          {t("unlock.way", { kind: way.kind })}
        </Button>
      ))}
      <Problem error={act.error} />
    </Stack>
  );
}

function everyHalfSecond(tick: () => void): () => void {
  const timer = setInterval(tick, 500);
  return () => {
    clearInterval(timer);
  };
}

/** Whole seconds until an instant of this device's clock, counting down; 0 when it has passed. */
function useSecondsUntil(until: number | undefined): number {
  return useSyncExternalStore(everyHalfSecond, () => (until === undefined ? 0 : Math.max(0, Math.ceil((until - Date.now()) / 1000))));
}
