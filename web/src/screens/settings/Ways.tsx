import { err } from "@countersign/shared/base/result";
import type { UnlockWay } from "@countersign/shared/replica/vault-view";
import { Button, Group, Stack, Text, Title } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconDeviceDesktop, IconFingerprint } from "@tabler/icons-react";
import { useState, type ReactNode } from "react";
import { useApi, useSession } from "../../engine/context.ts";
import { useQuery } from "../../engine/query.ts";
import { clockOf } from "../../lib/time.ts";
import { makeWay, waysOffered } from "../../lib/ways.ts";
import { AskPassphrase } from "../../ui/AskPassphrase.tsx";
import { Load } from "../../ui/Load.tsx";
import { Note } from "../../ui/Note.tsx";
import { Problem } from "../../ui/Problem.tsx";
import { useAct } from "../../ui/useAct.ts";
import { t } from "../../words/words.ts";

const ICON = { passkey: IconFingerprint, system: IconDeviceDesktop } as const;

/** Further ways to unlock this device, beside the passphrase. */
export function Ways(): ReactNode {
  const api = useApi();
  const act = useAct();
  const clock = clockOf(useSession().own.zone);
  const [adding, setAdding] = useState<UnlockWay["kind"]>();
  const loaded = useQuery("ways", ["vault"], async (a) => ({ ways: await a.unlockWays(), offered: await waysOffered() }));
  return (
    <section aria-labelledby="ways">
      <Title order={2} id="ways" mb="sm">
        {t("ways.title")}
      </Title>
      <Load of={loaded} lines={2}>
        {({ ways, offered }) => (
          <Stack>
            <Text>{t("ways.text")}</Text>
            {ways.map((way) => {
              const Icon = ICON[way.kind];
              return (
                <Group key={way.id} justify="space-between">
                  <Group gap="xs">
                    <Icon size={20} aria-hidden />
                    <Text>{t("ways.since", { kind: way.kind, date: clock.day(way.made) })}</Text>
                  </Group>
                  <Button
                    variant="default"
                    loading={act.busy}
                    aria-label={t("ways.remove.named", { kind: way.kind })}
                    onClick={() => {
                      act.run(() => api.removeUnlockWay(way.id));
                    }}
                  >
                    {t("ways.remove")}
                  </Button>
                </Group>
              );
            })}
            {offered.length === 0 && ways.length === 0 ? <Note>{t("ways.none")}</Note> : null}
            {offered.map((kind) => {
              const Icon = ICON[kind];
              return (
                <Group key={kind}>
                  <Button
                    variant="default"
                    leftSection={<Icon size={18} aria-hidden />}
                    onClick={() => {
                      setAdding(kind);
                    }}
                  >
                    {t("ways.add", { kind })}
                  </Button>
                </Group>
              );
            })}
            <Problem error={act.error} />
          </Stack>
        )}
      </Load>
      {adding === undefined ? null : (
        <AskPassphrase
          title={t("ways.add", { kind: adding })}
          action={t("ways.add.do")}
          call={async (passphrase) => {
            const kept = await makeWay(adding);
            if (!kept) return err({ code: "way-refused" });
            return api.addUnlockWay({ kind: adding, ...kept, passphrase });
          }}
          then={() => {
            setAdding(undefined);
            notifications.show({ message: t("ways.added") });
          }}
          close={() => {
            setAdding(undefined);
          }}
        >
          <Text>{t("ways.warn", { kind: adding })}</Text>
        </AskPassphrase>
      )}
    </section>
  );
}
