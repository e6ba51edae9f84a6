import { Button, Group, Text } from "@mantine/core";
import { IconHistory } from "@tabler/icons-react";
import { useState, type ReactNode } from "react";
import { useSession } from "../../engine/context.ts";
import { instantOf, wallOf } from "../../lib/time.ts";
import { Field } from "../../ui/Field.tsx";
import { t } from "../../words/words.ts";

/** Chooses the moment at which the whole record is looked at. */
export function AsItStood({ zone }: { readonly zone: string }): ReactNode {
  const { at, lookAt } = useSession();
  const [opened] = useState(Date.now);
  const [wall, setWall] = useState(() => (at === undefined ? "" : wallOf(at, zone)));
  const chosen = wall === "" ? undefined : instantOf(wall, zone);
  return (
    <div>
      <Group align="end" gap="sm">
        <Field label={t("history.then")} type="datetime-local" value={wall} set={setWall} max={wallOf(opened, zone)} />
        <Button
          variant="default"
          leftSection={<IconHistory size={18} aria-hidden />}
          disabled={chosen === undefined}
          onClick={() => {
            lookAt(chosen);
          }}
        >
          {t("history.then.show")}
        </Button>
      </Group>
      <Text size="sm" c="dimmed" mt={4}>
        {t("history.then.text")}
      </Text>
    </div>
  );
}
