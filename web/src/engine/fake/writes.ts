import { err, ok } from "@countersign/shared/base/result";
import type { LogId, RecordId } from "@countersign/shared/base/ids";
import type { Answer } from "@countersign/shared/replica/answer";
import type { ExpenseAnswer, NewExpense, NewFile, NewMessage } from "@countersign/shared/replica/inputs";
import type { ExpenseState, FileView } from "@countersign/shared/views/record";
import { hold } from "./held.ts";
import { ALEX, OWN } from "./household.ts";
import { fileId, recordId } from "./ids.ts";
import { proof } from "./sample.ts";
import type { World } from "./world.ts";

let made = 500_000;
export const newFiles = (list: readonly NewFile[]): FileView[] =>
  list.map((f) => ({ id: fileId(made++), name: f.name, type: f.type, size: f.bytes.length, state: "here" }));

const full = <T>(): Answer<T> => Promise.resolve(err({ code: "storage-full" }));

export function sendMessage(world: World, input: NewMessage): Answer<RecordId> {
  if (world.mood === "full") return full();
  if (input.text.trim() === "" && input.files.length === 0) return Promise.resolve(err({ code: "text-empty" }));
  const id = recordId(made++);
  const thread = input.thread ?? id;
  world.messages.push({
    id,
    thread,
    log: input.log,
    author: ALEX,
    ...(input.thread === undefined ? { subject: input.subject ?? "", ...(input.children ? { children: input.children } : {}) } : {}),
    ...(input.reply === undefined ? {} : { reply: input.reply }),
    text: input.text,
    files: newFiles(input.files),
    settlement: input.settlement ?? false,
    proof: proof(input.log, ALEX, Date.now(), "saved"),
  });
  for (const listener of world.listeners) listener({ topic: "messages", log: input.log, thread });
  return Promise.resolve(ok(id));
}

export function addExpense(world: World, input: NewExpense): Answer<RecordId> {
  if (world.mood === "full") return full();
  const id = recordId(made++);
  const p = proof(input.log, ALEX, Date.now(), "saved");
  const kept = newFiles(input.files);
  world.expenses.unshift({
    ...input,
    id,
    author: ALEX,
    asked: Math.floor((input.amount * input.share + 5_000) / 10_000),
    files: kept,
    state: input.log === OWN ? "private" : "submitted",
    crossed: false,
    steps: [{ act: "submit", hash: p.hash, member: ALEX, files: [], proof: p }],
    proof: p,
    can: input.log === OWN ? [] : ["withdraw"],
  });
  changed(world, input.log, id);
  return Promise.resolve(ok(id));
}

const AFTER: Record<ExpenseAnswer["act"], ExpenseState> = {
  withdraw: "withdrawn",
  approve: "approved",
  refuse: "refused",
  "request-changes": "changes-requested",
  pay: "payment-made",
  "confirm-payment": "settled",
};

export function answerExpense(world: World, input: ExpenseAnswer): Answer<void> {
  if (world.mood === "full") return full();
  const p = proof(input.log, ALEX, Date.now(), "saved");
  world.expenses = world.expenses.map((e) =>
    e.id !== input.expense
      ? e
      : {
          ...e,
          state: AFTER[input.act],
          can: input.act === "approve" ? ["pay"] : [],
          steps: [
            ...e.steps,
            {
              act: input.act,
              hash: p.hash,
              member: ALEX,
              files: newFiles(input.files ?? []),
              proof: p,
              ...(input.reason === undefined ? {} : { reason: input.reason }),
              ...(input.amount === undefined ? {} : { amount: input.amount }),
              ...(input.method === undefined ? {} : { method: input.method }),
            },
          ],
        },
  );
  changed(world, input.log, input.expense);
  return Promise.resolve(ok(undefined));
}

export function share(world: World, from: LogId, to: LogId, record: RecordId): Answer<RecordId> {
  const id = recordId(made++);
  const expense = world.expenses.find((e) => e.log === from && e.id === record);
  const message = world.messages.find((m) => m.log === from && m.id === record);
  const firstLogged = { notBefore: Date.now() - 86_400_000, notAfter: Date.now() - 86_300_000, by: "relay.example.org" };
  // As many as are open and wait: further ones wait as well.
  if (expense !== undefined && world.held.some((h) => h.state.why === "ten-open")) {
    const { title, category, amount, currency, share: part, spent } = expense;
    const act = { do: "expense", title, category, amount, currency, share: part, spent, isShared: true } as const;
    return Promise.resolve(ok(hold(world, act, expense.files, { why: "ten-open", open: 10 }).id as string as RecordId));
  }
  if (expense !== undefined) world.expenses.unshift({ ...expense, id, log: to, state: "submitted", can: ["withdraw"], firstLogged });
  else if (message !== undefined) world.messages.push({ ...message, id, thread: id, log: to, firstLogged });
  else return Promise.resolve(err({ code: "record-unknown" }));
  changed(world, to, id);
  return Promise.resolve(ok(id));
}

function changed(world: World, log: LogId, record: RecordId): void {
  for (const listener of world.listeners) {
    listener({ topic: "expenses", log, record });
    listener({ topic: "history", log });
  }
}
