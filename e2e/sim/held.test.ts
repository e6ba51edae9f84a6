import type { LogId } from "@countersign/shared/base/ids";
import { beforeAll, describe, expect, test } from "vitest";
import { household, quiet } from "./family.ts";
import { asleep, expenseOf, idOf, messageTo, PAPER, text, there } from "./holding.ts";
import { PASSPHRASE } from "./world.ts";

describe("what was sent and has not left the device", () => {
  let log: LogId;
  let awake: Awaited<ReturnType<typeof asleep>>["awake"];
  beforeAll(async () => {
    ({ log, awake } = await asleep());
  });

  test("[U1] [U2] [U5] is shown at once and is in no log, history or outbox until its time is over; then it is written once, under the id that it had", async () => {
    const { world, ana, ben } = await awake(1);
    const size = household(ana).state.tail.size;
    const lines = (await ana.replica.history(log, {}, 0, 1)).total;
    const sent = await world.get(ana.replica.hold(messageTo(log)));
    expect(sent.held).toBe(sent.record);
    const [held] = await ana.replica.held(log);
    expect(held).toMatchObject({ id: sent.record, act: { do: "message", subject: "Swimming" }, state: { why: "undo" } });
    // Its files can be looked at, and nothing sends them.
    const file = held?.files[0];
    if (!file) throw new Error("a file");
    expect(text(await world.get(ana.replica.file(log, file.id)))).toBe("Paid in cash");
    expect(await ana.rows.scan("file", { from: `${log}/${file.id}/meta`, to: `${log}/${file.id}/metb` })).toEqual([]);
    await world.time.pass(4_900);
    expect(await there(ana, log)).toEqual([]);
    expect(household(ana).outbox.isEmpty).toBe(true);
    expect(household(ana).state.tail.size).toBe(size);
    expect((await ana.replica.history(log, {}, 0, 1)).total).toBe(lines);
    await world.time.until(async () => (await ana.replica.held(log)).length === 0);
    await quiet(world);
    expect(await there(ana, log)).toEqual(["Swimming"]);
    expect(await there(ben, log)).toEqual(["Swimming"]);
    expect((await ben.replica.message(log, sent.record))?.files.map((f) => f.name)).toEqual(["receipt.txt"]);
    expect(text(await world.get(ana.replica.file(log, file.id)))).toBe("Paid in cash");
    await world.close();
  });

  test("[U2] leaves at once where its person says so, where no time is set, and in the personal log", async () => {
    const { world, ana, ben } = await awake(2);
    const sent = await world.get(ana.replica.hold(messageTo(log)));
    await world.get(ana.replica.sendNow(idOf(sent)));
    expect(await ana.replica.held(log)).toEqual([]);
    const own = ana.replica.core.personal?.session.log;
    if (!own) throw new Error("a personal log");
    expect(await world.get(ana.replica.hold(messageTo(own, "Mine")))).not.toHaveProperty("held");
    await world.get(ana.replica.setUndoSeconds(0));
    expect(await world.get(ana.replica.hold(messageTo(log, "At once")))).not.toHaveProperty("held");
    await quiet(world);
    expect(await there(ben, log)).toEqual(["At once", "Swimming"]);
    expect(await there(ana, own)).toEqual(["Mine"]);
    // The choice is the vault's.
    ana.kill();
    await ana.boot();
    expect((await ana.replica.vault()).undoSeconds).toBe(0);
    await world.close();
  });

  test("[U2] is written before the vault is locked or closed, while no relay is there", async () => {
    const { world, ana, ben } = await awake(3);
    world.relayDown();
    await world.get(ana.replica.hold(messageTo(log, "Locked")));
    await world.time.answer(ana.replica.lock());
    await world.get(ana.replica.unlock(PASSPHRASE));
    expect(await there(ana, log)).toEqual(["Locked"]);
    await world.get(ana.replica.hold(messageTo(log, "Closed")));
    await world.time.answer(ana.replica.close());
    ana.kill();
    await ana.boot();
    expect(await there(ana, log)).toEqual(["Closed", "Locked"]);
    await world.relayUp();
    await quiet(world);
    expect(await there(ben, log)).toEqual(["Closed", "Locked"]);
    await world.close();
  });

  test("[U3] whichever commit the device dies at: what was shown is there once, what was not is not half there", async () => {
    let deaths = 0;
    for (const isKept of [false, true]) {
      for (let commit = 1; commit <= 6; commit++) {
        const { world, ana, ben } = await awake(100 + commit);
        if (!ana.disk) throw new Error("a disk");
        ana.disk.deadly = { commit: ana.disk.commits + commit, isKept };
        const shown: boolean[] = [];
        void ana.replica.hold(messageTo(log)).then((sent) => shown.push(sent.ok && sent.value.held !== undefined));
        await world.time.pass(9_000);
        if (!ana.isRunning) {
          deaths++;
          await ana.boot();
        }
        await quiet(world);
        const has = await there(ana, log);
        if (shown.includes(true)) expect(has).toEqual(["Swimming"]);
        else expect(has.length).toBeLessThan(2);
        expect(await there(ben, log)).toEqual(has);
        expect(await ana.replica.held(log)).toEqual([]);
        expect(await ana.rows.scan("draft", {})).toEqual([]);
        await world.close();
      }
    }
    // The hold itself, and the write that ends it.
    expect(deaths).toBeGreaterThanOrEqual(4);
  });

  test("[U3] a payment that a device dies over is noted once", async () => {
    for (const isKept of [false, true]) {
      const { world, ana, ben } = await awake(200);
      const expense = await world.get(ana.replica.addExpense(expenseOf(log, "Shoes")));
      await quiet(world);
      await world.get(ben.replica.answerExpense({ log, expense, act: "approve" }));
      if (!ben.disk) throw new Error("a disk");
      await world.get(ben.replica.hold({ do: "answer", log, expense, act: "pay", amount: 2_000 }));
      // A second act on the same expense waits for the first.
      expect(await ben.replica.hold({ do: "answer", log, expense, act: "pay", amount: 2_000 })).toMatchObject({ ok: false });
      ben.disk.deadly = { commit: ben.disk.commits + 1, isKept };
      await world.time.pass(6_000);
      expect(ben.isRunning).toBe(false);
      await ben.boot();
      await quiet(world);
      expect((await ana.replica.expense(log, expense))?.steps.map((s) => s.act)).toEqual(["submit", "approve", "pay"]);
      await world.close();
    }
  });

  test("[U4] taken back it is whole again: the draft is there where the held act is not, whichever commit the device dies at", async () => {
    const { world, ana } = await awake(6);
    const sent = await world.get(ana.replica.hold(messageTo(log)));
    const id = idOf(sent);
    const back = await world.get(ana.replica.takeBack(id, [{ key: "message new", text: "Swimming is on Monday." }]));
    expect(back.act).toMatchObject({ do: "message", subject: "Swimming", text: "Swimming is on Monday." });
    expect(back.files.map((f) => [f.name, f.type, text(f.bytes)])).toEqual([["receipt.txt", "text/plain", "Paid in cash"]]);
    expect(await ana.rows.scan("file", {})).toEqual([]);
    await world.time.pass(20_000);
    expect(await there(ana, log)).toEqual([]);
    expect(await ana.replica.takeBack(id, [])).toMatchObject({ ok: false, error: { code: "already-left" } });
    for (const isKept of [false, true]) {
      const again = await world.get(ana.replica.hold(messageTo(log, isKept ? "Kept" : "Not kept")));
      if (!ana.disk) throw new Error("a disk");
      ana.disk.deadly = { commit: ana.disk.commits + 1, isKept };
      void ana.replica.takeBack(idOf(again), [{ key: "message new", text: "back" }]);
      await world.time.until(() => !ana.isRunning);
      await ana.boot();
      await quiet(world);
      expect(await there(ana, log)).toEqual(["Not kept"]);
      expect(await ana.replica.draft("message new")).toBe(isKept ? "back" : "Swimming is on Monday.");
    }
    await world.close();
  });

  test("[U1] [R12] a photo's original is held with it, comes back with it, and is in its person's own log before what is shared of it is written", async () => {
    const { world, ana, ben } = await awake(10);
    const photo = { ...PAPER, name: "photo.jpg", type: "image/jpeg", original: new TextEncoder().encode("Where it was taken") };
    const sent = await world.get(ana.replica.hold({ ...messageTo(log, "Photo", [photo]), children: ["Mia"] }));
    const back = await world.get(ana.replica.takeBack(idOf(sent), []));
    expect(back.act).toMatchObject({ children: ["Mia"] });
    expect(back.files.map((f) => f.original && text(f.original))).toEqual(["Where it was taken"]);
    expect(await ana.rows.scan("file", {})).toEqual([]);
    const again = await world.get(ana.replica.hold({ ...messageTo(log, "Photo", [photo]), children: ["Mia"] }));
    ana.kill();
    await ana.boot();
    await quiet(world);
    const seen = await ben.replica.message(log, again.record);
    expect(seen?.children).toEqual(["Mia"]);
    const commitment = seen?.files[0]?.original?.commitment;
    if (commitment === undefined) throw new Error("it names its original");
    expect(text((await world.get(ana.replica.original(commitment))).bytes)).toBe("Where it was taken");
    // Sealed twice: the photo, and the original in the personal log. What was held is gone.
    expect((await ana.rows.scan("file", {})).filter((r) => r.key.endsWith("/meta"))).toHaveLength(2);
    expect((await ana.rows.scan("file", {})).filter((r) => r.key.includes("/p/"))).toHaveLength(2);
    await world.close();
  });

  test("[U6] what can't be written stays, says why, and is tried again when asked and at the next unlocking", async () => {
    const { world, ana } = await awake(7);
    const sent = await world.get(ana.replica.hold(messageTo(log)));
    if (!ana.disk) throw new Error("a disk");
    ana.disk.isFull = true;
    await world.time.pass(6_000);
    const [held] = await ana.replica.held(log);
    expect(held?.state).toEqual({ why: "refused", error: { code: "storage-full" } });
    expect(await ana.replica.sendNow(idOf(sent))).toMatchObject({ ok: false, error: { code: "storage-full" } });
    await world.time.answer(ana.replica.lock());
    ana.disk.isFull = false;
    await world.get(ana.replica.unlock(PASSPHRASE));
    await world.time.until(async () => (await ana.replica.held(log)).length === 0);
    expect(await there(ana, log)).toEqual(["Swimming"]);
    await world.close();
  });

  test("[U6] an answer to what has changed meanwhile is not written and not lost", async () => {
    const { world, ana, ben } = await awake(8);
    const expense = await world.get(ana.replica.addExpense(expenseOf(log, "Shoes")));
    await quiet(world);
    await world.get(ben.replica.hold({ do: "answer", log, expense, act: "refuse", reason: "I bought some last week." }));
    await world.get(ana.replica.answerExpense({ log, expense, act: "withdraw" }));
    await world.time.until(async () => (await ben.replica.held(log))[0]?.state.why === "refused");
    const [held] = await ben.replica.held(log);
    expect(held?.state).toEqual({ why: "refused", error: { code: "record-moved-on" } });
    expect(held?.act).toMatchObject({ act: "refuse", reason: "I bought some last week." });
    await world.close();
  });
});
