import { z } from "zod";
import type { LogId, RecordId } from "../base/ids.ts";
import { structCodec, zUint } from "../cbor/struct.ts";
import { prefix, type RowStore, type Write } from "../vault/row-store.ts";
import { DamagedRow } from "../vault/sealed-store.ts";
import { encodePage, PAGE_ACTS, PAGE_BYTES, RecordPage, type PagedRecord } from "./record-page.ts";
import { keys } from "./rows.ts";

/** How many pages there are. Without this row there are none, whatever else stands there. */
const tableCodec = structCodec(z.strictObject({ v: z.literal(1), pages: zUint() }), 100);

/** Records in a page: one of them is written anew with every so many changes of records. */
export const PAGE_RECORDS = 512;
/** Up to so many full pages are begun within a commit; more are written one by one beside other work. */
const AT_ONCE = 4;
const READ = 8;

/** What was found of a log's pages. */
export interface FoundPages {
  readonly pages: readonly RecordPage[];
  /** Records that changed since: their own rows say how they are. */
  readonly fresh: readonly RecordId[];
}

/** Which pages there are, and which records' rows are newer than them. `building`: they are being written from the rows, and don't count yet. */
type State = { readonly is: "none" } | { readonly is: "building" | "kept"; readonly pages: number; readonly fresh: ReadonlySet<RecordId> };

export interface PageWrites {
  readonly writes: readonly Write[];
  /** To be called once they are durable. */
  readonly kept: () => void;
}

/** A commit that changes records. */
export interface RecordChange {
  /** What they are after it. */
  readonly changed: ReadonlyMap<RecordId, PagedRecord>;
  /** How many records there are after it. */
  readonly count: number;
  /** Every record, as it is after it. */
  readonly all: () => Iterable<PagedRecord>;
  /** A record that it does not change. */
  readonly get: (id: RecordId) => PagedRecord;
}

const NOTHING: PageWrites = { writes: [], kept: () => undefined };

/**
 * Pages of records over the rows of one log. A row is the truth; a page is a copy of hundreds of them that is quick to read. Every commit that
 * changes a record marks it as fresher than any page, and when enough are marked the same commit writes them as one more page and takes the marks
 * away. So whatever moment a device dies at, pages and marks together say what the rows say, and a change costs its own row, a mark, and its share
 * of a page. Where a page is missing or does not open all of them are dropped, and written again from the rows.
 */
export class RecordShelf {
  readonly #log: LogId;
  readonly #perPage: number;
  #state: State = { is: "none" };
  /** How many records the pages held when they were read, those among them that later pages or rows have newer. */
  #read = 0;

  constructor(log: LogId, perPage = PAGE_RECORDS) {
    this.#log = log;
    this.#perPage = perPage;
  }

  /** The pages, where all of them are there and open; undefined where the rows have to be read. */
  async find(rows: RowStore): Promise<FoundPages | undefined> {
    try {
      const table = await rows.get("record", keys.recordPages(this.#log));
      const parsed = table && tableCodec.decode(table);
      if (!parsed?.ok) return undefined;
      const pages = await this.#readPages(rows, parsed.value.pages);
      if (!pages) return undefined;
      const marks = await rows.scan("record", prefix(keys.freshRecords(this.#log)));
      const fresh = marks.map(({ key }) => key.slice(keys.freshRecords(this.#log).length) as RecordId);
      this.#state = { is: "kept", pages: pages.length, fresh: new Set(fresh) };
      this.#read = pages.reduce((n, page) => n + page.size, 0);
      return { pages, fresh };
    } catch (e) {
      // A page that somebody or something changed is as good as absent.
      if (e instanceof DamagedRow) return undefined;
      throw e;
    }
  }

  async #readPages(rows: RowStore, count: number): Promise<RecordPage[] | undefined> {
    const pages: RecordPage[] = [];
    while (pages.length < count) {
      const [from, to] = [keys.recordPage(this.#log, pages.length), keys.recordPage(this.#log, count)];
      const found = await rows.scan("record", { from, to, limit: READ });
      if (found.length === 0) return undefined;
      for (const { key, value } of found) {
        const page = key === keys.recordPage(this.#log, pages.length) ? RecordPage.read(value) : undefined;
        if (!page) return undefined;
        pages.push(page);
      }
    }
    return pages;
  }

  /** What was found does not fit together after all. */
  forget(): void {
    this.#state = { is: "none" };
  }

  /** Whether pages should be there and are not, or hold more of what was than of what is. */
  isUnfit(records: number): boolean {
    if (this.#state.is === "none") return records >= this.#perPage;
    return this.#state.is === "kept" && this.#read > 2 * records + AT_ONCE * this.#perPage;
  }

  /** What a commit writes besides the rows of the records that it changes. */
  changed({ changed, count, all, get }: RecordChange): PageWrites {
    const before = this.#state;
    if (before.is === "none") {
      if (count < this.#perPage || count > AT_ONCE * this.#perPage) return NOTHING;
      return this.#paged([...all()], 0, new Set());
    }
    const fresh = new Set([...before.fresh, ...changed.keys()]);
    if (before.is === "building" || fresh.size < this.#perPage)
      return {
        writes: [...changed.keys()].flatMap((id) => (before.fresh.has(id) ? [] : [this.#mark(id)])),
        kept: () => {
          this.#state = { ...before, fresh };
        },
      };
    const records = [...fresh].map((id) => changed.get(id) ?? get(id));
    return this.#paged(records, before.pages, before.fresh);
  }

  /** As many full pages as the records make; the rest is marked. */
  #paged(records: readonly PagedRecord[], from: number, marked: ReadonlySet<RecordId>): PageWrites {
    const pages = [...inPages(records, this.#perPage)];
    const full = pages.filter((page) => page.isFull);
    const rest = pages.find((page) => !page.isFull)?.records ?? [];
    const fresh = new Set(rest.map((r) => r.id));
    return {
      writes: [
        ...full.map(({ records }, i) => this.#page(from + i, records)),
        this.#table(from + full.length),
        ...[...marked].flatMap((id) => (fresh.has(id) ? [] : [this.#unmark(id)])),
        ...[...fresh].flatMap((id) => (marked.has(id) ? [] : [this.#mark(id)])),
      ],
      kept: () => {
        this.#state = { is: "kept", pages: from + full.length, fresh };
      },
    };
  }

  /**
   * Writes all pages from the rows. Each step is a commit of its own, with other work of the log between them; until the last one there are
   * no pages, so a device that dies on the way begins again.
   */
  *rebuild(ids: readonly RecordId[], get: (id: RecordId) => PagedRecord): Generator<PageWrites, void> {
    const { fresh } = this.#state.is === "none" ? { fresh: new Set<RecordId>() } : this.#state;
    yield {
      writes: [{ table: "record", key: keys.recordPages(this.#log), value: null }],
      kept: () => {
        this.#state = { is: "building", pages: 0, fresh };
        this.#read = 0;
      },
    };
    // Each is read only when its page is made: other work changes rows in between.
    const records = (function* () {
      for (const id of ids) yield get(id);
    })();
    for (const page of inPages(records, this.#perPage)) yield this.#built(page.records);
    const state = this.#state;
    if (state.is === "building")
      yield {
        writes: [this.#table(state.pages)],
        kept: () => {
          this.#state = { ...state, is: "kept" };
        },
      };
  }

  #built(page: readonly PagedRecord[]): PageWrites {
    const state = this.#state;
    if (state.is !== "building") return NOTHING;
    // The page holds them as they are now, whatever was marked before, and by whom.
    const here = new Set(page.map((r) => r.id));
    const fresh = new Set([...state.fresh].filter((id) => !here.has(id)));
    return {
      writes: [this.#page(state.pages, page), ...[...here].map((id) => this.#unmark(id))],
      kept: () => {
        this.#state = { is: "building", pages: state.pages + 1, fresh };
      },
    };
  }

  #page(n: number, records: readonly PagedRecord[]): Write {
    return { table: "record", key: keys.recordPage(this.#log, n), value: encodePage(records) };
  }

  #table(pages: number): Write {
    return { table: "record", key: keys.recordPages(this.#log), value: tableCodec.encode({ v: 1, pages }) };
  }

  #mark(id: RecordId): Write {
    return { table: "record", key: keys.freshRecord(this.#log, id), value: new Uint8Array() };
  }

  #unmark(id: RecordId): Write {
    return { table: "record", key: keys.freshRecord(this.#log, id), value: null };
  }
}

interface Filled {
  readonly records: readonly PagedRecord[];
  readonly isFull: boolean;
}

/** Records as they fill pages, one after the other; the last one need not be full. */
function* inPages(all: Iterable<PagedRecord>, perPage: number): Generator<Filled> {
  let records: PagedRecord[] = [];
  let bytes = 0;
  let acts = 0;
  for (const record of all) {
    records.push(record);
    bytes += record.bytes.length;
    acts += record.witnesses.length;
    if (records.length < perPage && bytes < PAGE_BYTES && acts < PAGE_ACTS) continue;
    yield { records, isFull: true };
    [records, bytes, acts] = [[], 0, 0];
  }
  if (records.length > 0) yield { records, isFull: false };
}
