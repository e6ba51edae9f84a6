import type { MailboxId } from "@countersign/shared/wire/messages";
import type { RelayStore, MailItem } from "../store/store.ts";
import type { Committer } from "../log/committer.ts";
import type { RelayLimits } from "./limits.ts";
import type { Millis } from "@countersign/shared/base/ids";

/** Someone who took from a mailbox, had everything, and is told of what comes later. */
export interface MailWatcher {
  onMail(box: MailboxId, items: readonly MailItem[]): void;
}

/** Items of one answer, below a frame. */
const ANSWER_BYTES = 786_432;
const ANSWER_ITEMS = 64;

/** Sealed mailboxes for linking a device (protocol section 8): who knows the random name may put and take. */
export class Mail {
  readonly #store: RelayStore;
  readonly #committer: Committer;
  readonly #limits: RelayLimits;
  readonly #now: () => Millis;
  readonly #watchers = new Map<MailboxId, Set<MailWatcher>>();
  readonly #watched = new Map<MailWatcher, Set<MailboxId>>();
  /** Bytes in all boxes; counted anew after each sweep. */
  #total: number | undefined;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(input: { store: RelayStore; committer: Committer; limits: RelayLimits; now: () => Millis }) {
    this.#store = input.store;
    this.#committer = input.committer;
    this.#limits = input.limits;
    this.#now = input.now;
  }

  /** Keeps an item; false when the box is full, or all boxes together are. Resolves when the item is durable. One at a time, so that numbers are in order. */
  put(box: MailboxId, m: Uint8Array): Promise<boolean> {
    const done = this.#queue.then(async () => {
      const state = await this.#store.mailbox(box);
      const total = (this.#total ??= await this.#store.mailTotal());
      if (total + m.length > this.#limits.mailTotal) return false;
      if (state.items >= this.#limits.mailItems || state.bytes + m.length > this.#limits.mailBytes) return false;
      const item = { n: state.last + 1, m };
      await this.#committer.write([{ t: "mail", box, item, time: this.#now() }]);
      this.#total = total + m.length;
      for (const watcher of this.#watchers.get(box) ?? []) watcher.onMail(box, [item]);
      return true;
    });
    this.#queue = done.catch(() => undefined);
    return done;
  }

  /**
   * The items after a number, as many as one frame holds. Who got all of them is told of later ones until `forget`; who did not asks again. Undefined
   * for who watches too many boxes.
   */
  take(box: MailboxId, after: number, watcher: MailWatcher): Promise<readonly MailItem[] | undefined> {
    const done = this.#queue.then(async () => {
      const watched = this.#watched.get(watcher);
      if (watched && watched.size >= this.#limits.mailWatched && !watched.has(box)) return undefined;
      const items = await this.#store.mail(box, after, ANSWER_ITEMS);
      let bytes = 0;
      const fit = items.filter((item, i) => (bytes += item.m.length) <= ANSWER_BYTES || i === 0);
      if (fit.length === items.length && items.length < ANSWER_ITEMS) this.#watch(box, watcher);
      return fit;
    });
    this.#queue = done.catch(() => undefined);
    return done;
  }

  forget(watcher: MailWatcher): void {
    for (const box of this.#watched.get(watcher) ?? []) {
      const watchers = this.#watchers.get(box);
      if (watchers?.delete(watcher) && watchers.size === 0) this.#watchers.delete(box);
    }
    this.#watched.delete(watcher);
  }

  /** Deletes what is older than its life. */
  expire(): Promise<void> {
    const done = this.#queue.then(async () => {
      await this.#committer.write([{ t: "mail-expire", before: this.#now() - this.#limits.mailLife }]);
      this.#total = undefined;
    });
    this.#queue = done.catch(() => undefined);
    return done;
  }

  #watch(box: MailboxId, watcher: MailWatcher): void {
    const watchers = this.#watchers.get(box) ?? new Set();
    this.#watchers.set(box, watchers.add(watcher));
    this.#watched.set(watcher, (this.#watched.get(watcher) ?? new Set()).add(box));
  }
}
