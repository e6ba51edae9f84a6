import { equalBytes } from "@countersign/shared/base/bytes";
import type { TreeHead, WitnessedLog, WitnessStore } from "./store.ts";

/** A witness's memory that ends with the process, for tests. */
export class MemoryWitness implements WitnessStore {
  readonly #logs = new Map<string, { readonly key: string; readonly client: string; head: TreeHead | undefined }>();
  #seed: Uint8Array | undefined;

  keySeed(fresh: () => Uint8Array): Promise<Uint8Array> {
    return Promise.resolve((this.#seed ??= fresh()));
  }

  log(origin: string): Promise<WitnessedLog | undefined> {
    const log = this.#logs.get(origin);
    return Promise.resolve(log && { key: log.key, head: log.head });
  }

  addLog(log: { origin: string; key: string; client: string }, limit: number): ReturnType<WitnessStore["addLog"]> {
    const known = this.#logs.get(log.origin);
    if (known) return Promise.resolve(known.key === log.key ? "known" : "other-key");
    if ([...this.#logs.values()].filter((l) => l.client === log.client).length >= limit) return Promise.resolve("full");
    this.#logs.set(log.origin, { key: log.key, client: log.client, head: undefined });
    return Promise.resolve("added");
  }

  advance(origin: string, old: TreeHead, next: TreeHead): Promise<boolean> {
    const log = this.#logs.get(origin);
    if (!log || !isHead(log.head, old)) return Promise.resolve(false);
    log.head = next;
    return Promise.resolve(true);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** Nothing cosigned yet is the head of size 0. */
export const isHead = (kept: TreeHead | undefined, old: TreeHead): boolean =>
  kept ? kept.size === old.size && equalBytes(kept.root, old.root) : old.size === 0;
