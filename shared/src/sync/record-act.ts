import type { ChangeHash, Millis, RecordId } from "../base/ids.ts";
import type { RecordAct } from "../kinds/kind.ts";
import type { Witness } from "./witnesses.ts";
import type { ActRow } from "./record-row.ts";

/** Where an act stands in time. */
export interface ActPlace {
  /** Time of the checkpoint that the change names. */
  readonly notBefore: Millis;
  /** The carrying entry; undefined while only this device has it. */
  readonly logged?: { readonly seq: number; readonly channelSeq: number; readonly time: Millis };
  /** Size of the log at the checkpoint that the change names. */
  readonly size?: number;
  /** The entry with which it was admitted, where that is a later one than its own (rule X4). */
  readonly admitted?: { readonly seq: number; readonly time: Millis };
  /** What it is the first of its member's to show by being built on it (rule L6a). */
  readonly builtOn?: readonly ChangeHash[];
}

/** When an act became part of the record, by the relay's clock; undefined while only this device has it. */
export const admittedAt = (place: ActPlace): Millis | undefined => place.admitted?.time ?? place.logged?.time;

export interface PlacedAct {
  readonly act: RecordAct;
  readonly place: ActPlace;
}

export function toAct(record: RecordId, row: ActRow, index: number): PlacedAct {
  const act: RecordAct = {
    hash: row.h,
    record,
    isFirst: index === 0,
    fields: new Map(row.f),
    author: row.d,
    member: row.m,
    clock: row.c,
  };
  return {
    act,
    place: {
      notBefore: row.nb,
      ...(row.l ? { logged: { seq: row.l[0], channelSeq: row.l[1], time: row.l[2] } } : {}),
      ...(row.n === undefined ? {} : { size: row.n }),
      ...(row.a ? { admitted: { seq: row.a[0], time: row.a[1] } } : {}),
    },
  };
}

/** What a logged act shows that its author's device had; undefined while it is not logged. */
export function toWitness({ h, d, m, n, l, a }: ActRow): Witness | undefined {
  if (!l || n === undefined) return undefined;
  const [seq, , time] = l;
  return { hash: h, device: d, member: m, size: n, seq, time, admitted: a ? { seq: a[0], time: a[1] } : { seq, time } };
}
