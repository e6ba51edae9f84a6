import type { EntryChannel } from "@countersign/shared/base/channels";
import { pageCost, type PageItem, type StoredEntry } from "../store/store.ts";

const MOST = 256;
const MOST_BYTES = 512 * 1024;

/** The last durable entries of a log that is in use, so that those who are connected are served without asking the store. */
export class Recent {
  #entries: StoredEntry[] = [];
  #bytes = 0;

  add(entry: StoredEntry): void {
    this.#entries.push(entry);
    this.#bytes += entry.body?.length ?? 0;
    let drop = 0;
    while (this.#entries.length - drop > MOST || (this.#bytes > MOST_BYTES && this.#entries.length - drop > 1)) {
      this.#bytes -= this.#entries[drop]?.body?.length ?? 0;
      drop++;
    }
    if (drop > 0) this.#entries = this.#entries.slice(drop);
  }

  /** The page as the store would give it, or undefined where it begins before what is kept. */
  page(from: number, limit: number, bytes: number, readable: ReadonlySet<EntryChannel>): readonly PageItem[] | undefined {
    const first = this.#entries[0]?.seq;
    if (first === undefined || from < first) return undefined;
    const items: PageItem[] = [];
    let sum = 0;
    for (const entry of this.#entries.slice(from - first, from - first + limit)) {
      const isShown = readable.has(entry.channel);
      sum += isShown ? pageCost(entry.body?.length ?? 0) : 34;
      if (items.length > 0 && sum > bytes) break;
      items.push(isShown ? entry : { seq: entry.seq, leaf: entry.leaf, author: null });
    }
    return items;
  }
}
