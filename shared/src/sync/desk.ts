import * as A from "@automerge/automerge/slim";
import type { BookId, ChangeHash, DeviceId, LogId, Millis } from "../base/ids.ts";
import { addOwn, provisionalCarrier, takeEntries, type Carried, type LoadedBook, type Taken } from "../books/book.ts";
import { freeDoc } from "../books/admit.ts";
import { noteName } from "../books/checkpoint-field.ts";
import { judgeEntry, type Carrier, type Facts } from "../books/judge.ts";
import { bookId, type BookName } from "../books/names.ts";
import type { CacheFault } from "../books/quiet-storage.ts";
import { newActor } from "../books/record-id.ts";
import { Shelf } from "../books/shelf.ts";
import { rowStorage } from "../books/shelf-storage.ts";
import { verifyChange } from "../books/signature.ts";
import { BookState } from "../books/state.ts";
import type { Charter } from "../charter/state.ts";
import { isAuthorised, isAuthorisedAgain, levelAt, memberOf } from "../charter/query.ts";
import type { CarriedChange } from "../entry/body.ts";
import { proveOrigin } from "../entry/origin.ts";
import { prefix, type RowStore, type Write } from "../vault/row-store.ts";
import type { RandomBytes } from "../crypto/random.ts";
import { KeptStates } from "./kept-states.ts";
import type { Again, OldHeaderBook } from "./old-headers.ts";
import { throughOf, type ArrivedEntry, type OpenBook, type Through } from "./open-book.ts";
import { changeRowCodec, keys, type ChangeRow } from "./rows.ts";

const MAX_OPEN = 6;
/** A book's verdicts and document are kept when it is let go, and after so many changes. */
const KEEP_AFTER = 256;

/**
 * The books of one log that are loaded. Everything here is a cache of the signed changes in the vault. The documents are held by automerge-repo (`Shelf`), the
 * verdicts are kept beside them, and what the caches do not have is judged from the signed rows; books are let go (their WebAssembly memory freed) when others are
 * needed more.
 */
export class BookDesk {
  readonly #log: LogId;
  readonly #rows: RowStore;
  readonly #device: DeviceId;
  readonly #random: RandomBytes;
  readonly #open = new Map<BookId, OpenBook>();
  readonly #opening = new Map<BookId, Promise<OpenBook>>();
  /** Judged, and neither swapped in nor dropped yet: these are not let go, however many a page of the log touches. */
  readonly #judged = new Set<BookId>();
  readonly #shelf: Shelf;
  readonly #kept: KeptStates;
  /** Which entries of this log were pushed again. */
  old: OldHeaderBook;
  /** What a cache could not do, by what it was. Nothing is lost by it. */
  readonly cacheFaults = new Map<CacheFault, number>();

  constructor(log: LogId, rows: RowStore, device: DeviceId, random: RandomBytes, old: OldHeaderBook) {
    this.#log = log;
    this.old = old;
    this.#rows = rows;
    this.#device = device;
    this.#random = random;
    const onFault = (fault: CacheFault): void => {
      this.cacheFaults.set(fault, (this.cacheFaults.get(fault) ?? 0) + 1);
    };
    this.#shelf = new Shelf(rowStorage(rows), onFault);
    this.#kept = new KeptStates(log, rows, onFault);
  }

  /** The book, loaded: from what was kept of it and the signed changes after that, or from all of them. */
  async open(name: BookName, charter: Charter, now: Millis): Promise<OpenBook> {
    const id = bookId(this.#log, name);
    const open = this.#open.get(id);
    if (open) {
      // Last used last, for `#trim`.
      this.#open.delete(id);
      this.#open.set(id, open);
      return open;
    }
    const opening = this.#opening.get(id) ?? this.#load(id, name, charter, now);
    this.#opening.set(id, opening);
    try {
      return await opening;
    } finally {
      this.#opening.delete(id);
    }
  }

  /** What entries bring to a book. Nothing changes until `swap`. */
  judge(book: OpenBook, entries: readonly ArrivedEntry[], charter: Charter, now: Millis): Taken & { readonly through: Through } {
    this.#judged.add(book.id);
    const times = new Map(entries.map((e) => [e.header.relay.seq, e.header.relay.time]));
    const carried: Carried[] = entries.map((e) => ({ carrier: this.#carrierOf(e, charter), changes: e.body.changes }));
    const again = new Map(entries.flatMap((e) => (e.again ? [[e.header.relay.seq, e.again] as const] : [])));
    const facts = this.#facts(book.name, charter, times, now, (seq) => again.get(seq) ?? this.old.at(seq));
    const taken = takeEntries(book.loaded, carried, facts, this.#own(charter, now));
    return { ...taken, through: throughOf(book.through, entries) };
  }

  /** What an own change would bring. Nothing changes until `swap`. */
  judgeOwn(book: OpenBook, change: CarriedChange, charter: Charter, now: Millis): Taken {
    this.#judged.add(book.id);
    return addOwn(book.loaded, change, this.#facts(book.name, charter, new Map(), now), this.#own(charter, now));
  }

  /** Rows to be committed with entries that came out of the log's order: what was kept of the book is no more, and the next opening judges it anew. */
  async forget(book: OpenBook): Promise<readonly Write[]> {
    await this.#kept.settled();
    return [this.#kept.forget(book.id)];
  }

  /**
   * The judged book takes the place of the one that it came from, after its rows are durable.
   * @param through where entries were judged, not only own changes
   */
  swap(book: OpenBook, loaded: LoadedBook, through: Through = book.through): OpenBook {
    const fresh = loaded.logged.arrived - book.loaded.logged.arrived;
    const next: OpenBook = { ...book, loaded, through, unkept: book.unkept + fresh };
    this.#shelf.swap(book.id, loaded.doc);
    this.#open.set(book.id, next);
    if (next.unkept >= KEEP_AFTER) this.#keep(next);
    this.#judged.delete(book.id);
    this.#trim();
    return next;
  }

  /** Throws a judged book away that is not going to be swapped in. */
  drop(book: OpenBook, loaded: LoadedBook): void {
    if (book.loaded.doc !== loaded.doc) freeDoc(loaded.doc);
    this.#judged.delete(book.id);
    this.#trim();
  }

  /** Keeps what is worth keeping, and lets every book go. */
  async close(): Promise<void> {
    for (const book of this.#open.values()) if (book.unkept > 0) this.#keep(book);
    this.#open.clear();
    await this.#shelf.closeAll();
    await this.#kept.settled();
  }

  /** Heads of a loaded book, for tests that compare replicas. */
  headsOf(book: OpenBook): readonly string[] {
    return A.getHeads(book.loaded.doc);
  }

  /** @param wanted opened just now, and not judged yet */
  #trim(wanted?: BookId): void {
    for (const [id, book] of this.#open) {
      if (this.#open.size <= MAX_OPEN) return;
      if (id === wanted || this.#judged.has(id)) continue;
      this.#open.delete(id);
      if (book.unkept > 0) this.#keep(book);
      void this.#shelf.close(id);
    }
  }

  #keep(book: OpenBook): void {
    if (!book.through.inOrder) return;
    this.#kept.keep(book.id, book.through.to, book.loaded.logged);
    void this.#shelf.save(book.id);
    if (this.#open.get(book.id) === book) this.#open.set(book.id, { ...book, unkept: 0 });
  }

  async #load(id: BookId, name: BookName, charter: Charter, now: Millis): Promise<OpenBook> {
    const kept = await this.#kept.get(id, name, charter);
    const logged = kept?.state ?? new BookState(this.#log, name);
    const rows = await this.#changeRows(id, kept?.to ?? "");
    const own = this.#judgeRows(logged, name, rows, charter, now);
    const to = rows.findLast((r) => r.row.carrier !== null)?.order ?? kept?.to ?? "";
    const loaded = await this.#document(id, logged, own, charter, now);
    const book: OpenBook = {
      ...{ id, name, loaded, actor: newActor(this.#random), through: { to, inOrder: true } },
      unkept: logged.arrived - (kept?.arrived ?? 0),
    };
    this.#open.set(id, book);
    if (book.unkept >= KEEP_AFTER) this.#keep(book);
    this.#trim(id);
    return this.#open.get(id) ?? book;
  }

  /** Signed changes of a book whose order is after `to`, the own ones that are not logged last. */
  async #changeRows(id: BookId, to: string): Promise<readonly { readonly order: string; readonly row: ChangeRow }[]> {
    const before = keys.changes(this.#log, id);
    const range = prefix(before);
    const rows = await this.#rows.scan("change", to === "" ? range : { ...range, from: `${before}${to}\u0001` });
    return rows.map((row) => {
      const parsed = changeRowCodec.decode(row.value);
      if (!parsed.ok) throw new Error("a change row of this device does not parse");
      return { order: row.key.slice(before.length), row: parsed.value };
    });
  }

  /** Judges logged rows into `state`, and gives the own ones. */
  #judgeRows(
    state: BookState,
    name: BookName,
    rows: readonly { readonly row: ChangeRow }[],
    charter: Charter,
    now: Millis,
  ): readonly CarriedChange[] {
    const times = new Map(rows.flatMap(({ row: r }) => (r.carrier ? [[r.carrier.seq, r.carrier.time] as const] : [])));
    const facts = this.#facts(name, charter, times, now);
    const own: CarriedChange[] = [];
    for (const { row } of rows) {
      const change: CarriedChange = { bytes: row.bytes, signature: row.signature, tag: row.tag };
      if (!row.carrier) {
        own.push(change);
        continue;
      }
      const { seq, channelSeq, time } = row.carrier;
      const pusher = this.old.at(seq)?.old.device ?? row.carrier.pusher;
      const level = levelAt(charter, { seq, time });
      const carrier: Carrier = { seq, channelSeq, time, pusher, level, hasNote: () => row.note, isFar: () => row.far === true };
      judgeEntry(state, carrier, [change], facts);
    }
    return own;
  }

  /** The judged book with its document: the cached one where it is exactly that, else one that is built. */
  async #document(id: BookId, logged: BookState, own: readonly CarriedChange[], charter: Charter, now: Millis): Promise<LoadedBook> {
    const facts = this.#facts(logged.name, charter, new Map(), now);
    const state = own.length === 0 ? logged : logged.clone();
    if (own.length > 0) {
      judgeEntry(state, this.#own(charter, now), own, facts);
      const cached = await this.#shelf.openCached(id, state);
      if (cached) return { logged, own, state, doc: cached };
    }
    const doc = await this.#shelf.open(id, logged, () => this.#bytes(id));
    const base: LoadedBook = { logged, own: [], state: logged, doc };
    if (own.length === 0) return base;
    const { book } = takeEntries({ ...base, own }, [], facts, this.#own(charter, now));
    this.#shelf.swap(id, book.doc);
    return book;
  }

  async #bytes(id: BookId): Promise<ReadonlyMap<ChangeHash, Uint8Array>> {
    return new Map((await this.#changeRows(id, "")).map(({ row }) => [row.hash, row.bytes]));
  }

  #carrierOf(entry: ArrivedEntry, charter: Charter): Carrier {
    const { author, relay } = entry.header;
    return {
      seq: relay.seq,
      channelSeq: relay.channelSeq,
      time: relay.time,
      pusher: entry.again?.old.device ?? author.device,
      level: levelAt(charter, relay),
      hasNote: (checkpoint) => entry.notes.has(noteName(checkpoint)),
      isFar: (checkpoint) => entry.far.has(noteName(checkpoint)),
    };
  }

  #own(charter: Charter, now: Millis): Carrier {
    return provisionalCarrier({ time: now, pusher: this.#device, level: levelAt(charter, { seq: Number.MAX_SAFE_INTEGER, time: now }) });
  }

  #facts(
    name: BookName,
    charter: Charter,
    times: ReadonlyMap<number, Millis>,
    now: Millis,
    againAt: (seq: number) => Again | undefined = (seq) => this.old.at(seq),
  ): Facts {
    const id = bookId(this.#log, name);
    return {
      log: this.#log,
      book: name,
      memberOf: (device) => memberOf(charter, device),
      mayCarry: (signer, pusher, seq) => {
        const at = Number.isFinite(seq) ? { seq, time: times.get(seq) ?? charter.at.time } : { seq: Number.MAX_SAFE_INTEGER, time: now };
        const again = againAt(seq);
        if (!again) return isAuthorised(charter, { signer, pusher, channel: name.channel, at });
        return isAuthorisedAgain(charter, { signer, pusher, carrier: again.carrier, channel: name.channel, at, then: again.old.time });
      },
      verify: (hash, signature, signer) => verifyChange(this.#log, id, hash, signature, signer),
      originHolds: (origin, fields) => proveOrigin(origin, fields) !== undefined,
    };
  }
}
