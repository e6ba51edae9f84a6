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

/** As it stands in the record, and as people type it: without accents, in another case, width or script form, with what can't be seen. */
const SPELLINGS = [
  ["Übergabe-Café", "ubergabe-cafe", "ÜBERGABE–CAFÉ", "u\u0308bergabe"],
  ["Straßenbahn", "STRASSENBAHN", " strassen\u00adbahn "],
  ["ＡＢＣ ｶﾞｸﾌﾟ", "abc ガクプ"],
  ["كِتاب الرياضيات", "كتاب"],
  ["Łódź’s fee", "lodz's"],
] as const;

test("[filters] expenses, history and search find the same, however it is spelled", async () => {
  const sample = await generateSample({ years: 0.05, seed: 7 });
  if (!sample.ok) throw new Error("a sample");
  const opened = await openSampleReplica(sample.value, nodePorts);
  if (!opened.ok) throw new Error("an opened sample");
  const replica = opened.value;
  const { log } = sample.value;
  for (const [written, ...typed] of SPELLINGS) {
    const expense = await replica.addExpense({
      ...{ log, title: written, category: "Books", amount: 100, currency: "EUR", share: 5_000, spent: "2026-03-02", files: [] },
    });
    const message = await replica.sendMessage({ log, subject: "New", text: `It is ${written}.`, files: [] });
    if (!expense.ok || !message.ok) throw new Error("written");
    for (const text of [written, ...typed]) {
      const listed = await replica.expenses(log, { text }, 0, 50);
      const lines = await replica.history(log, { text }, 0, 50);
      const found = await replica.search({ job: text, logs: [log], text: `"${text.trim()}"`, kind: "expense" }, 0, 50);
      expect({ text, ids: listed.rows.map((e) => e.id) }).toEqual({ text, ids: [expense.value] });
      expect({ text, ids: new Set(lines.rows.map((l) => l.record)) }).toEqual({ text, ids: new Set([expense.value, message.value]) });
      expect({ text, ids: found.rows.map((r) => r.id) }).toEqual({ text, ids: [expense.value] });
    }
  }
  // What is typed stands in one text, not across two of them.
  expect((await replica.expenses(log, { text: "fee books" }, 0, 50)).total).toBe(0);
  // What makes no letter chooses everything, as an empty field does.
  expect((await replica.expenses(log, { text: "\u00ad" }, 0, 1)).total).toBe((await replica.expenses(log, {}, 0, 1)).total);
  await replica.close();
});
