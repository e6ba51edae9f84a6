import { Progress, Stack, Text } from "@mantine/core";
import { useEffect, useState, type ReactNode } from "react";
import { MIN_LENGTH, lengthOf, strengthOf, type Strength } from "../lib/strength.ts";
import { t } from "../words/words.ts";
import { Passphrase } from "./Passphrase.tsx";

interface Props {
  readonly label?: string;
  readonly description: string;
  readonly value: string;
  readonly set: (value: string) => void;
  /** Names that make a guess easier. */
  readonly own?: readonly string[];
  /** It was sent off once: that it is too short is said. */
  readonly tried?: boolean;
}

/** Whether a new passphrase is long enough to be tried at all. */
export const longEnough = (text: string): boolean => lengthOf(text) >= MIN_LENGTH;

/** A new passphrase with its strength, estimated on this device. */
export function NewPassphrase({ label, description, value, set, own = [], tried = false }: Props): ReactNode {
  const [strength, setStrength] = useState<{ of: string; is: Strength }>();
  const names = own.join("\n");
  useEffect(() => {
    if (value === "") return undefined;
    let live = true;
    const timer = setTimeout(() => {
      strengthOf(value, names.split("\n")).then(
        (is) => {
          if (live) setStrength({ of: value, is });
        },
        () => undefined,
      );
    }, 150);
    return () => {
      live = false;
      clearTimeout(timer);
    };
  }, [value, names]);
  const missing = MIN_LENGTH - lengthOf(value);
  const known = value !== "" && strength?.of === value && strength.is.known;
  const score = strength?.is.score ?? 0;
  return (
    <Stack gap={8}>
      <Passphrase
        label={label ?? t("form.passphrase")}
        description={description}
        value={value}
        set={set}
        autoComplete="new-password"
        error={known ? t("error.passphrase-breached") : tried && !longEnough(value) ? t("error.passphrase-short") : undefined}
      />
      {value === "" ? null : (
        <>
          <Progress value={missing > 0 ? 8 : 20 + score * 20} color={score >= 3 && missing <= 0 ? "deep" : "amber"} size={6} aria-hidden />
          <Text size="sm" c="dimmed" role="status">
            {missing > 0 ? t("new.pass.count", { count: missing }) : t(`new.pass.${score}`)}
          </Text>
        </>
      )}
    </Stack>
  );
}
