import { z } from "zod";
import type { BookId, LogId, StatementId } from "../base/ids.ts";
import type { BookName } from "../books/names.ts";
import type { CacheFault } from "../books/quiet-storage.ts";
import { decodeState, encodeState } from "../books/state-cache.ts";
import type { BookState } from "../books/state.ts";
import type { Charter } from "../charter/state.ts";
import { structCodec, zBytes, zId, zText, zUint } from "../cbor/struct.ts";
import type { RowStore, Write } from "../vault/row-store.ts";
import { keys } from "./rows.ts";

const keptCodec = structCodec(
  z.strictObject({
    v: z.literal(1),
    /** Order of the last change row that was judged (`logged`). */
    to: zText(64),
    /** The charter by which it was judged: its last statement and where that stands. */
    head: zId<StatementId>(),
    seq: zUint(),
    state: zBytes(64 * 1024 * 1024),
  }),
  65 * 1024 * 1024,
);

/** What was kept of a book. */
export interface KeptState {
  readonly state: BookState;
  readonly to: string;
  /** How many occurrences it had judged. */
  readonly arrived: number;
}

/**
 * Verdicts on the changes of books, kept under the vault's seal so that an opened book is not judged again from its beginning. A verdict is a function of
 * the change, its past, and charter and log up to its entry (rule X3), and those only grow; so what was kept stands as long as rows are added behind it. Whatever does
 * not fit is as good as absent: the signed changes are judged again.
 */
export class KeptStates {
  readonly #log: LogId;
  readonly #rows: RowStore;
  readonly #onFault: (fault: CacheFault) => void;
  #charter: Charter | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(log: LogId, rows: RowStore, onFault: (fault: CacheFault) => void) {
    this.#log = log;
    this.#rows = rows;
    this.#onFault = onFault;
  }

  async get(book: BookId, name: BookName, charter: Charter): Promise<KeptState | undefined> {
    this.#charter = charter;
    await this.#writing;
    const row = await this.#read(book);
    const kept = row && keptCodec.decode(row);
    if (!kept?.ok || kept.value.to === "") return undefined;
    const { seq, head, to } = kept.value;
    // Judged under a charter that is not in the past of this one: another log's, or one from a restored copy.
    if (seq > charter.at.seq || (seq === charter.at.seq && head !== charter.head)) return undefined;
    const state = decodeState(kept.value.state, this.#log, name);
    return state && { state, to, arrived: state.arrived };
  }

  async #read(book: BookId): Promise<Uint8Array | undefined> {
    try {
      return await this.#rows.get("book", keys.book(this.#log, book));
    } catch {
      // A row that somebody or something changed.
      this.#onFault("cache-damaged");
      return undefined;
    }
  }

  /** Writes after what it was asked for before. A state that is not kept costs time at the next opening. */
  keep(book: BookId, to: string, state: BookState): void {
    const charter = this.#charter;
    if (!charter || to === "") return;
    const value = keptCodec.encode({ v: 1, to, head: charter.head, seq: charter.at.seq, state: encodeState(state) });
    this.#writing = this.#writing.then(async () => {
      const done = await this.#rows.commit([{ table: "book", key: keys.book(this.#log, book), value }]);
      if (!done.ok) this.#onFault("cache-write");
    });
  }

  forget(book: BookId): Write {
    return { table: "book", key: keys.book(this.#log, book), value: null };
  }

  /** Resolves when nothing is being written any more. */
  settled(): Promise<void> {
    return this.#writing;
  }
}
