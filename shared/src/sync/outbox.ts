import type { BookId, ChannelKey, DeviceId, Hex32, LogId, SignSecretKey } from "../base/ids.ts";
import { bookId } from "../books/names.ts";
import type { RandomBytes } from "../crypto/random.ts";
import { sealChanges } from "../entry/body.ts";
import type { Channel } from "../base/channels.ts";
import { authorPartId, makeAuthorPart } from "../entry/header.ts";
import { LIMITS } from "../base/limits.ts";
import { prefix, type RowStore, type Write } from "../vault/row-store.ts";
import { keys, pendingChangeCodec, sealedEntryCodec, type PendingChange, type SealedEntryRow } from "./rows.ts";

interface Pending {
  readonly n: number;
  readonly row: PendingChange;
}

export interface Sealed {
  readonly n: number;
  readonly row: SealedEntryRow;
  readonly id: Hex32;
}

/** Sealing stops filling an entry here, well under the limit that a body has. */
const FULL = 300_000;

const numberOf = (key: string): number => Number(key.slice(key.lastIndexOf("/") + 1));

/**
 * What this device wrote and no entry of the log carries yet. A change waits as it was signed; once it is sealed into an entry, that entry is
 * kept and pushed again byte for byte until the log has it, so that a crash between push and receipt makes no second one (rule L3).
 */
export class Outbox {
  readonly #log: LogId;
  #pending: Pending[] = [];
  #sealed: Sealed[] = [];
  #next = 0;

  private constructor(log: LogId) {
    this.#log = log;
  }

  static async load(log: LogId, rows: RowStore): Promise<Outbox> {
    const box = new Outbox(log);
    for (const row of await rows.scan("outbox", prefix(keys.pendings(log)))) {
      const parsed = pendingChangeCodec.decode(row.value);
      if (!parsed.ok) throw new Error("an outbox row of this device does not parse");
      box.#pending.push({ n: numberOf(row.key), row: parsed.value });
    }
    for (const row of await rows.scan("outbox", prefix(keys.sealeds(log)))) {
      const parsed = sealedEntryCodec.decode(row.value);
      if (!parsed.ok) throw new Error("an outbox row of this device does not parse");
      box.#sealed.push({ n: numberOf(row.key), row: parsed.value, id: authorPartId(parsed.value.a) });
    }
    box.#next = Math.max(0, ...box.#pending.map((p) => p.n + 1), ...box.#sealed.map((s) => s.n + 1));
    return box;
  }

  /** Changes that are not in the log yet. */
  get unsent(): number {
    return this.#pending.length;
  }

  get isEmpty(): boolean {
    return this.#pending.length === 0 && this.#sealed.length === 0;
  }

  /** Changes that no entry of the log carries, in the order of writing. */
  get pending(): readonly PendingChange[] {
    return this.#pending.map((p) => p.row);
  }

  /** Channels in which something waits to be sealed. */
  channels(): ReadonlySet<Channel> {
    return new Set(this.#pending.map((p) => p.row.book.channel));
  }

  /** A change that was just written: the row to commit, and what to call when it is durable. */
  add(row: PendingChange): { readonly n: number; readonly write: Write; readonly kept: () => void } {
    const n = this.#next++;
    return {
      n,
      write: { table: "outbox", key: keys.pending(this.#log, n), value: pendingChangeCodec.encode(row) },
      kept: () => {
        this.#pending.push({ n, row });
      },
    };
  }

  /** A bundle: an entry that was sealed and signed already and carries no change of its own. */
  addSealed(entry: { readonly a: Uint8Array; readonly b: Uint8Array }): { readonly write: Write; readonly kept: () => void } {
    const n = this.#next++;
    const row: SealedEntryRow = { ...entry, changes: [] };
    return {
      write: { table: "outbox", key: keys.sealed(this.#log, n), value: sealedEntryCodec.encode(row) },
      kept: () => {
        this.#sealed.push({ n, row, id: authorPartId(entry.a) });
      },
    };
  }

  /** Entries that were sealed and have no place in the log yet, in the order of sealing. */
  get sealed(): readonly Sealed[] {
    return this.#sealed;
  }

  find(id: Hex32): Sealed | undefined {
    return this.#sealed.find((s) => s.id === id);
  }

  /**
   * Seals what waits, in the order of writing, one entry for each run of changes of one book.
   * @param keyOf the current epoch and key of a channel; undefined where there is none yet
   */
  seal(
    device: DeviceId,
    secret: SignSecretKey,
    keyOf: (channel: Channel) => { readonly epoch: number; readonly key: ChannelKey } | undefined,
    random: RandomBytes,
  ): { readonly writes: readonly Write[]; readonly kept: () => void } {
    const inEntry = new Set(this.#sealed.flatMap((s) => s.row.changes));
    const waiting = this.#pending.filter((p) => !inEntry.has(p.n));
    const made: Sealed[] = [];
    for (const run of runsOf(this.#log, waiting)) {
      const [first] = run;
      const current = first && keyOf(first.row.book.channel);
      if (!first || !current || made.length >= LIMITS.entriesInPush) break;
      const sealed = sealChanges({
        log: this.#log,
        device,
        epoch: current.epoch,
        key: current.key,
        body: {
          book: first.row.book,
          secret: random(32),
          changes: run.map(({ row }) => ({ bytes: row.bytes, signature: row.signature, tag: row.tag })),
          notes: [...new Set(run.map((p) => p.row.note))],
          fileKeys: run.flatMap((p) => p.row.files),
        },
        random,
      });
      const a = makeAuthorPart(sealed.placement, sealed.body, secret);
      made.push({ n: this.#next++, row: { a, b: sealed.body, changes: run.map((p) => p.n) }, id: authorPartId(a) });
    }
    return {
      writes: made.map((s) => ({ table: "outbox", key: keys.sealed(this.#log, s.n), value: sealedEntryCodec.encode(s.row) })),
      kept: () => {
        this.#sealed.push(...made);
      },
    };
  }

  /** The log has this entry: it and its changes leave the outbox. */
  logged(sealed: Sealed): { readonly writes: readonly Write[]; readonly kept: () => void } {
    const gone = new Set(sealed.row.changes);
    return {
      writes: [
        { table: "outbox", key: keys.sealed(this.#log, sealed.n), value: null },
        ...sealed.row.changes.map((n): Write => ({ table: "outbox", key: keys.pending(this.#log, n), value: null })),
      ],
      kept: () => {
        this.#sealed = this.#sealed.filter((s) => s.n !== sealed.n);
        this.#pending = this.#pending.filter((p) => !gone.has(p.n));
      },
    };
  }

  /** The relay refused these under their epoch: they are sealed anew (rule L7). */
  unseal(entries: readonly Sealed[]): { readonly writes: readonly Write[]; readonly kept: () => void } {
    return {
      writes: entries.map((s) => ({ table: "outbox", key: keys.sealed(this.#log, s.n), value: null })),
      kept: () => {
        this.#sealed = this.#sealed.filter((s) => !entries.includes(s));
      },
    };
  }

  /** The number under which a provisional change is kept, by its hash. */
  numberOf(hash: Hex32): number | undefined {
    return this.#pending.find((p) => (p.row.hash as string) === hash)?.n;
  }
}

function* runsOf(log: LogId, waiting: readonly Pending[]): Generator<Pending[]> {
  let run: Pending[] = [];
  let book: BookId | undefined;
  let size = 0;
  for (const p of waiting) {
    const id = bookId(log, p.row.book);
    const cost = p.row.bytes.length + p.row.note.length + (p.row.tag.children?.length ?? 0) + 200;
    if (run.length > 0 && (id !== book || size + cost > FULL || run.length >= 64)) {
      yield run;
      run = [];
      size = 0;
    }
    book = id;
    size += cost;
    run.push(p);
  }
  if (run.length > 0) yield run;
}
