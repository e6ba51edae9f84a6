import type { HouseholdView, InviteView } from "@countersign/shared/replica/people-view";
import { Button, CopyButton, Group, NativeSelect, Stack, Text, TextInput } from "@mantine/core";
import { useState, type ReactNode } from "react";
import { Navigate } from "react-router";
import { useApi, useSession } from "../../engine/context.ts";
import { clockOf } from "../../lib/time.ts";
import { Field } from "../../ui/Field.tsx";
import { Note } from "../../ui/Note.tsx";
import { Problem } from "../../ui/Problem.tsx";
import { QrCode } from "../../ui/QrCode.tsx";
import { Screen } from "../../ui/Screen.tsx";
import { useAct } from "../../ui/useAct.ts";
import { t } from "../../words/words.ts";

const HOURS = ["24", "72", "168"] as const;

/** Makes the link for the other parent, shows it, cancels it. */
export default function Invite(): ReactNode {
  const { home } = useSession();
  const invite = home?.invite;
  if (home !== undefined && home.people.length > 1) return <Navigate to="/compare" replace />;
  return (
    <Screen title={t("invite.title")} back="/">
      {home !== undefined && invite !== undefined && invite.state === "open" ? <OpenLink home={home} invite={invite} /> : <MakeLink />}
    </Screen>
  );
}

function MakeLink(): ReactNode {
  const api = useApi();
  const { home } = useSession();
  const act = useAct();
  const [label, setLabel] = useState(home?.label ?? "");
  const [hours, setHours] = useState<string>("72");
  return (
    <form
      autoComplete="off"
      onSubmit={(event) => {
        event.preventDefault();
        act.run(() => api.invite({ hours: Number(hours), ...(label.trim() === "" ? {} : { label: label.trim() }) }));
      }}
    >
      <Stack gap="lg">
        <Text>{t("invite.text")}</Text>
        <Field label={t("invite.label")} value={label} set={setLabel} maxLength={80} />
        <NativeSelect
          label={t("invite.hours")}
          value={hours}
          data={HOURS.map((value) => ({ value, label: t(`invite.hours.${value}`) }))}
          onChange={(event) => {
            setHours(event.currentTarget.value);
          }}
        />
        <Note tone="wait">{t("invite.secret")}</Note>
        <Problem error={act.error} />
        <Button type="submit" loading={act.busy}>
          {t("invite.make")}
        </Button>
      </Stack>
    </form>
  );
}

function OpenLink({ home, invite }: { readonly home: HouseholdView; readonly invite: InviteView }): ReactNode {
  const api = useApi();
  const act = useAct();
  return (
    <Stack gap="lg">
      <TextInput
        label={t("invite.link")}
        value={invite.link}
        readOnly
        onFocus={(event) => {
          event.currentTarget.select();
        }}
      />
      <Group>
        <CopyButton value={invite.link}>
          {({ copied, copy }) => <Button onClick={copy}>{t(copied ? "do.copied" : "invite.copy")}</Button>}
        </CopyButton>
        <Button
          variant="default"
          loading={act.busy}
          onClick={() => {
            act.run(() => api.voidInvite(home.log));
          }}
        >
          {t("invite.void")}
        </Button>
      </Group>
      <Problem error={act.error} />
      <Text>{t("invite.expires", { time: clockOf(home.zone).moment(invite.expires) })}</Text>
      <Note tone="wait">{t("invite.secret")}</Note>
      <div>
        <Text fw={600} mb="xs">
          {t("invite.qr")}
        </Text>
        <QrCode text={invite.link} label={t("invite.qr")} />
      </div>
    </Stack>
  );
}
