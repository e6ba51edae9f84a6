import { Button, Stack } from "@mantine/core";
import { useEffect, useRef, useState, type ReactNode } from "react";
import { Problem } from "./Problem.tsx";
import type { Act } from "./useAct.ts";

interface Props {
  readonly act: Act;
  /** The words of its button. */
  readonly action: string;
  /** Everything that has to be there is there, as far as the form can tell. */
  readonly ready: boolean;
  readonly submit: () => void;
  /** @param tried it was sent off once: what is missing says so */
  readonly children: (tried: boolean) => ReactNode;
}

/**
 * A form that starts an act. One that is sent off too early is not sent: it keeps what was typed, each field that is not right says why, and the first of
 * them has the focus.
 */
export function ActForm({ act, action, ready, submit, children }: Props): ReactNode {
  const form = useRef<HTMLFormElement>(null);
  // How often it was refused: each time the first wrong field is pointed at, once it has been drawn as wrong.
  const [refused, setRefused] = useState(0);
  useEffect(() => {
    if (refused > 0) form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
  }, [refused]);
  return (
    <form
      ref={form}
      autoComplete="off"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) submit();
        else setRefused(refused + 1);
      }}
    >
      <Stack gap="lg">
        {children(refused > 0)}
        <Problem error={act.error} />
        <Button type="submit" loading={act.busy}>
          {action}
        </Button>
      </Stack>
    </form>
  );
}
