import type { Chunk, StorageAdapterInterface, StorageKey } from "@automerge/automerge-repo/slim";

/** What went wrong with a cache of documents. Nothing is lost by it. */
export type CacheFault = "cache-read" | "cache-write" | "cache-damaged";

/**
 * A storage for automerge-repo 2.5.6 that never fails: there, a save that fails is an unhandled rejection, which ends a Node process, and a
 * load that fails never settles. What fails is told, and then it is as if the cache had been empty, or had kept what it was given; the
 * next opening finds that out by the heads.
 */
export class QuietStorage implements StorageAdapterInterface {
  readonly fault: (fault: CacheFault) => void;
  readonly #storage: StorageAdapterInterface;

  constructor(storage: StorageAdapterInterface, fault: (fault: CacheFault) => void) {
    this.#storage = storage;
    this.fault = fault;
  }

  load(key: StorageKey): Promise<Uint8Array | undefined> {
    return this.#quietly(this.#storage.load(key), "cache-read", undefined);
  }

  save(key: StorageKey, data: Uint8Array): Promise<void> {
    return this.#quietly(this.#storage.save(key, data), "cache-write", undefined);
  }

  remove(key: StorageKey): Promise<void> {
    return this.#quietly(this.#storage.remove(key), "cache-write", undefined);
  }

  loadRange(keyPrefix: StorageKey): Promise<Chunk[]> {
    return this.#quietly(this.#storage.loadRange(keyPrefix), "cache-read", []);
  }

  removeRange(keyPrefix: StorageKey): Promise<void> {
    return this.#quietly(this.#storage.removeRange(keyPrefix), "cache-write", undefined);
  }

  async #quietly<T>(work: Promise<T>, fault: CacheFault, otherwise: T): Promise<T> {
    try {
      return await work;
    } catch {
      this.fault(fault);
      return otherwise;
    }
  }
}
