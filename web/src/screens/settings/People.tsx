import { Button, Group, Stack, Text, Title } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useState, type ReactNode } from "react";
import { Link } from "react-router";
import { useApi, useSession } from "../../engine/context.ts";
import { clockOf } from "../../lib/time.ts";
import { Field } from "../../ui/Field.tsx";
import { otherOf } from "../../ui/Person.tsx";
import { Problem } from "../../ui/Problem.tsx";
import { Screen } from "../../ui/Screen.tsx";
import { useAct } from "../../ui/useAct.ts";
import { t } from "../../words/words.ts";
import { ZoneSelect } from "../start/ZoneSelect.tsx";

/** Names, the household's label and zone; whether keys were compared. */
export default function People(): ReactNode {
  const { home, own } = useSession();
  const api = useApi();
  const act = useAct();
  const where = home ?? own;
  const other = otherOf(home);
  const [me, setMe] = useState(where.people.find((p) => p.me)?.name ?? "");
  const [them, setThem] = useState(other?.name ?? "");
  const [label, setLabel] = useState(where.label);
  const [zone, setZone] = useState(where.zone);
  return (
    <Screen title={t("settings.people")} back="/settings">
      <Stack gap="xl">
        <form
          autoComplete="off"
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            act.run(
              () =>
                api.rename(where.log, {
                  zone,
                  ...(me.trim() === "" ? {} : { me: me.trim() }),
                  ...(other === undefined || them.trim() === "" ? {} : { other: them.trim() }),
                  ...(home === undefined || label.trim() === "" ? {} : { label: label.trim() }),
                }),
              () => {
                notifications.show({ message: t("settings.saved") });
              },
            );
          }}
        >
          <Stack gap="lg">
            <Field label={t("people.me")} value={me} set={setMe} maxLength={80} />
            {other === undefined ? null : (
              <Field label={t("people.other")} description={t("people.other.text")} value={them} set={setThem} maxLength={80} />
            )}
            {home === undefined ? null : (
              <Field label={t("people.label")} description={t("people.label.text")} value={label} set={setLabel} maxLength={80} />
            )}
            <ZoneSelect value={zone} set={setZone} />
            <Problem error={act.error} />
            <Group>
              <Button type="submit" loading={act.busy}>
                {t("people.save")}
              </Button>
            </Group>
          </Stack>
        </form>
        {other === undefined ? null : (
          <section aria-labelledby="keys">
            <Title order={2} id="keys" mb="xs">
              {t("people.compared")}
            </Title>
            <Text mb="sm">
              {other.compared === undefined
                ? t("people.notCompared")
                : t("compare.done", { date: clockOf(where.zone).day(other.compared.at), method: other.compared.method })}
            </Text>
            <Button component={Link} to="/compare" variant="default">
              {t("people.compare")}
            </Button>
          </section>
        )}
      </Stack>
    </Screen>
  );
}
