import { utf8 } from "@countersign/shared/base/bytes";
import type { FileView } from "@countersign/shared/views/record";
import { originalProof } from "@countersign/shared/replica/records/original-proof";
import type { Original } from "@countersign/shared/replica/records/originals";
import type { ActError } from "@countersign/shared/replica/answer";
import { Button, Group, Stack, Text } from "@mantine/core";
import { useState, type ReactNode } from "react";
import { useApi } from "../engine/context.ts";
import { Problem } from "../ui/Problem.tsx";
import { SaveButton } from "../ui/SaveButton.tsx";
import { t } from "../words/words.ts";

/** A photo was shared without what its camera wrote beside it: who sent it can take the whole of it out, with what shows that the record fixed it. */
export function KeptOriginal({ commitment, mine }: NonNullable<FileView["original"]>): ReactNode {
  const api = useApi();
  const [original, setOriginal] = useState<Original>();
  const [error, setError] = useState<ActError>();
  const [opening, setOpening] = useState(false);
  if (!mine)
    return (
      <Text size="sm" c="dimmed">
        {t("original.theirs")}
      </Text>
    );
  const open = async (): Promise<void> => {
    setOpening(true);
    const got = await api.original(commitment);
    setOpening(false);
    setError(got.ok ? undefined : got.error);
    if (got.ok) setOriginal(got.value);
  };
  return (
    <Stack gap="xs">
      <Text size="sm" c="dimmed">
        {t("original.mine")}
      </Text>
      <Group gap="sm">
        {original === undefined ? (
          <Button variant="default" loading={opening} onClick={() => void open()}>
            {t("original.open")}
          </Button>
        ) : (
          <>
            <SaveButton name={original.name} content={original.bytes} label={t("original.save")} variant="default" />
            <SaveButton
              name={`${original.name}.proof.txt`}
              content={utf8(originalProof(original))}
              type="text/plain"
              label={t("original.saveProof")}
              variant="default"
            />
          </>
        )}
      </Group>
      {original === undefined ? null : (
        <Text size="sm" c="dimmed">
          {t("original.shows")}
        </Text>
      )}
      <Problem error={error} />
    </Stack>
  );
}
