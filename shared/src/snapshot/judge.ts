import type { BookId, ChangeHash, DeviceId, MemberId, RecordId } from "../base/ids.ts";
import type { CheckpointField } from "../books/checkpoint-field.ts";
import { changeHash, parseChange } from "../books/chunk.ts";
import { namedCheckpoint } from "../books/named.ts";
import { judgeEntry, type Facts, type SignedChange } from "../books/judge.ts";
import type { BookName } from "../books/names.ts";
import { verifyChange } from "../books/signature.ts";
import { BookState } from "../books/state.ts";
import { isAuthorised, isAuthorisedAgain, levelAt, memberOf } from "../charter/query.ts";
import { proveOrigin } from "../entry/origin.ts";
import type { KindName, RecordAct } from "../kinds/kind.ts";
import { pusherOf } from "./again.ts";
import { judgePartial } from "./judge-partial.ts";
import type { LoggedHeader } from "./log-index.ts";
import type { Replayed } from "./replay.ts";
import type { Steps } from "./source.ts";

/** The changes of one entry that are judged. `unaware` stands only where other changes of the book are withheld. */
export interface EntryChanges {
  readonly seq: number;
  readonly book: BookName;
  readonly changes: readonly (SignedChange & { readonly unaware?: readonly ChangeHash[] })[];
  /** Whether the entry's body brought the signed note of this checkpoint (rule L6). */
  readonly hasNote: (checkpoint: CheckpointField) => boolean;
}

/** A lawful act, with the entry that carries it. */
export interface FoldedAct {
  readonly kind: KindName;
  readonly act: RecordAct;
  readonly hash: ChangeHash;
  readonly seq: number;
  readonly channelSeq: number;
  readonly checkpoint: Pick<CheckpointField, "size" | "root" | "time"> | undefined;
}

/** The same as it was judged, with what it is built on. */
export interface JudgedAct extends FoldedAct {
  readonly deps: readonly ChangeHash[];
}

/** A change that broke a rule, or whose dependencies never came (`waiting`). */
export interface SetAside {
  readonly hash: ChangeHash;
  readonly seq: number;
  readonly index: number;
  readonly reason: string;
  readonly device: DeviceId;
  readonly member: MemberId | undefined;
  readonly clock: number | undefined;
  readonly checkpoint: CheckpointField | undefined;
  readonly record: RecordId | undefined;
}

/** The changes of one book that are judged. */
export interface BookEntries {
  readonly book: BookId;
  /** Where among all rows its first one stands: books are told in this order. */
  readonly at: number;
  readonly entries: readonly EntryChanges[];
}

/** What came of a book. `precedes`: whether one of its acts knew of another. */
export interface JudgedBook {
  /** None stands before one that it is built on. */
  readonly acts: readonly JudgedAct[];
  readonly setAside: readonly SetAside[];
  readonly precedes: (a: ChangeHash, b: ChangeHash) => boolean;
  /** Only a book of which something is not here has any. */
  readonly doubts?: Doubts;
}

/** What the acts that are here leave open of their order (rules S23, S26). */
export interface Doubts {
  /** Acts that are lawful only if they did not know of an earlier one, and whether they did is in what is not here. */
  readonly crossed: number;
  /** Entries with an act of which it is falsely said what it did not know. */
  readonly falseOrder: readonly number[];
}

/** What the judges of whole and of partial books ask of the log and the charter. */
export interface JudgeContext {
  readonly replayed: Replayed;
  readonly facts: Facts;
  readonly book: BookId;
  readonly headerOf: (seq: number) => LoggedHeader;
  /** Whether that entry's body brought the signed note of this checkpoint. */
  readonly hasNote: (seq: number, checkpoint: CheckpointField) => boolean;
}

function contextOf(replayed: Replayed, book: BookId, name: BookName, entries: readonly EntryChanges[]): JudgeContext {
  const { charter } = replayed;
  const headerOf = (seq: number): LoggedHeader => {
    const header = replayed.headerOf(seq);
    if (!header) throw new Error("rows were checked against their headers before");
    return header;
  };
  const facts: Facts = {
    log: charter.log,
    book: name,
    memberOf: (device) => memberOf(charter, device),
    mayCarry: (signer, pusher, seq) => {
      const at = { seq, time: headerOf(seq).relay.time };
      const again = replayed.again.get(seq);
      if (!again) return isAuthorised(charter, { signer, pusher, channel: name.channel, at });
      return isAuthorisedAgain(charter, { signer, pusher, carrier: again.carrier, channel: name.channel, at, then: again.old.time });
    },
    verify: (hash, signature, signer) => verifyChange(charter.log, book, hash, signature, signer),
    originHolds: (origin, fields) => proveOrigin(origin, fields) !== undefined,
  };
  const bySeq = new Map(entries.map((e) => [e.seq, e]));
  return { replayed, facts, book, headerOf, hasNote: (seq, checkpoint) => bySeq.get(seq)?.hasNote(checkpoint) === true };
}

/**
 * Judges a book by the rules that every device follows (X3 to X9, R1 to R6). One of which changes are withheld is judged as far as what is disclosed goes.
 * @param isWhole whether every change of the book is among `entries`
 */
export async function judgeBook(
  replayed: Replayed,
  { book, entries }: BookEntries,
  isWhole: boolean,
  steps: Steps,
): Promise<JudgedBook | "cancelled"> {
  const [first] = entries;
  if (!first) return { acts: [], setAside: [], precedes: () => false };
  const context = contextOf(replayed, book, first.book, entries);
  return isWhole ? judgeWhole(context, entries, steps) : judgePartial(context, entries, steps);
}

/** A whole book, by the same judge as on every device. */
export async function judgeWhole(context: JudgeContext, entries: readonly EntryChanges[], steps: Steps): Promise<JudgedBook | "cancelled"> {
  const { replayed, facts } = context;
  const state = new BookState(replayed.charter.log, facts.book);
  const setAside: SetAside[] = [];
  const fields = new Map<ChangeHash, CheckpointField>();
  const bytesOf = new Map<ChangeHash, Uint8Array>();
  for (const entry of entries) {
    const header = context.headerOf(entry.seq);
    const { relay } = header;
    const level = levelAt(replayed.charter, { seq: entry.seq, time: relay.time });
    const carrier = {
      seq: entry.seq,
      channelSeq: relay.channelSeq,
      time: relay.time,
      pusher: pusherOf(replayed.again, header),
      level,
      hasNote: entry.hasNote,
      isFar: (checkpoint: CheckpointField) => replayed.isFar(checkpoint, entry.seq),
    };
    for (const c of entry.changes) {
      const hash = changeHash(c.bytes);
      bytesOf.set(hash, c.bytes);
      const field = namedCheckpoint(c.bytes);
      if (field) fields.set(hash, field);
    }
    for (const v of judgeEntry(state, carrier, entry.changes, facts)) {
      // A copy of what was judged for good is no line of its own (rule X15).
      if (v.again || v.state === "waiting") continue;
      // It may have come with an earlier entry, and waited.
      if (v.state === "set-aside") setAside.push(describe(context, { ...v, reason: v.reason ?? "waiting" }, bytesOf.get(v.hash)));
    }
    if (await steps.step(entry.changes.length)) return "cancelled";
  }
  for (const w of state.waiting)
    setAside.push(describe(context, { hash: w.hash, seq: w.carrier.seq, index: w.index, reason: "waiting" }, w.bytes));
  const acts = state.admitted.map((a): JudgedAct => {
    const channelSeq = context.headerOf(a.carriedBy).relay.channelSeq;
    return { kind: a.kind, act: a.act, hash: a.hash, seq: a.carriedBy, channelSeq, checkpoint: fields.get(a.hash), deps: a.deps };
  });
  return { acts, setAside, precedes: state.precedes };
}

/** What can be said of a change that is no part of the record. */
export function describe(
  { replayed, headerOf, hasNote }: JudgeContext,
  change: Pick<SetAside, "hash" | "seq" | "index" | "reason">,
  bytes: Uint8Array | undefined,
): SetAside {
  const { author } = headerOf(change.seq);
  const parsed = bytes && parseChange(bytes);
  const { hash, seq, index, reason } = change;
  const named = bytes && namedCheckpoint(bytes);
  return {
    hash,
    seq,
    index,
    reason,
    device: author.device,
    member: memberOf(replayed.charter, author.device),
    clock: parsed?.ok ? parsed.value.time * 1000 : undefined,
    // Without the relay's note with it, it is a claim, and would stand in a column of the relay's times.
    checkpoint: named && hasNote(seq, named) ? named : undefined,
    record: undefined,
  };
}
