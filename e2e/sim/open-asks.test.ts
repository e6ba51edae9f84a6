import type { LogId, RecordId } from "@countersign/shared/base/ids";
import type { HeldId, Sent } from "@countersign/shared/replica/held-view";
import { beforeAll, describe, expect, test } from "vitest";
import { quiet } from "./family.ts";
import { asleep, expenseOf, idOf, messageTo, PAPER, text, there, whys } from "./holding.ts";

describe("past ten open asks", () => {
  let log: LogId;
  let awake: Awaited<ReturnType<typeof asleep>>["awake"];
  beforeAll(async () => {
    ({ log, awake } = await asleep());
  });

  test("[U7] past ten open asks further ones wait on the asker's device, keep their order over a restart, can be taken back, and go out as the number falls", async () => {
    const { world, ana, ben } = await awake(9);
    const asks: Sent[] = [];
    for (let i = 0; i < 13; i++) asks.push(await world.get(ana.replica.hold(expenseOf(log, `Ask ${String(i + 10)}`))));
    const ask = (n: number): Sent => asks[n] ?? { record: "" as RecordId };
    expect(whys(await ana.replica.held(log))).toEqual([...Array<string>(10).fill("undo"), ...Array<string>(3).fill("ten-open")]);
    await world.time.pass(6_000);
    await quiet(world);
    expect(whys(await ana.replica.held(log))).toEqual(["ten-open", "ten-open", "ten-open"]);
    expect(await there(ben, log)).toHaveLength(10);
    // Messages and answers are not asks.
    await world.get(ana.replica.hold(messageTo(log)));
    ana.kill();
    await ana.boot();
    await quiet(world);
    const [first] = await ana.replica.held(log);
    expect(first?.state).toEqual({ why: "ten-open", open: 10 });
    expect(await there(ben, log)).toHaveLength(11);
    expect(await ana.replica.sendNow(idOf(ask(10)))).toMatchObject({ ok: false, error: { code: "not-allowed" } });
    await world.get(ana.replica.takeBack(idOf(ask(11)), []));
    await world.get(ben.replica.answerExpense({ log, expense: ask(0).record, act: "approve" }));
    await world.time.until(async () => (await ana.replica.held(log)).length === 1);
    await world.get(ana.replica.answerExpense({ log, expense: ask(1).record, act: "withdraw" }));
    await world.time.until(async () => (await ana.replica.held(log)).length === 0);
    await quiet(world);
    expect((await there(ben, log)).filter((t) => t.startsWith("Ask"))).toEqual(
      [10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 22].map((n) => `Ask ${String(n)}`),
    );
    await world.close();
  });

  test("[U7] [C4] [R12] an expense of one's own that is shared while ten are open waits among the others, and goes out in its turn with its files and its proof", async () => {
    const { world, ana, ben } = await awake(11);
    const own = ana.replica.core.personal?.session.log;
    if (!own) throw new Error("a personal log");
    const photo = { ...PAPER, name: "photo.jpg", type: "image/jpeg", original: new TextEncoder().encode("Where it was taken") };
    const mine = await world.get(ana.replica.addExpense({ ...expenseOf(own, "Mine alone"), files: [photo] }));
    const note = await world.get(ana.replica.sendMessage({ log: own, subject: "A note of mine", text: "Kept.", files: [] }));
    await quiet(world);
    const asks: Sent[] = [];
    for (let i = 0; i < 11; i++) asks.push(await world.get(ana.replica.hold(expenseOf(log, `Ask ${String(i + 10)}`))));
    await world.time.pass(6_000);
    await quiet(world);
    const shared = await world.get(ana.replica.share(own, log, mine));
    // Asked for again it is the same; a message is no ask.
    expect(await world.get(ana.replica.share(own, log, mine))).toBe(shared);
    await world.get(ana.replica.share(own, log, note));
    const held = await ana.replica.held(log);
    expect(whys(held)).toEqual(["ten-open", "ten-open"]);
    expect(held[1]).toMatchObject({
      id: shared,
      act: { do: "expense", title: "Mine alone", isShared: true },
      files: [{ name: "photo.jpg" }],
    });
    expect(held[1]?.act).not.toHaveProperty("shared");
    const last = await world.get(ana.replica.hold(expenseOf(log, "After it")));
    ana.kill();
    await ana.boot();
    await quiet(world);
    expect(await there(ben, log)).toHaveLength(11);
    const titles = async (): Promise<readonly string[]> =>
      (await ana.replica.held(log)).map((h) => (h.act.do === "expense" ? h.act.title : h.act.do));
    expect(await titles()).toEqual(["Ask 20", "Mine alone", "After it"]);
    const [first, second] = asks;
    if (!first || !second) throw new Error("two asks");
    await world.get(ben.replica.answerExpense({ log, expense: first.record, act: "approve" }));
    await world.time.until(async () => (await ana.replica.held(log)).length === 2);
    expect(await titles()).toEqual(["Mine alone", "After it"]);
    await world.get(ben.replica.answerExpense({ log, expense: second.record, act: "approve" }));
    await world.time.until(async () => (await ana.replica.held(log)).length === 1);
    await world.get(ana.replica.takeBack(idOf(last), []));
    await quiet(world);
    const [theirs, before] = [await ben.replica.expense(log, shared), await ana.replica.expense(own, mine)];
    expect(theirs).toMatchObject({ title: "Mine alone", state: "submitted", firstLogged: before && { notAfter: before.proof.notAfter } });
    const [file] = theirs?.files ?? [];
    if (!file) throw new Error("a file");
    expect(file.original?.commitment).toBe(before?.files[0]?.original?.commitment);
    expect(text(await world.get(ana.replica.file(log, file.id)))).toBe("Paid in cash");
    await world.close();
  });

  test("[U7] what waits to be shared is taken back, and stays in one's own record", async () => {
    const { world, ana } = await awake(12);
    const own = ana.replica.core.personal?.session.log;
    if (!own) throw new Error("a personal log");
    const mine = await world.get(ana.replica.addExpense({ ...expenseOf(own, "Mine alone"), files: [PAPER] }));
    await quiet(world);
    for (let i = 0; i < 10; i++) await world.get(ana.replica.addExpense(expenseOf(log, `Ask ${String(i + 10)}`)));
    const shared = await world.get(ana.replica.share(own, log, mine));
    const back = await world.get(ana.replica.takeBack(shared as string as HeldId, []));
    expect(back.files.map((f) => text(f.bytes))).toEqual(["Paid in cash"]);
    expect(await ana.replica.held(log)).toEqual([]);
    expect(await there(ana, own)).toEqual(["Mine alone"]);
    expect((await ana.rows.scan("file", {})).filter((r) => r.key.startsWith(log))).toEqual([]);
    await world.close();
  });
});
