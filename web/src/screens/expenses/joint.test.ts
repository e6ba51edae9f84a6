import { err, ok } from "@countersign/shared/base/result";
import type { LogId, RecordId } from "@countersign/shared/base/ids";
import type { HeldId, Sending } from "@countersign/shared/replica/held-view";
import type { ExpenseView } from "@countersign/shared/views/record";
import { expect, it } from "vitest";
import { expense } from "../../engine/fake/sample.ts";
import { SAM } from "../../engine/fake/household.ts";
import { answerSeveral, askedInAll } from "./joint.ts";

const asks: readonly ExpenseView[] = ["Shoes", "Coat", "Trip"].map((title, n) => ({
  ...expense({ title, category: "School", amount: 1_000, by: SAM, hours: n, state: "submitted" }),
  id: String(n).repeat(32) as RecordId,
  log: "l" as LogId,
}));

it("[U8] each of several answers is an act of its own with the same reason; where one is refused, and where one breaks, the others stand and it is said which", async () => {
  const sent: Sending[] = [];
  const hold = (what: Sending) => {
    sent.push(what);
    if (sent.length === 2) return Promise.resolve(err({ code: "record-moved-on" } as const));
    if (sent.length === 3) return Promise.reject(new Error("the engine went"));
    return Promise.resolve(ok({ record: "r" as RecordId, held: "h" as HeldId }));
  };
  const all = [...asks, ...asks.slice(0, 1)];
  const done = await answerSeveral({ hold }, all, "refuse", "We agreed on none of these.");
  expect(sent.map((s) => s.do === "answer" && [s.expense, s.act, s.reason])).toEqual(
    all.map((e) => [e.id, "refuse", "We agreed on none of these."]),
  );
  expect(done.stand.map((s) => s.expense.title)).toEqual(["Shoes", "Shoes"]);
  expect(done.failed.map((f) => [f.expense.title, f.error.code])).toEqual([
    ["Coat", "record-moved-on"],
    ["Trip", "internal"],
  ]);
});

it("[money] what several ask for is one sum a currency", () => {
  const [first, second, third] = asks;
  if (!first || !second || !third) throw new Error("three");
  expect(askedInAll([first, second, { ...third, currency: "EUR", asked: 250 }])).toBe("£10.00 + €2.50");
});
