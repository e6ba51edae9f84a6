import type { ChangeHash, MemberId } from "../base/ids.ts";
import { pushTo } from "../base/push-to.ts";
import { parseExpenseAct, type ExpenseActName, type ExpenseLaterFields } from "./expense-fields.ts";
import type { RecordAct } from "./kind.ts";

/** Where an expense stands. Whether it is private (in a personal log) is the log's matter, not the record's. */
export type ExpenseStage = "submitted" | "withdrawn" | "approved" | "refused" | "changes-requested" | "payment-made" | "settled";

export interface ExpenseStep {
  readonly act: RecordAct;
  readonly fields: ExpenseLaterFields;
}

export interface ExpenseProgress {
  readonly stage: ExpenseStage;
  /** Lawful acts that did not know of each other contradict each other (rule R4); the one later in the log decides. */
  readonly crossed: boolean;
  readonly steps: readonly ExpenseStep[];
  /** Minor units that the other parent says were paid, and those that the author's side confirmed. */
  readonly paid: number;
  readonly confirmed: number;
}

type Decision = "submitted" | "withdrawn" | "approved" | "refused" | "changes-requested";

const DECIDES: Readonly<Partial<Record<ExpenseActName, Decision>>> = {
  withdraw: "withdrawn",
  approve: "approved",
  refuse: "refused",
  "request-changes": "changes-requested",
};

/** Pairs that contradict each other when neither knew of the other. In each is a decision, of which there are few; payments may be many. */
const CONTRADICT: readonly (readonly [ExpenseActName, ExpenseActName])[] = [
  ["approve", "refuse"],
  ["approve", "request-changes"],
  ["approve", "withdraw"],
  ["pay", "withdraw"],
  ["refuse", "request-changes"],
  ["refuse", "withdraw"],
  ["request-changes", "withdraw"],
  ["pay", "refuse"],
];

/**
 * Folds an expense's later acts, in log order (rule R4).
 * @param asked the other parent's part, minor units
 */
export function progressOf(
  later: readonly RecordAct[],
  asked: number,
  precedes: (a: ChangeHash, b: ChangeHash) => boolean,
): ExpenseProgress {
  const steps = later.flatMap((act): ExpenseStep[] => {
    const fields = parseExpenseAct(act.fields);
    return fields ? [{ act, fields }] : [];
  });
  const decision = steps.reduce<Decision>((d, s) => DECIDES[s.fields.act] ?? d, "submitted");
  const payments = new Map<ChangeHash, number>();
  const confirmed = new Set<ChangeHash>();
  for (const { act, fields } of steps) {
    if (fields.act === "pay") payments.set(act.hash, fields.amount);
    if (fields.act === "confirm-payment" && payments.has(fields.of)) confirmed.add(fields.of);
  }
  const sum = (hashes: Iterable<ChangeHash>): number => [...hashes].reduce((n, h) => n + (payments.get(h) ?? 0), 0);
  const progress = { paid: sum(payments.keys()), confirmed: sum(confirmed) };
  return { ...progress, stage: stageOf(decision, asked, progress), crossed: hasCrossed(steps, precedes), steps };
}

function stageOf(decision: Decision, asked: number, { paid, confirmed }: { paid: number; confirmed: number }): ExpenseStage {
  if (decision !== "approved" || paid === 0) return decision;
  return confirmed >= asked ? "settled" : "payment-made";
}

function hasCrossed(steps: readonly ExpenseStep[], precedes: (a: ChangeHash, b: ChangeHash) => boolean): boolean {
  const placesOf = new Map<ExpenseActName, number[]>();
  for (const [place, { fields }] of steps.entries()) pushTo(placesOf, fields.act, place);
  // Log order never puts a change before one that it knew of, so only one direction needs asking.
  const isApart = (x: number, y: number): boolean => {
    const [before, after] = [steps[Math.min(x, y)], steps[Math.max(x, y)]];
    return before !== undefined && after !== undefined && !precedes(before.act.hash, after.act.hash);
  };
  return CONTRADICT.some(([one, other]) => placesOf.get(one)?.some((x) => placesOf.get(other)?.some((y) => isApart(x, y))) === true);
}

/** What this member may do next. */
export function allowedActs(stage: ExpenseStage, author: MemberId, me: MemberId, unconfirmed: boolean): readonly ExpenseActName[] {
  const open = stage === "submitted" || stage === "changes-requested";
  if (me === author) return [...(open ? (["withdraw"] as const) : []), ...(unconfirmed ? (["confirm-payment"] as const) : [])];
  if (open) return ["approve", "refuse", "request-changes"];
  return stage === "approved" || stage === "payment-made" ? ["pay"] : [];
}
