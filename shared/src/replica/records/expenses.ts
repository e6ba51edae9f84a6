import type { LogId, MemberId, Millis, RecordId } from "../../base/ids.ts";
import { foldTyped, hasFolded } from "../../base/fold-text.ts";
import { err, ok, type Result } from "../../base/result.ts";
import { balancesOf, type ExpenseSum } from "../../books/balance.ts";
import type { ExpenseRecord } from "../../books/fold.ts";
import { MAX_CATEGORY, MAX_METHOD, MAX_NOTE, MAX_REASON, MAX_TITLE } from "../../kinds/expense-fields.ts";
import { allowedActs, type ExpenseStage } from "../../kinds/expense-state.ts";
import { hashText } from "../../kinds/fields.ts";
import { byOrder, wasThere, type RecordDigest } from "../../sync/record-digest.ts";
import type { IndexedRecord } from "../../sync/indexed-record.ts";
import type { Balance, ExpenseFilter, ExpenseView, Page } from "../../views/record.ts";
import { spendingOf, type Spending, type SpendingChoice } from "../../views/spending.ts";
import type { ActError } from "../answer.ts";
import type { OpenLog, ReplicaCore } from "../core.ts";
import { namedBy } from "../children.ts";
import { gathered } from "../gathered.ts";
import type { ExpenseAnswer, NewExpense, NewFile } from "../inputs.ts";
import { expenseState, expenseView, isWaitingPayment } from "../views.ts";
import { childrenField } from "./children-field.ts";
import type { PlainFile, SealedFiles } from "./files.ts";
import type { RecordParts } from "./parts.ts";
import { tooLong } from "./too-long.ts";
import type { SettledRecord } from "./writer.ts";

/** Open asks of one person; further ones wait on their own device (rule U7). */
export const MOST_OPEN_ASKS = 10;

export type ExpenseText = Omit<NewExpense, "log" | "files">;

/** Of one that is shared out of the personal log also the proof of when it was first logged (rule C4). */
export interface AskText extends ExpenseText {
  readonly origin?: string;
}

/** An act on an expense as it will be written. */
export interface SettledAnswer extends Omit<ExpenseAnswer, "log" | "files"> {
  readonly key: string;
  readonly of?: string;
}

/** Expenses, their answers, and what they come to. */
export class Expenses {
  readonly #core: ReplicaCore;
  readonly #parts: RecordParts;

  constructor(core: ReplicaCore, parts: RecordParts) {
    this.#core = core;
    this.#parts = parts;
  }

  /** Why it can't be added, as far as that can be said before it is written. */
  unfit({ amount, children, title, category, note }: ExpenseText): ActError | undefined {
    if (!Number.isSafeInteger(amount) || amount < 1) return { code: "amount-wrong" };
    const long = tooLong([title, MAX_TITLE], [category, MAX_CATEGORY], [note, MAX_NOTE]);
    if (long) return long;
    const about = childrenField(children);
    return about.ok ? undefined : about.error;
  }

  async add(input: NewExpense): Promise<Result<RecordId, ActError>> {
    const unfit = this.unfit(input);
    return unfit ? err(unfit) : this.write(input.log, input, input.files);
  }

  async write(log: LogId, input: AskText, made: readonly (NewFile | PlainFile)[] | SettledRecord): Promise<Result<RecordId, ActError>> {
    const open = this.#core.log(log);
    if (!open.ok) return open;
    const about = childrenField(input.children);
    if (!about.ok) return about;
    await this.#parts.receipts.acknowledge(open.value);
    const { title, category, amount, currency, share, spent, note, origin } = input;
    return this.#parts.writer.create(
      open.value,
      "expenses",
      {
        ...{ kind: "expense", title, category, amount, currency, share, spent },
        ...about.value,
        ...(note ? { note } : {}),
        ...(origin === undefined ? {} : { origin }),
      },
      made,
    );
  }

  async answer(input: ExpenseAnswer): Promise<Result<void, ActError>> {
    const settled = this.settle(input);
    if (!settled.ok) return settled;
    return this.writeAnswer(input.log, settled.value, input.files ?? []);
  }

  /** What an answer will say: the change that it answers is the one that its person saw (rule R3). */
  settle(input: ExpenseAnswer): Result<SettledAnswer, ActError> {
    const open = this.#core.log(input.log);
    if (!open.ok) return open;
    const record = open.value.session.index.get(input.expense);
    if (record?.folded.kind !== "expense") return err({ code: "record-unknown" });
    const long = tooLong([input.reason, MAX_REASON], [input.method, MAX_METHOD]);
    if (long) return err(long);
    const of = answered(record.folded, record, input.act);
    return ok({
      expense: input.expense,
      key: this.#parts.writer.newKey(),
      act: input.act,
      ...(of === undefined ? {} : { of }),
      ...(input.reason === undefined ? {} : { reason: input.reason }),
      ...(input.act === "pay" ? { amount: input.amount ?? record.folded.asked, ...(input.method ? { method: input.method } : {}) } : {}),
    });
  }

  async writeAnswer(
    log: LogId,
    { expense, key, ...fields }: SettledAnswer,
    files: readonly NewFile[] | SealedFiles,
  ): Promise<Result<void, ActError>> {
    const open = this.#core.log(log);
    if (!open.ok) return open;
    const record = open.value.session.index.get(expense);
    if (!record) return err({ code: "record-unknown" });
    await this.#parts.receipts.acknowledge(open.value);
    return this.#parts.writer.act(open.value, record, fields, files, key);
  }

  /** How many expenses of this person wait for the other parent's answer, as this device knows the log (rule U7). */
  openAsks({ session }: OpenLog): number {
    return asksOf(session.index).get(session.identity.member) ?? 0;
  }

  /** Whether this person may do that with an expense now. */
  may({ session }: OpenLog, { expense, act }: Pick<ExpenseAnswer, "expense" | "act">): boolean {
    const folded = session.index.get(expense)?.folded;
    return (
      folded?.kind === "expense" &&
      allowedActs(folded.stage, folded.author, session.identity.member, isWaitingPayment(folded)).includes(act)
    );
  }

  async list(log: LogId, filter: ExpenseFilter, offset: number, limit: number, at?: Millis): Promise<Page<ExpenseView>> {
    const open = this.#core.log(log);
    if (!open.ok) return { rows: [], total: 0 };
    const { index } = open.value.session;
    const text = foldTyped(filter.text);
    const isAsked = (e: { readonly stage: ExpenseStage }): boolean => !filter.states || filter.states.includes(expenseState(open.value, e));
    const isNow = at === undefined;
    const { child } = filter;
    const opens = !isNow || filter.category !== undefined || text !== "";
    const fits = ({ folded: e }: IndexedRecord): boolean => {
      if (e.kind !== "expense") return false;
      if (filter.category !== undefined && e.category !== filter.category) return false;
      if (text !== "" && !hasFolded(text, e.title, e.note, e.category)) return false;
      return isAsked(e);
    };
    const all: RecordDigest[] = [];
    for (const digest of index.digests()) {
      if (digest.kind !== "expense" || !wasThere(digest, at)) continue;
      // What it is now is told without opening it; as it stood is not.
      if (isNow && !isAsked(digest)) continue;
      if (child !== undefined && !namedBy(index, digest.id).includes(child)) continue;
      const record = opens ? index.getAt(digest.id, at) : undefined;
      if (!opens || (record && fits(record))) all.push(digest);
    }
    all.sort((a, b) => byOrder(b, a));
    const page = all.slice(offset, offset + limit).flatMap((e) => index.getAt(e.id, at) ?? []);
    const lookup = await this.#parts.files.lookup(open.value, page);
    return { rows: page.flatMap((r) => expenseView(open.value, r, lookup, at) ?? []), total: all.length };
  }

  async one(log: LogId, id: RecordId, at?: Millis): Promise<ExpenseView | undefined> {
    const open = this.#core.log(log);
    const record = open.ok ? open.value.session.index.getAt(id, at) : undefined;
    if (!open.ok || !record) return undefined;
    return expenseView(open.value, record, await this.#parts.files.lookup(open.value, [record]), at);
  }

  balances(log: LogId, at?: Millis): readonly Balance[] {
    const open = this.#core.log(log);
    return open.ok ? balancesOf(sumsOf(open.value, at), open.value.session.identity.member) : [];
  }

  spending(log: LogId, choice: SpendingChoice, at?: Millis): Spending | undefined {
    const open = this.#core.log(log);
    if (!open.ok) return undefined;
    const spent = [...expensesOf(open.value, at)].map((e) => ({ ...e, state: expenseState(open.value, e) }));
    return spendingOf(spent, choice);
  }

  categories(log: LogId, at?: Millis): readonly string[] {
    const open = this.#core.log(log);
    return open.ok ? [...new Set([...expensesOf(open.value, at)].map((e) => e.category))].sort() : [];
  }
}

/** How many expenses of each person wait for an answer. */
const asksOf = gathered((index) => {
  const asks = new Map<MemberId, number>();
  for (const digest of index.digests())
    if (digest.kind === "expense" && digest.stage === "submitted") asks.set(digest.author, (asks.get(digest.author) ?? 0) + 1);
  return asks;
});

/** What balances are made of; now, no record has to be opened for it. */
function* sumsOf(open: OpenLog, at: Millis | undefined): Generator<ExpenseSum> {
  if (at !== undefined) yield* expensesOf(open, at);
  else for (const digest of open.session.index.digests()) if (digest.kind === "expense") yield digest;
}

function* expensesOf(open: OpenLog, at: Millis | undefined): Generator<ExpenseRecord> {
  for (const { folded } of open.session.index.ofKind("expense", at)) yield folded;
}

/** The change that an act answers (rule R3). */
function answered(e: ExpenseRecord, record: IndexedRecord, act: ExpenseAnswer["act"]): string | undefined {
  switch (act) {
    case "withdraw":
      return undefined;
    case "approve":
    case "refuse":
    case "request-changes":
      return hashText(e.first.hash);
    case "pay": {
      const approval = record.acts.findLast((a) => a.act.fields.get("act") === "approve");
      return hashText((approval?.act ?? e.first).hash);
    }
    case "confirm-payment": {
      const confirmed = new Set(
        record.acts.flatMap((a) => (a.act.fields.get("act") === "confirm-payment" ? [a.act.fields.get("of")] : [])),
      );
      const payment = record.acts.find((a) => a.act.fields.get("act") === "pay" && !confirmed.has(hashText(a.act.hash)));
      return payment && hashText(payment.act.hash);
    }
  }
}
