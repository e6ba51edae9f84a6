import type { Hex32, LogId } from "@countersign/shared/base/ids";
import type { StoredEntry, Write } from "../store/store.ts";
import type { Receipt } from "./actor-ports.ts";
import type { Restored } from "./restore.ts";

interface Waiting {
  readonly receipt: Receipt;
  readonly answer: (receipt: Receipt) => void;
}

/** What one commit writes, and what is said after it. */
export interface Flush {
  readonly receipts: readonly Waiting[];
  readonly entries: readonly StoredEntry[];
  readonly ids: readonly Hex32[];
  /** Bodies go for which a bundle stands. */
  readonly drops: boolean;
  /** A log that was being moved here is here. */
  readonly arrives: boolean;
}

/** What was taken of one log and is not durable yet, and the answers that wait for it. */
export class Unwritten {
  readonly #log: LogId;
  /** Entries that are not durable yet, by the hash of their author part (rule L3). */
  readonly #fresh = new Map<Hex32, number>();
  #writes: Write[] = [];
  #receipts: Waiting[] = [];
  #flush: Flush | undefined;

  constructor(log: LogId) {
    this.#log = log;
  }

  get isEmpty(): boolean {
    return this.#writes.length === 0 && this.#flush === undefined && this.#receipts.length === 0;
  }

  /** The place of an entry that waits. */
  seqOf(id: Hex32): number | undefined {
    return this.#fresh.get(id);
  }

  entry(id: Hex32, entry: StoredEntry, milestone: Restored["milestone"]): void {
    this.#fresh.set(id, entry.seq);
    this.#writes.push({ t: "entry", log: this.#log, id, entry });
    if (milestone) this.#writes.push({ t: "milestone", log: this.#log, ...milestone });
  }

  add(...writes: readonly Write[]): void {
    this.#writes.push(...writes);
  }

  /** Said when all that was added so far is durable. */
  answer(receipt: Receipt, answer: (receipt: Receipt) => void): void {
    this.#receipts.push({ receipt, answer });
  }

  /** Hands over what waits, for one commit. */
  take(): { readonly writes: readonly Write[]; readonly flush: Flush } {
    const writes = this.#writes;
    const fresh = writes.flatMap((w) => (w.t === "entry" ? [w] : []));
    const flush: Flush = {
      receipts: this.#receipts,
      entries: fresh.map((w) => w.entry),
      ids: fresh.map((w) => w.id),
      drops: writes.some((w) => w.t === "drop"),
      arrives: writes.some((w) => w.t === "stage-end"),
    };
    this.#flush = flush;
    this.#writes = [];
    this.#receipts = [];
    return { writes, flush };
  }

  /** What was handed over last has been written, one way or the other. */
  ended(): Flush | undefined {
    const flush = this.#flush;
    this.#flush = undefined;
    return flush;
  }

  /** These are in the store from now on. */
  forget({ ids }: Flush): void {
    for (const id of ids) this.#fresh.delete(id);
  }

  /** Nothing of it is written any more, and nobody is answered. */
  discard(): void {
    this.#writes = [];
    this.#receipts = [];
  }
}
