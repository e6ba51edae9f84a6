import { idBytes, toHex, toId } from "../base/bytes.ts";
import type { BookId, DeviceId, Hex32, Millis } from "../base/ids.ts";
import type { EntryChannel } from "../base/channels.ts";
import { Columns } from "../base/columns.ts";
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
  /** Undefined behind a bare hash. */
  readonly header: LoggedHeader | undefined;
}

const HASH = 32;
/** The root after it, and its commitment, one behind the other. */
const ROW = 2 * HASH;
/** Kind (0 is no header), channel, book and device, as their numbers in the tables. */
const FACTS = 4;
/** Its place in its channel, and relay time. */
const PLACE = { channelSeq: 0, time: 1 } as const;

/**
 * The checked log in columns: about 100 bytes an entry, whatever its header said. Headers of statements, anchors and old headers, which are few, are kept whole, since what
 * they carry is compared with more of them.
 */
export class LogIndex {
  readonly #hashes = new Columns(Uint8Array, ROW);
  readonly #facts = new Columns(Uint32Array, FACTS);
  readonly #places = new Columns(Float64Array, Object.keys(PLACE).length);
  readonly #kinds = new Numbered<EntryKind>();
  readonly #channels = new Numbered<EntryChannel>();
  readonly #books = new Numbered<BookId>();
  readonly #devices = new Numbered<DeviceId>();
  readonly #whole = new Map<number, Header>();

  get length(): number {
    return this.#hashes.length;
  }

  /** Bytes that it holds of all headers but those that are kept whole. */
  get bytes(): number {
    return this.#hashes.bytes + this.#facts.bytes + this.#places.bytes;
  }

  push({ root, header }: TailEntry): void {
    const seq = this.#hashes.push(root);
    if (!header) {
      this.#facts.push([]);
      this.#places.push([]);
      return;
    }
    const { kind, channel, book, device, commitment } = header.author;
    this.#hashes.row(seq).set(idBytes(commitment), HASH);
    this.#facts.push([
      ...[this.#kinds.number(kind) + 1, this.#channels.number(channel)],
      ...[this.#books.number(book), this.#devices.number(device)],
    ]);
    this.#places.push([header.relay.channelSeq, header.relay.time]);
    if (channel === "charter" || kind === ENTRY_KIND.anchor || kind === ENTRY_KIND.again) this.#whole.set(seq, header);
  }

  headerOf(seq: number): LoggedHeader | undefined {
    if (!this.#isPlace(seq)) return undefined;
    const [kind = 0, channel = 0, book = 0, device = 0] = this.#facts.row(seq);
    if (kind === 0) return undefined;
    return {
      author: {
        kind: this.#kinds.at(kind - 1),
        channel: this.#channels.at(channel),
        book: this.#books.at(book),
        device: this.#devices.at(device),
      },
      relay: { seq, channelSeq: this.#places.at(seq, PLACE.channelSeq), time: this.#places.at(seq, PLACE.time) },
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

  /** The content commitment in the header of this entry; zeros behind a bare hash. */
  commitmentAt(seq: number): Hex32 {
    return toId<Hex32>(this.#hash(seq, 1));
  }

  /** Lower-case hex of the root over the first `size` entries; undefined for none, or more than there are. */
  rootOf(size: number): string | undefined {
    return this.#isPlace(size - 1) ? toHex(this.#hash(size - 1, 0)) : undefined;
  }

  *[Symbol.iterator](): Generator<LogPlace, void, undefined> {
    for (let seq = 0; seq < this.length; seq++) yield { seq, header: this.headerOf(seq) };
  }

  #isPlace(seq: number): boolean {
    return Number.isSafeInteger(seq) && seq >= 0 && seq < this.length;
  }

  #hash(seq: number, which: 0 | 1): Uint8Array {
    return this.#hashes.row(seq).subarray(which * HASH, (which + 1) * HASH);
  }
}
