import { foldTyped, hasFolded } from "@countersign/shared/base/fold-text";
import type { LogId } from "@countersign/shared/base/ids";
import type { Balance, ExpenseFilter, ExpenseView, Page, ThreadFilter, ThreadView } from "@countersign/shared/views/record";
import { ALEX } from "./household.ts";
import type { World } from "./world.ts";

export function page<T>(rows: readonly T[], offset: number, limit: number): Page<T> {
  return { rows: rows.slice(offset, offset + limit), total: rows.length };
}

const names = (children: readonly string[] | undefined, child: string | undefined): boolean =>
  child === undefined || children?.includes(child) === true;

export function threadViews(world: World, log: LogId, { child }: ThreadFilter = {}): ThreadView[] {
  const out = new Map<string, ThreadView>();
  for (const m of world.messages) {
    if (m.log !== log) continue;
    const before = out.get(m.thread);
    const children = before?.children ?? m.children;
    out.set(m.thread, {
      id: m.thread,
      log,
      subject: before?.subject ?? m.subject ?? "",
      ...(children ? { children } : {}),
      count: (before?.count ?? 0) + 1,
      unread: (before?.unread ?? 0) + (world.unread.has(m.id) ? 1 : 0),
      last: m.proof.claimed,
      lastAuthor: m.author,
      snippet: m.text.slice(0, 140),
    });
  }
  return [...out.values()].filter((t) => names(t.children, child)).sort((a, b) => b.last - a.last);
}

export function filtered(world: World, log: LogId, filter: ExpenseFilter): ExpenseView[] {
  const text = foldTyped(filter.text);
  return world.expenses.filter(
    (e) =>
      e.log === log &&
      (filter.states === undefined || filter.states.includes(e.state)) &&
      names(e.children, filter.child) &&
      (filter.category === undefined || e.category === filter.category) &&
      (text === "" || hasFolded(text, e.title)),
  );
}

/** What children were called. */
export function childrenIn(world: World, log: LogId): string[] {
  const all = [...world.messages, ...world.expenses].filter((r) => r.log === log);
  return [...new Set(all.flatMap((r) => r.children ?? []))].sort();
}

export function balanceOf(world: World, log: LogId): Balance[] {
  const shared = world.expenses.filter((e) => e.log === log && e.state !== "private" && e.currency === "GBP");
  if (shared.length === 0) return [];
  const sum = (rows: readonly ExpenseView[]): number => rows.reduce((n, e) => n + e.asked, 0);
  const open = shared.filter((e) => e.state === "approved" || e.state === "payment-made");
  const asked = shared.filter((e) => e.state === "submitted");
  return [
    {
      currency: "GBP",
      owedToMe: sum(open.filter((e) => e.author === ALEX)) - sum(open.filter((e) => e.author !== ALEX)),
      waitingForMe: sum(asked.filter((e) => e.author !== ALEX)),
      waitingForThem: sum(asked.filter((e) => e.author === ALEX)),
    },
  ];
}
