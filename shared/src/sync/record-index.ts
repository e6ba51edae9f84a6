import type { ChangeHash, LogId, Millis, RecordId } from "../base/ids.ts";
import { Recent } from "../base/recent.ts";
import type { BookState } from "../books/state.ts";
import type { KindName } from "../kinds/kind.ts";
import { scanRuns, type RowStore, type Write } from "../vault/row-store.ts";
import { Knowledge } from "./knowledge.ts";
import { digestOfRecord, parsedRow, rowOfAct, toRecord, witnessesOf, type IndexedRecord, type RecordOf } from "./indexed-record.ts";
import { admittedAt, type ActPlace } from "./record-act.ts";
import { wasThere, type RecordDigest } from "./record-digest.ts";
import type { ActWitness, PagedRecord, RecordPage } from "./record-page.ts";
import { recordRowCodec, type ActRow, type RecordRow } from "./record-row.ts";
import { RecordShelf, type PageWrites } from "./record-shelf.ts";
import { keys } from "./rows.ts";
import { byAdmission } from "./witnesses.ts";

/** One record in memory: what lists ask, and its row as bytes until somebody looks at it. */
interface Slot {
  readonly digest: RecordDigest;
  readonly bytes: Uint8Array;
  /** Number of the page that it was read from; undefined where its own row is newer. */
  readonly page: number | undefined;
}

interface Opened {
  readonly row: RecordRow;
  readonly record: IndexedRecord;
}

const READ = 1_000;
/** Records that stay opened: more than a household has of expenses, less than would fill an old phone. */
const OPEN = 12_000;

/**
 * The records of one log as screens need them, kept in step with the vault's sealed rows. Loading reads pages of rows and parses none of them: a
 * record is opened when somebody looks at it, and no book and no Automerge document is opened for a screen.
 */
export class RecordIndex {
  readonly #log: LogId;
  readonly #slots = new Map<RecordId, Slot>();
  readonly #opened = new Recent<RecordId, Opened>(OPEN);
  readonly #shelf: RecordShelf;
  #pages: readonly RecordPage[] = [];
  #knowledge: Knowledge | undefined;
  #version = 0;

  private constructor(log: LogId, perPage: number | undefined) {
    this.#log = log;
    this.#shelf = new RecordShelf(log, perPage);
  }

  /** @param perPage tests only: smaller pages */
  static async load(log: LogId, rows: RowStore, perPage?: number): Promise<RecordIndex> {
    const index = new RecordIndex(log, perPage);
    const found = await index.#shelf.find(rows);
    if (found && index.#takePages(found.pages)) {
      const fresh = await Promise.all(found.fresh.map((id) => rows.get("record", keys.record(log, id))));
      found.fresh.forEach((id, i) => {
        index.#read(id, fresh[i]);
      });
      return index;
    }
    index.#shelf.forget();
    index.#slots.clear();
    await index.#readAll(rows);
    return index;
  }

  #takePages(pages: readonly RecordPage[]): boolean {
    this.#pages = pages;
    return pages.every((page, n) =>
      page.each((id, digest, bytes) => {
        if (digest) this.#slots.set(id, { digest, bytes, page: n });
        else this.#slots.delete(id);
      }),
    );
  }

  async #readAll(rows: RowStore): Promise<void> {
    this.#pages = [];
    const before = keys.records(this.#log);
    for await (const some of scanRuns(rows, "record", before, READ))
      for (const row of some) this.#read(row.key.slice(before.length) as RecordId, row.value);
  }

  #read(id: RecordId, bytes: Uint8Array | undefined): void {
    const record = bytes && toRecord(id, parsedRow(bytes));
    if (record) this.#slots.set(id, { digest: digestOfRecord(record), bytes, page: undefined });
    else this.#slots.delete(id);
  }

  // ------------------------------------------------------------------------------------------------------------ questions

  get(id: RecordId): IndexedRecord | undefined {
    return this.#open(id)?.record;
  }

  /** The same for who looks at every record once: it is opened, and not kept open in the place of what screens look at. */
  peek(id: RecordId): IndexedRecord | undefined {
    const slot = this.#slots.get(id);
    return slot && (this.#opened.look(id)?.record ?? toRecord(id, parsedRow(slot.bytes)));
  }

  #open(id: RecordId): Opened | undefined {
    const slot = this.#slots.get(id);
    const known = slot && this.#opened.get(id);
    if (!slot || known) return known;
    const row = parsedRow(slot.bytes);
    const record = toRecord(id, row);
    if (!record) throw new Error("a record that was one is one");
    return this.#opened.put(id, { row, record });
  }

  digest(id: RecordId): RecordDigest | undefined {
    return this.#slots.get(id)?.digest;
  }

  /** What lists ask of each record, without opening any. */
  *digests(): Generator<RecordDigest> {
    for (const { digest } of this.#slots.values()) yield digest;
  }

  *all(): Generator<IndexedRecord> {
    for (const id of this.#slots.keys()) {
      const record = this.get(id);
      if (record) yield record;
    }
  }

  /** The records of one kind as they stood at a moment; undefined is now. */
  *ofKind<K extends KindName>(kind: K, at?: Millis): Generator<RecordOf<K>> {
    for (const digest of this.digests()) {
      const record = digest.kind === kind && wasThere(digest, at) ? this.getAt(digest.id, at) : undefined;
      // A record's digest and its folding are of one kind.
      if (record) yield record as RecordOf<K>;
    }
  }

  /** What is known of which device had what (rule L6a); gathered when it is first asked for. */
  get knowledge(): Knowledge {
    return (this.#knowledge ??= this.#learn());
  }

  #learn(): Knowledge {
    const found: ActWitness[] = [];
    for (const [n, page] of this.#pages.entries()) found.push(...page.witnesses((id) => this.#slots.get(id)?.page === n));
    for (const [id, slot] of this.#slots)
      if (slot.page === undefined) found.push(...witnessesOf((this.#opened.get(id)?.row ?? parsedRow(slot.bytes)).acts));
    this.#pages = [];
    found.sort((a, b) => byAdmission(a.witness, b.witness));
    const knowledge = new Knowledge();
    for (const { witness, builtOn } of found) knowledge.add(witness, builtOn);
    return knowledge;
  }

  /** Goes up with every change of a record. */
  get version(): number {
    return this.#version;
  }

  /** The record as it stood at a moment of the relay's clock; undefined where it was not there yet. */
  getAt(id: RecordId, at: Millis | undefined): IndexedRecord | undefined {
    const now = this.get(id);
    if (at === undefined || !now) return now;
    const count = now.acts.filter(({ place }) => (admittedAt(place) ?? Infinity) <= at).length;
    return count === now.acts.length ? now : this.first(id, count);
  }

  /** The record as it was after its first acts, in the order of admission; undefined where it was not there yet. */
  first(id: RecordId, count: number): IndexedRecord | undefined {
    const row = this.#open(id)?.row;
    return row && count > 0 ? toRecord(id, row, count) : undefined;
  }

  /** Where an admitted act of a record stands in the log; undefined while it is not logged. */
  placeOf(id: RecordId, hash: ChangeHash): { readonly seq: number; readonly admittedSeq: number } | undefined {
    const row = this.#open(id)?.row.acts.find((a) => a.h === hash);
    return row?.l ? { seq: row.l[0], admittedSeq: row.a?.[0] ?? row.l[0] } : undefined;
  }

  get size(): number {
    return this.#slots.size;
  }

  // -------------------------------------------------------------------------------------------------------------- changes

  /**
   * The record's row as the judged book has it now.
   * @param fresh places of acts that are new, or that an entry now carries
   */
  rowOf(id: RecordId, state: BookState, fresh: ReadonlyMap<ChangeHash, ActPlace>): RecordRow | undefined {
    const facts = state.records.get(id);
    if (!facts) return undefined;
    const old = new Map((this.#open(id)?.row.acts ?? []).map((a) => [a.h, a]));
    const acts = state.actsOf(id);
    const rows = acts.map((act, i): ActRow => {
      const knew = acts.slice(0, i).flatMap((a, j) => (state.precedes(a.hash, act.hash) ? [j] : []));
      return rowOfAct(act, knew, fresh.get(act.hash), old.get(act.hash));
    });
    return { kind: facts.kind, book: state.name, acts: rows };
  }

  /** What a commit writes that changes records, an undefined one being taken out; memory follows when it is durable. */
  change(rows: ReadonlyMap<RecordId, RecordRow | undefined>): PageWrites {
    if (rows.size === 0) return { writes: [], kept: () => undefined };
    const next = new Map<RecordId, { readonly slot: Slot | undefined; readonly opened: Opened | undefined }>();
    const changed = new Map<RecordId, PagedRecord>();
    const writes: Write[] = [];
    let count = this.#slots.size;
    for (const [id, row] of rows) {
      const bytes = row && recordRowCodec.encode(row);
      writes.push({ table: "record", key: keys.record(this.#log, id), value: bytes ?? null });
      const record = row && toRecord(id, row);
      const opened = row && record ? { row, record } : undefined;
      const slot = record && bytes ? { digest: digestOfRecord(record), bytes, page: undefined } : undefined;
      next.set(id, { slot, opened });
      changed.set(id, pagedOf(id, slot, opened?.row));
      count += (slot ? 1 : 0) - (this.#slots.has(id) ? 1 : 0);
    }
    const all = (): PagedRecord[] => [
      ...[...this.#slots.keys()].flatMap((id) => (changed.has(id) ? [] : [this.#paged(id)])),
      ...changed.values(),
    ];
    const pages = this.#shelf.changed({ changed, count, all, get: (id) => this.#paged(id) });
    return {
      writes: [...writes, ...pages.writes],
      kept: () => {
        pages.kept();
        for (const [id, { slot, opened }] of next) this.#set(id, slot, opened);
      },
    };
  }

  #paged(id: RecordId): PagedRecord {
    const slot = this.#slots.get(id);
    return pagedOf(id, slot, slot && (this.#opened.get(id)?.row ?? parsedRow(slot.bytes)));
  }

  #set(id: RecordId, slot: Slot | undefined, opened: Opened | undefined): void {
    this.#version += 1;
    const old = new Set(this.#knowledge ? (this.#open(id)?.row.acts ?? []).flatMap((a) => (a.l ? [a.h] : [])) : []);
    this.#opened.drop(id);
    if (!slot || !opened) {
      this.#slots.delete(id);
      return;
    }
    this.#slots.set(id, slot);
    this.#opened.put(id, opened);
    for (const { witness, builtOn } of this.#knowledge ? witnessesOf(opened.row.acts) : [])
      if (!old.has(witness.hash)) this.#knowledge?.add(witness, builtOn);
  }

  /** Whether there are enough records for pages, but no pages that hold together, or such in which most is out of date. */
  get isUnpaged(): boolean {
    return this.#shelf.isUnfit(this.#slots.size);
  }

  /** Writes pages from the rows: commits one after another, each made when the one before it is durable. */
  rebuild(): Generator<PageWrites, void> {
    return this.#shelf.rebuild([...this.#slots.keys()], (id) => this.#paged(id));
  }
}

const pagedOf = (id: RecordId, slot: Slot | undefined, row: RecordRow | undefined): PagedRecord => ({
  id,
  digest: slot?.digest,
  bytes: slot?.bytes ?? new Uint8Array(),
  witnesses: slot && row ? witnessesOf(row.acts) : [],
});
