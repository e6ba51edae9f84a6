import type { ChangeHash, MemberId, RecordId } from "../base/ids.ts";
import { parseAccess, type AccessFields } from "../kinds/access.ts";
import { parseExpense } from "../kinds/expense-fields.ts";
import { progressOf, type ExpenseProgress } from "../kinds/expense-state.ts";
import type { ExpenseFields } from "../kinds/expense-fields.ts";
import type { KindName, RecordAct } from "../kinds/kind.ts";
import { parseMessage, threadOf, type MessageFields } from "../kinds/message.ts";
import { parseName, type NameFields } from "../kinds/name.ts";
import { parseOriginal, type OriginalFields } from "../kinds/original.ts";
import { askedOf } from "../kinds/money.ts";
import { parseDelivery, parseView } from "../kinds/receipts.ts";

interface Folded {
  readonly id: RecordId;
  /** The record's first act: who made it, on which device, by which clock, in which change. */
  readonly first: RecordAct;
}

export type MessageRecord = Folded &
  Omit<MessageFields, "kind" | "v" | "thread"> & { readonly kind: "message"; readonly thread: RecordId; readonly startsThread: boolean };
export type ExpenseRecord = Folded &
  Omit<ExpenseFields, "kind" | "v"> &
  ExpenseProgress & { readonly kind: "expense"; readonly author: MemberId; readonly asked: number };
export type DeliveryRecord = Folded & { readonly kind: "delivery-receipt"; readonly at: number; readonly upto: number };
export type ViewRecord = Folded & {
  readonly kind: "view-receipt";
  readonly at: number;
  readonly message: RecordId;
  readonly of: ChangeHash;
};
export type AccessRecord = Folded & Omit<AccessFields, "kind" | "v"> & { readonly kind: "access" };
export type OriginalRecord = Folded & Omit<OriginalFields, "kind" | "v"> & { readonly kind: "original" };
export type NameRecord = Folded & Omit<NameFields, "kind" | "v"> & { readonly kind: "name" };
export type FoldedRecord = MessageRecord | ExpenseRecord | DeliveryRecord | ViewRecord | AccessRecord | NameRecord | OriginalRecord;

/**
 * Folds the lawful acts of one record, in log order, into what it is. The app and the verifier of snapshots use this same function; it needs
 * no document and no other record. Undefined where the acts are none of this kind's, which lawful ones always are.
 * @param precedes whether one change is in the causal past of another, for acts that crossed (rule R4)
 */
export function foldRecord(
  kind: KindName,
  acts: readonly RecordAct[],
  precedes: (a: ChangeHash, b: ChangeHash) => boolean,
): FoldedRecord | undefined {
  const [first, ...later] = acts;
  if (!first?.isFirst) return undefined;
  const base = { id: first.record, first };
  switch (kind) {
    case "message": {
      const m = parseMessage(first.fields);
      return m && { ...m, ...base, kind, thread: threadOf(first.record, m.thread), startsThread: m.thread === "" };
    }
    case "expense": {
      const e = parseExpense(first.fields);
      if (!e) return undefined;
      const asked = askedOf(e.amount, e.share);
      return { ...e, ...base, ...progressOf(later, asked, precedes), kind, author: first.member, asked };
    }
    case "delivery-receipt": {
      const r = parseDelivery(first.fields);
      return r && { ...base, kind, at: r.at, upto: r.upto };
    }
    case "view-receipt": {
      const r = parseView(first.fields);
      return r && { ...base, kind, at: r.at, message: r.message, of: r.of };
    }
    case "access": {
      const a = parseAccess(first.fields);
      return a && { ...a, ...base, kind };
    }
    case "name": {
      const n = parseName(first.fields);
      return n && { ...n, ...base, kind };
    }
    case "original": {
      const o = parseOriginal(first.fields);
      return o && { ...o, ...base, kind };
    }
  }
}
