import type { ActError } from "@countersign/shared/replica/answer";
import { Button, Group, Stack, Text } from "@mantine/core";
import { useState, type ReactNode } from "react";
import { Passphrase } from "../../ui/Passphrase.tsx";
import { Problem } from "../../ui/Problem.tsx";
import { t } from "../../words/words.ts";

interface Props {
  readonly name: string;
  readonly error: ActError;
  /** What did not open it, to be put right. */
  readonly tried: string | undefined;
  readonly open: (opener: string) => void;
  readonly back: () => void;
}

/** A snapshot that is sealed for its reader: asks for what opens it (rule S9). */
export function Sealed({ name, error, tried = "", open, back }: Props): ReactNode {
  const [opener, setOpener] = useState(tried);
  return (
    <form
      autoComplete="off"
      onSubmit={(event) => {
        event.preventDefault();
        open(opener);
      }}
    >
      <div className="cs-card">
        <Stack>
          <Text fw={600}>{t("verify.sealed", { name })}</Text>
          <Text size="sm" c="dimmed">
            {t("verify.sealed.text")}
          </Text>
          <Passphrase label={t("verify.sealed.field")} value={opener} set={setOpener} autoComplete="off" focus />
          {error.code === "snapshot-sealed" ? null : <Problem error={error} />}
          <Group>
            <Button type="submit" disabled={opener === ""}>
              {t("verify.sealed.open")}
            </Button>
            <Button variant="default" onClick={back}>
              {t("verify.another")}
            </Button>
          </Group>
        </Stack>
      </div>
    </form>
  );
}
