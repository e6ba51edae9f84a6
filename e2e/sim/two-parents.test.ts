import { describe, expect, test } from "vitest";
import { twoParents } from "./family.ts";
import { World } from "./world.ts";

describe("two parents over a relay", () => {
  test("[C2] found, invite, join, confirm, compare; messages and an expense go through their whole life", async () => {
    const world = await World.make();
    const log = await twoParents(world);
    const a = world.device("ana").replica;
    const b = world.device("ben").replica;
    const personal = a.core.personal?.session.log;
    if (!personal) throw new Error("a personal log");
    await world.get(
      a.addExpense({
        log: personal,
        title: "Shoes",
        category: "Clothes",
        amount: 4_990,
        currency: "EUR",
        share: 5_000,
        spent: "2026-01-02",
        files: [],
      }),
    );
    expect(await world.get(Promise.resolve(await a.safetyWords(log)))).toEqual(await world.get(Promise.resolve(await b.safetyWords(log))));
    await world.get(a.sendMessage({ log, subject: "Pick-up on Friday", text: "Can you take her at 15:00?", files: [] }));
    await world.time.until(async () => (await b.threads(log, 0, 10)).total === 1);
    const [thread] = (await b.threads(log, 0, 10)).rows;
    if (!thread) throw new Error("a thread");
    expect(thread.subject).toBe("Pick-up on Friday");
    await world.get(b.sendMessage({ log, thread: thread.id, text: "Yes, 15:00 is fine.", files: [] }));
    await world.time.until(async () => (await a.messages(log, thread.id, 0, 10)).total === 2);
    const [first] = (await a.messages(log, thread.id, 0, 10)).rows;
    expect(first?.proof.state).toBe("delivered");
    const expense = await world.get(
      b.addExpense({
        log,
        title: "Dentist",
        category: "Health",
        amount: 12_000,
        currency: "EUR",
        share: 5_000,
        spent: "2026-01-05",
        files: [],
      }),
    );
    await world.time.until(async () => (await a.expense(log, expense)) !== undefined);
    await world.get(a.answerExpense({ log, expense, act: "approve" }));
    await world.get(a.answerExpense({ log, expense, act: "pay", amount: 6_000 }));
    await world.time.until(async () => (await b.expense(log, expense))?.state === "payment-made");
    await world.get(b.answerExpense({ log, expense, act: "confirm-payment" }));
    await world.time.until(async () => (await a.expense(log, expense))?.state === "settled");
    expect((await a.history(log, {}, 0, 100)).rows.filter((r) => r.type === "set-aside")).toEqual([]);
    await world.close();
  });
});
