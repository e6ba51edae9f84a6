import type { ChangeHash, DeviceId, LogId, MemberId, Millis, RecordId } from "../base/ids.ts";
import { foldRecord, type FoldedRecord } from "../books/fold.ts";
import type { BookName } from "../books/names.ts";
import type { BookState } from "../books/state.ts";
import type { KindName, RecordAct } from "../kinds/kind.ts";
import { prefix, type RowStore, type Write } from "../vault/row-store.ts";
import { keys, recordRowCodec, type ActRow, type RecordRow } from "./rows.ts";

/** Where an act stands in time. */
export interface ActPlace {
  /** Time of the checkpoint that the change names. */
  readonly notBefore: Millis;
  /** The carrying entry; undefined while only this device has it. */
  readonly logged?: { readonly seq: number; readonly channelSeq: number; readonly time: Millis };
}

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
  return { act, place: { notBefore: row.nb, ...(row.l ? { logged: { seq: row.l[0], channelSeq: row.l[1], time: row.l[2] } } : {}) } };
}

function toRecord(id: RecordId, row: RecordRow): IndexedRecord | undefined {
  const acts = row.acts.map((a, i) => toAct(id, a, i));
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

  private constructor(log: LogId) {
    this.#log = log;
  }

  static async load(log: LogId, rows: RowStore): Promise<RecordIndex> {
    const index = new RecordIndex(log);
    for (const row of await rows.scan("record", prefix(keys.records(log)))) {
      const parsed = recordRowCodec.decode(row.value);
      if (!parsed.ok) throw new Error("a record row of this device does not parse");
      index.set(row.key.slice(keys.records(log).length) as RecordId, parsed.value);
    }
    return index;
  }

  get(id: RecordId): IndexedRecord | undefined {
    return this.#records.get(id);
  }

  all(): IterableIterator<IndexedRecord> {
    return this.#records.values();
  }

  get size(): number {
    return this.#records.size;
  }

  /** Takes a row over into memory, after it is durable. `undefined` takes the record out. */
  set(id: RecordId, row: RecordRow | undefined): void {
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
      return {
        h: act.hash,
        d: act.author,
        m: act.member,
        c: act.clock,
        f: [...act.fields].map(([k, v]) => [k, v]),
        nb: place?.notBefore ?? known?.nb ?? 0,
        l: logged ? [logged.seq, logged.channelSeq, logged.time] : (known?.l ?? null),
        k: knew,
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
