import { showUnseen } from "@countersign/shared/base/unseen";
import type { DeviceView, HouseholdView } from "@countersign/shared/replica/people-view";
import { Button, Group, Stack, Text, Title } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconDownload } from "@tabler/icons-react";
import { useState, type ReactNode } from "react";
import { Link } from "react-router";
import { useApi, useSession } from "../../engine/context.ts";
import { ownDevices, type OwnDevice } from "../../lib/devices.ts";
import { clockOf } from "../../lib/time.ts";
import { AskPassphrase } from "../../ui/AskPassphrase.tsx";
import { Field } from "../../ui/Field.tsx";
import { LinkRow } from "../../ui/LinkRow.tsx";
import { Note } from "../../ui/Note.tsx";
import { Person } from "../../ui/Person.tsx";
import { Problem } from "../../ui/Problem.tsx";
import { Screen } from "../../ui/Screen.tsx";
import { useAct } from "../../ui/useAct.ts";
import { t } from "../../words/words.ts";
import { SheetUsed } from "./SheetUsed.tsx";

const WEEK = 7 * 86_400_000;

/** Every device that holds the record; one's own can be removed. */
export default function Devices(): ReactNode {
  const { home, own } = useSession();
  const api = useApi();
  const where = home ?? own;
  const [removing, setRemoving] = useState<OwnDevice>();
  const mine = ownDevices({ home, own });
  const isRemoved = where.removed === true;
  return (
    <Screen
      title={t("settings.devices")}
      back="/settings"
      action={
        isRemoved ? null : (
          <Button component={Link} to="/settings/devices/add">
            {t("link.add")}
          </Button>
        )
      }
    >
      <Stack gap="xl">
        <SheetUsed />
        <Text c="dimmed">{t("devices.intro")}</Text>
        {where.people.map((person) => (
          <section key={person.member} aria-label={t("devices.of", { name: person.name })}>
            <Title order={2} mb="sm">
              <Person person={person} name={t("devices.of", { name: person.name })} />
            </Title>
            <div className="cs-list">
              {(person.me ? mine : person.devices.map((device): OwnDevice => ({ device, where }))).map((of) => (
                <Device
                  key={of.device.device}
                  device={of.device}
                  where={of.where}
                  mine={person.me}
                  partial={of.where !== where}
                  remove={isRemoved ? undefined : () => setRemoving(of)}
                />
              ))}
            </div>
          </section>
        ))}
        {isRemoved ? null : (
          <nav className="cs-list" aria-label={t("fetch.title")}>
            <LinkRow to="/settings/devices/fetch" title={t("fetch.link")} text={t("fetch.link.text")} icon={IconDownload} />
          </nav>
        )}
        <NameThis where={where} />
      </Stack>
      {removing === undefined ? null : (
        <AskPassphrase
          title={t("devices.revoke.title", { name: removing.device.name })}
          action={t("devices.revoke")}
          danger
          close={() => setRemoving(undefined)}
          call={(passphrase) => api.revokeDevice(removing.where.log, removing.device.device, passphrase)}
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
  /** It has the personal log, and not the household that this screen is about. */
  readonly partial: boolean;
  readonly remove: (() => void) | undefined;
}

function Device({ device, where, mine, partial, remove }: Props): ReactNode {
  const clock = clockOf(where.zone);
  // When this screen was opened is near enough for a notice that stands for seven days.
  const [now] = useState(Date.now);
  const gone = device.revoked !== undefined;
  const isMine = mine && !device.me && !gone;
  const recent = isMine && device.later === true && now - device.linked < WEEK;
  return (
    <div className="cs-row">
      <Group justify="space-between" gap="sm">
        <div>
          <Text fw={600} {...(gone ? { c: "dimmed" } : {})}>
            {showUnseen(device.name)}
            {device.me ? ` · ${t("devices.this")}` : ""}
          </Text>
          <Text size="sm" c="dimmed">
            {device.revoked === undefined
              ? t("devices.since", { date: clock.day(device.linked) })
              : t("devices.revoked", { date: clock.day(device.revoked) })}
          </Text>
          {partial ? <Text size="sm">{t("fetch.only")}</Text> : null}
        </div>
        {isMine && device.later === true && remove !== undefined ? (
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
