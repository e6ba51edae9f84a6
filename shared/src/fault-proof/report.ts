import type { LogId, Millis } from "../base/ids.ts";

/** What a fault proof says that the relay did; each has a sentence in `words.ts`, and one in the app's catalogue. */
export const PROVEN = [
  "fork",
  "rollback",
  "entry-header",
  "entry-log",
  "entry-signature",
  "entry-sequence",
  "entry-chain",
  "entry-charter",
  "pair-time",
  "pair-chain",
  "charter",
  "epoch",
] as const;
export type Proven = (typeof PROVEN)[number];

/** Why a file that reads as a fault proof proves nothing. */
export const NOT_PROVEN = [
  /** The statements do not stand: nothing pins a key. */
  "pin",
  /** A note is not signed by the log key. */
  "unsigned",
  /** The notes are of two logs, or of two relays or keys that kept this log one after another. */
  "other-log",
  /** Signed, but no checkpoint. */
  "no-checkpoint",
  /** One note twice, or two that say the same. */
  "agree",
  /** The way from what is shown to the note's root does not hold. */
  "path",
  /** The later note is over at least as many entries. */
  "no-rollback",
  /** What the entries show is lawful. */
  "lawful",
  /** The file keeps what a device saw; nobody else can check it. */
  "kept",
] as const;
export type NotProven = (typeof NOT_PROVEN)[number];

/** A signed checkpoint that a proof stands on. */
export interface ProofNote {
  readonly size: number;
  /** Lower-case hex. */
  readonly root: string;
  readonly time: Millis;
}

export interface ProofReport {
  readonly holds: boolean;
  /** What it proves, where it holds. */
  readonly proven?: Proven;
  /** Why it proves nothing. */
  readonly reason?: NotProven;
  /** For `kept`: the code under which the device kept it. */
  readonly code?: string;
  /** Who is accused: the name and key that the log's founding statement (or its last move) pins. Undefined where nothing pins them. */
  readonly relay?: string;
  readonly log?: LogId;
  /** The key as other tools take it: `name+id+base64`. */
  readonly key?: string;
  readonly notes: readonly ProofNote[];
  /** The entry that it is about, where it is about one. */
  readonly seq?: number;
}
