import type { ExpenseState, ExpenseView } from "@countersign/shared/views/record";
import type { HouseholdView } from "@countersign/shared/replica/people-view";
import { t } from "../../words/words.ts";

export type Tone = "plain" | "wait" | "good";

/** The state of an expense in words, and whether its next step is this person's. */
export function stateWords(expense: ExpenseView): { readonly words: string; readonly tone: Tone } {
  const mine = expense.can.some((act) => act !== "withdraw");
  if (expense.state === "submitted" && mine) return { words: t("state.submitted.me"), tone: "wait" };
  return { words: t(`state.${expense.state}`), tone: mine ? "wait" : expense.state === "settled" ? "good" : "plain" };
}

/** Whether the part is asked of this person. */
export const askedOfMe = (expense: ExpenseView, home: HouseholdView): boolean => expense.author !== home.me;

export const FILTERS = {
  all: undefined,
  waiting: ["submitted", "changes-requested"],
  open: ["approved"],
  paid: ["payment-made"],
  settled: ["settled"],
  refused: ["refused", "withdrawn"],
} as const satisfies Record<string, readonly ExpenseState[] | undefined>;

export type FilterName = keyof typeof FILTERS;

export const isFilter = (name: string | null): name is FilterName => name !== null && Object.hasOwn(FILTERS, name);
