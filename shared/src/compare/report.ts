import type { LogId, MemberId, Millis } from "../base/ids.ts";
import type { CheckView } from "../views/snapshot.ts";

/** Where two snapshots of one record stand to each other, for each change. Each has a sentence in `words.ts` and in the app's catalogue. */
export const CLASSES = [
  /** Shown in both, and the very same. */
  "same",
  /** Shown in one; the other leaves it out by its stated scope, and the log shows that it is there. */
  "withheld-scope",
  "withheld-settlement",
  "withheld-redacted",
  /** Shown in one; the other has its entry and neither shows nor explains it. */
  "unexplained",
  /** Left out in both. */
  "withheld-both",
  /** Logged after the other snapshot ends. */
  "later",
  /** Logged after the place where the two logs part. */
  "fork",
] as const;
export type CompareClass = (typeof CLASSES)[number];

/**
 * What rests on an exporter's word alone, where the other snapshot does not bear it out (rule S11a). Each has a sentence in `words.ts` and in the app's
 * catalogue.
 */
export const WORD_CLASSES = [
  /** Left out as settlement talk; the other shows it, and its author had not marked it. */
  "settlement-false",
  /** Said not to have known of an earlier act; the other shows that it did. */
  "order-false",
  /** The same, which the other neither says nor shows. */
  "order-other",
  /** Exported well after entries that the other has and this one does not. */
  "ended-early",
  /** Attachments that the exporter's device lacked, and that the other has. */
  "files-lacking",
  /** A person is called otherwise. */
  "name-other",
  /** Days and times are in another zone. */
  "zone-other",
] as const;
export type WordClass = (typeof WORD_CLASSES)[number];

export interface CompareWord {
  readonly is: WordClass;
  /** Whose word it is; where each has one of their own, the first's. */
  readonly of: "a" | "b";
  readonly seq?: number;
  readonly count?: number;
  /** What A says and what B says. */
  readonly said?: readonly [string, string];
}

export interface CompareSide {
  readonly exporter: string;
  readonly member: MemberId | undefined;
  /** The exporter's clock. */
  readonly exported: Millis;
  /** Entries up to the snapshot's checkpoint, and its relay time. */
  readonly size: number;
  readonly time: Millis;
  readonly shown: number;
  /** What does not hold in this snapshot's proof. Pages and tables are not looked at here. */
  readonly failed: readonly CheckView[];
}

export interface CompareRow {
  readonly is: Exclude<CompareClass, "same" | "withheld-both">;
  /** Which of the two shows it. */
  readonly only: "a" | "b";
  readonly seq: number;
  readonly channel: string;
  readonly time: Millis;
  /** Its kind, where the tag is opened. */
  readonly kind?: string;
}

export interface CompareReport {
  readonly log: LogId;
  readonly relay: string;
  readonly zone: string;
  readonly a: CompareSide;
  readonly b: CompareSide;
  /** The first place at which the logs differ; both were signed by the relay. */
  readonly fork?: { readonly seq: number };
  /** A proof file against the relay, where they fork and what both hold shows it. */
  readonly proof?: Uint8Array;
  /** Changes by class and by the side that shows them. */
  readonly counts: Readonly<Record<CompareClass, { readonly a: number; readonly b: number }>>;
  /** What is not the same, in the order of the log; at most `MAX_ROWS`. */
  readonly rows: readonly CompareRow[];
  /** Where one exporter's word is not borne out by the other snapshot; at most `MAX_ROWS`. */
  readonly words: readonly CompareWord[];
  /** Nothing differs but what scope and time explain, and no word of an exporter is contradicted by what the other shows. */
  readonly agrees: boolean;
}

export const MAX_ROWS = 5_000;
