import * as A from "@automerge/automerge/slim";
import { idBytes } from "../base/bytes.ts";
import type { ChangeHash, DeviceId, Millis, RecordId } from "../base/ids.ts";
import { coded, err, ok, type Coded, type Result } from "../base/result.ts";
import { LIMITS } from "../base/limits.ts";
import { formatCheckpointField, type CheckpointField } from "./checkpoint-field.ts";
import { authorField, changeHash, type Encodable } from "./chunk.ts";
import { MAX_DEPS } from "./columns.ts";
import { RECORDS } from "./genesis.ts";
import { objectOf } from "./shape.ts";
import { type FieldValue } from "../kinds/fields.ts";
import type { BookState } from "./state.ts";

/** One act to be written (rule R1). Fields that are undefined are left out. */
export interface Draft {
  readonly record: RecordId;
  /** Key of a later act (`newActKey`); left out for a record's first act. */
  readonly actKey?: string;
  readonly fields: Readonly<Record<string, FieldValue | undefined>>;
}

export interface WriteOptions {
  /** Fresh for each opening of the book (`newActor`). */
  readonly actor: string;
  readonly author: DeviceId;
  /** The device's clock, ms. */
  readonly clock: Millis;
  readonly checkpoint: CheckpointField;
}

export interface WrittenChange {
  readonly bytes: Uint8Array;
  readonly hash: ChangeHash;
}

/** `record-unknown`: a later act on a record that the book does not have. `change-size`: longer than a change may be. */
export type WriteCode = "record-unknown" | "change-size";

/**
 * Writes one act as one Automerge change on everything that this device has admitted (rules X8, X9). No document is needed for it, and
 * none is touched: the change is written down, made durable by the caller, and only then admitted.
 */
export function makeChange(state: BookState, draft: Draft, options: WriteOptions): Result<WrittenChange, Coded<WriteCode>> {
  const place = placeOf(state, draft);
  if (place === undefined) return err(coded("record-unknown"));
  const previous = state.actor(options.actor);
  const deps = depsOf(state, previous?.last);
  const startOp = Math.max(...deps.map((dep) => state.endOpOf(dep))) + 1;
  const object = objectOf({ startOp, actor: options.actor });
  const change: Encodable & { extra_bytes?: readonly number[] } = {
    actor: options.actor,
    author: null,
    seq: (previous?.seq ?? 0) + 1,
    startOp,
    time: Math.floor(options.clock / 1000),
    message: formatCheckpointField(options.checkpoint),
    deps: [...deps],
    ops: [{ action: "makeMap", obj: place, key: draft.actKey ?? draft.record, pred: [] }, ...setsOf(object, draft.fields)],
    // Automerge writes the author into an actor's first change, and knows it from there (rule X7).
    ...(previous ? {} : { extra_bytes: authorField(idBytes(options.author)) }),
  };
  const bytes = A.encodeChange(change);
  return bytes.length > LIMITS.change ? err(coded("change-size")) : ok({ bytes, hash: changeHash(bytes) });
}

function placeOf(state: BookState, draft: Draft): string | undefined {
  if (draft.actKey === undefined) return RECORDS;
  const first = state.actsOf(draft.record)[0];
  const made = first && state.get(first.hash);
  return made && objectOf(made);
}

/** Every head of the book; where hostile devices left more open than a change may name, the own chain and the first of the rest. */
function depsOf(state: BookState, previous: ChangeHash | undefined): readonly ChangeHash[] {
  const others = state.heads.filter((head) => head !== previous);
  const own = previous === undefined ? [] : [previous];
  return [...own, ...others.slice(0, MAX_DEPS - own.length)].sort();
}

function setsOf(obj: string, fields: Draft["fields"]): Encodable["ops"] {
  const set = Object.entries(fields).flatMap(([key, value]) => (value === undefined ? [] : [{ key, value }]));
  set.sort((a, b) => (a.key < b.key ? -1 : 1));
  return set.map(({ key, value }) => ({
    action: "set",
    obj,
    key,
    value,
    ...(typeof value === "number" ? { datatype: "int" } : {}),
    pred: [],
  }));
}
