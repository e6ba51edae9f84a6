import { Radio, Stack, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { Field } from "../../ui/Field.tsx";
import { Passphrase } from "../../ui/Passphrase.tsx";
import { t } from "../../words/words.ts";
import { sealLacks, type Choice } from "./scope.ts";

const WAYS = ["none", "passphrase", "recipient"] as const satisfies readonly Choice["seal"][];

/** Whether the file is sealed for its reader, and with what (rule S9). */
export function SealForm({ choice, set }: { readonly choice: Choice; readonly set: (choice: Choice) => void }): ReactNode {
  const lacks = sealLacks(choice);
  return (
    <Stack gap="xs">
      <Radio.Group
        label={t("exports.seal")}
        value={choice.seal}
        onChange={(next) => {
          const seal = WAYS.find((way) => way === next);
          if (seal !== undefined) set({ ...choice, seal });
        }}
      >
        <Stack mt="xs" gap="xs">
          {WAYS.map((way) => (
            <Radio key={way} value={way} label={t(`exports.seal.${way}`)} />
          ))}
        </Stack>
      </Radio.Group>
      {choice.seal === "passphrase" ? (
        <>
          <Passphrase
            label={t("exports.seal.passphrase.field")}
            value={choice.sealPassphrase}
            set={(sealPassphrase) => set({ ...choice, sealPassphrase })}
            autoComplete="off"
          />
          <Text size="sm" c="dimmed">
            {lacks ? t("error.passphrase-short") : t("exports.seal.passphrase.text")}
          </Text>
        </>
      ) : null}
      {choice.seal === "recipient" ? (
        <>
          <Field
            label={t("exports.seal.recipient.field")}
            value={choice.sealRecipient}
            set={(sealRecipient) => set({ ...choice, sealRecipient })}
            error={lacks && choice.sealRecipient !== "" ? t("error.recipient-wrong") : undefined}
          />
          <Text size="sm" c="dimmed">
            {t("exports.seal.recipient.text")}
          </Text>
        </>
      ) : null}
      {choice.seal === "none" ? null : (
        <Text size="sm" c="dimmed">
          {t("exports.seal.sender")}
        </Text>
      )}
    </Stack>
  );
}
