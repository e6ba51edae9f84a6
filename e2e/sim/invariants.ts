import { expect } from "vitest";
import { bookId } from "@countersign/shared/books/names";
import { household } from "./family.ts";
import type { Promised } from "./schedule.ts";
import type { Device, World } from "./world.ts";

/** Everything of the household that all devices must have alike. */
export interface Picture {
  /** Heads of each book. */
  readonly books: Readonly<Record<string, readonly string[]>>;
  readonly records: Readonly<Record<string, unknown>>;
  readonly threads: readonly unknown[];
  readonly expenses: readonly unknown[];
  readonly history: readonly unknown[];
  readonly tail: string;
}

const hex = (b: Uint8Array): string => Buffer.from(b).toString("hex");

/** What one device has and shows. The book's documents are looked at, and the rows that screens are drawn from. */
export async function picture(world: World, device: Device): Promise<Picture> {
  const session = household(device);
  const { replica } = device;
  const { log, charter } = session;
  if (!charter) throw new Error("a charter");
  const names = new Map([...session.index.all()].map((r) => [bookId(log, r.book), r.book]));
  const books: Record<string, readonly string[]> = {};
  for (const [id, name] of [...names].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const book = await world.time.answer(session.desk.open(name, charter, world.time.now()));
    books[id] = [...session.desk.headsOf(book)].sort();
  }
  const records: Record<string, unknown> = {};
  for (const r of [...session.index.all()].sort((a, b) => (a.id < b.id ? -1 : 1)))
    records[r.id] = {
      kind: r.kind,
      book: r.book,
      acts: r.acts.map((a) => ({ ...a.place, hash: a.act.hash, author: a.act.author, clock: a.act.clock, fields: [...a.act.fields] })),
    };
  const threads = (await replica.threads(log, 0, 500)).rows.map((t) => ({ ...t, unread: 0 })).sort((a, b) => (a.id < b.id ? -1 : 1));
  const expenses = (await replica.expenses(log, {}, 0, 500)).rows
    .map((e) => ({
      id: e.id,
      state: e.state,
      crossed: e.crossed,
      steps: e.steps.map((s) => ({ act: s.act, hash: s.hash, seq: s.proof.seq })),
    }))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  const history = (await replica.history(log, { types: ["act", "set-aside", "charter"] }, 0, 500)).rows.map(({ id: _, ...row }) => row);
  return { books, records, threads, expenses, history, tail: `${String(session.position())}/${hex(session.state.tail.root())}` };
}

/** Nothing that a person was told is saved is missing on this device. */
export async function expectKept(device: Device, promised: readonly Promised[]): Promise<void> {
  const session = household(device);
  for (const p of promised) {
    if ("record" in p) {
      expect(session.index.get(p.record)?.acts[0]?.place.logged, `${device.name} has ${p.record}`).toBeDefined();
    } else {
      const shown = await device.replica.expense(session.log, p.expense);
      expect(
        shown?.steps.map((s) => s.act),
        `${device.name} has '${p.act}' of ${p.expense}`,
      ).toContain(p.act);
    }
  }
}

/** Honest devices and an honest relay: nobody has anything to reproach anybody with. */
export async function expectPeace(device: Device): Promise<void> {
  const { replica } = device;
  expect(await replica.faults(), `${device.name}: faults`).toEqual([]);
  for (const { session } of replica.core.logs.values()) {
    const aside = (await replica.history(session.log, { types: ["set-aside"] }, 0, 100)).rows;
    expect(aside, `${device.name}: set aside`).toEqual([]);
  }
}

/** Part by part, so that a difference names where it is. */
export function expectSame(seen: Picture, first: Picture, name: string): void {
  expect(seen.tail, `${name}: tail`).toEqual(first.tail);
  expect(seen.books, `${name}: heads of books`).toEqual(first.books);
  const ids = new Set([...Object.keys(seen.records), ...Object.keys(first.records)]);
  for (const id of ids) expect(JSON.stringify(seen.records[id]), `${name}: record ${id}`).toEqual(JSON.stringify(first.records[id]));
  expect(seen.expenses, `${name}: expenses`).toEqual(first.expenses);
  expect(seen.threads, `${name}: threads`).toEqual(first.threads);
  for (let i = 0; i < Math.max(seen.history.length, first.history.length); i++)
    expect(seen.history[i], `${name}: history row ${String(i)}`).toEqual(first.history[i]);
}

/** All running devices have the same household, which holds everything that was promised. */
export async function expectAlike(world: World, promised: readonly Promised[]): Promise<Picture> {
  let first: Picture | undefined;
  for (const device of world.devices.values()) {
    await expectPeace(device);
    await expectKept(device, promised);
    const seen = await picture(world, device);
    if (first) expectSame(seen, first, device.name);
    else first = seen;
  }
  if (!first) throw new Error("a device");
  return first;
}
