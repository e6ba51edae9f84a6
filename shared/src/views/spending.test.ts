import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MAX_AMOUNT } from "../kinds/money.ts";
import type { ExpenseState } from "./record.ts";
import { spendingOf, told, type Spent } from "./spending.ts";

const STATES: readonly ExpenseState[] = [
  "private",
  "submitted",
  "withdrawn",
  "approved",
  "refused",
  "changes-requested",
  "payment-made",
  "settled",
];
const one = (spent: string, category: string, amount: number, state: ExpenseState = "settled", currency = "GBP"): Spent => ({
  ...{ spent, category, amount, state, currency },
});

const anExpense: fc.Arbitrary<Spent> = fc.record({
  spent: fc
    .tuple(fc.integer({ min: 2016, max: 2026 }), fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 28 }))
    .map(([y, m, d]) => [y, String(m).padStart(2, "0"), String(d).padStart(2, "0")].join("-")),
  category: fc.constantFrom("Health", "School", "Clothes", "Travel"),
  amount: fc.integer({ min: 1, max: MAX_AMOUNT }),
  currency: fc.constantFrom("GBP", "EUR"),
  state: fc.constantFrom(...STATES),
});

describe("what was spent by month and category", () => {
  test("[money] none is nothing, and nothing of a state is a year without a category", () => {
    expect(spendingOf([], { which: "all" })).toBeUndefined();
    expect(spendingOf([one("2026-03-01", "School", 100, "submitted")], { which: "agreed" })).toMatchObject({
      ...{ currency: "GBP", year: 2026, years: [2026], categories: [], total: 0n, count: 0 },
    });
  });

  test("[money] an expense stands in the month of the day that it names, by the household's calendar", () => {
    const made = spendingOf([one("2026-01-31", "School", 150), one("2026-02-01", "School", 250), one("2026-12-31", "Health", 50)], {
      which: "agreed",
    });
    expect(made?.categories).toEqual([
      { name: "School", months: [150n, 250n, ...Array<bigint>(10).fill(0n)], total: 400n },
      { name: "Health", months: [...Array<bigint>(11).fill(0n), 50n], total: 50n },
    ]);
    expect(made?.months[11]).toBe(50n);
    expect(made?.total).toBe(450n);
  });

  test("[money] agreed is what was approved, paid, settled, or has nobody to agree; all is everything but what was withdrawn", () => {
    const each = STATES.map((state, i) => one("2026-05-05", state, 2 ** i, state));
    const names = (which: "agreed" | "all"): string[] => (spendingOf(each, { which })?.categories ?? []).map((c) => c.name).sort();
    expect(names("agreed")).toEqual(["approved", "payment-made", "private", "settled"]);
    expect(names("all")).toEqual(STATES.filter((state) => state !== "withdrawn").sort());
  });

  test("[money] what was not chosen is the currency with the most expenses and its latest year; what is not there is not chosen", () => {
    const two = [one("2025-01-01", "a", 1, "settled", "EUR"), one("2026-01-01", "a", 2), one("2024-01-01", "a", 3)];
    expect(spendingOf(two, { which: "all" })).toMatchObject({
      currency: "GBP",
      currencies: ["GBP", "EUR"],
      year: 2026,
      years: [2026, 2024],
    });
    expect(spendingOf(two, { which: "all", currency: "EUR" })).toMatchObject({ currency: "EUR", year: 2025, total: 1n });
    expect(spendingOf(two, { which: "all", year: 2024 })).toMatchObject({ year: 2024, total: 3n });
    expect(spendingOf(two, { which: "all", year: 1999, currency: "JPY" })).toMatchObject({ currency: "GBP", year: 2026 });
  });

  test("[money] over all years and currencies each unit is counted once, exactly, however large", () => {
    fc.assert(
      fc.property(fc.array(anExpense, { maxLength: 60 }), fc.constantFrom("agreed" as const, "all" as const), (expenses, which) => {
        for (const currency of new Set(expenses.map((e) => e.currency))) {
          const years = spendingOf(expenses, { which, currency })?.years ?? [];
          const made = years.flatMap((year) => spendingOf(expenses, { which, currency, year }) ?? []);
          const isIn = (e: Spent): boolean =>
            e.currency === currency &&
            (which === "all" ? e.state !== "withdrawn" : ["private", "approved", "payment-made", "settled"].includes(e.state));
          const whole = expenses.filter(isIn).reduce((n, e) => n + BigInt(e.amount), 0n);
          expect(made.reduce((n, y) => n + y.total, 0n)).toBe(whole);
          expect(made.reduce((n, y) => n + y.count, 0)).toBe(expenses.filter(isIn).length);
          for (const y of made) {
            expect(y.months.reduce((n, m) => n + m, 0n)).toBe(y.total);
            expect(y.categories.reduce((n, c) => n + c.total, 0n)).toBe(y.total);
            const few = told(y.categories, 2, "Others");
            expect(few.length).toBeLessThanOrEqual(2);
            expect(few.reduce((n, c) => n + c.total, 0n)).toBe(y.total);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  test("[money] more categories than can be told apart: the largest stand by themselves, the others together", () => {
    const many =
      spendingOf(
        ["a", "b", "c", "d"].map((name, i) => one("2026-04-04", name, 10 - i)),
        { which: "all" },
      )?.categories ?? [];
    expect(told(many, 3, "Others").map(({ name, total }) => [name, total])).toEqual([
      ["a", 10n],
      ["b", 9n],
      ["Others", 15n],
    ]);
    expect(told(many, 4, "Others")).toEqual(many);
  });
});
