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

/**
 * automerge-repo plans a save when it finds a document in its storage. This shelf listens to nothing after that and saves when it is told to, so only a
 * document that was found is held by a timer of the library, and no longer than this, ms.
 */
const SAVE_MS = 50;
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

interface OnShelf {
  readonly handle: DocHandle<BookContent>;
  readonly repo: Repo;
}

/**
 * The open books of a device, held by automerge-repo. What its storage keeps is a cache: a cached document that holds anything but the
 * admitted changes is thrown away and built again from the signed ones. Its network is not used: a peer would have to read documents,
 * and the relay cannot.
 */
export class Shelf {
  readonly #storage: QuietStorage;
  #repo: Repo;
  readonly #open = new Map<BookId, OnShelf>();
  readonly #closing = new Map<BookId, Promise<void>>();
  /** Documents as they came from the storage: a timer of the library may still look at them. */
  readonly #found = new WeakSet<BookDoc>();
  #saving: Promise<void> = Promise.resolve();
  #isSaving = false;
  #freeing = 0;

  /** @param onFault a cache that fails costs time, never content; where it should be told, this tells it */
  constructor(storage: StorageAdapterInterface, onFault: (fault: CacheFault) => void) {
    this.#storage = new QuietStorage(storage, onFault);
    this.#repo = this.#newRepo();
  }

  #newRepo(): Repo {
    return new Repo({ storage: this.#storage, network: [], saveDebounceRate: SAVE_MS });
  }

  /**
   * The document of a judged book: the cached one where it holds exactly what was admitted, else one that is built from the signed changes.
   * @param bytes every admitted change by hash; asked only when the cache does not serve
   */
  async open(book: BookId, state: BookState, bytes: () => Promise<ReadonlyMap<ChangeHash, Uint8Array>>): Promise<BookDoc> {
    const cached = await this.openCached(book, state);
    if (cached) return cached;
    const doc = rebuildDoc(state, await bytes());
    const handle = this.#repo.import<BookContent>(genesisBytes(), { docId: documentIdOf(book) });
    this.#keep(book, handle);
    this.swap(book, doc);
    return doc;
  }

  /** The cached document of a book, if it holds exactly what was admitted. */
  async openCached(book: BookId, state: BookState): Promise<BookDoc | undefined> {
    await this.#closing.get(book);
    const id = documentIdOf(book);
    const chunks = await this.#storage.loadRange([id]);
    if (chunks.length === 0) return undefined;
    let stale: BookDoc | undefined;
    try {
      const handle = await this.#repo.find<BookContent>(stringifyAutomergeUrl({ documentId: id }));
      const doc = handle.doc();
      handle.removeAllListeners();
      this.#found.add(doc);
      if (isDocOf(doc, state)) {
        this.#keep(book, handle);
        return doc;
      }
      stale = doc;
    } catch {
      // A damaged chunk: automerge-repo gives the handle up, and the signed changes are all that is needed.
      this.#storage.fault("cache-damaged");
    }
    await this.#storage.removeRange([id]);
    // A repo remembers what it read, and would save only what is new since then: from here on there is another.
    this.#repo = this.#newRepo();
    if (stale) this.#retire(stale);
    return undefined;
  }

  /** The handle of an open book, for who watches its changes. Nobody writes through it: changes come in judged, by `swap`. */
  handle(book: BookId): DocHandle<BookContent> | undefined {
    return this.#open.get(book)?.handle;
  }

  /** Heads of an open book in Automerge's form. */
  heads(book: BookId): readonly string[] {
    const handle = this.handle(book);
    return handle ? decodeHeads(handle.heads()) : [];
  }

  /** Puts an admitted document in the place of the one before, which is freed as soon as nothing can still be saving it. */
  swap(book: BookId, doc: BookDoc): void {
    const handle = this.handle(book);
    if (!handle) throw new Error("the book is not open");
    const before = handle.doc();
    if (before === doc) return;
    handle.update(() => doc);
    this.#retire(before);
  }

  /** Has the storage keep an open book as it is now: the whole of it, or what is new since the last time. One book after another. */
  save(book: BookId): Promise<void> {
    this.#saving = this.#saving.then(() => this.#save(book));
    return this.#saving;
  }

  async #save(book: BookId): Promise<void> {
    const open = this.#open.get(book);
    if (!open) return;
    this.#isSaving = true;
    try {
      await open.repo.flush([documentIdOf(book)]);
    } catch {
      // The storage itself never fails (`QuietStorage`): Automerge could not write the document, and the next opening builds it again.
      this.#storage.fault("cache-write");
    } finally {
      this.#isSaving = false;
    }
  }

  /** Saves what is left to save, lets the book go, and frees its WebAssembly memory. */
  async close(book: BookId): Promise<void> {
    const open = this.#open.get(book);
    // One that is being let go is still open while it is saved: whoever asks again waits for the same.
    const closing = this.#closing.get(book) ?? (open && this.#letGo(book, open));
    if (!closing) return;
    this.#closing.set(book, closing);
    await closing;
    this.#closing.delete(book);
  }

  async #letGo(book: BookId, { handle, repo }: OnShelf): Promise<void> {
    await this.save(book);
    this.#open.delete(book);
    const doc = handle.doc();
    await repo.removeFromCache(documentIdOf(book));
    this.#retire(doc);
  }

  async closeAll(): Promise<void> {
    await Promise.all([...this.#open.keys()].map((book) => this.close(book)));
  }

  /** Resolves when every document that was let go is freed. */
  async settled(): Promise<void> {
    while (this.#freeing > 0) await sleep(SAVE_MS);
  }

  /**
   * Nobody of the library listens any more: automerge-repo 2.5.6 would save on a timer of its own, and letting a handle go would save its emptied document
   * in the place of everything.
   */
  #keep(book: BookId, handle: DocHandle<BookContent>): void {
    handle.removeAllListeners();
    this.#open.set(book, { handle, repo: this.#repo });
  }

  /** Freeing a document that is being saved, or that a timer looks at, would end a Node process. */
  #retire(doc: BookDoc): void {
    if (!this.#found.has(doc) && !this.#isSaving) {
      freeDoc(doc);
      return;
    }
    this.#freeing++;
    void this.#freeLater(doc);
  }

  async #freeLater(doc: BookDoc): Promise<void> {
    if (this.#found.has(doc)) await sleep(SETTLE_MS);
    await this.#saving;
    freeDoc(doc);
    this.#freeing--;
  }
}
