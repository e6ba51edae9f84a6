import type { ChangeHash, DeviceId, MemberId, RecordId } from "../base/ids.ts";
import type { Channel } from "../base/channels.ts";
import type { Fields } from "./fields.ts";
import type { ReasonCode } from "../base/reasons.ts";

export type KindName = "message" | "delivery-receipt" | "view-receipt" | "expense" | "access" | "name" | "original";

/** One lawful act of a record, as rules and projections see it. */
export interface RecordAct {
  readonly hash: ChangeHash;
  readonly record: RecordId;
  readonly isFirst: boolean;
  readonly fields: Fields;
  readonly author: DeviceId;
  readonly member: MemberId;
  /** The change's own time field: the author's clock, in seconds. A claim. */
  readonly clock: number;
}

/** What a rule may look at: the act itself, its causal past (rule R4), and the place of the entry that carries it. */
export interface Judging {
  readonly act: RecordAct;
  /** The record's acts in the causal past, in log order; empty for a first act. */
  readonly earlier: readonly RecordAct[];
  /** Whether one change of the book is in the causal past of another. */
  readonly precedes: (a: ChangeHash, b: ChangeHash) => boolean;
  /** The first act of another record of this book, where it is in the causal past. */
  readonly recordInPast: (record: RecordId) => RecordAct | undefined;
  /** First acts in the causal past that refer to this record (see `Kind.refersTo`). */
  readonly referring: (record: RecordId) => readonly RecordAct[];
  /** Channel sequence of the carrying entry; Infinity while the change is not in the log. */
  readonly channelSeq: number;
  /** Whether a record's `origin` holds (docs/protocol.md section 9); where nobody checks, its form is all that is asked. */
  readonly originHolds: (origin: Uint8Array, act: RecordAct) => boolean;
}

/** One kind of record: what its acts look like, who may make them when, and how the history words them. */
export interface Kind {
  readonly name: KindName;
  readonly channel: Channel;
  /** Its records belong into the book of the month or year of their `at` (section 3); else into the book of what they answer. */
  readonly booksByClock: boolean;
  /** Judges a record's first act. Undefined: lawful. */
  readonly judgeFirst: (judging: Judging) => ReasonCode | undefined;
  /** Judges a later act; `earlier` holds at least the first one. */
  readonly judgeLater: (judging: Judging) => ReasonCode | undefined;
  /** The record that a first act refers to, so that those after it can be found by it. */
  readonly refersTo?: (fields: Fields) => RecordId | undefined;
  /** Thread or root record id for the content commitment's tag (rule L1), from the record's id and its first act. */
  readonly root: (record: RecordId, first: Fields) => string;
  /** Catalogue key of an act in the history, below `history.`. */
  readonly wording: (act: RecordAct) => string;
}
