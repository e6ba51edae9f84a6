import type { ChangeHash, DeviceId, LogId, MemberId, Millis, RecordId } from "../base/ids.ts";
import { foldRecord, type FoldedRecord } from "../books/fold.ts";
import type { BookName } from "../books/names.ts";
import type { BookState } from "../books/state.ts";
import type { KindName, RecordAct } from "../kinds/kind.ts";
import { prefix, type RowStore, type Write } from "../vault/row-store.ts";
import { byAdmission, Knowledge, type Witness } from "./knowledge.ts";
import { keys, recordRowCodec, type ActRow, type RecordRow } from "./rows.ts";

/** Where an act stands in time. */
export interface ActPlace {
  /** Time of the checkpoint that the change names. */
  readonly notBefore: Millis;
  /** The carrying entry; undefined while only this device has it. */
  readonly logged?: { readonly seq: number; readonly channelSeq: number; readonly time: Millis };
  /** Size of the log at the checkpoint that the change names. */
  readonly size?: number;
  /** The entry with which it was admitted, where that is a later one than its own (rule X4). */
  readonly admitted?: { readonly seq: number; readonly time: Millis };
  /** What it is the first of its member's to show by being built on it (rule L6a). */
  readonly builtOn?: readonly ChangeHash[];
}

/** When an act became part of the record, by the relay's clock; undefined while only this device has it. */
export const admittedAt = (place: ActPlace): Millis | undefined => place.admitted?.time ?? place.logged?.time;

export interface PlacedAct {
  readonly act: RecordAct;
  readonly place: ActPlace;
}

export interface IndexedRecord {
  readonly id: RecordId;
  readonly kind: KindName;
  readonly book: BookName;
  readonly acts: readonly PlacedAct[];
  readonly folded: FoldedRecord;
}

function toAct(record: RecordId, row: ActRow, index: number): PlacedAct {
  const act: RecordAct = {
    hash: row.h,
    record,
    isFirst: index === 0,
    fields: new Map(row.f),
    author: row.d,
    member: row.m,
    clock: row.c,
  };
  return {
    act,
    place: {
      notBefore: row.nb,
      ...(row.l ? { logged: { seq: row.l[0], channelSeq: row.l[1], time: row.l[2] } } : {}),
      ...(row.n === undefined ? {} : { size: row.n }),
      ...(row.a ? { admitted: { seq: row.a[0], time: row.a[1] } } : {}),
    },
  };
}

/** What a logged act shows that its author's device had; undefined while it is not logged. */
function toWitness({ h, d, m, n, l, a }: ActRow): Witness | undefined {
  if (!l || n === undefined) return undefined;
  const [seq, , time] = l;
  return { hash: h, device: d, member: m, size: n, seq, time, admitted: a ? { seq: a[0], time: a[1] } : { seq, time } };
}

/** @param count only its first acts: they stand in the order of admission, so that is the record as it once was */
function toRecord(id: RecordId, row: RecordRow, count = row.acts.length): IndexedRecord | undefined {
  const acts = row.acts.slice(0, count).map((a, i) => toAct(id, a, i));
  const at = new Map(row.acts.map((a, i) => [a.h, i]));
  const precedes = (a: ChangeHash, b: ChangeHash): boolean => {
    const before = at.get(a);
    const after = at.get(b);
    return before !== undefined && after !== undefined && (row.acts[after]?.k.includes(before) ?? false);
  };
  const kind = row.kind as KindName;
  const folded = foldRecord(
    kind,
    acts.map((a) => a.act),
    precedes,
  );
  return folded && { id, kind, book: row.book, acts, folded };
}

/**
 * The records of one log as screens need them, kept in step with the vault's sealed rows. Loading reads rows only: no book and no Automerge
 * document is opened for a screen.
 */
export class RecordIndex {
  readonly #log: LogId;
  readonly #rows = new Map<RecordId, RecordRow>();
  readonly #records = new Map<RecordId, IndexedRecord>();
  readonly knowledge = new Knowledge();
  #version = 0;

  private constructor(log: LogId) {
    this.#log = log;
  }

  static async load(log: LogId, rows: RowStore): Promise<RecordIndex> {
    const index = new RecordIndex(log);
    const witnesses: { readonly witness: Witness; readonly builtOn: readonly ChangeHash[] }[] = [];
    for (const row of await rows.scan("record", prefix(keys.records(log)))) {
      const parsed = recordRowCodec.decode(row.value);
      if (!parsed.ok) throw new Error("a record row of this device does not parse");
      index.#keep(row.key.slice(keys.records(log).length) as RecordId, parsed.value);
      for (const act of parsed.value.acts) {
        const witness = toWitness(act);
        if (witness) witnesses.push({ witness, builtOn: act.w ?? [] });
      }
    }
    witnesses.sort((a, b) => byAdmission(a.witness, b.witness));
    for (const { witness, builtOn } of witnesses) index.knowledge.add(witness, builtOn);
    return index;
  }

  get(id: RecordId): IndexedRecord | undefined {
    return this.#records.get(id);
  }

  all(): IterableIterator<IndexedRecord> {
    return this.#records.values();
  }

  /** Goes up with every change of a record. */
  get version(): number {
    return this.#version;
  }

  /** The record as it stood at a moment of the relay's clock; undefined where it was not there yet. */
  getAt(id: RecordId, at: Millis | undefined): IndexedRecord | undefined {
    const now = this.#records.get(id);
    if (at === undefined || !now) return now;
    const count = now.acts.filter(({ place }) => (admittedAt(place) ?? Infinity) <= at).length;
    return count === now.acts.length ? now : this.first(id, count);
  }

  /** The record as it was after its first acts, in the order of admission; undefined where it was not there yet. */
  first(id: RecordId, count: number): IndexedRecord | undefined {
    const row = this.#rows.get(id);
    return row && count > 0 ? toRecord(id, row, count) : undefined;
  }

  /** All records as they stood at a moment. */
  *allAt(at: Millis | undefined): Generator<IndexedRecord> {
    for (const record of this.#records.values()) {
      const then = at === undefined ? record : this.getAt(record.id, at);
      if (then) yield then;
    }
  }

  /** Where an admitted act of a record stands in the log; undefined while it is not logged. */
  placeOf(id: RecordId, hash: ChangeHash): { readonly seq: number; readonly admittedSeq: number } | undefined {
    const row = this.#rows.get(id)?.acts.find((a) => a.h === hash);
    return row?.l ? { seq: row.l[0], admittedSeq: row.a?.[0] ?? row.l[0] } : undefined;
  }

  get size(): number {
    return this.#records.size;
  }

  /** Takes a row over into memory, after it is durable. `undefined` takes the record out. */
  set(id: RecordId, row: RecordRow | undefined): void {
    const old = new Set((this.#rows.get(id)?.acts ?? []).flatMap((a) => (a.l ? [a.h] : [])));
    this.#keep(id, row);
    for (const act of row?.acts ?? []) {
      const witness = old.has(act.h) ? undefined : toWitness(act);
      if (witness) this.knowledge.add(witness, act.w);
    }
  }

  #keep(id: RecordId, row: RecordRow | undefined): void {
    this.#version += 1;
    const record = row && toRecord(id, row);
    if (!row || !record) {
      this.#rows.delete(id);
      this.#records.delete(id);
      return;
    }
    this.#rows.set(id, row);
    this.#records.set(id, record);
  }

  /**
   * The record's row as the judged book has it now.
   * @param fresh places of acts that are new, or that an entry now carries
   */
  rowOf(id: RecordId, state: BookState, fresh: ReadonlyMap<ChangeHash, ActPlace>): RecordRow | undefined {
    const facts = state.records.get(id);
    if (!facts) return undefined;
    const old = new Map((this.#rows.get(id)?.acts ?? []).map((a) => [a.h, a]));
    const acts = state.actsOf(id);
    const rows = acts.map((act, i): ActRow => {
      const place = fresh.get(act.hash);
      const known = old.get(act.hash);
      const knew = acts.slice(0, i).flatMap((a, j) => (state.precedes(a.hash, act.hash) ? [j] : []));
      const logged = place?.logged;
      const size = place?.size ?? known?.n;
      const admitted: ActRow["a"] = place?.admitted ? [place.admitted.seq, place.admitted.time] : known?.a;
      const builtOn = place?.builtOn ?? known?.w;
      return {
        h: act.hash,
        d: act.author,
        m: act.member,
        c: act.clock,
        f: [...act.fields].map(([k, v]) => [k, v]),
        nb: place?.notBefore ?? known?.nb ?? 0,
        l: logged ? [logged.seq, logged.channelSeq, logged.time] : (known?.l ?? null),
        k: knew,
        ...(size === undefined ? {} : { n: size }),
        ...(admitted ? { a: admitted } : {}),
        ...(builtOn && builtOn.length > 0 ? { w: [...builtOn] } : {}),
      };
    });
    return { kind: facts.kind, book: state.name, acts: rows };
  }

  writeOf(id: RecordId, row: RecordRow | undefined): Write {
    return { table: "record", key: keys.record(this.#log, id), value: row ? recordRowCodec.encode(row) : null };
  }
}

/** Who wrote a record first, and on which device. */
export const authorOf = (record: IndexedRecord): { readonly member: MemberId; readonly device: DeviceId } => ({
  member: record.folded.first.member,
  device: record.folded.first.author,
});
