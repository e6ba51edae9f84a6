import type { MemberId } from "../base/ids.ts";
import type { ExpenseRecord } from "./fold.ts";

/** What is open between two parents in one currency, minor units. Derived from the expenses each time, never stored. */
export interface OpenBalance {
  readonly currency: string;
  /** Approved, and not confirmed as paid. Positive: the other parent owes me. */
  readonly owedToMe: number;
  /** Asked of me, and not answered. */
  readonly waitingForMe: number;
  /** Asked of the other parent, and not answered. */
  readonly waitingForThem: number;
}

/** What of an expense counts. */
export type ExpenseSum = Pick<ExpenseRecord, "author" | "stage" | "currency" | "asked" | "confirmed">;

type Part = Omit<OpenBalance, "currency">;
const NOTHING: Part = { owedToMe: 0, waitingForMe: 0, waitingForThem: 0 };

function partOf(e: ExpenseSum, me: MemberId): Part {
  const mine = e.author === me;
  switch (e.stage) {
    case "submitted":
    case "changes-requested":
      return mine ? { ...NOTHING, waitingForThem: e.asked } : { ...NOTHING, waitingForMe: e.asked };
    case "approved":
    case "payment-made": {
      const left = Math.max(0, e.asked - e.confirmed);
      return { ...NOTHING, owedToMe: mine ? left : -left };
    }
    case "withdrawn":
    case "refused":
    case "settled":
      return NOTHING;
  }
}

/** Balances by currency, in alphabetical order of the codes. */
export function balancesOf(expenses: Iterable<ExpenseSum>, me: MemberId): readonly OpenBalance[] {
  const sums = new Map<string, Part>();
  for (const e of expenses) {
    const part = partOf(e, me);
    const sum = sums.get(e.currency) ?? NOTHING;
    sums.set(e.currency, {
      owedToMe: sum.owedToMe + part.owedToMe,
      waitingForMe: sum.waitingForMe + part.waitingForMe,
      waitingForThem: sum.waitingForThem + part.waitingForThem,
    });
  }
  return [...sums].map(([currency, sum]) => ({ currency, ...sum })).sort((a, b) => (a.currency < b.currency ? -1 : 1));
}
