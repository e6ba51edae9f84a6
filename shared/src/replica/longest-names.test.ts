import { beforeAll, describe, expect, it, vi } from "vitest";
import { initAutomergeNode } from "../../node/automerge.ts";
import { nodePorts } from "../../node/ports.ts";
import { initCrypto } from "../crypto/init.ts";
import { generateSample, type Sample } from "../sample/sample.ts";
import type { Replica } from "./replica.ts";
import { openSampleReplica } from "./sample-mode.ts";

vi.setConfig({ testTimeout: 120_000 });

/** What a person may call a child, another person, a thread, an expense and its category: characters. */
const MOST = { child: 60, person: 200, subject: 200, title: 200, category: 60 } as const;
/** Letters of two units each, so that characters are what is counted. */
const named = (characters: number): string => "𝒜".repeat(characters);

describe("a name of 300 characters", () => {
  let replica: Replica;
  let sample: Sample;
  beforeAll(async () => {
    await Promise.all([initAutomergeNode(), initCrypto()]);
    const made = await generateSample({ years: 0.05, seed: 7 });
    if (!made.ok) throw new Error("a sample");
    sample = made.value;
    const opened = await openSampleReplica(sample, nodePorts);
    if (!opened.ok) throw new Error("an opened sample");
    replica = opened.value;
  });

  const thread = (subject: string, children: readonly string[] = []) =>
    replica.sendMessage({ log: sample.log, subject, text: "Hello", files: [], children });
  const expense = (title: string, category = "School") =>
    replica.addExpense({
      ...{ log: sample.log, title, category, amount: 100, currency: "EUR", share: 5_000, spent: "2026-03-02", files: [] },
    });

  it("[R1] [R8] [R13] comes in by no door: it is refused with the limit that holds there", async () => {
    const before = (await replica.history(sample.log, {}, 0, 1)).total;
    const long = named(300);
    const refused = { ok: false, error: { code: "text-too-long" } };
    expect(await thread(long)).toMatchObject({ error: { ...refused.error, limit: MOST.subject } });
    expect(await thread("Shoes", [long])).toMatchObject({ error: { code: "child-wrong", limit: MOST.child } });
    expect(await expense(long)).toMatchObject({ error: { ...refused.error, limit: MOST.title } });
    expect(await expense("Shoes", long)).toMatchObject({ error: { ...refused.error, limit: MOST.category } });
    for (const names of [{ me: long }, { other: long }, { label: long }, { device: long }])
      expect(await replica.rename(sample.log, names)).toMatchObject({ error: { ...refused.error, limit: MOST.person } });
    // Held for a moment or not, it is refused before anything is kept.
    const hold = { do: "message", log: sample.log, subject: long, text: "Hello", files: [] } as const;
    expect(await replica.hold(hold)).toMatchObject({ error: { ...refused.error, limit: MOST.subject } });
    expect((await replica.history(sample.log, {}, 0, 1)).total).toBe(before);
  });

  it("[R1] [R13] one character less than too many is taken, whole", async () => {
    const began = await thread(named(MOST.subject), [named(MOST.child)]);
    const spent = await expense(named(MOST.title), named(MOST.category));
    if (!began.ok || !spent.ok) throw new Error("taken");
    expect(await replica.message(sample.log, began.value)).toMatchObject({ subject: named(MOST.subject), children: [named(MOST.child)] });
    expect(await replica.expense(sample.log, spent.value)).toMatchObject({ title: named(MOST.title), category: named(MOST.category) });
    expect(await thread(named(MOST.subject + 1))).toMatchObject({ ok: false });
    expect(await thread("Shoes", [named(MOST.child + 1)])).toMatchObject({ ok: false });
    expect(await expense(named(MOST.title + 1))).toMatchObject({ ok: false });
    expect(await replica.rename(sample.log, { other: "N".repeat(MOST.person) })).toMatchObject({ ok: true });
    await replica.close();
  });
});
