import { Group, Radio, Stack } from "@mantine/core";
import type { ReactNode } from "react";
import { Field } from "../../ui/Field.tsx";
import { t } from "../../words/words.ts";
import { firstWrong, letterWrong, prefixWrong, type Choice } from "./scope.ts";

const STYLES = ["plain", "serial", "sections", "without"] as const satisfies readonly Choice["pages"][];

/** How the pages of the PDF reports are numbered, each way with a line of explanation. */
export function PagesForm({ choice, set }: { readonly choice: Choice; readonly set: (choice: Choice) => void }): ReactNode {
  const put = (change: Partial<Choice>): void => {
    set({ ...choice, ...change });
  };
  return (
    <Stack gap="sm">
      <Radio.Group
        label={t("exports.pages")}
        value={choice.pages}
        onChange={(next) => {
          const pages = STYLES.find((s) => s === next);
          if (pages !== undefined) put({ pages });
        }}
      >
        <Stack mt="xs" gap="xs">
          {STYLES.map((s) => (
            <Radio key={s} value={s} label={t(`exports.pages.${s}`)} description={t(`exports.pages.${s}.text`)} />
          ))}
        </Stack>
      </Radio.Group>
      {choice.pages === "serial" ? (
        <Group grow preventGrowOverflow={false} align="flex-start">
          <Field
            label={t("exports.pages.prefix")}
            value={choice.prefix}
            set={(prefix) => put({ prefix: prefix.toUpperCase() })}
            error={prefixWrong(choice) ? t("exports.pages.prefix.wrong") : undefined}
          />
          <Field
            label={t("exports.pages.from")}
            value={choice.first}
            set={(first) => put({ first: first.trim() })}
            error={firstWrong(choice) ? t("exports.pages.from.wrong") : undefined}
          />
        </Group>
      ) : null}
      {choice.pages === "sections" ? (
        <Field
          label={t("exports.pages.letter")}
          value={choice.letter}
          set={(letter) => put({ letter: letter.trim().toUpperCase() })}
          error={letterWrong(choice) ? t("exports.pages.letter.wrong") : undefined}
        />
      ) : null}
    </Stack>
  );
}
