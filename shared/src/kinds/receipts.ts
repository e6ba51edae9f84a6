import { z } from "zod";
import type { RecordId } from "../base/ids.ts";
import type { ReasonCode } from "../base/reasons.ts";
import { RECORD_ID, type Fields } from "./fields.ts";
import { KIND_VERSION, parseFields, zHashText, zMillis, zRecordId } from "./fields.ts";
import type { Judging, Kind } from "./kind.ts";

const deliverySchema = z.strictObject({
  kind: z.literal("delivery-receipt"),
  v: z.literal(KIND_VERSION),
  at: zMillis,
  upto: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER),
});
export type DeliveryFields = z.output<typeof deliverySchema>;
export const parseDelivery = (fields: Fields): DeliveryFields | undefined => parseFields(deliverySchema, fields);

const viewSchema = z.strictObject({
  kind: z.literal("view-receipt"),
  v: z.literal(KIND_VERSION),
  at: zMillis,
  message: zRecordId,
  of: zHashText,
});
export type ViewFields = z.output<typeof viewSchema>;
export const parseView = (fields: Fields): ViewFields | undefined => parseFields(viewSchema, fields);

/**
 * 'Everything of this channel up to N was opened and admitted'. It speaks of entries that were in the log before its own: one that
 * names its own place or a later one would acknowledge what nobody has sent yet.
 */
function judgeDelivery(j: Judging): ReasonCode | undefined {
  const r = parseDelivery(j.act.fields);
  if (!r) return "kind-fields";
  return r.upto < j.channelSeq ? undefined : "receipt-ahead";
}

/** 'This member's device showed this message'. An answer (R3), so it stands in the message's book and has the message in its past. */
function judgeView(j: Judging): ReasonCode | undefined {
  const r = parseView(j.act.fields);
  if (!r) return "kind-fields";
  const seen = j.recordInPast(r.message);
  if (seen?.hash !== r.of || seen.fields.get("kind") !== "message") return "answer-unknown";
  if (seen.member === j.act.member) return "receipt-own";
  // Two devices of one person may both show a message while apart; only a repetition that knew of the first breaks the rule (R4).
  return j.referring(r.message).some((other) => other.member === j.act.member) ? "receipt-twice" : undefined;
}

const named = (fields: Fields): RecordId | undefined => {
  const id = fields.get("message");
  return typeof id === "string" && RECORD_ID.test(id) ? (id as RecordId) : undefined;
};

export const deliveryReceipt: Kind = {
  name: "delivery-receipt",
  channel: "messages",
  booksByClock: true,
  judgeFirst: judgeDelivery,
  judgeLater: () => "kind-act",
  root: (record) => record,
  wording: () => "receipt.delivered",
};

export const viewReceipt: Kind = {
  name: "view-receipt",
  channel: "messages",
  booksByClock: false,
  judgeFirst: judgeView,
  judgeLater: () => "kind-act",
  refersTo: named,
  root: (record, first) => named(first) ?? record,
  wording: () => "receipt.viewed",
};
