import { Columns } from "../base/columns.ts";
import type { MemberId, Millis, RecordId } from "../base/ids.ts";
import { Numbered } from "../base/numbered.ts";
import { foldRecord } from "../books/fold.ts";
import type { FoldedAct } from "./judge.ts";
import type { RecordEntries } from "./record-entries.ts";

/** Delivery receipts of one author's readers, by relay time: how far they reach together, and when each came. */
interface Reach {
  readonly upto: Float64Array;
  readonly at: Float64Array;
}

type Checkpoint = NonNullable<FoldedAct["checkpoint"]>;

/** Places of the rows; what may be none has one added. */
const DELIVERY = { entry: 0, member: 1, upto: 2 } as const;
const VIEW = { entry: 0, member: 1, message: 2, next: 3 } as const;

/** What the devices of members said they had, and saw, in columns: 16 to 24 bytes for each. Messages ask it, wherever in the log both stand. */
export class Receipts {
  readonly #entries: RecordEntries;
  readonly #isFar: (checkpoint: Checkpoint, seq: number) => boolean;
  readonly #members = new Numbered<MemberId>();
  readonly #deliveries = new Columns(Float64Array, Object.keys(DELIVERY).length);
  readonly #views = new Columns(Uint32Array, Object.keys(VIEW).length);
  /** By the number of a message's id: the first view of it. */
  #firstViews = new Uint32Array();
  readonly #reach = new Map<MemberId, Reach>();

  /** @param entries the records that receipts are among */
  constructor(entries: RecordEntries, isFar: (checkpoint: Checkpoint, seq: number) => boolean) {
    this.#entries = entries;
    this.#isFar = isFar;
  }

  /** Bytes that it holds. */
  get bytes(): number {
    const reach = [...this.#reach.values()].reduce((n, r) => n + r.upto.byteLength + r.at.byteLength, 0);
    return this.#deliveries.bytes + this.#views.bytes + this.#firstViews.byteLength + reach;
  }

  /** A record's first act, if it is a receipt; `entry`: the record's number. */
  add(first: FoldedAct, entry: number): void {
    const record = foldRecord(first.kind, [first.act], neverKnew);
    const member = this.#members.number(first.act.member);
    // One that counts the places of a history that was given up says nothing of this one's (protocol C8l).
    const isFar = first.checkpoint !== undefined && this.#isFar(first.checkpoint, first.seq);
    if (record?.kind === "delivery-receipt" && !isFar) this.#deliveries.push([entry, member, record.upto]);
    if (record?.kind === "view-receipt") this.#views.push([entry, member, this.#entries.idNumber(record.message)]);
  }

  /** Once all are in. A record is told as one book has it. */
  settle(): void {
    const views = this.#views;
    const entryOf = (view: number): number => views.at(view, VIEW.entry);
    this.#firstViews = new Uint32Array(this.#entries.ids);
    const inOrder = Uint32Array.from({ length: views.length }, (_, n) => n)
      .filter((view) => this.#entries.isFirst(entryOf(view)))
      .sort((a, b) => this.#entries.byPlace(entryOf(a), entryOf(b)));
    for (const view of inOrder.reverse()) {
      const message = views.at(view, VIEW.message);
      views.put(view, VIEW.next, this.#firstViews[message] ?? 0);
      this.#firstViews[message] = view + 1;
    }
    this.#reach.clear();
  }

  /** When a receipt of another member first covered this place of the channel; `timeOf`: relay time of an entry. */
  deliveredBy(author: MemberId, channelSeq: number, timeOf: (seq: number) => Millis): Millis | undefined {
    let reach = this.#reach.get(author);
    if (!reach) this.#reach.set(author, (reach = reachOf([...this.#deliveredTo(author, timeOf)])));
    let low = 0;
    let high = reach.upto.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((reach.upto[middle] ?? 0) >= channelSeq) high = middle;
      else low = middle + 1;
    }
    return reach.at[low];
  }

  *#deliveredTo(author: MemberId, timeOf: (seq: number) => Millis): Generator<Covered, void, undefined> {
    for (let n = 0; n < this.#deliveries.length; n++) {
      const entry = this.#deliveries.at(n, DELIVERY.entry);
      if (this.#members.at(this.#deliveries.at(n, DELIVERY.member)) === author || !this.#entries.isFirst(entry)) continue;
      yield { at: timeOf(this.#entries.seqOf(entry)), upto: this.#deliveries.at(n, DELIVERY.upto) };
    }
  }

  /** When another member first said that they saw a message. */
  viewedAt(author: MemberId, message: RecordId, timeOf: (seq: number) => Millis): Millis | undefined {
    const views = this.#views;
    let next = this.#firstViews[this.#entries.findId(message) ?? -1] ?? 0;
    while (next > 0 && this.#members.at(views.at(next - 1, VIEW.member)) === author) next = views.at(next - 1, VIEW.next);
    return next > 0 ? timeOf(this.#entries.seqOf(views.at(next - 1, VIEW.entry))) : undefined;
  }
}

const neverKnew = (): boolean => false;

/** Relay time of a receipt, and how far it reaches. */
interface Covered {
  readonly at: Millis;
  readonly upto: number;
}

/** `upto` never falls: what an earlier one covers is covered from then on. */
function reachOf(receipts: Covered[]): Reach {
  const inOrder = receipts.sort((a, b) => a.at - b.at);
  let upto = 0;
  return {
    upto: Float64Array.from(inOrder, (r) => (upto = Math.max(upto, r.upto))),
    at: Float64Array.from(inOrder, (r) => r.at),
  };
}
