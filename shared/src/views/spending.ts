/** What was spent, by month and category: how expenses come to a chart and its table. Minor units, whole numbers all the way. */
import type { ExpenseState } from "./record.ts";

/** Which expenses are summed up: those that both agreed to, or whatever was added and not withdrawn. */
export type SpendingWhich = "agreed" | "all";

export interface SpendingChoice {
  readonly which: SpendingWhich;
  /** Left out: the currency with the most expenses, and its latest year. */
  readonly currency?: string;
  readonly year?: number;
}

/** What is read of an expense. `spent` is a day of the household's calendar, `2026-03-31`. */
export interface Spent {
  readonly spent: string;
  readonly category: string;
  readonly amount: number;
  readonly currency: string;
  readonly state: ExpenseState;
}

export interface SpendingCategory {
  readonly name: string;
  /** Of the twelve months, January first. */
  readonly months: readonly bigint[];
  readonly total: bigint;
}

/** One currency and one year of it. */
export interface Spending {
  /** That there are, whatever the choice of states. */
  readonly currencies: readonly string[];
  /** Of that currency, the latest first. */
  readonly years: readonly number[];
  readonly currency: string;
  readonly year: number;
  /** The largest first; of the same size by name. */
  readonly categories: readonly SpendingCategory[];
  readonly months: readonly bigint[];
  readonly total: bigint;
  readonly count: number;
}

const MONTHS = 12;
const AGREED: ReadonlySet<ExpenseState> = new Set(["approved", "payment-made", "settled", "private"]);

/** Whether an expense is among those that are asked for. What was withdrawn never is; one's own has nobody to agree. */
const counts = (state: ExpenseState, which: SpendingWhich): boolean => (which === "all" ? state !== "withdrawn" : AGREED.has(state));

const yearOf = (spent: string): number => Number(spent.slice(0, 4));
const monthOf = (spent: string): number => Number(spent.slice(5, 7)) - 1;

/** @returns undefined where there is no expense at all */
export function spendingOf(expenses: readonly Spent[], choice: SpendingChoice): Spending | undefined {
  const used = new Map<string, number>();
  for (const { currency } of expenses) used.set(currency, (used.get(currency) ?? 0) + 1);
  const currencies = [...used.keys()].sort((a, b) => (used.get(b) ?? 0) - (used.get(a) ?? 0) || (a < b ? -1 : 1));
  const currency = choice.currency !== undefined && used.has(choice.currency) ? choice.currency : currencies[0];
  if (currency === undefined) return undefined;
  const inCurrency = expenses.filter((e) => e.currency === currency);
  const years = [...new Set(inCurrency.map((e) => yearOf(e.spent)))].sort((a, b) => b - a);
  const year = choice.year !== undefined && years.includes(choice.year) ? choice.year : (years[0] ?? 0);
  const chosen = inCurrency.filter((e) => yearOf(e.spent) === year && counts(e.state, choice.which));
  const sums = new Map<string, bigint[]>();
  for (const { category, spent, amount } of chosen) {
    const months = sums.get(category) ?? new Array<bigint>(MONTHS).fill(0n);
    const month = monthOf(spent);
    months[month] = (months[month] ?? 0n) + BigInt(amount);
    sums.set(category, months);
  }
  const categories = [...sums]
    .map(([name, months]): SpendingCategory => ({ name, months, total: sum(months) }))
    .sort((a, b) => (a.total === b.total ? (a.name < b.name ? -1 : 1) : a.total < b.total ? 1 : -1));
  const months = Array.from({ length: MONTHS }, (_, month) => sum(categories.map((c) => c.months[month] ?? 0n)));
  return { currencies, years, currency, year, categories, months, total: sum(months), count: chosen.length };
}

const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((all, one) => all + one, 0n);

/**
 * The categories that a chart can tell apart: the first so many, and what is left of them as one.
 * @param rest what the others together are called
 */
export function told(categories: readonly SpendingCategory[], most: number, rest: string): readonly SpendingCategory[] {
  if (categories.length <= most) return categories;
  const others = categories.slice(most - 1);
  const months = Array.from({ length: MONTHS }, (_, month) => sum(others.map((c) => c.months[month] ?? 0n)));
  return [...categories.slice(0, most - 1), { name: rest, months, total: sum(months) }];
}
