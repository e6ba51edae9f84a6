import type { LogId } from "@countersign/shared/base/ids";
import { beforeAll, describe, expect, test } from "vitest";
import { household, quiet, twoParents } from "./family.ts";
import { World, type Device, type Saved } from "./world.ts";

const DAY = 86_400_000;

describe("what a device can be made to write", () => {
  let saved: Saved;
  let log: LogId;
  beforeAll(async () => {
    const world = await World.make(11);
    log = await twoParents(world);
    await quiet(world);
    for (const device of world.devices.values()) device.kill();
    world.relayDown();
    saved = world.save();
  });

  async function awake(seed: number, skew = 0): Promise<{ world: World; ana: Device; ben: Device }> {
    const world = await World.from(saved, seed);
    const [ana, ben] = [world.device("ana"), world.device("ben")];
    ana.skew = skew;
    await ana.boot();
    await ben.boot();
    await quiet(world);
    return { world, ana, ben };
  }

  const message = (subject: string, text: string) => ({ do: "message", log, subject, text, files: [] }) as const;
  const subjects = async ({ replica }: Device): Promise<readonly string[]> =>
    (await replica.threads(log, 0, 50)).rows.map((t) => t.subject).sort();

  test("[U2] half a letter, as a cut emoji leaves it, is written as a sign for it and keeps nothing from leaving", async () => {
    const { world, ana, ben } = await awake(1);
    const cut = "\ud83d";
    const file = { name: `${cut}.txt`, type: "x".repeat(200), bytes: Uint8Array.of(1) };
    await world.get(ana.replica.hold({ ...message("Cut", `Half ${cut} letter`), files: [file] }));
    await world.get(ana.replica.hold(message("After it", "Whole")));
    await world.time.until(async () => (await ana.replica.held(log)).length === 0);
    await quiet(world);
    expect(await subjects(ben)).toEqual(["After it", "Cut"]);
    const thread = (await ben.replica.threads(log, 0, 5)).rows.find((t) => t.subject === "Cut");
    const [first] = thread ? (await ben.replica.messages(log, thread.id, 0, 5)).rows : [];
    expect(first?.text).toBe("Half \ufffd letter");
    expect(first?.files.map(({ name, type }) => [name, type])).toEqual([["\ufffd.txt", "application/octet-stream"]]);
    await world.close();
  });

  test("[U2] one whose writing fails in a way nobody foresaw says so, and those after it leave", async () => {
    const { world, ana, ben } = await awake(2);
    const session = household(ana);
    const write = session.write.bind(session);
    session.write = (act) => (act.draft.fields["subject"] === "Bad" ? Promise.reject(new Error("a defect")) : write(act));
    await world.get(ana.replica.hold(message("Bad", "First")));
    await world.get(ana.replica.hold(message("Good", "Second")));
    await world.time.until(async () => (await ana.replica.held(log)).length === 1);
    expect((await ana.replica.held(log))[0]?.state).toEqual({ why: "refused", error: { code: "internal" } });
    await quiet(world);
    expect(await subjects(ben)).toEqual(["Good"]);
    await world.close();
  });

  test("[X9] a text that is short enough by its letters and too large by its bytes is refused in words for that", async () => {
    const { world, ana } = await awake(3);
    const sent = await world.time.answer(ana.replica.sendMessage({ log, subject: "Long", text: "😀".repeat(20_000), files: [] }));
    expect(sent).toEqual({ ok: false, error: { code: "record-too-large" } });
    await world.close();
  });

  test.each([40, 20_000])(
    "[L9] a clock that is %i days ahead is named, what was written is kept, and leaves once it is right",
    async (days) => {
      const { world, ana, ben } = await awake(4, days * DAY);
      expect(await ana.replica.sync(log)).toHaveProperty("clockAhead");
      await world.get(ana.replica.hold(message("Early", "Is it June?")));
      await world.time.until(async () => (await ana.replica.held(log))[0]?.state.why === "refused");
      const [held] = await ana.replica.held(log);
      expect(held?.state).toEqual({ why: "refused", error: { code: "clock-ahead" } });
      ana.skew = 0;
      if (held) await world.get(ana.replica.sendNow(held.id));
      await quiet(world);
      expect(await subjects(ben)).toEqual(["Early"]);
      await world.close();
    },
  );

  test.each([-40, -20_000])("[L9] a clock that is %i days off writes all the same", async (days) => {
    const { world, ana, ben } = await awake(5, days * DAY);
    await world.get(ana.replica.sendMessage({ log, subject: "Late", text: "Old clock", files: [] }));
    await quiet(world);
    expect(await subjects(ben)).toEqual(["Late"]);
    await world.close();
  });
});
