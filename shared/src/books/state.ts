import type { ChangeHash, DeviceId, LogId, MemberId, RecordId } from "../base/ids.ts";
import type { Tag } from "./tag.ts";
import type { KindName, RecordAct } from "../kinds/kind.ts";
import type { BookName } from "./names.ts";
import { GENESIS_END_OP, GENESIS_HASH } from "./genesis.ts";
import { EMPTY_PAST, inPast, type Past } from "./past.ts";
import type { ReasonCode } from "../base/reasons.ts";
import { objectOf } from "./shape.ts";
import { WaitingRoom } from "./waiting-room.ts";

/** An admitted change. `position` counts admissions in log order; it never changes once the change is in the log. */
export interface Admitted {
  readonly position: number;
  readonly past: Past;
  readonly hash: ChangeHash;
  readonly actor: string;
  readonly seq: number;
  readonly startOp: number;
  readonly endOp: number;
  readonly deps: readonly ChangeHash[];
  readonly kind: KindName;
  readonly act: RecordAct;
  /** Key of a later act; a first act has none. */
  readonly actKey?: string;
  /** The record that a first act refers to (`Kind.refersTo`). */
  readonly refersTo?: RecordId;
  /** Where the log carries it; Infinity while it is a device's own and not yet logged. */
  readonly carriedBy: number;
}

export interface ActorFacts {
  readonly author: DeviceId;
  readonly member: MemberId;
  /** Its last admitted sequence number and the change that has it. */
  readonly seq: number;
  readonly last: ChangeHash;
}

/** One appearance of a change in an entry, with what has to be remembered of that entry until the change can be judged. */
export interface Occurrence {
  /** Place among all that arrived: log order. */
  readonly order: number;
  readonly bytes: Uint8Array;
  readonly hash: ChangeHash;
  readonly signature: Uint8Array;
  readonly tag?: Tag;
  readonly carrier: OccurrenceCarrier;
  readonly index: number;
}

export interface OccurrenceCarrier {
  readonly seq: number;
  readonly channelSeq: number;
  readonly pusher: DeviceId;
  readonly level: number;
  /** Whether the relay's signed note for the checkpoint that the change names came with it (rule L6); `unnamed`: it names none. */
  readonly note: "there" | "missing" | "unnamed";
}

interface RecordFacts {
  readonly kind: KindName;
  /** Object id of its map. */
  readonly object: string;
  /** Positions of its acts; the first is the record's first act. */
  readonly acts: readonly number[];
}

export interface Waiting extends Occurrence {
  /** What it is built on that is not judged yet. */
  readonly missing: ReadonlySet<ChangeHash>;
}

/**
 * What is known of one book: every admitted change with its causal past, and indexes over them. It holds decoded acts, never an Automerge
 * document, so that rules are judged and records folded without loading one. Only the judge writes into it.
 */
export class BookState {
  readonly log: LogId;
  readonly name: BookName;
  #admitted: Admitted[] = [];
  #byHash = new Map<ChangeHash, Admitted>();
  #setAside = new Map<ChangeHash, ReasonCode>();
  #actors = new Map<string, ActorFacts>();
  #slots = new Map<string, ChangeHash>();
  #records = new Map<RecordId, RecordFacts>();
  #objects = new Map<string, RecordId>();
  #actKeys = new Set<string>();
  #referring = new Map<RecordId, readonly number[]>();
  #deviceHeads = new Map<DeviceId, readonly Admitted[]>();
  #heads = new Set<ChangeHash>([GENESIS_HASH]);
  #waiting = new WaitingRoom<Occurrence>();
  #arrived = 0;

  constructor(log: LogId, name: BookName) {
    this.log = log;
    this.name = name;
  }

  /** A copy on which the judge can go on without touching this one. Costs a few maps, not their contents. */
  clone(): BookState {
    const copy = new BookState(this.log, this.name);
    copy.#admitted = [...this.#admitted];
    copy.#byHash = new Map(this.#byHash);
    copy.#setAside = new Map(this.#setAside);
    copy.#actors = new Map(this.#actors);
    copy.#slots = new Map(this.#slots);
    copy.#records = new Map(this.#records);
    copy.#objects = new Map(this.#objects);
    copy.#actKeys = new Set(this.#actKeys);
    copy.#referring = new Map(this.#referring);
    copy.#deviceHeads = new Map(this.#deviceHeads);
    copy.#heads = new Set(this.#heads);
    copy.#waiting = this.#waiting.copy();
    copy.#arrived = this.#arrived;
    return copy;
  }

  // ------------------------------------------------------------------------------------------------------------- reading

  /** Admitted changes in the order of admission, which is log order and never puts a change before one that it is built on. */
  get admitted(): readonly Admitted[] {
    return this.#admitted;
  }

  /** Hashes of the document that holds exactly the admitted changes; the fixed first change's when there are none. Sorted. */
  get heads(): readonly ChangeHash[] {
    return [...this.#heads].sort();
  }

  get waiting(): readonly Waiting[] {
    return Array.from(this.#waiting.all, ({ item, missing }) => ({ ...item, missing }));
  }

  get setAside(): ReadonlyMap<ChangeHash, ReasonCode> {
    return this.#setAside;
  }

  get records(): ReadonlyMap<RecordId, { readonly kind: KindName; readonly acts: readonly number[] }> {
    return this.#records;
  }

  get(hash: ChangeHash): Admitted | undefined {
    return this.#byHash.get(hash);
  }

  /** Judged for good, one way or the other. The fixed first change is. */
  knows(hash: ChangeHash): boolean {
    return hash === GENESIS_HASH || this.#byHash.has(hash) || this.#setAside.has(hash);
  }

  endOpOf(hash: ChangeHash): number {
    return this.#byHash.get(hash)?.endOp ?? GENESIS_END_OP;
  }

  actor(id: string): ActorFacts | undefined {
    return this.#actors.get(id);
  }

  /** The admitted change that has this actor and sequence number. */
  slot(actor: string, seq: number): ChangeHash | undefined {
    return this.#slots.get(`${actor}:${String(seq)}`);
  }

  recordOfObject(object: string): RecordId | undefined {
    return this.#objects.get(object);
  }

  hasActKey(record: RecordId, key: string): boolean {
    return this.#actKeys.has(record + key);
  }

  /** The record's acts in log order, or those of them in a causal past. */
  actsOf(record: RecordId, past?: Past): readonly RecordAct[] {
    return this.#at(this.#records.get(record)?.acts ?? [], past);
  }

  /** First acts that refer to this record (`Kind.refersTo`), in a causal past. */
  referring(record: RecordId, past?: Past): readonly RecordAct[] {
    return this.#at(this.#referring.get(record) ?? [], past);
  }

  #at(positions: readonly number[], past: Past | undefined): readonly RecordAct[] {
    return positions.flatMap((p) => {
      const a = past && !inPast(past, p) ? undefined : this.#admitted[p];
      return a ? [a.act] : [];
    });
  }

  /** Whether one admitted change is in the causal past of another. */
  precedes = (a: ChangeHash, b: ChangeHash): boolean => {
    const before = this.#byHash.get(a);
    const after = this.#byHash.get(b);
    return before !== undefined && after !== undefined && inPast(after.past, before.position);
  };

  /** The device's changes that none of its later ones descends from, without those in the given past (rule X6). */
  headsOf(device: DeviceId, past: Past = EMPTY_PAST): readonly Admitted[] {
    return (this.#deviceHeads.get(device) ?? []).filter((h) => !inPast(past, h.position));
  }

  // ------------------------------------------------------------------------------------------------------------- writing

  /** Takes in a change that was judged lawful; its position is the next. */
  admit(change: Admitted): void {
    const { act, hash, position, actKey, refersTo } = change;
    this.#admitted.push(change);
    this.#byHash.set(hash, change);
    this.#actors.set(change.actor, { author: act.author, member: act.member, seq: change.seq, last: hash });
    this.#slots.set(`${change.actor}:${String(change.seq)}`, hash);
    for (const dep of change.deps) this.#heads.delete(dep);
    this.#heads.add(hash);
    this.#deviceHeads.set(act.author, [...this.headsOf(act.author, change.past), change]);
    const record = this.#records.get(act.record);
    if (record) {
      this.#records.set(act.record, { ...record, acts: [...record.acts, position] });
    } else {
      const object = objectOf(change);
      this.#records.set(act.record, { kind: change.kind, object, acts: [position] });
      this.#objects.set(object, act.record);
    }
    if (actKey !== undefined) this.#actKeys.add(act.record + actKey);
    if (refersTo !== undefined) this.#referring.set(refersTo, [...(this.#referring.get(refersTo) ?? []), position]);
  }

  markSetAside(hash: ChangeHash, reason: ReasonCode): void {
    this.#setAside.set(hash, reason);
  }

  /** The next place in log order. */
  arrive(): number {
    return this.#arrived++;
  }

  /** How many occurrences have arrived. Set when a state is restored. */
  get arrived(): number {
    return this.#arrived;
  }

  set arrived(count: number) {
    this.#arrived = count;
  }

  wait(occurrence: Occurrence, missing: ReadonlySet<ChangeHash>): void {
    this.#waiting.wait(occurrence, missing);
  }

  /** Takes out what waited for this change and nothing else any more, in log order (rule X4). */
  release(hash: ChangeHash): readonly Occurrence[] {
    return this.#waiting.release(hash);
  }
}
