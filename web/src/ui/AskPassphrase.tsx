import type { Answer } from "@countersign/shared/replica/answer";
import { Button, Checkbox, Group, Stack, Text } from "@mantine/core";
import { useContext, useState, type ReactNode } from "react";
import { SessionContext } from "../engine/context.ts";
import { t } from "../words/words.ts";
import { Dialog } from "./Dialog.tsx";
import { Passphrase } from "./Passphrase.tsx";
import { Problem } from "./Problem.tsx";
import { useAct } from "./useAct.ts";

interface Props<T> {
  readonly title: string;
  /** What will follow, and what can't be undone. */
  readonly children?: ReactNode;
  readonly action: string;
  readonly danger?: boolean;
  /** A box to tick first. */
  readonly check?: string;
  /** Stands in the place of the buttons while the act runs, with a button of its own that stops it. */
  readonly progress?: ReactNode;
  readonly call: (passphrase: string) => Answer<T>;
  readonly then: (value: T) => void;
  readonly close: () => void;
}

/** A dangerous act: says what follows, then asks for the passphrase again. A sample has none. */
export function AskPassphrase<T>({ title, children, action, danger = false, check, progress, call, then, close }: Props<T>): ReactNode {
  const [passphrase, setPassphrase] = useState("");
  const [checked, setChecked] = useState(false);
  const act = useAct();
  const asks = useContext(SessionContext)?.vault.sample !== true;
  return (
    <Dialog title={title} close={close}>
      <form
        autoComplete="off"
        onSubmit={(event) => {
          event.preventDefault();
          act.run(() => call(passphrase), then);
        }}
      >
        <Stack>
          {children}
          <Text size="sm" c="dimmed">
            {t(asks ? "form.passphrase.why" : "form.passphrase.sample")}
          </Text>
          {asks ? (
            <Passphrase label={t("form.passphrase.again")} value={passphrase} set={setPassphrase} autoComplete="current-password" focus />
          ) : null}
          {check === undefined ? null : (
            <Checkbox
              label={check}
              checked={checked}
              onChange={(event) => {
                setChecked(event.currentTarget.checked);
              }}
            />
          )}
          <Problem error={act.error} />
          {act.busy && progress !== undefined ? (
            progress
          ) : (
            <Group justify="flex-end">
              <Button variant="default" onClick={close}>
                {t("do.cancel")}
              </Button>
              <Button
                type="submit"
                {...(danger ? { color: "red.9" } : {})}
                loading={act.busy}
                disabled={(asks && passphrase === "") || (check !== undefined && !checked)}
              >
                {action}
              </Button>
            </Group>
          )}
        </Stack>
      </form>
    </Dialog>
  );
}
