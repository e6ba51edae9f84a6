import type { DeviceId, MemberId, RecordId } from "../base/ids.ts";
import { coded, err, ok, type Coded, type Result } from "../base/result.ts";
import { KIND_VERSION } from "../kinds/fields.ts";
import type { Judging, Kind, RecordAct } from "../kinds/kind.ts";
import { kindOf } from "../kinds/registry.ts";
import type { ParsedChange } from "./chunk.ts";
import type { Facts } from "./judge.ts";
import { periodOf } from "./names.ts";
import { inPast, type Past } from "./past.ts";
import type { ReasonCode } from "../base/reasons.ts";
import { recordPrefix } from "./record-id.ts";
import { sameTag, tagOf } from "./tag.ts";
import { parseShape, type Place, type Shape } from "./shape.ts";
import type { Admitted, BookState, Occurrence } from "./state.ts";

export interface ActInput {
  readonly state: BookState;
  readonly facts: Facts;
  readonly change: ParsedChange;
  readonly occurrence: Occurrence;
  readonly author: DeviceId;
  readonly member: MemberId;
  readonly past: Past;
}

const no = (code: ReasonCode, detail?: string): Result<never, Coded<ReasonCode>> => err(coded(code, detail));

/** What a change writes and whether its kind allows it (rules X8, C7, R1 to R4). */
export function judgeAct(input: ActInput): Result<Admitted, Coded<ReasonCode>> {
  const { state, change, past } = input;
  const shape = parseShape(change);
  if (!shape.ok) return shape;
  const record = recordOf(input, shape.value.place);
  if (!record.ok) return record;
  const isFirst = shape.value.place.type === "record";
  const fault = versionFault(shape.value, input.occurrence.carrier.level);
  if (fault) return no(fault);
  const kind = kindOf(isFirst ? shape.value.fields.get("kind") : state.records.get(record.value)?.kind);
  if (!kind) return no("kind-unknown");
  const act: RecordAct = {
    hash: change.hash,
    record: record.value,
    isFirst,
    fields: shape.value.fields,
    author: input.author,
    member: input.member,
    clock: change.time,
  };
  const unlawful = judgeKind(input, kind, act);
  if (unlawful) return no(unlawful);
  if (!tagHolds(input, kind, act)) return no("change-tag");
  const { hash, actor, seq, startOp, endOp, deps } = change;
  const carriedBy = input.occurrence.carrier.seq;
  const position = state.admitted.length;
  const refersTo = isFirst ? kind.refersTo?.(act.fields) : undefined;
  return ok({
    position,
    past,
    hash,
    actor,
    seq,
    startOp,
    endOp,
    deps,
    kind: kind.name,
    act,
    ...(shape.value.place.type === "act" ? { actKey: shape.value.place.actKey } : {}),
    ...(refersTo === undefined ? {} : { refersTo }),
    carriedBy,
  });
}

/** The record that an act is for: a fresh id of the author's own (rule R2), or the record whose map stands in the change's past. */
function recordOf({ state, author, past }: ActInput, place: Place): Result<RecordId, Coded<ReasonCode>> {
  if (place.type === "record") {
    if (!place.record.startsWith(recordPrefix(author))) return no("record-id");
    return state.records.has(place.record) ? no("record-taken") : ok(place.record);
  }
  const record = state.recordOfObject(place.object);
  const made = record && state.records.get(record)?.acts[0];
  if (record === undefined || made === undefined || !inPast(past, made)) return no("record-unknown");
  return state.hasActKey(record, place.actKey) ? no("act-taken") : ok(record);
}

/** What the entry says of the change is what the change is (rule L1): a filter by thread or record shows and counts by it. */
function tagHolds({ state, occurrence: { tag } }: ActInput, kind: Kind, act: RecordAct): boolean {
  const first = act.isFirst ? act.fields : state.actsOf(act.record)[0]?.fields;
  return tag === undefined || (first !== undefined && sameTag(tag, tagOf(kind, act.record, first, act.isFirst)));
}

/** A version above the level is for devices that the log does not have yet (rule C7). */
export function versionFault({ fields }: Shape, level: number): ReasonCode | undefined {
  const version = fields.get("v");
  if (typeof version !== "number" || version < 1) return "kind-fields";
  return version > level || version > KIND_VERSION ? "change-level" : undefined;
}

function judgeKind({ state, facts, past, occurrence }: ActInput, kind: Kind, act: RecordAct): ReasonCode | undefined {
  if (kind.channel !== facts.book.channel) return "kind-channel";
  return judgeByKind(kind, act, facts, {
    actsOf: (record) => state.actsOf(record, past),
    referring: (record) => state.referring(record, past),
    precedes: state.precedes,
    channelSeq: occurrence.carrier.channelSeq,
  });
}

/** What the rules of a kind may see of the past of an act, and where its entry stands. */
export interface ActPast extends Pick<Judging, "precedes" | "channelSeq"> {
  /** Acts of a record, in the order of admission. */
  readonly actsOf: (record: RecordId) => readonly RecordAct[];
  /** First acts that refer to a record. */
  readonly referring: (record: RecordId) => readonly RecordAct[];
}

/** Whether a kind allows an act with this past, in a book of its channel. Undefined: lawful. */
export function judgeByKind(
  kind: Kind,
  act: RecordAct,
  { book, originHolds }: Pick<Facts, "book" | "originHolds">,
  { actsOf, referring, precedes, channelSeq }: ActPast,
): ReasonCode | undefined {
  const judging: Judging = {
    act,
    earlier: act.isFirst ? [] : actsOf(act.record),
    precedes,
    recordInPast: (record) => actsOf(record)[0],
    referring,
    channelSeq,
    originHolds: (origin, of) => originHolds?.(origin, of.fields) ?? true,
  };
  if (!act.isFirst) return kind.judgeLater(judging);
  const unlawful = kind.judgeFirst(judging);
  if (unlawful) return unlawful;
  const at = act.fields.get("at");
  const inBook = !kind.booksByClock || (typeof at === "number" && periodOf(kind.channel, at) === book.period);
  return inBook ? undefined : "record-other-book";
}
