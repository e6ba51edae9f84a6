import type { HouseholdView } from "@countersign/shared/replica/people-view";
import { SegmentedControl } from "@mantine/core";
import type { ReactNode } from "react";
import { t } from "../words/words.ts";
import { otherName } from "./Person.tsx";

interface Props {
  readonly home: HouseholdView;
  /** What is this person's alone is shown, and not what is shared. */
  readonly own: boolean;
  readonly set: (own: boolean) => void;
}

/** What is shared with the other parent, or what is for oneself: at the top of every screen that shows both. */
export function WhichRecord({ home, own, set }: Props): ReactNode {
  return (
    <SegmentedControl
      aria-label={t("expenses.where")}
      size="md"
      // However long the name is, both can be chosen.
      styles={{ root: { maxWidth: "100%" }, control: { minWidth: 0 } }}
      value={own ? "own" : "home"}
      data={[
        { value: "home", label: t("messages.shared", { name: otherName(home) }) },
        { value: "own", label: t("messages.own") },
      ]}
      onChange={(value) => set(value === "own")}
    />
  );
}
