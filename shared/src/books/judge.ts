import type { ChangeHash, DeviceId, LogId, MemberId, Millis } from "../base/ids.ts";
import { InOrder } from "../base/in-order.ts";
import type { Tag } from "./tag.ts";
import { parseCheckpointField, type CheckpointField } from "./checkpoint-field.ts";
import { changeHash, parseChange, type ParsedChange } from "./chunk.ts";
import { judgeAct } from "./judge-act.ts";
import { judgePlace } from "./judge-place.ts";
import { isBookAhead, isBookName, type BookName } from "./names.ts";
import { blamesCarrier, type ReasonCode } from "../base/reasons.ts";
import type { BookState, Occurrence } from "./state.ts";

/** What judging needs of the charter and of cryptography. Every answer is a function of its arguments and the log up to `seq` (rule X3). */
export interface Facts {
  readonly log: LogId;
  readonly book: BookName;
  /** The member to whom a device belongs or belonged; undefined for a key that the charter never named. */
  readonly memberOf: (device: DeviceId) => MemberId | undefined;
  /** Rule L7 at this position: the pusher may write the channel and the signer is, or was before its revocation, a device of the same member. */
  readonly mayCarry: (signer: DeviceId, pusher: DeviceId, seq: number) => boolean;
  /** Rule X1 (`verifyChange`, or the answer of a batch that was verified before). */
  readonly verify: (hash: ChangeHash, signature: Uint8Array, signer: DeviceId) => boolean;
  /** Rule of section 9 on a record's `origin`; left out, only its form is judged. */
  readonly originHolds?: (origin: Uint8Array, fields: ReadonlyMap<string, string | number | boolean>) => boolean;
}

/** The entry that carries changes. */
export interface Carrier {
  /** Sequence in the log and in the channel; Infinity for a device's own changes that are not logged yet. */
  readonly seq: number;
  readonly channelSeq: number;
  /** Relay time (the device's own clock for what is not logged yet), ms. */
  readonly time: Millis;
  readonly pusher: DeviceId;
  /** The log's format level at this position (rule C7). */
  readonly level: number;
  /** Whether the body carries the signed note of this checkpoint, with a signature of the log key (rule L6). */
  readonly hasNote: (checkpoint: CheckpointField) => boolean;
  /** Whether a relay signed it that had shown two histories: what names it may count the places of the other one (rule C8l). */
  readonly isFar?: (checkpoint: CheckpointField) => boolean;
}

/** A channel sequence above which nothing is: held against a receipt that counts the places of another history. */
export const NO_PLACE = Number.MAX_SAFE_INTEGER;

export interface SignedChange {
  readonly bytes: Uint8Array;
  readonly signature: Uint8Array;
  /** What the carrying entry says of it (rule L1). Left out only where bytes are judged without an entry. */
  readonly tag?: Tag;
}

export interface Verdict {
  readonly hash: ChangeHash;
  /** Entry and place in it: for a change that had waited, those that brought it, not those that released it. */
  readonly seq: number;
  readonly index: number;
  readonly state: "admitted" | "set-aside" | "waiting";
  readonly reason?: ReasonCode;
  /** The same change had been judged before; nothing came of this copy. */
  readonly again?: true;
}

/**
 * Judges the changes of one entry in order, and right after each what had waited for it (rules X3 to X9). Writes into `state`; a caller that
 * may have to go back judges on a clone.
 * @param refused changes that Automerge did not take on a copy: set aside as `change-admission`
 */
export function judgeEntry(
  state: BookState,
  carrier: Carrier,
  changes: readonly SignedChange[],
  facts: Facts,
  refused: ReadonlySet<ChangeHash> = new Set(),
): Verdict[] {
  const wrongBook = bookFault(facts.book, carrier);
  const verdicts: Verdict[] = [];
  const context: Context = { state, facts, refused, verdicts };
  changes.forEach((change, index) => {
    const base = { hash: changeHash(change.bytes), seq: carrier.seq, index };
    if (wrongBook) {
      verdicts.push({ ...base, state: "set-aside", reason: wrongBook });
      return;
    }
    arrive(context, carrier, change, base.hash, index);
  });
  return verdicts;
}

/** A name that is no book, or a book whose period lies too far ahead (rule L9). */
export function bookFault(book: BookName, carrier: Pick<Carrier, "time">): ReasonCode | undefined {
  if (!isBookName(book)) return "book-name";
  return isBookAhead(book, carrier.time) ? "book-future" : undefined;
}

interface Context {
  readonly state: BookState;
  readonly facts: Facts;
  readonly refused: ReadonlySet<ChangeHash>;
  readonly verdicts: Verdict[];
}

function arrive(context: Context, carrier: Carrier, change: SignedChange, hash: ChangeHash, index: number): void {
  const { state } = context;
  const parsed = parseChange(change.bytes);
  const { seq, pusher, level } = carrier;
  const field = parsed.ok ? parseCheckpointField(parsed.value.message) : undefined;
  const channelSeq = field?.ok && carrier.isFar?.(field.value) ? NO_PLACE : carrier.channelSeq;
  const note = field?.ok !== true ? "unnamed" : carrier.hasNote(field.value) ? "there" : "missing";
  const occurrence: Occurrence = {
    order: state.arrive(),
    bytes: change.bytes,
    signature: change.signature,
    ...(change.tag ? { tag: change.tag } : {}),
    hash,
    index,
    carrier: { seq, channelSeq, pusher, level, note },
  };
  if (!parsed.ok) settle(context, occurrence, parsed.error.code);
  else takeAll(context, occurrence, parsed.value);
}

/** Takes one occurrence and, right after it, in log order, those that had waited for it and for nothing else (rule X4). */
function takeAll(context: Context, first: Occurrence, parsed: ParsedChange): void {
  const ready = new InOrder<Occurrence>((a, b) => a.order - b.order);
  const takeOne = (occurrence: Occurrence, change: ParsedChange): void => {
    for (const released of take(context, occurrence, change)) ready.add(released);
  };
  takeOne(first, parsed);
  for (let next = ready.take(); next; next = ready.take()) {
    const again = parseChange(next.bytes);
    if (!again.ok) throw new Error("what waits was parsed before");
    takeOne(next, again.value);
  }
}

/** Judges one occurrence or lets it wait. Gives what it released. */
function take(context: Context, occurrence: Occurrence, change: ParsedChange): readonly Occurrence[] {
  const { state, verdicts } = context;
  const { hash, index, carrier } = occurrence;
  const known = state.setAside.get(hash);
  if (known !== undefined || state.knows(hash)) {
    const base = { hash, seq: carrier.seq, index, again: true } as const;
    verdicts.push(known === undefined ? { ...base, state: "admitted" } : { ...base, state: "set-aside", reason: known });
    return [];
  }
  const missing = new Set(change.deps.filter((dep) => !state.knows(dep)));
  if (missing.size === 0) return settle(context, occurrence, judge(context, occurrence, change));
  // Its author may not be known before what it is built on is; where it is, a forgery need not wait.
  const forged = judgeFront(context, occurrence, change);
  if (forged !== undefined && forged !== "change-sequence") return settle(context, occurrence, forged);
  state.wait(occurrence, missing);
  verdicts.push({ hash, seq: carrier.seq, index, state: "waiting" });
  return [];
}

function settle({ state, verdicts }: Context, { hash, index, carrier }: Occurrence, reason: ReasonCode | undefined): readonly Occurrence[] {
  const base = { hash, seq: carrier.seq, index };
  verdicts.push(reason === undefined ? { ...base, state: "admitted" } : { ...base, state: "set-aside", reason });
  if (reason !== undefined) {
    if (blamesCarrier(reason)) return [];
    state.markSetAside(hash, reason);
  }
  return state.release(hash);
}

/** All of rule X9 but the parsing. A lawful change is admitted into the state. */
function judge(context: Context, occurrence: Occurrence, change: ParsedChange): ReasonCode | undefined {
  const front = judgeFront(context, occurrence, change);
  // Where the actor's own first change was set aside nobody knows the author, and need not (rule X5).
  if (front === "change-sequence" && change.deps.some((dep) => context.state.setAside.has(dep))) return "change-on-set-aside";
  if (front !== undefined) return front;
  const author = authorOf(context.state, change);
  const member = author && context.facts.memberOf(author);
  if (author === undefined || member === undefined) return "change-sequence";
  const place = judgePlace(context.state, change, author);
  if (!place.ok) return place.error.code;
  const act = judgeAct({ ...context, change, occurrence, author, member, past: place.value });
  if (!act.ok) return act.error.code;
  if (context.refused.has(change.hash)) return "change-admission";
  context.state.admit(act.value);
  return undefined;
}

/** The device whose key must have signed: the one that the actor's first change names (rule X7). */
function authorOf(state: BookState, change: ParsedChange): DeviceId | undefined {
  return change.seq === 1 ? change.author : state.actor(change.actor)?.author;
}

/** Signature, authority, checkpoint (rule X9), as far as the author is known; `change-sequence` where it is not. */
function judgeFront({ state, facts }: Context, { hash, signature, carrier }: Occurrence, change: ParsedChange): ReasonCode | undefined {
  if (change.strayBytes || (change.seq === 1) !== (change.author !== undefined)) return "change-author";
  const author = authorOf(state, change);
  if (author === undefined) return "change-sequence";
  if (!facts.verify(hash, signature, author)) {
    return facts.verify(hash, signature, carrier.pusher) ? "change-other-signer" : "change-signature";
  }
  if (facts.memberOf(author) === undefined || !facts.mayCarry(author, carrier.pusher, carrier.seq)) return "change-not-authorised";
  if (carrier.note === "unnamed") return "change-checkpoint";
  return carrier.note === "missing" ? "change-checkpoint-missing" : undefined;
}
