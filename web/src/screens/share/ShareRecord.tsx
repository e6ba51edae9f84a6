import type { RecordId } from "@countersign/shared/base/ids";
import { ok } from "@countersign/shared/base/result";
import { Button, Checkbox, Group, Stack, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useState, type ReactNode } from "react";
import { useNavigate } from "react-router";
import { useApi, useSession } from "../../engine/context.ts";
import { Dialog } from "../../ui/Dialog.tsx";
import { Note } from "../../ui/Note.tsx";
import { otherName } from "../../ui/Person.tsx";
import { Problem } from "../../ui/Problem.tsx";
import { useAct } from "../../ui/useAct.ts";
import { t } from "../../words/words.ts";

interface Props {
  readonly record: RecordId;
  readonly what: "messages" | "expenses";
  readonly close: () => void;
}

/** Shares one own record with the household: first that it can't be undone, then the button. */
export function ShareRecord({ record, what, close }: Props): ReactNode {
  const api = useApi();
  const go = useNavigate();
  const { home, own } = useSession();
  const act = useAct();
  const [checked, setChecked] = useState(false);
  const name = otherName(home);
  if (home === undefined) return null;
  return (
    <Dialog title={t("share.title", { name })} close={close}>
      <Stack>
        <Note tone="wait">
          <Text fw={600}>{t("share.first")}</Text>
          <Text>{t("share.text", { name })}</Text>
        </Note>
        <Checkbox
          label={t("share.check")}
          checked={checked}
          onChange={(event) => {
            setChecked(event.currentTarget.checked);
          }}
        />
        <Problem error={act.error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            {t("do.cancel")}
          </Button>
          <Button
            disabled={!checked}
            loading={act.busy}
            onClick={() => {
              act.run(
                async () => {
                  const shared = await api.share(own.log, home.log, record);
                  if (!shared.ok) return shared;
                  const isHeld = (await api.held(home.log)).some((h) => h.id === (shared.value as string));
                  return ok({ id: shared.value, isHeld });
                },
                ({ id, isHeld }) => {
                  // Where it is held, the page that it leads to says so.
                  if (!isHeld) notifications.show({ message: t("share.done", { name }) });
                  close();
                  void go(`/${what}/${id}`);
                },
              );
            }}
          >
            {t("share.do")}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}
