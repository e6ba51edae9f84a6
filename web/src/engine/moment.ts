import type { Millis } from "@countersign/shared/base/ids";
import { err, ok } from "@countersign/shared/base/result";
import type { ReplicaApi } from "@countersign/shared/replica/api";
import { useCallback, useState } from "react";

const KEY = "moment";

/** A browser that lets this site store nothing refuses even to be asked: then nothing is kept over a reload. */
function stored<T>(ask: () => T): T | null {
  try {
    return ask();
  } catch {
    return null;
  }
}

/** The moment at which this tab looks at the record: kept over a reload, gone with the tab or when it is locked. */
export function useMoment(): readonly [Millis | undefined, (at: Millis | undefined) => void] {
  const [at, setAt] = useState<Millis | undefined>(() => {
    const kept = stored(() => sessionStorage.getItem(KEY));
    return kept !== null && /^\d{1,15}$/.test(kept) ? Number(kept) : undefined;
  });
  const lookAt = useCallback((next: Millis | undefined) => {
    stored(() => {
      if (next === undefined) sessionStorage.removeItem(KEY);
      else sessionStorage.setItem(KEY, String(next));
    });
    setAt(next);
  }, []);
  return [at, lookAt];
}

/**
 * The replica as it stood at a moment: everything that reads the record reads it as of then, and nothing is written. Screens need not know of
 * it.
 */
export function apiAt(api: ReplicaApi, at: Millis): ReplicaApi {
  const past = { ok: false, error: { code: "looking-back" } } as const;
  const refuse = (): Promise<typeof past> => Promise.resolve(err(past.error));
  const own: Partial<ReplicaApi> = {
    threads: (log, offset, limit, _at, filter) => api.threads(log, offset, limit, at, filter),
    messages: (log, thread, offset, limit) => api.messages(log, thread, offset, limit, at),
    message: (log, id) => api.message(log, id, at),
    readingStart: (log, thread, message) => api.readingStart(log, thread, message, at),
    expenses: (log, filter, offset, limit) => api.expenses(log, filter, offset, limit, at),
    expense: (log, id) => api.expense(log, id, at),
    balances: (log) => api.balances(log, at),
    categories: (log) => api.categories(log, at),
    spending: (log, choice) => api.spending(log, choice, at),
    children: (log) => api.children(log, at),
    search: (asked, offset, limit) => api.search(asked, offset, limit, at),
    history: (log, filter, offset, limit) => api.history(log, filter, offset, limit, at),
    historyDetail: (log, id) => api.historyDetail(log, id, at),
    exportHistory: (log, filter, passphrase, _at, job) => api.exportHistory(log, filter, passphrase, at, job),
    // Whoever reads an old message in this view has not newly seen it.
    seen: () => Promise.resolve(ok(undefined)),
    sendMessage: refuse,
    addExpense: refuse,
    answerExpense: refuse,
    share: refuse,
  };
  return new Proxy(api, {
    get: (target, name, self): unknown => {
      const mine: unknown = Reflect.get(own, name);
      return mine ?? Reflect.get(target, name, self);
    },
  });
}
