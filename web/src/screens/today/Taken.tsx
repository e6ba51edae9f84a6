import type { AccessView } from "@countersign/shared/replica/people-view";
import { Anchor, Button, Group, Stack, Text } from "@mantine/core";
import { useState, type ReactNode } from "react";
import { Link } from "react-router";
import { useSession } from "../../engine/context.ts";
import { useQuery } from "../../engine/query.ts";
import { clockOf } from "../../lib/time.ts";
import { Note } from "../../ui/Note.tsx";
import { t } from "../../words/words.ts";

const WEEK = 7 * 86_400_000;
const MOST = 3;

/**
 * Exports and changed passphrases of the last seven days, on all devices of this person, this one too: whoever sat at an unlocked device has to be
 * seen by its owner.
 */
export function Taken(): ReactNode {
  const { own, home } = useSession();
  const [since] = useState(() => Date.now() - WEEK);
  const [doubted, setDoubted] = useState(false);
  const list = useQuery("taken", ["history", "households"], (api) => api.accesses(since)).data ?? [];
  if (list.length === 0) return null;
  const clock = clockOf((home ?? own).zone);
  const line = (access: AccessView): string => t(`taken.${access.what}`, { ...where(access), date: clock.moment(access.at) });
  return (
    <Note>
      <Stack gap="xs" align="flex-start">
        {list.slice(0, MOST).map((access) => (
          <Text key={access.id}>{line(access)}</Text>
        ))}
        <Group gap="md">
          <Button
            variant="default"
            size="sm"
            aria-expanded={doubted}
            onClick={() => {
              setDoubted(!doubted);
            }}
          >
            {t("taken.notMe")}
          </Button>
          <Anchor component={Link} to="/history?type=own">
            {t("taken.all")}
          </Anchor>
        </Group>
        {doubted ? (
          <>
            <Text>{t("taken.notMe.text")}</Text>
            <Group gap="md">
              <Anchor component={Link} to="/settings/lock">
                {t("lock.change")}
              </Anchor>
              <Anchor component={Link} to="/settings/devices">
                {t("taken.devices")}
              </Anchor>
            </Group>
          </>
        ) : null}
      </Stack>
    </Note>
  );
}

const where = ({ me, name }: AccessView): { readonly here: "here" | "there"; readonly device: string } => ({
  here: me ? "here" : "there",
  device: name,
});
