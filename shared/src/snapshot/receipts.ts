import type { MemberId, Millis, RecordId } from "../base/ids.ts";
import { foldRecord } from "../books/fold.ts";
import type { FoldedAct } from "./judge.ts";

interface From {
  readonly id: RecordId;
  readonly book: number;
  readonly place: number;
  readonly member: MemberId;
  /** The entry that carries it. */
  readonly seq: number;
}
type Delivery = From & { readonly upto: number };
type View = From & { readonly message: RecordId };

/** Delivery receipts of one author's readers, by relay time: how far they reach together, and when each came. */
interface Reach {
  readonly upto: Float64Array;
  readonly at: Float64Array;
}

type Checkpoint = NonNullable<FoldedAct["checkpoint"]>;

/** What the devices of members said they had, and saw. Messages ask it, wherever in the log both stand. */
export class Receipts {
  readonly #isFar: (checkpoint: Checkpoint, seq: number) => boolean;
  #delivered: Delivery[] = [];
  #viewed: View[] = [];
  readonly #views = new Map<RecordId, View | View[]>();
  readonly #reach = new Map<MemberId, Reach>();

  constructor(isFar: (checkpoint: Checkpoint, seq: number) => boolean) {
    this.#isFar = isFar;
  }

  /** A record's first act, if it is a receipt. */
  add(first: FoldedAct, book: number, place: number): void {
    const record = foldRecord(first.kind, [first.act], neverKnew);
    const from: From = { id: first.act.record, book, place, member: first.act.member, seq: first.seq };
    // One that counts the places of a history that was given up says nothing of this one's (protocol C8l).
    const isFar = first.checkpoint !== undefined && this.#isFar(first.checkpoint, first.seq);
    if (record?.kind === "delivery-receipt" && !isFar) this.#delivered.push({ ...from, upto: record.upto });
    if (record?.kind === "view-receipt") this.#viewed.push({ ...from, message: record.message });
  }

  /** Once all are in. `counts`: whether a record is told as this book has it. */
  settle(counts: (id: RecordId, book: number) => boolean): void {
    const isTold = ({ id, book }: From): boolean => counts(id, book);
    this.#delivered = this.#delivered.filter(isTold);
    this.#viewed = this.#viewed.filter(isTold).sort((a, b) => a.book - b.book || a.place - b.place);
    this.#views.clear();
    for (const view of this.#viewed) {
      const known = this.#views.get(view.message);
      if (!known) this.#views.set(view.message, view);
      else if (Array.isArray(known)) known.push(view);
      else this.#views.set(view.message, [known, view]);
    }
    this.#reach.clear();
  }

  /** When a receipt of another member first covered this place of the channel; `timeOf`: relay time of an entry. */
  deliveredBy(author: MemberId, channelSeq: number, timeOf: (seq: number) => Millis): Millis | undefined {
    let reach = this.#reach.get(author);
    if (!reach)
      this.#reach.set(
        author,
        (reach = reachOf(
          this.#delivered.filter((r) => r.member !== author),
          timeOf,
        )),
      );
    let low = 0;
    let high = reach.upto.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((reach.upto[middle] ?? 0) >= channelSeq) high = middle;
      else low = middle + 1;
    }
    return reach.at[low];
  }

  /** When another member first said that they saw a message. */
  viewedAt(author: MemberId, message: RecordId, timeOf: (seq: number) => Millis): Millis | undefined {
    const known = this.#views.get(message);
    const view = (Array.isArray(known) ? known : known ? [known] : []).find((v) => v.member !== author);
    return view && timeOf(view.seq);
  }
}

const neverKnew = (): boolean => false;

/** `upto` never falls: what an earlier one covers is covered from then on. */
function reachOf(receipts: readonly Delivery[], timeOf: (seq: number) => Millis): Reach {
  const inOrder = receipts.map((r) => ({ at: timeOf(r.seq), upto: r.upto })).sort((a, b) => a.at - b.at);
  let upto = 0;
  return {
    upto: Float64Array.from(inOrder, (r) => (upto = Math.max(upto, r.upto))),
    at: Float64Array.from(inOrder, (r) => r.at),
  };
}
