import { parseCheckpointField } from "../books/checkpoint-field.ts";
import { parseChange } from "../books/chunk.ts";
import { ok, type Coded, type Result } from "../base/result.ts";
import type { StoreCode, Write } from "../vault/row-store.ts";
import type { BookDesk } from "./desk.ts";
import type { LeftBranch } from "./left-branch.ts";
import type { EntriesMessage } from "./link.ts";
import type { LocalLog } from "./local-log.ts";
import type { Outbox } from "./outbox.ts";
import { pushAgain } from "./push-again.ts";
import { ownMessages } from "./read-own.ts";
import type { RecordIndex } from "./record-index.ts";

interface LeftDeskParts {
  readonly desk: BookDesk;
  readonly outbox: Outbox;
  readonly index: RecordIndex;
}

/** After this device left a history that was given up (rule C8i): what it has in common with the one that goes on is read again, and the rest is pushed again. */
export class LeftDesk {
  #left: LeftBranch | undefined;
  readonly #local: LocalLog;
  readonly #parts: LeftDeskParts;

  constructor(local: LocalLog, left: LeftBranch | undefined, parts: LeftDeskParts) {
    this.#local = local;
    this.#left = left;
    this.#parts = parts;
  }

  get left(): LeftBranch | undefined {
    return this.#left;
  }

  /** The person has read what became of it: nothing of it waits any more. */
  async dismiss(): Promise<Result<void, Coded<StoreCode>>> {
    if (!this.#left || this.#left.size > 0) return ok(undefined);
    const kept = await this.#local.commit(await this.#left.forget());
    if (kept.ok) this.#left = undefined;
    return kept;
  }

  /** The next entries that are pushed again, for the outbox (rule C8k). */
  async next(): Promise<{ readonly writes: readonly Write[]; readonly kept: () => void }> {
    const { log, device, charter, identity, signKeys, ports, state } = this.#local;
    const { desk, outbox } = this.#parts;
    const isReady = this.left && charter && state.tail.verified?.checkpoint.size === state.tail.size;
    if (!this.left || !charter || !isReady) return { writes: [], kept: () => undefined };
    const made = await pushAgain(this.left, {
      ...{ log, charter, device, member: identity.member, secret: signKeys.secretKey, old: desk.old, sealed: outbox.sealed },
      keyOf: (channel) => this.#local.keyOf(channel),
      random: ports.random,
    });
    const added = made.map((entry) => outbox.addSealed(entry));
    return {
      writes: added.map((a) => a.write),
      kept: () => {
        for (const a of added) a.kept();
      },
    };
  }

  /**
   * Reads again what is here of the log, as a relay would give it; then shows again what no entry carries yet. What can't be kept now is read at the next opening.
   * @param take takes entries over like any that come
   */
  async readOwn(take: (message: EntriesMessage) => Promise<"kept" | "fault" | "later">): Promise<void> {
    const { log, rows, ports } = this.#local;
    const shared = this.left?.meta.shared ?? 0;
    if (this.#local.state.tail.size >= shared) return;
    for await (const message of ownMessages(rows, log, this.#local.state.tail.size, shared)) {
      if ((await take(message)) !== "kept") return;
      await ports.pause();
    }
    await this.#local.exclusive(() => this.#showOwn());
  }

  async #showOwn(): Promise<void> {
    const { charter } = this.#local;
    const { desk, outbox, index } = this.#parts;
    for (const { book: name, hash, bytes } of charter ? outbox.pending : []) {
      const book = charter && (await desk.open(name, charter, this.#local.now().time));
      const admitted = book?.loaded.state.get(hash);
      const change = parseChange(bytes);
      const field = change.ok ? parseCheckpointField(change.value.message) : undefined;
      if (!book || !admitted) continue;
      const place = { notBefore: field?.ok ? field.value.time : 0, size: 0 };
      const { record } = admitted.act;
      const shown = index.change(new Map([[record, index.rowOf(record, book.loaded.state, new Map([[hash, place]]))]]));
      if ((await this.#local.commit(shown.writes)).ok) shown.kept();
    }
  }
}
