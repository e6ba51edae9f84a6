import type { Millis } from "@countersign/shared/base/ids";
import { makeConsistency, planConsistency } from "@countersign/shared/log/proof";
import type { StampedNote } from "../stamp/desk.ts";
import type { RelayStore } from "../store/store.ts";
import type { LogHead } from "./head.ts";
import { nodesFor } from "./nodes.ts";

/** The end of what is durable: what a checkpoint may be signed over. */
interface End {
  readonly size: number;
  readonly root: Uint8Array;
  readonly time: Millis;
}

interface Note {
  readonly size: number;
  readonly text: string;
}

/** The durable end of a log and what is signed over it, here and by others: checkpoints, cosignatures, time stamps, proofs. */
export class Checkpoints {
  readonly #store: RelayStore;
  readonly #head: LogHead;
  #end: End;
  /** What a commit that is under way will make the end, and the checkpoint over it, which is shown to nobody before. */
  #next: { readonly end: End; readonly note: Promise<string | undefined> } | undefined;
  #note: Note | undefined;
  #signed: Note | undefined;
  #cosigned: Note | undefined;
  #stamp: StampedNote | undefined;

  constructor(store: RelayStore, head: LogHead) {
    this.#store = store;
    this.#head = head;
    this.#end = this.#headEnd();
  }

  get size(): number {
    return this.#end.size;
  }

  #headEnd(): End {
    const { state } = this.#head;
    return { size: state.size, root: state.root(), time: state.time };
  }

  // ---------------------------------------------------------------------------------------------------- with each commit

  /** What stands at the head is being written. @param signs whether it is signed while the store writes */
  begin(signs: boolean): void {
    const end = this.#headEnd();
    this.#next = { end, note: signs ? this.#signLater(end) : Promise.resolve(undefined) };
  }

  /** Resolves when what is signed beside the commit is. */
  async ready(): Promise<void> {
    const next = this.#next;
    const text = await next?.note;
    if (next && text !== undefined) this.#signed = { size: next.end.size, text };
  }

  /** What was being written is durable. */
  committed(): void {
    if (!this.#next) return;
    this.#end = this.#next.end;
    this.#next = undefined;
    if (this.#signed?.size === this.#end.size) this.#note = this.#signed;
  }

  /** Undefined where it could not be signed: then it is signed when it is asked for. */
  #signLater({ size, root, time }: End): Promise<string | undefined> {
    return this.#head.signer.signLater(size, root, time).catch(() => undefined);
  }

  #sign(): void {
    const { size, root, time } = this.#end;
    const { state, signer } = this.#head;
    this.#note = { size, text: signer.sign(size, root, state.size === size ? this.#head.here().time : time) };
  }

  // -------------------------------------------------------------------------------------------------------------- asking

  /** The checkpoint over the durable end. */
  note(): string | null {
    if (this.#note?.size !== this.#end.size) this.#sign();
    return this.#note?.text ?? null;
  }

  /** The same, with the time of now where nothing is on its way that would be older. */
  freshNote(): string | null {
    if (this.#end.size > 0) this.#sign();
    return this.#note?.text ?? null;
  }

  cosignedNote(size: number): string | null {
    return this.#cosigned?.size === size && size === this.#end.size ? this.#cosigned.text : null;
  }

  /** Witnesses have cosigned the note over the first `size` entries. */
  cosigned(text: string, size: number): void {
    this.#cosigned = { size, text };
  }

  stampUpTo(size: number): StampedNote | undefined {
    return this.#stamp && this.#stamp.size <= size ? this.#stamp : undefined;
  }

  /** A time-stamp authority has stamped a checkpoint. */
  stamped(stamp: StampedNote): void {
    this.#stamp = stamp;
  }

  async consistency(from: number, size: number): Promise<readonly Uint8Array[] | undefined> {
    const plan = size <= this.#end.size ? planConsistency(from, size) : undefined;
    const proof = plan && makeConsistency(from, size, await nodesFor(this.#store, this.#head.log, plan, this.#end.size));
    return proof?.ok === true ? proof.value : undefined;
  }
}
