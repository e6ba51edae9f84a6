import type { LogId, Millis } from "../base/ids.ts";
import { err, ok, type Result } from "../base/result.ts";
import type { Charter } from "../charter/state.ts";
import { checkTimestamp } from "../crypto/timestamp.ts";
import { stampedText, type Anchor } from "../entry/anchor.ts";
import { authorityKey } from "../entry/bounds.ts";
import { LIMITS } from "../base/limits.ts";
import type { Checkpoint } from "../log/checkpoint.ts";
import { formatWitnessKey, openCosignatures } from "../log/cosignature.ts";
import type { RowStore, Write } from "../vault/row-store.ts";
import { AnchorBook } from "./anchor-book.ts";
import { openLogCheckpoint } from "./log-checkpoint.ts";
import type { Ports } from "./ports.ts";
import { StampBook, type StampProblem, type StampRefusal } from "./stamp-book.ts";
import type { Verified } from "./tail.ts";
import { WitnessBook } from "./witness-book.ts";

/** An anchor a day is enough: it bounds every entry before it. */
export const ANCHOR_EVERY = 20 * 3_600_000;

/** A stamped checkpoint that holds by itself, and what keeps it. */
interface Opened {
  readonly checkpoint: Checkpoint;
  readonly take: () => ReturnType<StampBook["took"]>;
}

/** What others say of one log, independent of its relay: witnesses, time-stamp authorities, and the anchors that keep both in the log (rule L11). */
export class AnchorDesk {
  readonly witnesses: WitnessBook;
  readonly anchors: AnchorBook;
  readonly stamps: StampBook;

  private constructor(witnesses: WitnessBook, anchors: AnchorBook, stamps: StampBook) {
    this.witnesses = witnesses;
    this.anchors = anchors;
    this.stamps = stamps;
  }

  static async load(log: LogId, rows: RowStore, ports: Ports): Promise<AnchorDesk> {
    return new AnchorDesk(await WitnessBook.load(log, rows, ports), await AnchorBook.load(log, rows), await StampBook.load(log, rows));
  }

  /** The keys that this device pinned itself: those that an anchor brings are not believed for that. */
  get believed(): ReadonlySet<string> {
    return new Set([...this.#witnessKeys, ...this.#authorityKeys]);
  }

  get #witnessKeys(): ReadonlySet<string> {
    return new Set(this.witnesses.all.map((w) => w.key));
  }

  get #authorityKeys(): ReadonlySet<string> {
    return new Set(this.stamps.all.map((s) => authorityKey(s.certificate)));
  }

  /** When an authority last stamped a checkpoint that is in the log, or is about to be. */
  get lastStamp(): Millis {
    return Math.max(this.anchors.lastOf(this.#authorityKeys), this.stamps.pending?.time ?? 0);
  }

  /**
   * A stamped checkpoint, from the relay or from the authority itself; hostile until checked here.
   * @param nonce where this device asked
   * @returns the checkpoint, to be held against this device's own log before anything of it is kept, and what then is to be committed
   */
  async open(
    { note, token }: { readonly note: string; readonly token: Uint8Array },
    charter: Charter,
    now: Millis,
    nonce?: Uint8Array,
  ): Promise<Opened | undefined> {
    const opened = await this.#open(note, token, charter, now, nonce);
    if (opened.ok) return opened.value;
    this.refuse({ at: now, code: opened.error });
    return undefined;
  }

  async #open(
    note: string,
    token: Uint8Array,
    charter: Charter,
    now: Millis,
    nonce: Uint8Array | undefined,
  ): Promise<Result<Opened, StampRefusal>> {
    if (token.length > LIMITS.token) return err("stamp-size");
    const opened = openLogCheckpoint(note, charter);
    const text = stampedText(note);
    if (!opened.ok || !text) return err("stamp-checkpoint");
    const checked = await checkTimestamp(token, text, nonce);
    if (!checked.ok) return err(checked.error.code);
    const { size } = opened.value;
    return ok({ checkpoint: opened.value, take: () => this.stamps.took(note, size, token, checked.value, now) });
  }

  refuse(problem: StampProblem): void {
    this.stamps.problem = problem;
  }

  /**
   * What is to go into the log with this device's next own writing: the last checkpoint where witnesses cosigned it, and the last that an authority
   * stamped, each where the log has none of its sort from the last 20 hours. One anchor where both are over the same checkpoint.
   */
  due(verified: Verified | undefined): {
    readonly anchors: readonly Anchor[];
    readonly writes: readonly Write[];
    readonly kept: () => void;
  } {
    const cosigned = this.#dueCosigned(verified);
    const { pending } = this.stamps;
    const stamped = pending && pending.time - this.anchors.lastOf(this.#authorityKeys) >= ANCHOR_EVERY ? pending : undefined;
    if (!stamped) return { anchors: cosigned ? [cosigned] : [], writes: [], kept: () => undefined };
    const isSame = cosigned && sameText(cosigned.note, stamped.note);
    const token = { token: stamped.token };
    const anchors = isSame ? [{ ...cosigned, ...token }] : [...(cosigned ? [cosigned] : []), { note: stamped.note, keys: [], ...token }];
    return { anchors, ...this.stamps.anchored() };
  }

  #dueCosigned(verified: Verified | undefined): Anchor | undefined {
    const cosigned = verified ? openCosignatures(verified.note, this.witnesses.noteKeys) : [];
    const time = Math.max(0, ...cosigned.map((c) => c.time));
    if (!verified || cosigned.length === 0 || time - this.anchors.lastOf(this.#witnessKeys) < ANCHOR_EVERY) return undefined;
    return { note: verified.note, keys: cosigned.map((c) => formatWitnessKey(c.key)) };
  }
}

const textOf = (note: string): string => note.slice(0, note.lastIndexOf("\n\n"));
const sameText = (a: string, b: string): boolean => textOf(a) === textOf(b);
