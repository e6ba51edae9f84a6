import type { Answer } from "@countersign/shared/replica/answer";
import type { HeldView } from "@countersign/shared/replica/held-view";
import { Button, Group, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconArrowBackUp } from "@tabler/icons-react";
import { useState, type ReactNode } from "react";
import { useApi } from "../engine/context.ts";
import { removeHeld } from "../engine/held.ts";
import { errorWords } from "../lib/errors.ts";
import { t } from "../words/words.ts";
import { Dialog } from "./Dialog.tsx";
import { Problem } from "./Problem.tsx";
import { useAct } from "./useAct.ts";

/** Why something that was sent is still on this device, in a sentence. @param name of the other parent */
export function heldWords({ state }: HeldView, name: string): string {
  switch (state.why) {
    case "undo":
      return t("held.soon");
    case "ten-open":
      return t("held.ten", { name, count: state.open });
    case "refused":
      return t("held.refused", { why: errorWords(state.error) });
  }
}

interface Props {
  readonly held: HeldView;
  readonly name: string;
  /** Gives it back into its form; left out where it has none. */
  readonly back?: () => Answer<unknown>;
  /** It was removed. */
  readonly removed?: () => void;
}

/** What may be done with something that has not left this device. */
export function HeldActions({ held, name, back, removed }: Props): ReactNode {
  const api = useApi();
  const act = useAct();
  const [removing, setRemoving] = useState(false);
  const { why } = held.state;
  const take = async (give: () => Answer<unknown>): Answer<unknown> => {
    const taken = await give();
    // Then this line goes, and what was sent stands where it was.
    if (!taken.ok && taken.error.code === "already-left") notifications.show({ message: errorWords(taken.error) });
    return taken;
  };
  const gone = (): void => {
    setRemoving(false);
    removed?.();
  };
  return (
    <div>
      <Text size="sm" role="status" mb="xs">
        {heldWords(held, name)}
      </Text>
      <Group gap="xs">
        {back === undefined ? null : (
          <Button variant="default" leftSection={<IconArrowBackUp size={18} aria-hidden />} onClick={() => act.run(() => take(back))}>
            {t(why === "undo" ? "held.undo" : "held.change")}
          </Button>
        )}
        {why === "ten-open" || back === undefined ? (
          <Button variant={back === undefined ? "default" : "subtle"} onClick={() => setRemoving(true)}>
            {t(back === undefined ? "held.unshare" : "do.remove")}
          </Button>
        ) : null}
        {why === "ten-open" ? null : (
          <Button variant="subtle" loading={act.busy} onClick={() => act.run(() => api.sendNow(held.id))}>
            {t(why === "undo" ? "held.now" : "do.retry")}
          </Button>
        )}
      </Group>
      {why === "refused" ? null : <Problem error={act.error} />}
      {removing ? (
        <Dialog title={t(back === undefined ? "held.unshare" : "held.remove")} close={() => setRemoving(false)}>
          <Text mb="md">{t(back === undefined ? "held.unshare.text" : "held.remove.text")}</Text>
          <Group justify="flex-end">
            <Button variant="default" onClick={() => setRemoving(false)}>
              {t("do.cancel")}
            </Button>
            <Button loading={act.busy} onClick={() => act.run(() => removeHeld(api, held), gone)}>
              {t(back === undefined ? "held.unshare" : "do.remove")}
            </Button>
          </Group>
        </Dialog>
      ) : null}
    </div>
  );
}
