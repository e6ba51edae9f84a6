import { fromUtf8, utf8 } from "../../base/bytes.ts";
import type { Answer } from "../answer.ts";
import type { RecordApi } from "../api.ts";
import { childrenUsed } from "../children.ts";
import type { ReplicaCore } from "../core.ts";
import type { Searches } from "../search/searches.ts";
import type { HeldActs } from "../held/held-acts.ts";
import type { Records } from "../records/records.ts";
import { pageOf } from "./page.ts";

/** Messages, expenses, their files, and drafts. */
export function recordCalls(core: ReplicaCore, records: Records, searches: Searches, held: HeldActs): RecordApi {
  const { messages, expenses, receipts, files, originals } = records;
  /** What was written may have brought files, which go to the relay behind it. */
  const sent = async <T>(writing: Answer<T>): Answer<T> => {
    const written = await writing;
    if (written.ok) files.transferAll();
    return written;
  };
  return {
    threads: (log, offset, limit, at, filter) => messages.threads(log, filter ?? {}, offset, pageOf(limit), at),
    messages: (log, thread, offset, limit, at) => messages.inThread(log, thread, offset, pageOf(limit), at),
    message: (log, id, at) => messages.one(log, id, at),
    readingStart: (log, thread, message, at) => messages.readingStart(log, thread, message, at),
    sendMessage: (input) => sent(messages.send(input)),
    seen: (log, message) => receipts.seen(log, message),
    viewReceipts: (log) => Promise.resolve(core.logs.get(log)?.session.identity.viewReceipts ?? false),
    setViewReceipts: async (log, on) => {
      const open = core.log(log);
      return open.ok ? core.adopt(open.value, { viewReceipts: on }) : open;
    },

    expenses: (log, filter, offset, limit, at) => expenses.list(log, filter, offset, pageOf(limit), at),
    expense: (log, id, at) => expenses.one(log, id, at),
    balances: (log, at) => Promise.resolve(expenses.balances(log, at)),
    categories: (log, at) => Promise.resolve(expenses.categories(log, at)),
    spending: (log, choice, at) => Promise.resolve(expenses.spending(log, choice, at)),
    children: (log, at) => {
      const open = core.log(log);
      return Promise.resolve(open.ok ? childrenUsed(open.value.session.index, at) : []);
    },
    addExpense: (input) => sent(expenses.add(input)),
    answerExpense: (input) => sent(expenses.answer(input)),
    share: (from, to, record) => sent(held.share(from, to, record)),

    search: (asked, offset, limit, at) => searches.page(asked, offset, pageOf(limit), at),

    file: (log, id) => held.file(log, id) ?? files.file(log, id),
    original: (commitment) => originals.read(commitment),

    draft: async (key) => {
      const row = await core.rows?.get("draft", key);
      return row && fromUtf8(row);
    },
    saveDraft: (key, text) => core.add([{ table: "draft", key, value: text === "" ? null : utf8(text) }]),
  };
}
