import {
  decodeHeads,
  interpretAsDocumentId,
  Repo,
  stringifyAutomergeUrl,
  type BinaryDocumentId,
  type DocHandle,
  type DocumentId,
  type StorageAdapterInterface,
} from "@automerge/automerge-repo/slim";
import { idBytes } from "../base/bytes.ts";
import type { BookId, ChangeHash } from "../base/ids.ts";
import { freeDoc, type BookContent, type BookDoc } from "./admit.ts";
import { isDocOf, rebuildDoc } from "./book.ts";
import { genesisBytes } from "./genesis.ts";
import { QuietStorage, type CacheFault } from "./quiet-storage.ts";
import type { BookState } from "./state.ts";

/** How long automerge-repo gathers updates before it saves, ms. */
const SAVE_MS = 50;
/** After this long no timer of automerge-repo holds what it was given before: its own for peers has 100 ms. */
const SETTLE_MS = 200;

/** automerge-repo waits on the platform's real timers, so what waits for it does too, even where a test has a clock of its own. */
interface Timers {
  setTimeout(run: () => void, ms: number): unknown;
}
const sleep = (ms: number): Promise<void> =>
  new Promise((done) => {
    (globalThis as unknown as Timers).setTimeout(done, ms);
  });

/** automerge-repo's name for a book: the first 16 bytes of its id. */
export const documentIdOf = (book: BookId): DocumentId => interpretAsDocumentId(idBytes(book).slice(0, 16) as BinaryDocumentId);

/**
 * The open books of a device, held by automerge-repo. What its storage keeps is a cache: a cached document that holds anything but the
 * admitted changes is thrown away and built again from the signed ones. Its network is not used: a peer would have to read documents,
 * and the relay cannot.
 */
export class Shelf {
  readonly #storage: QuietStorage;
  readonly #repo: Repo;
  readonly #open = new Map<BookId, DocHandle<BookContent>>();
  readonly #closing = new Map<BookId, Promise<void>>();
  readonly #retired = new Map<BookId, BookDoc[]>();
  #settling = 0;

  /** @param onFault a cache that fails costs time, never content; where it should be told, this tells it */
  constructor(storage: StorageAdapterInterface, onFault: (fault: CacheFault) => void) {
    this.#storage = new QuietStorage(storage, onFault);
    this.#repo = new Repo({ storage: this.#storage, network: [], saveDebounceRate: SAVE_MS });
  }

  /**
   * The document of a judged book: the cached one where it holds exactly what was admitted, else one that is built from the signed changes.
   * @param bytes every admitted change by hash; asked only when the cache does not serve
   */
  async open(book: BookId, state: BookState, bytes: () => Promise<ReadonlyMap<ChangeHash, Uint8Array>>): Promise<BookDoc> {
    await this.#closing.get(book);
    const cached = await this.#cached(book, state);
    if (cached) return cached;
    const doc = rebuildDoc(state, await bytes());
    const handle = this.#repo.import<BookContent>(genesisBytes(), { docId: documentIdOf(book) });
    this.#open.set(book, handle);
    this.swap(book, doc);
    return doc;
  }

  /** The handle of an open book, for who watches its changes. Nobody writes through it: changes come in judged, by `swap`. */
  handle(book: BookId): DocHandle<BookContent> | undefined {
    return this.#open.get(book);
  }

  /** Heads of an open book in Automerge's form. */
  heads(book: BookId): readonly string[] {
    const handle = this.#open.get(book);
    return handle ? decodeHeads(handle.heads()) : [];
  }

  /** Puts an admitted document in the place of the one before, which is freed when nothing can still be saving it. */
  swap(book: BookId, doc: BookDoc): void {
    const handle = this.#open.get(book);
    if (!handle) throw new Error("the book is not open");
    const before = handle.doc();
    if (before === doc) return;
    handle.update(() => doc);
    this.#retire(book, before);
  }

  /** Saves what is left to save, lets the book go, and frees its WebAssembly memory. */
  async close(book: BookId): Promise<void> {
    const handle = this.#open.get(book);
    if (!handle) return;
    this.#open.delete(book);
    const closing = this.#letGo(book, handle);
    this.#closing.set(book, closing);
    await closing;
    this.#closing.delete(book);
  }

  /**
   * Letting a handle go empties its document, and automerge-repo 2.5.6 would save that in the place of everything, and wait a minute for peers
   * to tell. So nobody listens any more, and what it had planned for the last update is done before.
   */
  async #letGo(book: BookId, handle: DocHandle<BookContent>): Promise<void> {
    const id = documentIdOf(book);
    const doc = handle.doc();
    await this.#repo.flush([id]);
    handle.removeAllListeners();
    await sleep(SETTLE_MS);
    await this.#repo.removeFromCache(id);
    this.#retired.set(book, [...(this.#retired.get(book) ?? []), doc]);
    await this.#freeRetired(book);
  }

  async closeAll(): Promise<void> {
    await Promise.all([...this.#open.keys()].map((book) => this.close(book)));
    while (this.#settling > 0) await sleep(SAVE_MS);
  }

  async #cached(book: BookId, state: BookState): Promise<BookDoc | undefined> {
    const id = documentIdOf(book);
    const chunks = await this.#storage.loadRange([id]);
    if (chunks.length === 0) return undefined;
    let stale: BookDoc | undefined;
    try {
      const handle = await this.#repo.find<BookContent>(stringifyAutomergeUrl({ documentId: id }));
      const doc = handle.doc();
      if (isDocOf(doc, state)) {
        this.#open.set(book, handle);
        return doc;
      }
      stale = doc;
    } catch {
      // A damaged chunk: automerge-repo gives the handle up, and the signed changes are all that is needed.
      this.#storage.fault("cache-damaged");
    }
    this.#repo.delete(id);
    await this.#storage.removeRange([id]);
    if (stale) this.#retire(book, stale);
    return undefined;
  }

  #retire(book: BookId, doc: BookDoc): void {
    this.#retired.set(book, [...(this.#retired.get(book) ?? []), doc]);
    void this.#freeRetired(book);
  }

  /** automerge-repo may be saving an older document, or hold one in a timer; freeing it under its hands would end a Node process. */
  async #freeRetired(book: BookId): Promise<void> {
    const docs = this.#retired.get(book) ?? [];
    this.#retired.delete(book);
    this.#settling++;
    do await sleep(SETTLE_MS);
    while (this.#storage.busy);
    docs.forEach(freeDoc);
    this.#settling--;
  }
}
