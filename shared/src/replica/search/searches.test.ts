import { beforeAll, expect, test, vi } from "vitest";
import { initAutomergeNode } from "../../../node/automerge.ts";
import { nodePorts } from "../../../node/ports.ts";
import { foldText } from "../../base/fold-text.ts";
import { initCrypto } from "../../crypto/init.ts";
import { generateSample } from "../../sample/sample.ts";
import type { ExpenseView, MessageView } from "../../views/record.ts";
import type { SearchKind, SearchPage } from "../../views/search.ts";
import type { Patch } from "../api.ts";
import type { Replica } from "../replica.ts";
import { openSampleReplica } from "../sample-mode.ts";

vi.setConfig({ testTimeout: 120_000 });

let replica: Replica;
let log: Parameters<Replica["messages"]>[0];

beforeAll(async () => {
  await initCrypto();
  await initAutomergeNode();
  const sample = await generateSample({ years: 0.25, seed: 7 });
  if (!sample.ok) throw new Error("a sample");
  const opened = await openSampleReplica(sample.value, nodePorts);
  if (!opened.ok) throw new Error("an opened sample");
  replica = opened.value;
  log = sample.value.log;
  return () => replica.close();
}, 120_000);

/** Asks until everything was looked at. */
async function all(text: string, kind: SearchKind = "message", at?: number): Promise<SearchPage> {
  const done = new Promise<void>((resolve) => {
    const stop = replica.watch((patch: Patch) => {
      if (patch.topic !== "search" || patch.job !== "test") return;
      stop();
      resolve();
    });
  });
  const first = await replica.search({ job: "test", logs: [log], text, kind }, 0, 500, at);
  if (first.done) return first;
  await done;
  return all(text, kind, at);
}

async function everyMessage(at?: number): Promise<MessageView[]> {
  const threads = await replica.threads(log, 0, 500, at);
  const each = await Promise.all(threads.rows.map((thread) => replica.messages(log, thread.id, 0, 500, at)));
  return each.flatMap(({ rows }) => rows);
}

const nameOf = async (member: string): Promise<string> => {
  const [household] = await replica.households();
  return household?.people.find((p) => p.member === member)?.name ?? "";
};

test("[search] it finds what stands in messages, file names, subjects and names of parents and children, and nothing else", async () => {
  const messages = await everyMessage();
  const names = new Map(await Promise.all(messages.map(async (m) => [m.author, foldText(await nameOf(m.author))] as const)));
  const ownOf = (m: MessageView): string =>
    [
      foldText([m.id === m.thread ? (m.subject ?? "") : "", ...(m.children ?? []), m.text, ...m.files.map((f) => f.name)].join("\n")),
      names.get(m.author),
    ].join("\n");
  const words = messages.slice(0, 12).flatMap((m) =>
    foldText(m.text)
      .split(/[^a-z]+/)
      .filter((word) => word.length > 3)
      .slice(0, 2),
  );
  const files = messages.flatMap((m) => m.files.map((f) => f.name)).slice(0, 1);
  const [someName = ""] = names.values();
  expect(words.length).toBeGreaterThan(10);
  expect(files).toHaveLength(1);
  for (const text of [...words, ...files, someName, "nothingofthekind"]) {
    const expected = messages.filter(
      (m) =>
        text === "" ||
        foldText(text)
          .split(" ")
          .every((word) => ownOf(m).includes(word)),
    );
    const found = await all(text);
    expect(new Set(found.rows.map((row) => row.id)), text).toEqual(new Set(expected.map((m) => m.id)));
    expect(found.total).toBe(expected.length);
    expect(found.counts.message).toBe(expected.length);
    const times = found.rows.map((row) => row.at);
    expect(times).toEqual([...times].sort((a, b) => b - a));
    for (const row of found.rows) {
      const m = messages.find((one) => one.id === row.id);
      expect(row).toMatchObject({ thread: m?.thread, author: m?.author, log });
    }
  }
});

test("[search] a file's name is shown as what was found", async () => {
  const message = (await everyMessage()).find((m) => m.files.some((f) => !/["\s]/.test(f.name)));
  const name = message?.files.find((f) => !/["\s]/.test(f.name))?.name ?? "";
  expect(name).not.toBe("");
  const row = (await all(name)).rows.find((one) => one.id === message?.id);
  expect(row).toMatchObject({ field: "file", line: [{ text: name, hit: true }] });
});

test("[search] expenses are found by what, category, note, reasons, files and amount", async () => {
  const expenses: readonly ExpenseView[] = (await replica.expenses(log, {}, 0, 500)).rows;
  const refused = expenses.find((e) => e.steps.some((s) => s.reason !== undefined));
  const reason = refused?.steps.find((s) => s.reason !== undefined)?.reason ?? "";
  expect(reason).not.toBe("");
  const found = await all(`"${reason}"`, "expense");
  expect(found.rows.find((row) => row.id === refused?.id)).toMatchObject({
    field: "reason",
    amount: refused?.amount,
    currency: refused?.currency,
  });
  // Before the answer was given it is not found by it.
  const answeredAt = refused?.steps.find((s) => s.reason !== undefined)?.proof.notAfter ?? 0;
  expect((await all(`"${reason}"`, "expense", answeredAt - 1)).rows.map((row) => row.id)).not.toContain(refused?.id);
  expect((await all(`"${reason}"`, "expense", answeredAt)).rows.map((row) => row.id)).toContain(refused?.id);
  const [one] = expenses;
  const ofCategory = expenses.filter((e) => e.category === one?.category).map((e) => e.id);
  expect((await all(one?.category ?? "", "expense")).rows.map((row) => row.id)).toEqual(expect.arrayContaining(ofCategory));
  expect((await all((one?.title ?? "").toUpperCase(), "expense")).rows.map((row) => row.id)).toContain(one?.id);
});

test("[L6b][search] at a moment only what was in the log by then is found", async () => {
  const messages = await everyMessage();
  const middle = messages.map((m) => m.proof.notAfter ?? 0).sort((a, b) => a - b)[Math.floor(messages.length / 2)];
  const then = new Set((await everyMessage(middle)).map((m) => m.id));
  const found = await all("e", "message", middle);
  expect(found.total).toBeGreaterThan(0);
  expect(found.rows.every((row) => then.has(row.id))).toBe(true);
});

test("[search] pages follow one another, and a message that was just written is found", async () => {
  const whole = await all("e");
  const page = await replica.search({ job: "test", logs: [log], text: "e", kind: "message" }, 5, 10);
  expect(page.rows).toEqual(whole.rows.slice(5, 15));
  const thread = whole.rows[0]?.thread;
  if (thread === undefined) throw new Error("a thread");
  const sent = await replica.sendMessage({ log, thread, text: "The Zahnärztin said: Mañana.", files: [] });
  if (!sent.ok) throw new Error("a sent message");
  expect((await all("zahnarztin manana")).rows).toMatchObject([
    { id: sent.value, line: [{}, { text: "Zahnärztin", hit: true }, {}, { text: "Mañana", hit: true }, {}] },
  ]);
});

test("[search] a new text ends the search before it, nothing is looked for in nothing, and a locked vault is not searched", async () => {
  const earlier = replica.search({ job: "test", logs: [log], text: "e", kind: "message" }, 0, 10);
  const later = replica.search({ job: "test", logs: [log], text: "nothingofthekind", kind: "message" }, 0, 10);
  expect((await later).total).toBe(0);
  await earlier;
  expect(await replica.search({ job: "test", logs: [log], text: "  ", kind: "message" }, 0, 10)).toEqual({
    rows: [],
    total: 0,
    counts: { message: 0, expense: 0 },
    done: true,
  });
  await replica.cancel("test");
  await replica.lock();
  expect((await replica.search({ job: "test", logs: [log], text: "e", kind: "message" }, 0, 10)).total).toBe(0);
});
