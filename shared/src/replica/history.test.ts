import * as fc from "fast-check";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { initAutomergeNode } from "../../node/automerge.ts";
import { makeHousehold } from "../../test/household.ts";
import { seededRandom } from "../../test/random.ts";
import { upTo } from "../../test/up-to.ts";
import { fromUtf8 } from "../base/bytes.ts";
import { initCrypto } from "../crypto/init.ts";
import { messageDraft } from "../sample/acts.ts";
import { generateSample, sampleOf, type Sample } from "../sample/sample.ts";
import { readAllLines, wholePages } from "../sync/line-pages.ts";
import type { Ports } from "../sync/ports.ts";
import { keys } from "../sync/rows.ts";
import { prefix } from "../vault/row-store.ts";
import type { HistoryFilter, HistoryRow } from "../views/history.ts";
import type { ExpenseView, MessageView } from "../views/record.ts";
import type { Replica } from "./replica.ts";
import { openSampleReplica } from "./sample-mode.ts";

vi.setConfig({ testTimeout: 120_000 });

beforeAll(async () => {
  await Promise.all([initAutomergeNode(), initCrypto()]);
});

const ports = (): Ports => ({
  clock: { now: () => Date.UTC(2026, 6, 1), after: () => () => undefined },
  random: seededRandom("history"),
  pause: () => Promise.resolve(),
  transport: {
    connect: () => ({ send: () => undefined, close: () => undefined }),
    http: () => Promise.resolve({ status: 0, body: new Uint8Array() }),
  },
});

async function open(sample: Sample): Promise<Replica> {
  const opened = await openSampleReplica(sample, ports());
  if (!opened.ok) throw new Error(opened.error.code);
  return opened.value;
}

async function allHistory(replica: Replica, sample: Sample, filter: HistoryFilter = {}, at?: number): Promise<readonly HistoryRow[]> {
  const rows: HistoryRow[] = [];
  for (;;) {
    const page = await replica.history(sample.log, filter, rows.length, 200, at);
    rows.push(...page.rows);
    if (rows.length >= page.total || page.rows.length === 0) return rows;
  }
}

/** Everything that the record's screens show. */
async function everything(replica: Replica, sample: Sample, at?: number): Promise<unknown> {
  const threads = (await replica.threads(sample.log, 0, 1_000, at)).rows;
  const messages: MessageView[] = [];
  for (const t of threads) messages.push(...(await replica.messages(sample.log, t.id, 0, 1_000, at)).rows);
  const expenses: ExpenseView[] = [...(await replica.expenses(sample.log, {}, 0, 1_000, at)).rows];
  const history = await allHistory(replica, sample, {}, at);
  const details = [];
  for (const row of history.slice(0, 30)) details.push(await replica.historyDetail(sample.log, row.id, at));
  return {
    // What is unread, and what may be answered, is of now.
    threads: threads.map((t) => ({ ...t, unread: 0 })),
    messages: messages.map((m) => ({ ...m, files: m.files.map((f) => f.name) })),
    expenses: expenses.map((e) => ({ ...e, can: [], files: [], steps: e.steps.map((s) => ({ ...s, files: [] })) })),
    balances: await replica.balances(sample.log, at),
    categories: await replica.categories(sample.log, at),
    history,
    details,
  };
}

describe("the record as it stood", () => {
  it("[L6b] at any moment equals a device that got only the entries up to then (seeded)", async () => {
    const made = await generateSample({ years: 0.3, seed: 11 });
    if (!made.ok) throw new Error(made.error.code);
    // One's own openings are not of this log: the device of a moment ago would have fewer.
    const { personal: _, ...sample } = made.value;
    const whole = await open(sample);
    const { entries } = sample.builder;
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 12, max: entries.length - 1 }), fc.integer({ min: 0, max: 60_000 }), async (n, later) => {
        const [last, next] = [entries[n - 1], entries[n]];
        if (!last || !next || next.time === last.time) return;
        const at = Math.min(last.time + later, next.time - 1);
        const part = await open(upTo(sample, n));
        expect(await everything(whole, sample, at)).toEqual(await everything(part, sample));
        await part.close();
      }),
      { numRuns: 5, seed: 7 },
    );
    await whole.close();
  });

  it("[L6b][X4] what waited then still waits, and is no act before what it is built on came", async () => {
    const house = makeHousehold();
    const { family } = house;
    const at = (family.now += 60_000);
    const draft = (text: string): ReturnType<typeof messageDraft> =>
      messageDraft({ at, text, thread: house.threads[0]?.thread ?? ("" as never) });
    family.builder.writeBackwards(family.first(family.b), [draft("First"), draft("Second"), draft("Third")]);
    const sample = sampleOf(family, house.zone);
    // The relay's clock stood still between these three; a device sees them apart all the same.
    const size = sample.items.length;
    const whole = await open(sample);
    const rows = await allHistory(whole, sample);
    expect(rows.slice(0, 3).map((r) => r.what)).toEqual(["message.sent", "message.sent", "message.sent"]);
    const part = await open(upTo(sample, size - 1));
    expect((await allHistory(part, sample)).slice(0, 2).map((r) => r.what)).toEqual(["change.waiting", "change.waiting"]);
    await Promise.all([whole.close(), part.close()]);
  });

  it("[L6b][X4] a change that waited a day is waiting in every view of that day", async () => {
    const house = makeHousehold();
    const { family } = house;
    const thread = house.threads[0]?.thread ?? ("" as never);
    family.now += 60_000;
    const day = 86_400_000;
    const draft = (text: string): ReturnType<typeof messageDraft> => messageDraft({ at: family.now, text, thread });
    family.builder.writeBackwards(family.first(family.b), [draft("Before"), draft("After")], () => (family.now += day));
    family.now += day;
    family.send(family.a, { at: family.now, text: "Got both", thread });
    const sample = sampleOf(family, house.zone);
    const whole = await open(sample);
    const n = sample.items.length;
    for (const size of [n - 2, n - 1, n]) {
      const part = await open(upTo(sample, size));
      const moment = (sample.builder.entries[size - 1]?.time ?? 0) + 1;
      expect(await everything(whole, sample, moment)).toEqual(await everything(part, sample));
      await part.close();
    }
    const before = await allHistory(whole, sample, {}, (sample.builder.entries[n - 3]?.time ?? 0) + 1);
    expect(before[0]?.what).toBe("change.waiting");
    await whole.close();
  });
});

describe("the history", () => {
  it("[H1] counts, filters and pages by type, person, kind, record, device, time and text", async () => {
    const house = makeHousehold();
    const replica = await open(house);
    const all = await allHistory(replica, house);
    const [a, b] = house.people;
    const check = async (filter: HistoryFilter, fits: (row: HistoryRow) => boolean): Promise<void> => {
      const found = await allHistory(replica, house, filter);
      expect(found.length).toBeGreaterThan(0);
      expect(found.length).toBeLessThan(all.length);
      expect(found).toEqual(all.filter(fits));
    };
    await check({ types: ["charter"] }, (r) => r.type === "charter");
    await check({ types: ["set-aside"] }, (r) => r.type === "set-aside");
    await check({ member: b.member }, (r) => r.member === b.member);
    await check({ kinds: ["expense"] }, (r) => r.what.startsWith("expense."));
    await check({ kinds: ["message", "receipt"] }, (r) => /^(message|receipt)\./.test(r.what));
    await check({ record: house.expenses.settled.record }, (r) => r.record === house.expenses.settled.record);
    const laptop = a.devices[1]?.device;
    if (!laptop) throw new Error("a laptop");
    await check({ device: laptop }, (r) => r.device === laptop);
    const middle = all[Math.floor(all.length / 2)]?.notAfter ?? 0;
    await check({ from: middle }, (r) => (r.notAfter ?? 0) >= middle);
    await check({ to: middle, member: a.member }, (r) => (r.notAfter ?? 0) < middle && r.member === a.member);
    await check({ text: "DENTIST" }, (r) => (r.title ?? "").includes("Dentist"));
    const boots = await allHistory(replica, house, { text: "rubber boots" });
    expect(boots.map((r) => r.what)).toEqual(["message.started"]);
    const page = await replica.history(house.log, {}, 5, 7);
    expect(page).toEqual({ rows: all.slice(5, 12), total: all.length });
    await replica.close();
  });

  it("[H2] an expense's act shows how it stood before and after, a message that it is new, a change set aside what it said", async () => {
    const house = makeHousehold();
    const replica = await open(house);
    const rows = await allHistory(replica, house);
    const detail = async (row: HistoryRow | undefined): ReturnType<Replica["historyDetail"]> =>
      replica.historyDetail(house.log, row?.id ?? "");
    const steps = rows.filter((r) => r.record === house.expenses.settled.record).reverse();
    const told = [];
    for (const row of steps) {
      const { expense } = (await detail(row)) ?? {};
      told.push([row.what, expense?.before?.state, expense?.after.state]);
    }
    expect(told).toEqual([
      ["expense.submit", undefined, "submitted"],
      ["expense.approve", "submitted", "approved"],
      ["expense.pay", "approved", "payment-made"],
      ["expense.confirm-payment", "payment-made", "settled"],
    ]);
    const message = await detail(rows.find((r) => r.what === "message.started"));
    expect(message?.message?.text).toBe("A plan for the summer\nwith two lines");
    const rogue = await detail(rows.find((r) => r.type === "set-aside"));
    expect(rogue?.said).toContainEqual({ field: "act", value: "approve" });
    expect(await replica.historyDetail(house.log, "l000000999999/000000000000")).toBeUndefined();
    await replica.close();
  });

  it("[H4][L1b] gives a change that came without the relay's note no time before which it was not: what it names is a claim", async () => {
    const { family, ...house } = makeHousehold();
    const [first] = house.threads;
    if (!first) throw new Error("a thread");
    const known = family.builder.known();
    const draft = (text: string) => messageDraft({ at: (family.now += 1_800_000) - 2_000, text, thread: first.thread });
    const [bare] = family.builder.write(family.first(family.b), [draft("without")], known, { ...known, note: "none" });
    family.send(family.a, { at: (family.now += 1_800_000) - 2_000, text: "with", thread: first.thread });
    const sample = { ...house, ...sampleOf(family, house.zone) };
    const replica = await open(sample);
    const rows = await allHistory(replica, sample);
    const line = rows.find((r) => r.seq === bare?.seq);
    expect(line).toMatchObject({ type: "set-aside", reason: "change-checkpoint-missing" });
    expect(line).not.toHaveProperty("notBefore");
    expect(rows.find((r) => r.seq === (bare?.seq ?? 0) + 1)?.notBefore).toBeGreaterThan(0);
    await replica.close();
  });

  it("[R8] a name of more than 200 units is refused with the limit, and the one before stays", async () => {
    const house = makeHousehold();
    const replica = await open(house);
    const before = await replica.households();
    for (const names of [{ me: "x".repeat(201) }, { other: "x".repeat(300) }, { label: "x".repeat(300) }, { device: "x".repeat(300) }])
      expect(await replica.rename(house.log, names)).toEqual({ ok: false, error: { code: "text-too-long", limit: 200 } });
    expect(await replica.households()).toEqual(before);
    expect(await replica.join({ link: "", name: "x".repeat(201), zone: "UTC" })).toMatchObject({ error: { code: "text-too-long" } });
    await replica.close();
  });

  it("[H3] goes out as a table that no spreadsheet runs, tells how far it is, and can be stopped", async () => {
    const house = makeHousehold();
    const replica = await open(house);
    const told: number[] = [];
    replica.watch((p) => {
      if (p.topic === "progress" && p.job === "csv") told.push(p.done);
    });
    const made = await replica.exportHistory(house.log, {}, "", undefined, "csv");
    if (!made.ok) throw new Error(made.error.code);
    const text = fromUtf8(made.value.bytes);
    const total = (await replica.history(house.log, {}, 0, 1)).total;
    expect(text?.startsWith("\ufeffnumber,type,act,by,")).toBe(true);
    expect(text?.split("\r\n")).toHaveLength(total + 2);
    expect(text?.split("\r\n")[1]).toMatch(/^1,charter,charter.found,/);
    expect(told.at(-1)).toBe(total);
    const stop = replica.exportHistory(house.log, {}, "", undefined, "stop");
    await replica.cancel("stop");
    expect(await stop).toEqual({ ok: false, error: { code: "cancelled" } });
    await replica.close();
  });

  it("[H1] keeps in step with what comes while it is being read and after", async () => {
    const house = makeHousehold();
    const n = house.items.length - 6;
    const replica = await open(upTo(house, n));
    const first = replica.history(house.log, {}, 0, 5);
    const session = replica.core.logs.get(house.log)?.session;
    await session?.received({ t: "entries", from: n, items: [...house.items.slice(n)], note: house.note });
    await first;
    const whole = await open(house);
    expect(await allHistory(replica, house)).toEqual(await allHistory(whole, house));
    await Promise.all([replica.close(), whole.close()]);
  });
});

describe("pages of lines", () => {
  it("are made as the log grows, and say what the rows say", async () => {
    const made = await generateSample({ years: 0.5, seed: 5 });
    if (!made.ok) throw new Error(made.error.code);
    const { core } = await open(made.value);
    const { rows } = core;
    const session = core.logs.get(made.value.log)?.session;
    if (!rows || !session) throw new Error("the vault is open");
    const pages = wholePages(0, made.value.builder.entries.length);
    expect(pages.length).toBeGreaterThan(0);
    // Those that are being written are done when the next work of the log is.
    await vi.waitFor(async () => {
      expect((await rows.scan("cache", prefix(keys.linePages(session.log)))).length).toBe(pages.length);
    });
    const read = (): ReturnType<typeof readAllLines> =>
      readAllLines(
        session.log,
        rows,
        (text) => text,
        () => Promise.resolve(),
      );
    const fromPages = await read();
    expect(fromPages.missing).toEqual([]);
    await rows.commit(pages.map((page) => ({ table: "cache", key: keys.linePage(session.log, page), value: null })));
    const fromRows = await read();
    expect(fromRows.missing).toEqual(pages);
    expect(fromPages.lines).toEqual(fromRows.lines);
    // The first look at the history writes them again.
    await core.deps.ports.pause();
    await session.keepLines(fromRows.missing);
    expect(await read()).toEqual(fromPages);
  });
});
