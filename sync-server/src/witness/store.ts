/**
 * What a witness keeps: its key, and for each log that it was told of the key and the last tree head that it cosigned. `contract.ts` holds
 * the tests that every implementation passes. It is small and its own: nothing in it is about the logs that this relay keeps itself.
 */
export interface WitnessStore {
  /** The seed of the witness's key; made from `fresh` the first time. */
  keySeed(fresh: () => Uint8Array): Promise<Uint8Array>;
  log(origin: string): Promise<WitnessedLog | undefined>;
  /** `known`: it was there with the same key. `other-key`: with another, which stays. `full`: the client has as many as it may. */
  addLog(
    log: { readonly origin: string; readonly key: string; readonly client: string },
    limit: number,
  ): Promise<"added" | "known" | "other-key" | "full">;
  /**
   * Takes `next` if the last head is still `old`: one step, and durable before it answers true, so that of two requests from the same head
   * one is told false.
   */
  advance(origin: string, old: TreeHead, next: TreeHead): Promise<boolean>;
  close(): Promise<void>;
}

export interface TreeHead {
  readonly size: number;
  readonly root: Uint8Array;
}

export interface WitnessedLog {
  /** The log's verifier key, `name+id+base64`. */
  readonly key: string;
  /** Undefined until something was cosigned. */
  readonly head: TreeHead | undefined;
}
