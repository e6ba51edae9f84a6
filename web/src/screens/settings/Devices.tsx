import type { DeviceView, HouseholdView } from "@countersign/shared/replica/api";
import { Button, Group, Stack, Text, Title } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useState, type ReactNode } from "react";
import { useApi, useSession } from "../../engine/context.ts";
import { clockOf } from "../../lib/time.ts";
import { AskPassphrase } from "../../ui/AskPassphrase.tsx";
import { Field } from "../../ui/Field.tsx";
import { Note } from "../../ui/Note.tsx";
import { Person } from "../../ui/Person.tsx";
import { Problem } from "../../ui/Problem.tsx";
import { Screen } from "../../ui/Screen.tsx";
import { useAct } from "../../ui/useAct.ts";
import { t } from "../../words/words.ts";

const WEEK = 7 * 86_400_000;

/** Every device that holds the record; one's own can be removed. */
export default function Devices(): ReactNode {
  const { home, own } = useSession();
  const api = useApi();
  const where = home ?? own;
  const [removing, setRemoving] = useState<DeviceView>();
  return (
    <Screen title={t("settings.devices")} back="/settings">
      <Stack gap="xl">
        <Text c="dimmed">{t("devices.intro")}</Text>
        {where.people.map((person) => (
          <section key={person.member} aria-label={t("devices.of", { name: person.name })}>
            <Title order={2} mb="sm">
              <Person person={person} name={t("devices.of", { name: person.name })} />
            </Title>
            <div className="cs-list">
              {person.devices.map((device) => (
                <Device key={device.device} device={device} where={where} mine={person.me} remove={() => setRemoving(device)} />
              ))}
            </div>
          </section>
        ))}
        <NameThis where={where} />
      </Stack>
      {removing === undefined ? null : (
        <AskPassphrase
          title={t("devices.revoke.title", { name: removing.name })}
          action={t("devices.revoke")}
          danger
          close={() => setRemoving(undefined)}
          call={(passphrase) => api.revokeDevice(where.log, removing.device, passphrase)}
          then={() => setRemoving(undefined)}
        >
          <Text>{t("devices.revoke.text")}</Text>
        </AskPassphrase>
      )}
    </Screen>
  );
}

interface Props {
  readonly device: DeviceView;
  readonly where: HouseholdView;
  readonly mine: boolean;
  readonly remove: () => void;
}

function Device({ device, where, mine, remove }: Props): ReactNode {
  const clock = clockOf(where.zone);
  // When this screen was opened is near enough for a notice that stands for seven days.
  const [now] = useState(Date.now);
  const gone = device.revoked !== undefined;
  const recent = mine && !device.me && !gone && now - device.linked < WEEK;
  return (
    <div className="cs-row">
      <Group justify="space-between" gap="sm">
        <div>
          <Text fw={600} {...(gone ? { c: "dimmed" } : {})}>
            {device.name}
            {device.me ? ` · ${t("devices.this")}` : ""}
          </Text>
          <Text size="sm" c="dimmed">
            {device.revoked === undefined
              ? t("devices.since", { date: clock.day(device.linked) })
              : t("devices.revoked", { date: clock.day(device.revoked) })}
          </Text>
        </div>
        {mine && !device.me && !gone ? (
          <Button variant="default" onClick={remove} aria-label={t("devices.revoke.named", { name: device.name })}>
            {t("devices.revoke")}
          </Button>
        ) : null}
      </Group>
      {recent ? (
        <div style={{ marginTop: 8 }}>
          <Note tone="wait">{t("devices.new")}</Note>
        </div>
      ) : null}
    </div>
  );
}

function NameThis({ where }: { readonly where: HouseholdView }): ReactNode {
  const api = useApi();
  const act = useAct();
  const device = where.people.find((p) => p.me)?.devices.find((d) => d.me);
  const [name, setName] = useState(device?.name ?? "");
  return (
    <form
      autoComplete="off"
      onSubmit={(event) => {
        event.preventDefault();
        act.run(
          () => api.rename(where.log, { device: name.trim() }),
          () => {
            notifications.show({ message: t("settings.saved") });
          },
        );
      }}
    >
      <Stack>
        <Field label={t("devices.name")} value={name} set={setName} maxLength={60} />
        <Problem error={act.error} />
        <Group>
          <Button type="submit" variant="default" loading={act.busy} disabled={name.trim() === ""}>
            {t("do.save")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
