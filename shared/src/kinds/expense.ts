import type { ReasonCode } from "../base/reasons.ts";
import { parseExpense, parseExpenseAct, type ExpenseLaterFields } from "./expense-fields.ts";
import { progressOf, type ExpenseProgress } from "./expense-state.ts";
import type { Judging, Kind, RecordAct } from "./kind.ts";
import { askedOf } from "./money.ts";

function judgeFirst(j: Judging): ReasonCode | undefined {
  const e = parseExpense(j.act.fields);
  if (!e) return "kind-fields";
  return e.origin && !j.originHolds(e.origin, j.act) ? "origin-false" : undefined;
}

/** Each transition is judged on what its author's device knew (rule R4): the fold over the causal past alone. */
function judgeLater(j: Judging): ReasonCode | undefined {
  const [first, ...later] = j.earlier;
  const made = first && parseExpense(first.fields);
  if (!made) return "record-unknown";
  const name = j.act.fields.get("act");
  const fields = parseExpenseAct(j.act.fields);
  if (!fields) return typeof name === "string" && NAMES.has(name) ? "kind-fields" : "kind-act";
  const before = progressOf(later, askedOf(made.amount, made.share), j.precedes);
  const wrongHand = handOf(fields, first, j.act);
  return wrongHand ?? judgeStep(fields, first, before);
}

const NAMES: ReadonlySet<string> = new Set(["withdraw", "approve", "refuse", "request-changes", "pay", "confirm-payment"]);

/** Who may: the author's side withdraws and confirms a payment, the other parent does everything else. */
function handOf(fields: ExpenseLaterFields, first: RecordAct, act: RecordAct): ReasonCode | undefined {
  const byAuthor = act.member === first.member;
  if (fields.act === "withdraw" || fields.act === "confirm-payment") return byAuthor ? undefined : "not-author";
  return byAuthor ? "not-other-parent" : undefined;
}

function judgeStep(fields: ExpenseLaterFields, first: RecordAct, before: ExpenseProgress): ReasonCode | undefined {
  switch (fields.act) {
    case "withdraw":
      return stillOpen(before);
    case "approve":
    case "refuse":
    case "request-changes":
      return fields.of === first.hash ? stillOpen(before) : "answer-unknown";
    case "pay":
      return judgePayment(fields, first, before);
    case "confirm-payment":
      if (!before.steps.some((s) => s.fields.act === "pay" && s.act.hash === fields.of)) return "answer-unknown";
      return before.steps.some((s) => s.fields.act === "confirm-payment" && s.fields.of === fields.of) ? "payment-confirmed" : undefined;
  }
}

function stillOpen({ stage }: ExpenseProgress): ReasonCode | undefined {
  if (stage === "withdrawn") return "expense-withdrawn";
  return stage === "submitted" || stage === "changes-requested" ? undefined : "expense-answered";
}

function judgePayment(fields: ExpenseLaterFields & { act: "pay" }, first: RecordAct, before: ExpenseProgress): ReasonCode | undefined {
  const known = fields.of === first.hash || before.steps.some((s) => s.fields.act === "approve" && s.act.hash === fields.of);
  if (!known) return "answer-unknown";
  if (before.stage === "withdrawn") return "expense-withdrawn";
  if (before.stage === "settled") return "payment-confirmed";
  return before.stage === "approved" || before.stage === "payment-made" ? undefined : "expense-not-approved";
}

export const expense: Kind = {
  name: "expense",
  channel: "expenses",
  booksByClock: true,
  judgeFirst,
  judgeLater,
  root: (record) => record,
  wording: (act) => {
    const name = act.fields.get("act");
    return act.isFirst || typeof name !== "string" ? "expense.submit" : `expense.${name}`;
  },
};
