import type { LogId, RecordId } from "@countersign/shared/base/ids";
import type { HeldId, HeldView, Sent } from "@countersign/shared/replica/held-view";
import { beforeAll, describe, expect, test } from "vitest";
import { household, quiet, twoParents } from "./family.ts";
import { PASSPHRASE, World, type Device, type Saved } from "./world.ts";

const PAPER = { name: "receipt.txt", type: "text/plain", bytes: new TextEncoder().encode("Paid in cash") };
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

const messageTo = (log: LogId, subject = "Swimming", files = [PAPER]) =>
  ({ do: "message", log, subject, text: `${subject} is on Monday.`, files }) as const;
const expenseOf = (log: LogId, title: string) =>
  ({
    do: "expense",
    log,
    title,
    category: "School",
    amount: 4_000,
    currency: "GBP",
    share: 5_000,
    spent: "2026-03-30",
    files: [],
  }) as const;

/** Titles or subjects of what a device has of a household, each as often as it is there. */
async function there({ replica }: Device, log: LogId): Promise<readonly string[]> {
  const threads = await replica.threads(log, 0, 500);
  const expenses = await replica.expenses(log, {}, 0, 500);
  return [...threads.rows.map((r) => r.subject), ...expenses.rows.map((r) => r.title)].sort();
}

function idOf({ held }: Sent): HeldId {
  if (held === undefined) throw new Error("it is held");
  return held;
}

const whys = (held: readonly HeldView[]): readonly string[] => held.map((h) => h.state.why);

describe("what was sent and has not left the device", () => {
  let saved: Saved;
  let log: LogId;
  beforeAll(async () => {
    const world = await World.make(5);
    log = await twoParents(world);
    await quiet(world);
    for (const device of world.devices.values()) device.kill();
    world.relayDown();
    saved = world.save();
  });

  const awake = async (seed: number): Promise<{ world: World; ana: Device; ben: Device }> => {
    const world = await World.from(saved, seed);
    const [ana, ben] = [world.device("ana"), world.device("ben")];
    await ana.boot();
    await ben.boot();
    await quiet(world);
    return { world, ana, ben };
  };

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
