import { describe, expect, test } from "vitest";
import { eventually, PASSPHRASE, value, World } from "./world.ts";

const RELAY = "http://relay.test";

describe("two parents over a relay", () => {
  test("[C2] found, invite, join, confirm, compare; messages and an expense go through their whole life", async () => {
    const world = await World.make();
    const { replica: a } = await world.replica();
    value(await a.start({ relay: RELAY, passphrase: PASSPHRASE, name: "Ana", zone: "Europe/Vienna" }));
    await eventually(() => [...a.core.logs.values()].every((l) => l.session.link.state.state === "live" && l.session.keyOf("messages") !== undefined));
    const personal = a.core.personal?.session.log;
    if (!personal) throw new Error("a personal log");
    value(await a.addExpense({ log: personal, title: "Shoes", category: "Clothes", amount: 4_990, currency: "EUR", share: 5_000, spent: "2026-01-02", files: [] }));
    const invite = value(await a.invite({ label: "Home" }));
    const { replica: b } = await world.replica();
    const log = value(await b.join({ link: invite.link, name: "Ben", passphrase: PASSPHRASE + "!", zone: "Europe/Vienna" }));
    await eventually(async () => (await a.households()).some((h) => h.stage === "waiting"));
    value(await a.confirmJoin(log));
    expect(value(await a.safetyWords(log))).toEqual(value(await b.safetyWords(log)));
    value(await a.attest(log, "words"));
    value(await a.sendMessage({ log, subject: "Pick-up on Friday", text: "Can you take her at 15:00?", files: [] }));
    await eventually(async () => (await b.threads(log, 0, 10)).total === 1);
    const [thread] = (await b.threads(log, 0, 10)).rows;
    if (!thread) throw new Error("a thread");
    expect(thread.subject).toBe("Pick-up on Friday");
    value(await b.sendMessage({ log, thread: thread.id, text: "Yes, 15:00 is fine.", files: [] }));
    await eventually(async () => (await a.messages(log, thread.id, 0, 10)).total === 2);
    const [first] = (await a.messages(log, thread.id, 0, 10)).rows;
    expect(first?.proof.state).toBe("delivered");
    const expense = value(await b.addExpense({ log, title: "Dentist", category: "Health", amount: 12_000, currency: "EUR", share: 5_000, spent: "2026-01-05", files: [] }));
    await eventually(async () => (await a.expense(log, expense)) !== undefined);
    value(await a.answerExpense({ log, expense, act: "approve" }));
    value(await a.answerExpense({ log, expense, act: "pay", amount: 6_000 }));
    await eventually(async () => (await b.expense(log, expense))?.state === "payment-made");
    value(await b.answerExpense({ log, expense, act: "confirm-payment" }));
    await eventually(async () => (await a.expense(log, expense))?.state === "settled");
    expect((await a.history(log, {}, 0, 100)).rows.filter((r) => r.type === "set-aside")).toEqual([]);
    await a.close();
    await b.close();
  });
});
