import { describe, expect, test } from "vitest";
import { quiet, say, twoParents } from "./family.ts";
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

  test.each([
    ["ana", { ana: true }],
    ["ben", { ben: true }],
  ] as const)(
    "[receipts] of two parents only %s chose at the start to tell of what was viewed, and only that is told",
    async (who, receipts) => {
      const world = await World.make();
      const log = await twoParents(world, receipts);
      const [told, silent] = who === "ana" ? ["ana", "ben"] : ["ben", "ana"];
      const teller = world.device(told).replica;
      const other = world.device(silent).replica;
      expect(await teller.viewReceipts(log)).toBe(true);
      expect(await other.viewReceipts(log)).toBe(false);
      const [fromOther, fromTeller] = await Promise.all([say(world, world.device(silent)), say(world, world.device(told))]);
      const has = async (replica: typeof teller): Promise<boolean> => (await replica.threads(log, 0, 10)).total === 2;
      await world.time.until(async () => (await has(teller)) && (await has(other)));
      await world.get(teller.seen(log, fromOther));
      await world.get(other.seen(log, fromTeller));
      // A later message of each has come over: so has whatever was said before it.
      await say(world, world.device(silent), "later");
      await say(world, world.device(told), "later");
      await quiet(world);
      expect((await other.message(log, fromOther))?.proof.state).toBe("viewed");
      expect((await teller.message(log, fromTeller))?.proof.state).toBe("delivered");
      await world.close();
    },
  );
});
