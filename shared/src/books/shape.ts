import type { RecordId } from "../base/ids.ts";
import { coded, err, ok, type Coded, type Result } from "../base/result.ts";
import { RECORD_ID, type Fields, type FieldValue } from "../kinds/fields.ts";
import { RECORDS } from "./genesis.ts";
import { parseChange, type Op, type ParsedChange } from "./chunk.ts";
import type { ReasonCode } from "../base/reasons.ts";

/** Where a change puts its one map (rule X8): a new record, or a later act on the record whose map has this object id. */
export type Place =
  { readonly type: "record"; readonly record: RecordId } | { readonly type: "act"; readonly object: string; readonly actKey: string };

export interface Shape {
  readonly place: Place;
  readonly fields: Fields;
}

/** A change's one act (rules R1, X8), once its record is known. */
export interface Act {
  readonly record: RecordId;
  readonly isFirst: boolean;
  readonly actKey?: string;
  readonly fields: Fields;
}

const ACT_KEY = /^a:[0-9a-f]{16}$/;
const OBJECT = /^[1-9]\d*@[0-9a-f]{32}$/;
const FIELD = /^[a-z][A-Za-z0-9]{0,31}$/;

/** Object id of the map that a change makes. */
export const objectOf = (change: { readonly startOp: number; readonly actor: string }): string =>
  `${String(change.startOp)}@${change.actor}`;

/** Reads a change's operations as one act (rule X8). */
export function parseShape(change: ParsedChange): Result<Shape, Coded<ReasonCode>> {
  const [first, ...sets] = change.ops;
  const place = first && placeOf(first);
  if (!place) return err(coded("change-shape", "place"));
  const object = objectOf(change);
  const fields = new Map<string, FieldValue>();
  let last = "";
  for (const op of sets) {
    const { key, value } = op;
    if (op.action !== "set" || op.obj !== object || op.insert || op.pred.length > 0) return err(coded("change-shape", "operation"));
    if (key === undefined || !FIELD.test(key) || key <= last) return err(coded("change-shape", "key"));
    if (!isField(value, op.datatype)) return err(coded("change-shape", "value"));
    fields.set(key, value);
    last = key;
  }
  return ok({ place, fields });
}

/** The same of a change as it was written; undefined where its bytes are no change, or not one act. */
export function shapeIn(bytes: Uint8Array): Shape | undefined {
  const change = parseChange(bytes);
  const shape = change.ok ? parseShape(change.value) : undefined;
  return shape?.ok === true ? shape.value : undefined;
}

function placeOf(op: Op): Place | undefined {
  const { key } = op;
  if (op.action !== "makeMap" || key === undefined || op.insert || op.pred.length > 0) return undefined;
  if (op.obj === RECORDS) return RECORD_ID.test(key) ? { type: "record", record: key as RecordId } : undefined;
  return OBJECT.test(op.obj) && ACT_KEY.test(key) ? { type: "act", object: op.obj, actKey: key } : undefined;
}

/** Text and booleans stand without a datatype, integers with `int`; nothing else is a field. */
function isField(value: unknown, datatype: string | undefined): value is FieldValue {
  if (typeof value === "number") return datatype === "int" && Number.isSafeInteger(value);
  return datatype === undefined && (typeof value === "string" || typeof value === "boolean");
}
