import type { BookId, DeviceId, LogId, MemberId } from "../base/ids.ts";
import { bookId, type BookName } from "../books/names.ts";
import { memberOf, parentsOf } from "../charter/query.ts";
import type { Charter } from "../charter/state.ts";
import type { Position } from "../charter/types.ts";
import { numbersIn, placeIn, runsOf } from "../entry/runs.ts";
import { prefix, type RowStore, type Write } from "../vault/row-store.ts";
import { bundleRowCodec, keys, looseRowCodec, type BundleRow } from "./rows.ts";

/** Loose entries of one book under one epoch: what one bundle may cover (rule L8a). */
export interface Loose {
  readonly book: BookName;
  readonly epoch: number;
  /** Ascending. */
  readonly seqs: readonly number[];
}

const looseKey = (book: BookId, epoch: number): string => `${book}/${String(epoch)}`;

/**
 * Which entries of a log are loose, and what bundles there are. A run of entries is taken into a fork, whose rows are committed with everything else that
 * the run brought; then the fork takes the ledger's place.
 */
export class BundleLedger {
  readonly #log: LogId;
  readonly #loose: Map<string, Loose>;
  readonly #bundles: Map<number, BundleRow>;
  readonly #touched = new Set<string>();
  readonly #changed = new Set<number>();

  private constructor(log: LogId, loose: Map<string, Loose>, bundles: Map<number, BundleRow>) {
    this.#log = log;
    this.#loose = loose;
    this.#bundles = bundles;
  }

  static async load(log: LogId, rows: RowStore): Promise<BundleLedger> {
    const ledger = new BundleLedger(log, new Map(), new Map());
    for (const row of await rows.scan("log", prefix(keys.allLoose(log)))) {
      const parsed = looseRowCodec.decode(row.value);
      if (!parsed.ok) throw new Error("a row of loose entries of this device does not parse");
      const { book, epoch, runs } = parsed.value;
      ledger.#loose.set(looseKey(bookId(log, book), epoch), { book, epoch, seqs: numbersIn(runs) });
    }
    for (const row of await rows.scan("log", prefix(keys.bundles(log)))) {
      const parsed = bundleRowCodec.decode(row.value);
      if (!parsed.ok) throw new Error("a row of a bundle of this device does not parse");
      ledger.#bundles.set(parsed.value.seq, parsed.value);
    }
    return ledger;
  }

  fork(): BundleLedger {
    return new BundleLedger(this.#log, new Map(this.#loose), new Map(this.#bundles));
  }

  get loose(): IterableIterator<Loose> {
    return this.#loose.values();
  }

  get bundles(): IterableIterator<BundleRow> {
    return this.#bundles.values();
  }

  bundle(seq: number): BundleRow | undefined {
    return this.#bundles.get(seq);
  }

  /** An entry was opened and its commitment held. */
  opened(seq: number, book: BookName, epoch: number): void {
    const key = looseKey(bookId(this.#log, book), epoch);
    const seqs = this.#loose.get(key)?.seqs ?? [];
    const last = seqs.at(-1);
    // Entries that were sealed for want of a key are opened later, before newer ones.
    const next = last === undefined || seq > last ? [...seqs, seq] : [...new Set([...seqs, seq])].sort((a, b) => a - b);
    this.#loose.set(key, { book, epoch, seqs: next });
    this.#touched.add(key);
  }

  /** Whether all of these are loose entries of this book and epoch. */
  areLoose(seqs: readonly number[], book: BookId, epoch: number): boolean {
    const loose = new Set(this.#loose.get(looseKey(book, epoch))?.seqs);
    return seqs.every((seq) => loose.has(seq));
  }

  /** Whether a sound bundle holds one of these already. */
  areTaken(seqs: readonly number[], book: BookId): boolean {
    const sound = [...this.#bundles.values()].filter((b) => b.state === "sound" && b.book === book);
    return sound.some((b) => seqs.some((seq) => placeIn(b.covers, seq) >= 0));
  }

  /** What is known of a bundle now. From a sound one on its entries are loose no more. */
  set(row: BundleRow): void {
    if (row.state === "sound" && this.#bundles.get(row.seq)?.state !== "sound") this.#cover(row);
    this.#bundles.set(row.seq, row);
    this.#changed.add(row.seq);
  }

  #cover(row: BundleRow): void {
    const key = looseKey(row.book, row.epoch);
    const loose = this.#loose.get(key);
    if (!loose) return;
    const covered = new Set(numbersIn(row.covers));
    this.#loose.set(key, { ...loose, seqs: loose.seqs.filter((seq) => !covered.has(seq)) });
    this.#touched.add(key);
  }

  /** What the fork changed, to be committed. */
  writes(): Write[] {
    const loose = [...this.#touched].flatMap((key): Write[] => {
      const row = this.#loose.get(key);
      if (!row) return [];
      const { book, epoch, seqs } = row;
      const value = seqs.length === 0 ? null : looseRowCodec.encode({ book: { ...book }, epoch, runs: runsOf(seqs) });
      return [{ table: "log", key: keys.loose(this.#log, bookId(this.#log, book), epoch), value }];
    });
    const bundles = [...this.#changed].flatMap((seq): Write[] => {
      const row = this.#bundles.get(seq);
      return row ? [{ table: "log", key: keys.bundle(this.#log, seq), value: bundleRowCodec.encode(row) }] : [];
    });
    return [...loose, ...bundles];
  }

  /** Bundles that wait for this device's word (rule L8d): it compared them, and nobody of its member has answered for them yet. */
  due(device: DeviceId, charter: Charter, at: Position): readonly BundleRow[] {
    const member = memberOf(charter, device);
    const isAlone = parentsOf(charter, at).length < 2;
    return [...this.#bundles.values()].filter(
      (b) => b.state === "sound" && b.compared && !b.settled && !b.devices.includes(device) && (isAlone || !hasOf(charter, b, member)),
    );
  }
}

const hasOf = (charter: Charter, bundle: BundleRow, member: MemberId | undefined): boolean =>
  bundle.devices.some((d) => memberOf(charter, d) === member);
