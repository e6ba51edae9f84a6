import type { DeviceId, MemberId, Millis, RecordId } from "../base/ids.ts";
import type { FoldedRecord } from "../books/fold.ts";
import type { KindName } from "../kinds/kind.ts";
import type { ExpenseSum } from "../books/balance.ts";
import type { ExpenseStage } from "../kinds/expense-state.ts";
import { admittedAt, type PlacedAct } from "./record-act.ts";

/** What lists ask of a record before they show it: small, and in memory for every record of a log. */
interface Brief {
  readonly id: RecordId;
  /** Of its first act. */
  readonly member: MemberId;
  readonly device: DeviceId;
  /** When its first act was made by its author's clock, ms. */
  readonly claimed: number;
  /** The entry that carries its first act; undefined while only this device has it. */
  readonly logged: { readonly seq: number; readonly channelSeq: number; readonly time: Millis } | undefined;
  /** When its first act became part of the record, by the relay's clock. */
  readonly admitted: Millis | undefined;
}

export type RecordDigest = Brief &
  (
    | { readonly kind: "message"; readonly thread: RecordId }
    | { readonly kind: "view-receipt"; readonly message: RecordId }
    /** `isFar`: it counts the places of a branch that was given up, maybe, and says nothing of this one's (rule C8l). */
    | { readonly kind: "delivery-receipt"; readonly upto: number; readonly isFar?: true }
    | ({ readonly kind: "expense" } & ExpenseSum)
    | { readonly kind: "access" | "name" | "original" }
  );

/** @param first its first act */
export function digestOf(folded: FoldedRecord, { act, place }: PlacedAct): RecordDigest {
  const at = act.fields.get("at");
  const brief: Brief = {
    id: folded.id,
    member: act.member,
    device: act.author,
    claimed: typeof at === "number" ? at : act.clock * 1000,
    logged: place.logged,
    admitted: admittedAt(place),
  };
  switch (folded.kind) {
    case "message":
      return { ...brief, kind: folded.kind, thread: folded.thread };
    case "view-receipt":
      return { ...brief, kind: folded.kind, message: folded.message };
    case "delivery-receipt":
      return { ...brief, kind: folded.kind, upto: folded.upto, ...(place.size === 0 ? { isFar: true as const } : {}) };
    case "expense": {
      const { kind, author, stage, currency, asked, confirmed } = folded;
      return { ...brief, kind, author, stage, currency, asked, confirmed };
    }
    case "access":
    case "name":
    case "original":
      return { ...brief, kind: folded.kind };
  }
}

/** Whether the record was there at a moment of the relay's clock; undefined is now. */
export const wasThere = (digest: RecordDigest, at: Millis | undefined): boolean => at === undefined || (digest.admitted ?? Infinity) <= at;

/**
 * Log order; what is not logged yet comes last. What one entry brought together stands by its author's clock, and where even that is the same
 * by its id, so that every device shows the same order.
 */
export function byOrder(a: RecordDigest, b: RecordDigest): number {
  const left = a.logged?.seq ?? Infinity;
  const right = b.logged?.seq ?? Infinity;
  if (left !== right) return left - right;
  if (a.claimed !== b.claimed) return a.claimed - b.claimed;
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

/** How pages write a kind. Numbers stay; a new kind gets the next one. */
export const KIND_NUMBERS: Readonly<Record<KindName, number>> = {
  message: 0,
  "view-receipt": 1,
  "delivery-receipt": 2,
  expense: 3,
  access: 4,
  name: 5,
  original: 6,
};

/** How pages write a stage. Where the rules change by which records are folded, the pages' version goes up. */
export const STAGE_NUMBERS: Readonly<Record<ExpenseStage, number>> = {
  submitted: 0,
  withdrawn: 1,
  approved: 2,
  refused: 3,
  "changes-requested": 4,
  "payment-made": 5,
  settled: 6,
};
