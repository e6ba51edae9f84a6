import { idBytes, toHex, toId } from "../base/bytes.ts";
import type { BookId, DeviceId, Hex32, Millis } from "../base/ids.ts";
import type { EntryChannel } from "../base/channels.ts";
import { Numbered } from "../base/numbered.ts";
import { ENTRY_KIND, type EntryKind, type Header } from "../entry/header.ts";
import type { TailEntry } from "../sync/tail.ts";

/** What is kept of a header once it was checked: what judging its contents asks, again and again. What it is bound to is asked once (`commitmentAt`). */
export interface LoggedHeader {
  readonly author: {
    readonly kind: EntryKind;
    readonly channel: EntryChannel;
    readonly book: BookId;
    readonly device: DeviceId;
  };
  readonly relay: { readonly seq: number; readonly channelSeq: number; readonly time: Millis };
}

/** One place of the log. */
export interface LogPlace {
  readonly seq: number;
  readonly leaf: Uint8Array;
  /** Undefined behind a bare hash. */
  readonly header: LoggedHeader | undefined;
}

/** Entries whose columns lie in one stretch of memory. */
const RUN = 1_024;
const HASH = 32;
/** Leaf, root after it, and commitment, one behind the other. */
const ROW = 3 * HASH;
/** Kind, channel, book and device, as their numbers in the tables. */
const FACTS = 4;

interface Run {
  readonly hashes: Uint8Array;
  readonly facts: Uint32Array;
  readonly channelSeqs: Float64Array;
  readonly times: Float64Array;
}

/**
 * The checked log in columns: about 130 bytes an entry, whatever its header said. Headers of statements, anchors and old headers, which are few, are kept whole, since what
 * they carry is compared with more of them.
 */
export class LogIndex {
  readonly #runs: Run[] = [];
  readonly #kinds = new Numbered<EntryKind>();
  readonly #channels = new Numbered<EntryChannel>();
  readonly #books = new Numbered<BookId>();
  readonly #devices = new Numbered<DeviceId>();
  readonly #whole = new Map<number, Header>();
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push({ leaf, root, header }: TailEntry): void {
    const at = this.#length % RUN;
    if (at === 0) this.#runs.push(newRun());
    const run = this.#runs.at(-1);
    if (!run) throw new Error("a run was begun");
    run.hashes.set(leaf, at * ROW);
    run.hashes.set(root, at * ROW + HASH);
    if (header) {
      const { kind, channel, book, device, commitment } = header.author;
      run.hashes.set(idBytes(commitment), at * ROW + 2 * HASH);
      // 0 is no header.
      run.facts.set(
        [this.#kinds.number(kind) + 1, this.#channels.number(channel), this.#books.number(book), this.#devices.number(device)],
        at * FACTS,
      );
      run.channelSeqs[at] = header.relay.channelSeq;
      run.times[at] = header.relay.time;
      if (channel === "charter" || kind === ENTRY_KIND.anchor || kind === ENTRY_KIND.again) this.#whole.set(this.#length, header);
    }
    this.#length += 1;
  }

  headerOf(seq: number): LoggedHeader | undefined {
    const run = this.#runs[Math.floor(seq / RUN)];
    if (!run || seq >= this.#length) return undefined;
    const at = seq % RUN;
    const [kind = 0, channel = 0, book = 0, device = 0] = run.facts.subarray(at * FACTS, (at + 1) * FACTS);
    if (kind === 0) return undefined;
    return {
      author: {
        kind: this.#kinds.at(kind - 1),
        channel: this.#channels.at(channel),
        book: this.#books.at(book),
        device: this.#devices.at(device),
      },
      relay: { seq, channelSeq: run.channelSeqs[at] ?? 0, time: run.times[at] ?? 0 },
    };
  }

  /** The whole header of a statement, an anchor or an entry of old headers. */
  wholeHeaderOf(seq: number): Header | undefined {
    return this.#whole.get(seq);
  }

  /** All of these, in the order of the log. */
  get wholeHeaders(): Iterable<Header> {
    return this.#whole.values();
  }

  leafAt(seq: number): Uint8Array {
    return this.#hash(seq, 0);
  }

  /** The content commitment in the header of this entry; zeros behind a bare hash. */
  commitmentAt(seq: number): Hex32 {
    return toId<Hex32>(this.#hash(seq, 2));
  }

  /** Lower-case hex of the root over the first `size` entries; undefined for none, or more than there are. */
  rootOf(size: number): string | undefined {
    return Number.isSafeInteger(size) && size > 0 && size <= this.#length ? toHex(this.#hash(size - 1, 1)) : undefined;
  }

  *[Symbol.iterator](): Generator<LogPlace, void, undefined> {
    for (let seq = 0; seq < this.#length; seq++) yield { seq, leaf: this.leafAt(seq), header: this.headerOf(seq) };
  }

  #hash(seq: number, which: 0 | 1 | 2): Uint8Array {
    const run = this.#runs[Math.floor(seq / RUN)];
    if (!run || seq >= this.#length) throw new Error("a place of this log");
    const from = (seq % RUN) * ROW + which * HASH;
    return run.hashes.subarray(from, from + HASH);
  }
}

const newRun = (): Run => ({
  hashes: new Uint8Array(RUN * ROW),
  facts: new Uint32Array(RUN * FACTS),
  channelSeqs: new Float64Array(RUN),
  times: new Float64Array(RUN),
});
