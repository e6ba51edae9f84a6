import { beforeAll, expect, test, vi } from "vitest";
import { initAutomergeNode } from "../../node/automerge.ts";
import { nodePorts } from "../../node/ports.ts";
import { initCrypto } from "../crypto/init.ts";
import { generateSample } from "../sample/sample.ts";
import { openSampleReplica } from "./sample-mode.ts";

vi.setConfig({ testTimeout: 120_000 });

beforeAll(async () => {
  await initCrypto();
  await initAutomergeNode();
});

test("[R13] threads, expenses and the history are narrowed to what names a child, now and at a moment; what is written new is found too", async () => {
  const sample = await generateSample({ years: 0.25, seed: 7 });
  if (!sample.ok) throw new Error("a sample");
  const opened = await openSampleReplica(sample.value, nodePorts);
  if (!opened.ok) throw new Error("an opened sample");
  const replica = opened.value;
  const { log } = sample.value;
  expect(await replica.children(log)).toEqual(["Lina", "Tom"]);
  const [threads, expenses] = [(await replica.threads(log, 0, 200)).rows, (await replica.expenses(log, {}, 0, 200)).rows];
  const about = new Set<string>();
  for (const child of ["Lina", "Tom"]) {
    const chosen = await replica.threads(log, 0, 200, undefined, { child });
    expect(chosen.rows).toEqual(threads.filter((t) => t.children?.includes(child)));
    expect(chosen.total).toBeGreaterThan(0);
    expect(chosen.total).toBeLessThan(threads.length);
    const spent = await replica.expenses(log, { child }, 0, 200);
    expect(spent.rows.map((e) => e.id)).toEqual(expenses.filter((e) => e.children?.includes(child)).map((e) => e.id));
    expect(spent.total).toBeGreaterThan(0);
    for (const { id } of chosen.rows) for (const m of (await replica.messages(log, id, 0, 500)).rows) about.add(`${child} ${m.id}`);
    for (const { id } of spent.rows) about.add(`${child} ${id}`);
    const lines = (await replica.history(log, { child }, 0, 1_000)).rows;
    expect(new Set(lines.map((l) => `${child} ${l.record ?? ""}`))).toEqual(new Set([...about].filter((a) => a.startsWith(child))));
  }
  // Before anything was written there were no names.
  const first = Math.min(...threads.map((t) => t.last), ...expenses.map((e) => e.proof.notAfter ?? Infinity));
  expect(await replica.children(log, first - 90 * 86_400_000)).toEqual([]);
  await replica.close();
});

test("[R13] a name is written as the app writes names, or refused with what is wrong with it", async () => {
  const sample = await generateSample({ years: 0.1, seed: 7 });
  if (!sample.ok) throw new Error("a sample");
  const opened = await openSampleReplica(sample.value, nodePorts);
  if (!opened.ok) throw new Error("an opened sample");
  const replica = opened.value;
  const { log } = sample.value;
  const thread = { log, subject: "Shoes", text: "Size 32.", files: [] };
  const sent = await replica.sendMessage({ ...thread, children: [" Zoe\u0308 ", "Zoë", "Tom"] });
  if (!sent.ok) throw new Error(sent.error.code);
  expect((await replica.message(log, sent.value))?.children).toEqual(["Zoë", "Tom"]);
  expect(await replica.children(log)).toContain("Zoë");
  expect(await replica.sendMessage({ ...thread, children: ["Mia\nLeo"] })).toMatchObject({
    ok: false,
    error: { code: "child-wrong", limit: 60 },
  });
  const many = Array.from({ length: 13 }, (_, i) => `Child ${String(i)}`);
  expect(await replica.sendMessage({ ...thread, children: many })).toMatchObject({
    ok: false,
    error: { code: "children-many", limit: 12 },
  });
  // An answer names nobody: its thread does.
  const answer = await replica.sendMessage({ log, thread: sent.value, text: "Yes.", files: [], children: ["Tom"] });
  if (!answer.ok) throw new Error(answer.error.code);
  expect(await replica.message(log, answer.value)).not.toHaveProperty("children");
  await replica.close();
});
