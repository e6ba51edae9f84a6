import type { LogId, MemberId, Millis, RecordId } from "../base/ids.ts";
import type { Page } from "./record.ts";

/** What is looked for: results are grouped by it. */
export type SearchKind = "message" | "expense";

/** A stretch of a line; `hit` where it is what was looked for. */
export interface Piece {
  readonly text: string;
  readonly hit: boolean;
}

/** Where in a record its line comes from. */
export type SearchField = "text" | "file" | "category" | "note" | "reason";

/** One record that was found, and why. */
export interface SearchHit {
  readonly id: RecordId;
  readonly log: LogId;
  readonly kind: SearchKind;
  /** Of a message. */
  readonly thread?: RecordId;
  readonly author: MemberId;
  /** By its author's clock. */
  readonly at: Millis;
  /** Subject of the message's thread, or what the expense was for. */
  readonly title: readonly Piece[];
  readonly field: SearchField;
  /** The line in which it was found, else the first one. */
  readonly line: readonly Piece[];
  /** Of an expense, minor units. */
  readonly amount?: number;
  readonly currency?: string;
}

/** Newest first. `total` is how many of the kind that was asked for were found up to now. */
export interface SearchPage extends Page<SearchHit> {
  readonly counts: Readonly<Record<SearchKind, number>>;
  /** Everything was looked at: until then there may be more, and a patch says when. */
  readonly done: boolean;
}
