import type { MemberId } from "@countersign/shared/base/ids";
import type { HouseholdView, PersonView } from "@countersign/shared/replica/people-view";
import type { ReactNode } from "react";
import { t } from "../words/words.ts";

/** A parent's colour and pattern beside a name, the same on every screen. */
export function Person({ person, name }: { readonly person: PersonView | undefined; readonly name?: string }): ReactNode {
  return (
    <span style={{ display: "inline-flex", alignItems: "center", gap: 8 }}>
      <span className="cs-mark" data-colour={person?.colour ?? 2} aria-hidden />
      <strong>{name ?? person?.name ?? t("history.someone")}</strong>
    </span>
  );
}

export const personOf = (household: HouseholdView, member: MemberId | undefined): PersonView | undefined =>
  household.people.find((p) => p.member === member);

export const nameOf = (household: HouseholdView, member: MemberId | undefined): string =>
  personOf(household, member)?.name ?? t("history.someone");

export const otherOf = (household: HouseholdView | undefined): PersonView | undefined => household?.people.find((p) => !p.me);

/** The name the person chose for the other parent, or "the other parent" before there is one. */
export const otherName = (household: HouseholdView | undefined): string => otherOf(household)?.name ?? t("person.other");
