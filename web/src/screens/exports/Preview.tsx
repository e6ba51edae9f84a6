import type { HouseholdView } from "@countersign/shared/replica/people-view";
import { Button, Stack, Text, Title } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import type { ReactNode } from "react";
import { useQuery } from "../../engine/query.ts";
import { formatSize } from "../../lib/size.ts";
import { Load } from "../../ui/Load.tsx";
import { Problem } from "../../ui/Problem.tsx";
import { t } from "../../words/words.ts";
import { choiceWrong, scopeOf, sealLacks, type Choice } from "./scope.ts";

/** Pages of a bundle above which courts of England and Wales want to be asked first (Practice Direction 27A). */
const COURT_PAGES = 350;

interface Props {
  readonly where: HouseholdView;
  readonly choice: Choice;
  readonly make: () => void;
}

/** What will be in the snapshot and what is left out, before it is made. */
export function Preview({ where, choice, make }: Props): ReactNode {
  const [settled] = useDebouncedValue(choice, 200);
  const scope = scopeOf(settled);
  const loaded = useQuery(`preview ${where.log} ${JSON.stringify(scope)}`, ["messages", "expenses"], (api) =>
    api.previewSnapshot(where.log, scope),
  );
  return (
    <section className="cs-card" aria-labelledby="preview">
      <Title order={2} id="preview" mb="sm">
        {t("exports.preview")}
      </Title>
      <Load of={loaded} lines={2}>
        {(got) => {
          if (!got.ok) return <Problem error={got.error} />;
          const { messages, expenses, files, bytes, leftOut, unnamed, pages } = got.value;
          const nothing = messages + expenses === 0;
          return (
            <Stack gap="xs" role="status">
              <Text>{t("exports.preview.messages", { count: messages })}</Text>
              <Text>{t("exports.preview.expenses", { count: expenses })}</Text>
              <Text>{t("exports.preview.files", { count: files })}</Text>
              {pages === undefined ? null : <Text>{t("exports.preview.pages", { count: pages })}</Text>}
              {scope.pages?.style === "sections" && (pages ?? 0) > COURT_PAGES ? (
                <Text>{t("exports.preview.many", { most: COURT_PAGES })}</Text>
              ) : null}
              <Text>{t("exports.preview.size", { size: formatSize(bytes) })}</Text>
              <Text fw={600}>{t("exports.preview.leftOut", { count: leftOut })}</Text>
              {unnamed === undefined || unnamed === 0 ? null : <Text>{t("exports.preview.unnamed", { count: unnamed })}</Text>}
              {scope.children === undefined ? null : <Text>{t("exports.preview.byChild")}</Text>}
              <Text size="sm" c="dimmed">
                {t("exports.always")}
              </Text>
              {nothing ? <Text>{t("exports.empty")}</Text> : null}
              <div>
                <Button disabled={nothing || choiceWrong(choice) || sealLacks(choice)} onClick={make} mt="xs">
                  {t("exports.make")}
                </Button>
              </div>
            </Stack>
          );
        }}
      </Load>
    </section>
  );
}
