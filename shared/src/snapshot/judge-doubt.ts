import type { ChangeHash, MemberId, RecordId } from "../base/ids.ts";
import { judgeByKind } from "../books/judge-act.ts";
import type { Facts } from "../books/judge.ts";
import type { ReasonCode } from "../base/reasons.ts";
import type { Judging, Kind, RecordAct } from "../kinds/kind.ts";
import type { Ancestry, ShownPast } from "./ancestry.ts";
import type { FoldedAct } from "./judge.ts";

/** What stands in the tables for a change that waits for something that is not here. */
export const WAITS = "waiting";

/** Reasons that say that something is lacking. Where not everything is here, that is no breach: it may be in what is not. */
const LACKING: ReadonlySet<ReasonCode> = new Set<ReasonCode>(["record-unknown", "answer-unknown", "expense-not-approved"]);

type Knew = (hash: ChangeHash) => boolean;

export interface InDoubt {
  readonly act: RecordAct;
  readonly kind: Kind;
  readonly facts: Facts;
  /** Has the act already. */
  readonly ancestry: Ancestry;
  /** What the exporter says that it did not know. */
  readonly unaware: ReadonlySet<ChangeHash>;
  /** Acts that were admitted before it: of a record, and first ones that refer to one. */
  readonly actsOf: (record: RecordId) => readonly FoldedAct[];
  readonly referring: (record: RecordId) => readonly FoldedAct[];
  readonly precedes: Judging["precedes"];
  readonly channelSeq: number;
}

/** `isInDoubt`: it is lawful only if it did not know of an act before it, and what is here does not show whether it did. */
export type Judged = { readonly knew: Knew; readonly isInDoubt: boolean } | { readonly reason: ReasonCode | typeof WAITS };

/**
 * Judges an act of which not all ancestors are here (rule S26). It is lawful if it is with any of: all acts before it, less those that the exporter
 * says it did not know; of these its own member's, and what it is shown to have known; only what it is shown to have known. A breach is one that
 * what is here shows.
 */
export function judgeInDoubt(of: InDoubt): Judged {
  const { act, ancestry, unaware } = of;
  let shown: ShownPast | undefined;
  const isShown: Knew = (hash) => (shown ??= ancestry.pastOf(act.hash)).has(hash);
  const isWhole = ancestry.isComplete(act.hash);
  let members: ReadonlyMap<ChangeHash, MemberId> | undefined;
  const memberOf = (hash: ChangeHash): MemberId | undefined =>
    (members ??= new Map(of.actsOf(act.record).map((a) => [a.hash, a.act.member]))).get(hash);
  const said: Knew = (hash) => !unaware.has(hash) || isShown(hash);
  const ways: readonly Knew[] = isWhole
    ? [isShown]
    : [said, (hash) => isShown(hash) || (said(hash) && memberOf(hash) === act.member), isShown];
  let reason: ReasonCode | undefined;
  for (const [i, knew] of ways.entries()) {
    reason = judgeWith(of, knew);
    if (reason === undefined) return { knew, isInDoubt: i > 0 };
  }
  return { reason: reason === undefined || (!isWhole && LACKING.has(reason)) ? WAITS : reason };
}

function judgeWith({ act, kind, facts, actsOf, referring, precedes, channelSeq }: InDoubt, knew: Knew): ReasonCode | undefined {
  const known = (acts: readonly FoldedAct[]): readonly RecordAct[] => acts.flatMap((a) => (knew(a.hash) ? [a.act] : []));
  return judgeByKind(kind, act, facts, {
    actsOf: (record) => known(actsOf(record)),
    referring: (record) => known(referring(record)),
    precedes,
    channelSeq,
  });
}
