import { equalBytes } from "../base/bytes.ts";
import type { DeviceId, Hex32, LogId, StatementId } from "../base/ids.ts";
import { pushTo } from "../base/push-to.ts";
import { parseSigned } from "../charter/codec.ts";
import { isAuthorised, isAuthorisedAgain } from "../charter/query.ts";
import type { Charter } from "../charter/state.ts";
import type { Statement } from "../charter/types.ts";
import type { Header } from "../entry/header.ts";
import type { RowStore, Write } from "../vault/row-store.ts";
import type { OpenedEntry } from "./entry-run.ts";
import {
  leftBody,
  leftEntries,
  leftEntry,
  leftForgotten,
  leftGone,
  leftMeta,
  leftPlain,
  type LeftEntry,
  type LeftMeta,
  type LeftPlace,
} from "./left-rows.ts";

/** A statement that stood in a branch that was given up, and stands no more. */
export interface LapsedStatement {
  readonly id: StatementId;
  readonly statement: Statement;
  readonly time: number;
}

/** What is known in memory of an entry that is not in the log again: its bodies and proofs are read when they are needed. */
export interface Waiting extends LeftPlace {
  readonly commitment: Hex32;
  /** Whose header it is judged by. */
  readonly device: DeviceId;
  readonly relay: string;
  /** Under which checkpoint its header is proven, as a number of this device's own; undefined where it is not. */
  readonly note: number | undefined;
  readonly isOpen: boolean;
}

/**
 * Whether an entry that somebody else pushed brings all of one that was left, with the authority that it had. Anybody can push one of the same commitment, of which
 * nothing would be admitted; then this device still has to.
 */
function standsFor(signer: DeviceId, left: Header, entry: OpenedEntry, charter: Charter): boolean {
  const { author, relay } = entry.header;
  const { channel } = left.author;
  if (author.channel !== channel || author.book !== left.author.book || channel === "charter") return false;
  const { again } = entry;
  if (!again) return isAuthorised(charter, { signer, pusher: author.device, channel, at: relay });
  return isAuthorisedAgain(charter, { signer, pusher: again.old.device, carrier: author.device, channel, at: relay, then: again.old.time });
}

/**
 * What this device had of a branch that was given up, and the log that goes on does not have yet (rule C8k). Kept until each entry is in the log again, whoever pushed
 * it, so that a crash at any moment loses nothing.
 */
export class LeftBranch {
  readonly meta: LeftMeta;
  /** Statements of the branch that stand no more, for people to look at. */
  readonly lapsed: readonly LapsedStatement[];
  readonly #log: LogId;
  readonly #rows: RowStore;
  readonly #waiting = new Set<Waiting>();
  readonly #byCommitment = new Map<Hex32, Waiting[]>();
  /** Those whose header may have to be logged first. */
  readonly #unproven = new Set<Waiting>();

  private constructor(log: LogId, rows: RowStore, meta: LeftMeta) {
    this.#log = log;
    this.#rows = rows;
    this.meta = meta;
    this.lapsed = meta.statements.flatMap(({ bytes, time }) => {
      const signed = parseSigned(bytes);
      return signed.ok ? [{ id: signed.value.id, statement: signed.value.statement, time }] : [];
    });
  }

  static async load(log: LogId, rows: RowStore): Promise<LeftBranch | undefined> {
    const meta = await leftMeta(log, rows);
    if (!meta) return undefined;
    const left = new LeftBranch(log, rows, meta);
    const notes = new Map<string, number>();
    for await (const { entry, isOpen } of leftEntries(log, rows)) {
      const { header, device, relay, round, proof } = entry;
      const note = proof ? (notes.get(proof.note) ?? notes.size) : undefined;
      if (proof && note !== undefined) notes.set(proof.note, note);
      left.#add({ ...{ round, seq: header.relay.seq, device, relay, note, isOpen }, commitment: header.author.commitment });
    }
    return left;
  }

  #add(waiting: Waiting): void {
    this.#waiting.add(waiting);
    if (waiting.note !== undefined) this.#unproven.add(waiting);
    pushTo(this.#byCommitment, waiting.commitment, waiting);
  }

  /** How many entries are not in the log again yet. */
  get size(): number {
    return this.#waiting.size;
  }

  /** What is not in the log again yet, in the order in which the branch had it. */
  waiting(): Iterable<Waiting> {
    return this.#waiting;
  }

  /** Those of them whose header is not known to be in the log. */
  unproven(): Iterable<Waiting> {
    return this.#unproven;
  }

  /** Its header is in the log. */
  proven(waiting: Waiting): void {
    this.#unproven.delete(waiting);
  }

  entry(at: LeftPlace): Promise<LeftEntry | undefined> {
    return leftEntry(this.#log, this.#rows, at);
  }

  /** The opened body. */
  plain(at: LeftPlace): Promise<Uint8Array | undefined> {
    return leftPlain(this.#log, this.#rows, at);
  }

  /** The body of an own entry that the log has in common with the branch: the relay does not send it (rule W3). */
  bodyOf(author: Uint8Array): Promise<Uint8Array | undefined> {
    return leftBody(this.#log, this.#rows, author);
  }

  /** Takes away all that is kept of it: what waits is nothing. */
  forget(): Promise<readonly Write[]> {
    return leftForgotten(this.#log, this.#rows);
  }

  /** Entries that came in the log: those that stand for one of the branch need not be pushed again. */
  async logged(
    entries: readonly OpenedEntry[],
    charter: Charter,
    device: DeviceId,
  ): Promise<{ readonly writes: readonly Write[]; readonly kept: () => void }> {
    const writes: Write[] = [];
    const gone: Waiting[] = [];
    for (const entry of entries)
      for (const waiting of this.#byCommitment.get(entry.header.author.commitment) ?? []) {
        const left = await this.entry(waiting);
        const plain = waiting.isOpen ? await this.plain(waiting) : undefined;
        if (!left || (plain && !equalBytes(plain, entry.plain))) continue;
        if (entry.header.author.device !== device && !standsFor(waiting.device, left.header, entry, charter)) continue;
        gone.push(waiting);
        writes.push(...leftGone(this.#log, waiting, left.header));
      }
    return {
      writes,
      kept: () => {
        for (const waiting of gone) this.#drop(waiting);
      },
    };
  }

  #drop(waiting: Waiting): void {
    this.#waiting.delete(waiting);
    this.#unproven.delete(waiting);
    const others = this.#byCommitment.get(waiting.commitment)?.filter((w) => w !== waiting) ?? [];
    if (others.length > 0) this.#byCommitment.set(waiting.commitment, others);
    else this.#byCommitment.delete(waiting.commitment);
  }
}
