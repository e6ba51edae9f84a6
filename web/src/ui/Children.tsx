import { labelOf, MAX_CHILD, MAX_CHILDREN } from "@countersign/shared/kinds/children";
import type { LogId } from "@countersign/shared/base/ids";
import { TagsInput, Text } from "@mantine/core";
import { Fragment, type ReactNode } from "react";
import { useQuery } from "../engine/query.ts";
import { t } from "../words/words.ts";
import { WordSelect } from "./WordSelect.tsx";

const listed = new Intl.ListFormat("en", { type: "conjunction" });

/** The names of children as one text, each kept from turning the direction of its neighbours. */
export function ChildNames({ names }: { readonly names: readonly string[] }): ReactNode {
  return listed
    .formatToParts(names)
    .map(({ type, value }, i) => (type === "element" ? <bdi key={i}>{value}</bdi> : <Fragment key={i}>{value}</Fragment>));
}

/** Which children a thread or an expense is about; nothing where it names none. */
export function AboutChildren({ names = [] }: { readonly names?: readonly string[] | undefined }): ReactNode {
  return names.length === 0 ? null : (
    <Text component="span" size="sm" c="dimmed">
      {t("children.about")} <ChildNames names={names} />
    </Text>
  );
}

/** What children are called in this record. */
export const useChildren = (log: LogId): readonly string[] =>
  useQuery(`children ${log}`, ["messages", "expenses"], (api) => api.children(log)).data ?? [];

interface FieldProps {
  readonly log: LogId;
  readonly value: readonly string[];
  readonly set: (names: string[]) => void;
}

/** The children that something new is about: names that were used already to choose from, and any other. What is no name is said at the field. */
export function ChildrenField({ log, value, set }: FieldProps): ReactNode {
  const used = useChildren(log);
  const wrong = value.some((name) => labelOf(name) === undefined);
  return (
    <TagsInput
      size="md"
      label={t("form.optional", { label: t("children.field") })}
      description={t("children.field.text")}
      data={[...used]}
      value={[...value]}
      maxTags={MAX_CHILDREN}
      // Part of the main part of the page, for who goes from part to part.
      comboboxProps={{ withinPortal: false }}
      splitChars={[",", ";"]}
      error={wrong ? t("error.child-wrong", { limit: MAX_CHILD }) : undefined}
      onChange={(names) => {
        set([...new Set(names.map((name) => labelOf(name) ?? name))]);
      }}
    />
  );
}

interface ChoiceProps {
  readonly log: LogId;
  /** Empty is all. */
  readonly value: string;
  readonly set: (name: string) => void;
}

/** Narrows a list to one child; not there where nothing names any. */
export function ChildFilter({ log, value, set }: ChoiceProps): ReactNode {
  const used = useChildren(log);
  if (used.length === 0 && value === "") return null;
  return <WordSelect label={t("children.filter")} all={t("children.all")} words={used} value={value} set={set} />;
}
