import { ok } from "@countersign/shared/base/result";
import type { RecordApi } from "@countersign/shared/replica/api";
import { spendingOf } from "@countersign/shared/views/spending";
import { done, no, tell } from "../answers.ts";
import { bytesOf } from "../files.ts";
import { worldAt } from "../history.ts";
import { COSTUME } from "../sample.ts";
import { balanceOf, childrenIn, filtered, page, threadViews } from "../views.ts";
import { search } from "../search.ts";
import type { World } from "../world.ts";
import { addExpense, answerExpense, sendMessage, share } from "../writes.ts";

/** Messages, expenses, their files, and drafts. */
export const recordCalls = (world: World): RecordApi => ({
  threads: (log, offset, limit, at, filter) => Promise.resolve(page(threadViews(worldAt(world, at), log, filter), offset, limit)),
  messages: (log, thread, offset, limit, at) =>
    Promise.resolve(
      page(
        worldAt(world, at).messages.filter((m) => m.log === log && m.thread === thread),
        offset,
        limit,
      ),
    ),
  readingStart: (log, thread, message, at) => {
    const all = worldAt(world, at).messages.filter((m) => m.log === log && m.thread === thread);
    const found = all.findIndex((m) => m.id === message);
    if (message !== undefined) return Promise.resolve(found < 0 ? undefined : found);
    const unread = threadViews(worldAt(world, at), log).find((row) => row.id === thread)?.unread ?? 0;
    return Promise.resolve(unread > 0 ? all.length - unread : all.length > 3 ? all.length - 1 : undefined);
  },
  message: (log, id, at) => Promise.resolve(worldAt(world, at).messages.find((m) => m.log === log && m.id === id)),
  sendMessage: (input) => sendMessage(world, input),
  seen: (log, message) => {
    const thread = world.messages.find((m) => m.id === message)?.thread;
    if (world.unread.delete(message) && thread !== undefined) {
      for (const listener of world.listeners) listener({ topic: "messages", log, thread });
    }
    return done();
  },
  setViewReceipts: (_log, on) => {
    world.receipts = on;
    tell(world, "households");
    return done();
  },
  viewReceipts: () => Promise.resolve(world.receipts),

  expenses: (log, filter, offset, limit, at) => Promise.resolve(page(filtered(worldAt(world, at), log, filter), offset, limit)),
  expense: (log, id, at) => Promise.resolve(worldAt(world, at).expenses.find((e) => e.log === log && e.id === id)),
  balances: (log, at) => Promise.resolve(balanceOf(worldAt(world, at), log)),
  categories: (log, at) =>
    Promise.resolve([
      ...new Set(
        worldAt(world, at)
          .expenses.filter((e) => e.log === log)
          .map((e) => e.category),
      ),
    ]),
  spending: (log, choice, at) =>
    Promise.resolve(
      spendingOf(
        worldAt(world, at).expenses.filter((e) => e.log === log),
        choice,
      ),
    ),
  children: (log, at) => Promise.resolve(childrenIn(worldAt(world, at), log)),
  addExpense: (input) => addExpense(world, input),
  answerExpense: (input) => answerExpense(world, input),
  share: (from, to, record) => share(world, from, to, record),

  search: (asked, offset, limit, at) => Promise.resolve(search(worldAt(world, at), asked, offset, limit)),

  file: async (_log, id) => ok(await bytesOf(id)),
  original: async (commitment) => {
    const { name, type } = COSTUME;
    return ok({ name, type, bytes: await bytesOf(COSTUME.id), hash: commitment, salt: commitment, commitment });
  },

  draft: (key) => Promise.resolve(world.drafts.get(key)),
  saveDraft: (key, text) => {
    if (world.mood === "full") return no("storage-full");
    world.drafts.set(key, text);
    return done();
  },
});
