import { foldTyped, hasFolded } from "@countersign/shared/base/fold-text";
import type { LogId } from "@countersign/shared/base/ids";
import type { AccessView } from "@countersign/shared/replica/people-view";
import type { ExpenseFacts, HistoryDetail, HistoryFilter, HistoryRow } from "@countersign/shared/views/history";
import type { ExpenseState, ExpenseStep, ExpenseView, MessageView } from "@countersign/shared/views/record";
import { ALEX, HOME, NOW, OWN, SAM } from "./household.ts";
import { changeHash, deviceId, recordId } from "./ids.ts";
import type { World } from "./world.ts";

const STATE_AFTER: Readonly<Record<ExpenseStep["act"], ExpenseState>> = {
  submit: "submitted",
  withdraw: "withdrawn",
  approve: "approved",
  refuse: "refused",
  "request-changes": "changes-requested",
  pay: "payment-made",
  "confirm-payment": "settled",
};

const isBy = (at: number, proof: MessageView["proof"]): boolean => (proof.notAfter ?? Infinity) <= at;

/** What was taken out of late, in the scenario of that name. */
export const TAKEN: readonly AccessView[] = [
  { id: recordId(1), what: "snapshot", at: NOW - 7_200_000, me: true, name: "Phone" },
  { id: recordId(2), what: "passphrase", at: NOW - 86_400_000, me: false, name: "Alex’s laptop" },
  { id: recordId(3), what: "history-csv", at: NOW - 86_400_000 * 2, me: false, name: "Alex’s laptop" },
];

/** The fake's world as it stood at a moment. */
export function worldAt(world: World, at: number | undefined): World {
  if (at === undefined) return world;
  const expenses = world.expenses.flatMap((e): ExpenseView[] => {
    const steps = e.steps.filter((s) => isBy(at, s.proof));
    const last = steps.at(-1);
    return last ? [{ ...e, steps, can: [], state: e.state === "private" ? e.state : STATE_AFTER[last.act] }] : [];
  });
  return { ...world, messages: world.messages.filter((m) => isBy(at, m.proof)), expenses, unread: new Set() };
}

function fits(world: World, row: HistoryRow, filter: HistoryFilter): boolean {
  const { types, member, device, kinds, record, child, from, to } = filter;
  const message = world.messages.find((m) => m.id === row.record);
  const about = world.messages.find((m) => m.id === message?.thread) ?? world.expenses.find((e) => e.id === row.record);
  const text = foldTyped(filter.text);
  const time = row.notAfter ?? row.claimed ?? 0;
  return (
    (types === undefined || types.includes(row.type)) &&
    (member === undefined || row.member === member) &&
    (device === undefined || row.device === device) &&
    (kinds === undefined || kinds.some((k) => row.what.startsWith(`${k}.`))) &&
    (record === undefined || row.record === record) &&
    (child === undefined || about?.children?.includes(child) === true) &&
    (from === undefined || time >= from) &&
    (to === undefined || time < to) &&
    (text === "" || hasFolded(text, row.title))
  );
}

export function filteredHistory(world: World, log: LogId, filter: HistoryFilter, at: number | undefined): HistoryRow[] {
  const isThere = (row: HistoryRow): boolean =>
    at === undefined || (row.type !== "own" && row.type !== "fault" && (row.notAfter ?? Infinity) <= at);
  // This person's own openings and exports stand in their own record, and for them alone beside the household's.
  return historyOf(world).filter(
    (row) => (row.log === log || (row.type === "own" && row.log === OWN)) && isThere(row) && fits(world, row, filter),
  );
}

function factsAfter(e: ExpenseView, count: number): ExpenseFacts | undefined {
  const steps = e.steps.slice(0, count);
  const last = steps.at(-1);
  if (!last) return undefined;
  const paid = steps.some((s) => s.act === "pay") ? e.asked : 0;
  const { title, category, amount, currency, share, asked, spent, children, note } = e;
  const confirmed = last.act === "confirm-payment" ? e.asked : 0;
  const facts = { state: STATE_AFTER[last.act], crossed: false, title, category, amount, currency, share, asked, spent, paid, confirmed };
  return { ...facts, ...(children ? { children } : {}), ...(note === undefined ? {} : { note }) };
}

export function detailOf(world: World, id: string, at: number | undefined): HistoryDetail | undefined {
  const row = historyOf(world).find((r) => r.id === id);
  if (row === undefined) return undefined;
  if (row.type === "set-aside")
    return {
      row,
      said: [
        { field: "act", value: "approve" },
        { field: "of", value: "bXkgb3duIGV4cGVuc2U" },
        { field: "v", value: "1" },
      ],
    };
  if (row.type === "own")
    return {
      row,
      own: {
        size: 48_210,
        hash: changeHash(77),
        scope: '{"threads":["a","b"],"expenses":"all","from":"2026-01-01","settlement":"leave-out","files":true}',
      },
    };
  const then = worldAt(world, at);
  const message = then.messages.find((m) => m.id === row.record);
  if (message) {
    const { subject, text, settlement, files, proof } = message;
    return { row, proof, message: { text, settlement, files: files.map((f) => f.name), ...(subject === undefined ? {} : { subject }) } };
  }
  const expense = then.expenses.find((e) => e.id === row.record);
  const position = expense?.steps.findIndex((s) => s.hash === row.id) ?? -1;
  const step = expense?.steps[position];
  const after = expense && factsAfter(expense, position + 1);
  const before = expense && factsAfter(expense, position);
  if (!step || !after) return { row };
  const act = {
    files: step.files.map((f) => f.name),
    ...(step.reason === undefined ? {} : { reason: step.reason }),
    ...(step.amount === undefined ? {} : { amount: step.amount }),
    ...(step.method === undefined ? {} : { method: step.method }),
  };
  return { row, proof: step.proof, expense: { after, act, ...(before ? { before } : {}) } };
}

/** The history that follows from the fake's messages and expenses, newest first. */
export function historyOf(world: World): HistoryRow[] {
  const rows: HistoryRow[] = [];
  const times = (p: MessageView["proof"]): Partial<HistoryRow> => ({
    claimed: p.claimed,
    ...(p.seq === undefined ? {} : { seq: p.seq }),
    ...(p.notBefore === undefined ? {} : { notBefore: p.notBefore }),
    ...(p.notAfter === undefined ? {} : { notAfter: p.notAfter }),
  });
  const subjects = new Map(world.messages.flatMap((m) => (m.subject === undefined ? [] : [[m.thread, m.subject] as const])));
  for (const m of world.messages) {
    rows.push({
      id: m.id,
      log: m.log,
      type: "act",
      what: m.subject === undefined ? "message.sent" : "message.started",
      member: m.author,
      device: m.proof.device,
      record: m.id,
      title: subjects.get(m.thread) ?? "",
      ...times(m.proof),
    });
  }
  for (const e of world.expenses) {
    for (const s of e.steps) {
      rows.push({
        id: s.hash,
        log: e.log,
        type: "act",
        what: `expense.${s.act}`,
        member: s.member,
        device: s.proof.device,
        record: e.id,
        title: e.title,
        ...times(s.proof),
      });
    }
  }
  const DAY = 86_400_000;
  const set = (id: number, more: Partial<HistoryRow> & Pick<HistoryRow, "type" | "what">, daysAgo: number): void => {
    const at = NOW - daysAgo * DAY;
    rows.push({
      id: changeHash(id),
      log: HOME,
      hash: changeHash(id),
      seq: id,
      member: SAM,
      claimed: at,
      notBefore: at - 60_000,
      notAfter: at + 60_000,
      ...more,
    });
  };
  set(1, { type: "charter", what: "charter.found", member: ALEX }, 400);
  set(2, { type: "charter", what: "charter.invite", member: ALEX }, 399);
  set(3, { type: "charter", what: "charter.join" }, 396);
  set(4, { type: "charter", what: "charter.attest", member: ALEX }, 395);
  set(5, { type: "set-aside", what: "change.set-aside", reason: "not-other-parent", title: "Piano rental" }, 26);
  set(7, { type: "own", what: "access.opened", member: ALEX, log: OWN, device: deviceId(1) }, 0.2);
  set(8, { type: "own", what: "access.snapshot", member: ALEX, log: OWN, device: deviceId(1) }, 12);
  set(6, { type: "fault", what: "fault.device-body", device: deviceId(4) }, 40);
  for (let i = 0; i < world.extraHistory; i++) {
    set(1_000_000 + i, { type: "act", what: i % 2 === 0 ? "message.sent" : "receipt.viewed", title: `Subject ${String(i)}` }, 410 + i / 50);
  }
  const time = (row: HistoryRow): number => row.notAfter ?? row.claimed ?? 0;
  return rows.sort((a, b) => time(b) - time(a));
}
