import * as A from "@automerge/automerge/slim";
import type { BookId, ChangeHash, DeviceId, LogId, Millis } from "../base/ids.ts";
import { addOwn, provisionalCarrier, rebuildDoc, takeEntries, type Carried, type LoadedBook, type Taken } from "../books/book.ts";
import { emptyDoc, freeDoc } from "../books/admit.ts";
import type { CheckpointField } from "../books/checkpoint-field.ts";
import { judgeEntry, type Carrier, type Facts } from "../books/judge.ts";
import { bookId, type BookName } from "../books/names.ts";
import { newActor } from "../books/record-id.ts";
import { verifyChange } from "../books/signature.ts";
import { BookState } from "../books/state.ts";
import type { Charter } from "../charter/state.ts";
import { isAuthorised, levelAt, memberOf } from "../charter/query.ts";
import type { CarriedChange, ChangesBody } from "../entry/body.ts";
import type { Header } from "../entry/header.ts";
import { proveOrigin } from "../entry/origin.ts";
import { prefix, type RowStore } from "../vault/row-store.ts";
import type { RandomBytes } from "../crypto/random.ts";
import { changeRowCodec, keys, type ChangeRow } from "./rows.ts";

/** A loaded book with what writing into it needs. */
export interface OpenBook {
  readonly id: BookId;
  readonly name: BookName;
  readonly loaded: LoadedBook;
  /** Fresh for each opening, so that nothing ever repeats a sequence number. */
  readonly actor: string;
}

export interface ArrivedEntry {
  readonly header: Header;
  readonly body: ChangesBody;
  /** `size/root/time` of every note in the body that the log key signed. */
  readonly notes: ReadonlySet<string>;
}

export const noteName = (c: Pick<CheckpointField, "size" | "root" | "time">): string => `${String(c.size)}/${c.root}/${String(c.time)}`;

const MAX_OPEN = 6;

/**
 * The books of one log that are loaded. Everything here is a cache of the signed changes in the vault: a book is rebuilt from them when it is
 * opened, and dropped again (its WebAssembly memory freed) when others are needed more.
 */
export class BookDesk {
  readonly #log: LogId;
  readonly #rows: RowStore;
  readonly #device: DeviceId;
  readonly #random: RandomBytes;
  readonly #open = new Map<BookId, OpenBook>();

  constructor(log: LogId, rows: RowStore, device: DeviceId, random: RandomBytes) {
    this.#log = log;
    this.#rows = rows;
    this.#device = device;
    this.#random = random;
  }

  /** The book, loaded; rebuilt from its signed changes where it is not. */
  async open(name: BookName, charter: Charter, now: Millis): Promise<OpenBook> {
    const id = bookId(this.#log, name);
    const open = this.#open.get(id);
    if (open) {
      // Last used last, for `#trim`.
      this.#open.delete(id);
      this.#open.set(id, open);
      return open;
    }
    const rows: ChangeRow[] = [];
    for (const row of await this.#rows.scan("change", prefix(keys.changes(this.#log, id)))) {
      const parsed = changeRowCodec.decode(row.value);
      if (!parsed.ok) throw new Error("a change row of this device does not parse");
      rows.push(parsed.value);
    }
    const book: OpenBook = { id, name, loaded: this.#rebuild(name, rows, charter, now), actor: newActor(this.#random) };
    this.#open.set(id, book);
    this.#trim();
    return book;
  }

  /** What entries bring to a book. Nothing changes until `swap`. */
  judge(book: OpenBook, entries: readonly ArrivedEntry[], charter: Charter, now: Millis): Taken {
    const times = new Map(entries.map((e) => [e.header.relay.seq, e.header.relay.time]));
    const carried: Carried[] = entries.map((e) => ({ carrier: this.#carrierOf(e, charter), changes: e.body.changes }));
    return takeEntries(book.loaded, carried, this.#facts(book.name, charter, times, now), this.#own(charter, now));
  }

  /** What an own change would bring. Nothing changes until `swap`. */
  judgeOwn(book: OpenBook, change: CarriedChange, charter: Charter, now: Millis): Taken {
    return addOwn(book.loaded, change, this.#facts(book.name, charter, new Map(), now), this.#own(charter, now));
  }

  /** The judged book takes the place of the one that it came from, after its rows are durable. */
  swap(book: OpenBook, loaded: LoadedBook): OpenBook {
    if (book.loaded.doc !== loaded.doc) freeDoc(book.loaded.doc);
    const next = { ...book, loaded };
    this.#open.set(book.id, next);
    return next;
  }

  /** Throws a judged book away that is not going to be swapped in. */
  drop(book: OpenBook, loaded: LoadedBook): void {
    if (book.loaded.doc !== loaded.doc) freeDoc(loaded.doc);
  }

  close(): void {
    for (const book of this.#open.values()) freeDoc(book.loaded.doc);
    this.#open.clear();
  }

  /** Heads of a loaded book, for tests that compare replicas. */
  headsOf(book: OpenBook): readonly string[] {
    return A.getHeads(book.loaded.doc);
  }

  #trim(): void {
    for (const [id, book] of this.#open) {
      if (this.#open.size <= MAX_OPEN) return;
      freeDoc(book.loaded.doc);
      this.#open.delete(id);
    }
  }

  #rebuild(name: BookName, rows: readonly ChangeRow[], charter: Charter, now: Millis): LoadedBook {
    const times = new Map(rows.flatMap((r) => (r.carrier ? [[r.carrier.seq, r.carrier.time] as const] : [])));
    const facts = this.#facts(name, charter, times, now);
    const logged = new BookState(this.#log, name);
    const bytes = new Map<ChangeHash, Uint8Array>();
    const own: CarriedChange[] = [];
    for (const row of rows) {
      bytes.set(row.hash, row.bytes);
      const change: CarriedChange = { bytes: row.bytes, signature: row.signature, tag: { kind: row.tag[0], root: row.tag[1] } };
      if (!row.carrier) {
        own.push(change);
        continue;
      }
      const { seq, channelSeq, time, pusher } = row.carrier;
      const carrier: Carrier = { seq, channelSeq, time, pusher, level: levelAt(charter, { seq, time }), hasNote: () => row.note };
      judgeEntry(logged, carrier, [change], facts);
    }
    if (own.length === 0) return { logged, own, state: logged, doc: rebuildDoc(logged, bytes) };
    const base: LoadedBook = { logged, own: [], state: logged, doc: logged.admitted.length === 0 ? emptyDoc() : rebuildDoc(logged, bytes) };
    const taken = takeEntries({ ...base, own }, [], this.#facts(name, charter, times, now), this.#own(charter, now));
    freeDoc(base.doc);
    return taken.book;
  }

  #carrierOf(entry: ArrivedEntry, charter: Charter): Carrier {
    const { author, relay } = entry.header;
    return {
      seq: relay.seq,
      channelSeq: relay.channelSeq,
      time: relay.time,
      pusher: author.device,
      level: levelAt(charter, relay),
      hasNote: (checkpoint) => entry.notes.has(noteName(checkpoint)),
    };
  }

  #own(charter: Charter, now: Millis): Carrier {
    return provisionalCarrier({ time: now, pusher: this.#device, level: levelAt(charter, { seq: Number.MAX_SAFE_INTEGER, time: now }) });
  }

  #facts(name: BookName, charter: Charter, times: ReadonlyMap<number, Millis>, now: Millis): Facts {
    const id = bookId(this.#log, name);
    return {
      log: this.#log,
      book: name,
      memberOf: (device) => memberOf(charter, device),
      mayCarry: (signer, pusher, seq) => {
        const at = Number.isFinite(seq) ? { seq, time: times.get(seq) ?? charter.at.time } : { seq: Number.MAX_SAFE_INTEGER, time: now };
        return isAuthorised(charter, { signer, pusher, channel: name.channel, at });
      },
      verify: (hash, signature, signer) => verifyChange(this.#log, id, hash, signature, signer),
      originHolds: (origin, fields) => proveOrigin(origin, fields) !== undefined,
    };
  }
}
