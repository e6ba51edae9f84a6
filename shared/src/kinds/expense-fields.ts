import { z } from "zod";
import { zChildren } from "./children.ts";
import type { Fields } from "./fields.ts";
import { KIND_VERSION, parseFields, zCharacters, zHashText, zMillis, zOrigin } from "./fields.ts";
import { zFiles } from "./files.ts";
import { MAX_AMOUNT, minorDigits, WHOLE_SHARE } from "./money.ts";

export const MAX_TITLE = 200;
export const MAX_CATEGORY = 60;
export const MAX_REASON = 2_000;
export const MAX_METHOD = 60;
export const MAX_NOTE = 5_000;

/** A calendar day that exists. Its zone is the household's (design: record, 'Time'). */
const zDay = z.string().refine((day) => {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(day) ? Date.parse(`${day}T00:00:00Z`) : NaN;
  // Date rolls 30 February over into March instead of refusing it.
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(day);
});
const zAmount = z.number().int().min(1).max(MAX_AMOUNT);
const v = z.literal(KIND_VERSION);

const firstSchema = z.strictObject({
  kind: z.literal("expense"),
  v,
  at: zMillis,
  amount: zAmount,
  currency: z.string().refine((code) => minorDigits(code) !== undefined),
  category: zCharacters(1, MAX_CATEGORY),
  title: zCharacters(1, MAX_TITLE),
  spent: zDay,
  children: zChildren.optional(),
  share: z.number().int().min(0).max(WHOLE_SHARE),
  note: zCharacters(0, MAX_NOTE).optional(),
  files: zFiles.optional(),
  origin: zOrigin.optional(),
});

const reason = zCharacters(1, MAX_REASON);
const laterSchema = z.discriminatedUnion("act", [
  z.strictObject({ act: z.literal("withdraw"), v }),
  z.strictObject({ act: z.literal("approve"), v, of: zHashText }),
  z.strictObject({ act: z.literal("refuse"), v, of: zHashText, reason }),
  z.strictObject({ act: z.literal("request-changes"), v, of: zHashText, reason }),
  z.strictObject({
    act: z.literal("pay"),
    v,
    of: zHashText,
    amount: zAmount,
    method: zCharacters(1, MAX_METHOD).optional(),
    files: zFiles.optional(),
  }),
  z.strictObject({ act: z.literal("confirm-payment"), v, of: zHashText }),
]);

export type ExpenseFields = z.output<typeof firstSchema>;
export type ExpenseLaterFields = z.output<typeof laterSchema>;
export type ExpenseActName = ExpenseLaterFields["act"];

export const parseExpense = (fields: Fields): ExpenseFields | undefined => parseFields(firstSchema, fields);
export const parseExpenseAct = (fields: Fields): ExpenseLaterFields | undefined => parseFields(laterSchema, fields);
