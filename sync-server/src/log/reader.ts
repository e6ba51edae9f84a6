import { encode, type CborValue } from "@countersign/shared/cbor/cbor";
import type { DeviceId } from "@countersign/shared/base/ids";
import type { EntryChannel } from "@countersign/shared/base/channels";
import { MAX_WINDOW, PAGE } from "../relay/limits.ts";
import type { StampedNote } from "../stamp/desk.ts";
import type { PageItem, StoredEntry } from "../store/store.ts";

/** Where a reader's entries come from. */
export interface Source {
  /** How many entries are durable: nothing after them is shown (W2). */
  durable(): number;
  page(from: number, limit: number, bytes: number, readable: ReadonlySet<EntryChannel>): Promise<readonly PageItem[]>;
  /** The signed note over the first `size` entries, if `size` is the durable end. */
  note(size: number): string | null;
  /** The same note with cosignatures of witnesses, where there are any. */
  cosignedNote(size: number): string | null;
  /** The last stamped checkpoint, if it is over no more than `size` entries. */
  stampUpTo(size: number): StampedNote | undefined;
  /** A frame that another reader with the same view was sent in this round, or makes it. */
  frame(key: string, make: () => Uint8Array): Uint8Array;
}

/** Where they go. */
export interface Sink {
  send(frame: Uint8Array): void;
  /** Whether the socket has room for another page. What waits beyond it waits in the store. */
  hasRoom(): boolean;
  failed(problem: unknown): void;
  count(entries: number): void;
}

/** What this reader may see: channels, and the device whose own bodies it does not need back. */
export interface View {
  /** Equal for views that show the same channels. */
  readonly key: string;
  readonly channels: ReadonlySet<EntryChannel>;
  readonly own: DeviceId | undefined;
}

/**
 * One subscription: sends the log in order and without gaps from where it began, first pages from the store, then what comes, by the same
 * loop, so that there is no seam (W3). It never sends beyond what the client granted (W4).
 */
export class Reader {
  readonly #source: Source;
  readonly #sink: Sink;
  readonly #view: () => View;
  /** Bundles that this subscription was given beside the entries that they stand for. */
  readonly #given = new Set<number>();
  #next: number;
  #window: number;
  #running = false;
  #stopped = false;
  /** The last note that was sent, so that a note is not sent twice over nothing new. */
  #noted = -1;
  #cosigned: string | null = null;
  #stamp: StampedNote | undefined;

  constructor(source: Source, sink: Sink, view: () => View, from: number, window: number) {
    this.#source = source;
    this.#sink = sink;
    this.#view = view;
    this.#next = from;
    this.#window = window;
  }

  /** The client takes `add` more. More than the protocol's window at once is not believed. */
  grant(add: number): void {
    this.#window = Math.min(this.#window + add, MAX_WINDOW);
    this.pump();
  }

  stop(): void {
    this.#stopped = true;
  }

  /** Sends what there is and may be sent. Called whenever something came, was granted, or left the socket. */
  pump(): void {
    if (this.#running || this.#stopped) return;
    this.#running = true;
    void this.#run()
      .catch((problem: unknown) => {
        this.#stopped = true;
        this.#sink.failed(problem);
      })
      .finally(() => {
        this.#running = false;
        if (this.#isDue()) this.pump();
      });
  }

  #isDue(): boolean {
    return !this.#stopped && this.#window > 0 && this.#next < this.#source.durable() && this.#sink.hasRoom();
  }

  async #run(): Promise<void> {
    while (this.#isDue()) {
      const view = this.#view();
      const limit = Math.min(this.#window, PAGE.items, this.#source.durable() - this.#next);
      const items = await this.#source.page(this.#next, limit, PAGE.bytes, view.channels);
      if (this.#stopped) return;
      if (items.length === 0) throw new Error("a page of durable entries is empty");
      await this.#sendPage(items, view);
    }
    this.#sendCosigned();
    this.#sendStamp();
  }

  /** Witnesses answer after the entries were sent: their lines follow with a note over nothing new. */
  #sendCosigned(): void {
    const note = this.#stopped || !this.#sink.hasRoom() ? null : this.#source.cosignedNote(this.#next);
    if (note === null || note === this.#cosigned) return;
    this.#cosigned = note;
    this.#sink.send(encodeEntries(this.#next, [], () => false, note, undefined));
  }

  /** Once, after the entries that it is over: whoever comes later gets the last one too. */
  #sendStamp(): void {
    const stamp = this.#stopped || !this.#sink.hasRoom() ? undefined : this.#source.stampUpTo(this.#next);
    if (!stamp || stamp === this.#stamp) return;
    this.#stamp = stamp;
    const { note, token: tsr } = stamp;
    this.#sink.send(encode({ t: "entries", from: this.#next, items: [], note: null, stamp: { note, tsr } }));
  }

  /**
   * Where bodies were dropped the bundle that holds them goes ahead of the first of its entries, once in a subscription, so that the reader judges
   * everything in the order of the log (rule L8f). One bundle at most goes with a frame: the page ends before the next that is wanted.
   */
  async #sendPage(page: readonly PageItem[], view: View): Promise<void> {
    const [first] = page;
    const wanted = first && this.#wants(first);
    const bundle = wanted === undefined ? undefined : (await this.#source.page(wanted, 1, 0, view.channels))[0];
    if (this.#stopped) return;
    if (wanted !== undefined) this.#given.add(wanted);
    const end = page.findIndex((e, i) => i > 0 && this.#wants(e) !== undefined);
    this.#send(end < 0 ? page : page.slice(0, end), view, bundle?.author && bundle.body ? bundle : undefined);
  }

  #wants(e: PageItem): number | undefined {
    return e.author !== null && e.bundle !== null && !this.#given.has(e.bundle) ? e.bundle : undefined;
  }

  #send(items: readonly PageItem[], view: View, bundle: StoredEntry | undefined): void {
    const from = this.#next;
    this.#next += items.length;
    this.#window -= items.length;
    const note = this.#next > this.#noted ? this.#source.note(this.#next) : null;
    if (note !== null) this.#noted = this.#next;
    // Readers differ only where one of them pushed some of these entries, or may read fewer channels.
    const own = items.some((e) => e.author !== null && e.device === view.own) ? view.own : undefined;
    const key = `${from}/${items.length}/${note === null ? 0 : 1}/${own ?? ""}/${view.key}`;
    this.#sink.count(items.length);
    const isGiven = (e: StoredEntry): boolean => this.#given.has(e.seq);
    const make = (): Uint8Array => encodeEntries(from, items, (e) => isKept(e, own) || isGiven(e), note, bundle);
    // What went ahead to this reader differs from what went to others.
    this.#sink.send(this.#given.size > 0 ? make() : this.#source.frame(key, make));
  }
}

/** Own changes wait in the device's outbox until they come back (W3). A statement does not: a device that crashed after pushing one has no copy. */
const isKept = (e: StoredEntry, own: DeviceId | undefined): boolean => e.device === own && e.channel !== "charter";

/**
 * An `entries` message. It is made of what the relay itself checked and keeps, so it is written without the schema's second look, which
 * would cost more than everything else on this path.
 */
function encodeEntries(
  from: number,
  items: readonly PageItem[],
  isHeld: (e: StoredEntry) => boolean,
  note: string | null,
  bundle: StoredEntry | undefined,
): Uint8Array {
  const shown = items.map((e): CborValue => (e.author === null ? e.leaf : { a: e.author, r: e.relay, b: isHeld(e) ? null : e.body }));
  const ahead = bundle ? { bundle: { a: bundle.author, r: bundle.relay, b: bundle.body } } : {};
  return encode({ t: "entries", from, items: shown, note, ...ahead });
}
