import { toHex, fromBase64url } from "../base/bytes.ts";
import type { ChangeHash, DeviceId, RecordId } from "../base/ids.ts";
import { InOrder } from "../base/in-order.ts";
import { pushTo } from "../base/push-to.ts";
import { parseCheckpointField } from "../books/checkpoint-field.ts";
import { changeHash, parseChange, type ParsedChange } from "../books/chunk.ts";
import { versionFault } from "../books/judge-act.ts";
import { bookFault, NO_PLACE, type SignedChange } from "../books/judge.ts";
import { blamesCarrier, type ReasonCode } from "../base/reasons.ts";
import { recordPrefix } from "../books/record-id.ts";
import { objectOf, parseShape, type Shape } from "../books/shape.ts";
import { sameTag, tagOf } from "../books/tag.ts";
import { WaitingRoom } from "../books/waiting-room.ts";
import { levelAt } from "../charter/query.ts";
import { devicesOf } from "../charter/people.ts";
import type { Kind, RecordAct } from "../kinds/kind.ts";
import { kindOf } from "../kinds/registry.ts";
import { pusherOf } from "./again.ts";
import { Ancestry } from "./ancestry.ts";
import { describe, type EntryChanges, type FoldedAct, type JudgeContext, type JudgedAct, type JudgedBook, type SetAside } from "./judge.ts";
import { judgeInDoubt, WAITS } from "./judge-doubt.ts";
import type { Steps } from "./source.ts";

interface Known {
  readonly kind: Kind;
  readonly acts: FoldedAct[];
}

type Item = EntryChanges["changes"][number];

interface Occurrence {
  readonly seq: number;
  readonly index: number;
  readonly signed: Item;
  readonly hasNote: EntryChanges["hasNote"];
  readonly change: ParsedChange;
}

/**
 * A book of which something is not here: withheld, or in an entry without a row. Signature, authority, checkpoint and the rules of the kind are
 * judged as in a whole book. What an act knew is known only as far as the changes that are here show it; the rest is judged in doubt (rule S26), so
 * that nothing that an exporter leaves out or says turns a lawful act into a breach. Actor and sequence rules are not judged.
 */
export async function judgePartial(
  context: JudgeContext,
  entries: readonly EntryChanges[],
  steps: Steps,
): Promise<JudgedBook | "cancelled"> {
  const book = new Partial(context, new Set(entries.flatMap((e) => e.changes.map((c) => changeHash(c.bytes)))));
  for (const entry of entries) {
    entry.changes.forEach((signed, index) => {
      book.arrive(entry, index, signed);
    });
    if (await steps.step(entry.changes.length)) return "cancelled";
  }
  return book.judged();
}

class Partial {
  readonly #acts: JudgedAct[] = [];
  readonly #setAside: SetAside[] = [];
  readonly #context: JudgeContext;
  /** All changes that are here, wherever they stand. */
  readonly #here: ReadonlySet<ChangeHash>;
  readonly #ancestry = new Ancestry();
  readonly #records = new Map<RecordId, Known>();
  readonly #objects = new Map<string, RecordId>();
  readonly #actKeys = new Set<string>();
  /** First acts that refer to a record. */
  readonly #referring = new Map<RecordId, FoldedAct[]>();
  /** Admitted acts by their place among them. */
  readonly #positions = new Map<ChangeHash, number>();
  /** What every change that was judged is for, as the object of its record. */
  readonly #placed = new Map<ChangeHash, string>();
  /** Of an admitted act, which of those before it it knew. */
  readonly #knew = new Map<ChangeHash, (hash: ChangeHash) => boolean>();
  /** Set aside for good, not for how it was carried (X10). */
  readonly #stuck = new Set<ChangeHash>();
  readonly #waiting = new WaitingRoom<Occurrence>();
  readonly #falseOrder: number[] = [];
  #crossed = 0;

  constructor(context: JudgeContext, here: ReadonlySet<ChangeHash>) {
    this.#context = context;
    this.#here = here;
  }

  judged(): JudgedBook {
    for (const { item } of this.#waiting.all) this.#put(item, WAITS);
    const doubts = { crossed: this.#crossed, falseOrder: this.#falseOrder };
    return { acts: this.#acts, setAside: this.#setAside, precedes: this.#precedes, doubts };
  }

  arrive({ seq, hasNote }: EntryChanges, index: number, signed: Item): void {
    const parsed = parseChange(signed.bytes);
    const { facts, headerOf } = this.#context;
    const fault = bookFault(facts.book, headerOf(seq).relay) ?? (parsed.ok ? undefined : parsed.error.code);
    if (fault !== undefined || !parsed.ok) {
      this.#put({ seq, index, signed, change: { hash: changeHash(signed.bytes) } }, fault ?? "change-encoding");
      return;
    }
    const ready = new InOrder<Occurrence>((a, b) => a.seq - b.seq || a.index - b.index);
    // What is built on it and stood before it in the log is judged right after it (X4).
    for (let next: Occurrence | undefined = { seq, index, signed, hasNote, change: parsed.value }; next; next = ready.take()) {
      for (const released of this.#take(next)) ready.add(released);
    }
  }

  #precedes = (a: ChangeHash, b: ChangeHash): boolean => {
    const [before, after] = [this.#positions.get(a), this.#positions.get(b)];
    return before !== undefined && after !== undefined && before < after && this.#knew.get(b)?.(a) === true;
  };

  #isSettled = (hash: ChangeHash): boolean => this.#positions.has(hash) || this.#stuck.has(hash);

  /** Judges one occurrence or lets it wait. Gives what waited for it and waits for nothing any more. */
  #take(occurrence: Occurrence): readonly Occurrence[] {
    const { hash, deps } = occurrence.change;
    // A copy of what was judged for good is nothing (X15).
    if (this.#isSettled(hash)) return [];
    const missing = deps.filter((dep) => this.#here.has(dep) && !this.#isSettled(dep));
    if (missing.length > 0) {
      this.#waiting.wait(occurrence, missing);
      return [];
    }
    const reason = this.#judge(occurrence);
    if (reason !== undefined) {
      if (reason !== WAITS && !blamesCarrier(reason)) this.#stuck.add(hash);
      this.#put(occurrence, reason);
    }
    return this.#isSettled(hash) ? this.#waiting.release(hash) : [];
  }

  #put(
    {
      seq,
      index,
      signed,
      change: { hash },
    }: Pick<Occurrence, "seq" | "index" | "signed"> & { readonly change: { readonly hash: ChangeHash } },
    reason: string,
  ): void {
    this.#setAside.push(describe(this.#context, { hash, seq, index, reason }, signed.bytes));
  }

  #judge(occurrence: Occurrence): ReasonCode | typeof WAITS | undefined {
    const { seq, signed, change, hasNote } = occurrence;
    const { facts, replayed, headerOf } = this.#context;
    const header = headerOf(seq);
    const { relay } = header;
    const pusher = pusherOf(replayed.again, header);
    if (change.strayBytes || (change.seq === 1) !== (change.author !== undefined)) return "change-author";
    const author = this.#authorOf(change, signed.signature, pusher);
    const member = author && facts.memberOf(author);
    if (author === undefined) return facts.verify(change.hash, signed.signature, pusher) ? "change-other-signer" : "change-signature";
    if (member === undefined) return "change-not-authorised";
    if (!facts.mayCarry(author, pusher, seq)) return "change-not-authorised";
    const field = parseCheckpointField(change.message);
    if (!field.ok) return "change-checkpoint";
    if (!hasNote(field.value)) return "change-checkpoint-missing";
    if (change.deps.some((dep) => this.#stuck.has(dep))) return "change-on-set-aside";
    const shape = parseShape(change);
    if (!shape.ok) return shape.error.code;
    this.#show(occurrence, shape.value);
    const found = this.#placeOf(shape.value, author);
    if (typeof found === "string") return found;
    const fault = versionFault(shape.value, levelAt(replayed.charter, { seq, time: relay.time }));
    if (fault) return fault;
    const { record, kind } = found;
    if (!kind) return "kind-unknown";
    if (kind.channel !== facts.book.channel) return "kind-channel";
    const isFirst = shape.value.place.type === "record";
    const act: RecordAct = { hash: change.hash, record, isFirst, fields: shape.value.fields, author, member, clock: change.time };
    const judged = judgeInDoubt({
      act,
      kind,
      facts,
      ancestry: this.#ancestry,
      unaware: new Set(signed.unaware),
      actsOf: (of) => this.#records.get(of)?.acts ?? [],
      referring: (to) => this.#referring.get(to) ?? [],
      precedes: this.#precedes,
      channelSeq: replayed.isFar(field.value, seq) ? NO_PLACE : relay.channelSeq,
    });
    if ("reason" in judged) return judged.reason;
    const first = isFirst ? act.fields : this.#records.get(record)?.acts[0]?.act.fields;
    const { tag } = signed;
    if (tag && first && !sameTag(tag, tagOf(kind, record, first, isFirst))) return "change-tag";
    if (judged.isInDoubt) this.#crossed += 1;
    this.#knew.set(act.hash, judged.knew);
    if (shape.value.place.type === "act") this.#actKeys.add(record + shape.value.place.actKey);
    const { hash, deps } = change;
    this.#admit(change, kind, { kind: kind.name, act, hash, seq, channelSeq: relay.channelSeq, checkpoint: field.value, deps });
    return undefined;
  }

  /** Takes a change into the ancestry, and looks at what is said that it did not know (rule S23). */
  #show({ seq, signed, change }: Occurrence, { place, fields }: Shape): void {
    const of = fields.get("of");
    const answered = typeof of === "string" ? fromBase64url(of) : undefined;
    const object = place.type === "record" ? objectOf(change) : place.object;
    const record = this.#objects.get(object);
    const first = record && this.#records.get(record)?.acts[0]?.hash;
    this.#ancestry.add(change.hash, change.deps, [...(answered ? [toHex(answered) as ChangeHash] : []), ...(first ? [first] : [])]);
    this.#placed.set(change.hash, object);
    const { unaware } = signed;
    if (!unaware || unaware.length === 0) return;
    const past = this.#ancestry.pastOf(change.hash);
    const isFalse = (hash: ChangeHash): boolean => hash === change.hash || past.has(hash) || this.#placed.get(hash) !== object;
    if (unaware.some(isFalse)) this.#falseOrder.push(seq);
  }

  /** The device of the pusher's member whose key signed. An actor's first change, which names it, may not be here. */
  #authorOf(change: ParsedChange, signature: SignedChange["signature"], pusher: DeviceId): DeviceId | undefined {
    const { facts, replayed } = this.#context;
    const signed = (d: DeviceId): boolean => facts.verify(change.hash, signature, d);
    if (change.author !== undefined) return signed(change.author) ? change.author : undefined;
    if (signed(pusher)) return pusher;
    const member = facts.memberOf(pusher);
    return member && devicesOf(replayed.charter, member).find((d) => signed(d.id))?.id;
  }

  #placeOf(
    { place, fields }: Shape,
    author: DeviceId,
  ): { readonly record: RecordId; readonly kind: Kind | undefined } | ReasonCode | typeof WAITS {
    if (place.type === "record") {
      if (!place.record.startsWith(recordPrefix(author))) return "record-id";
      if (this.#records.has(place.record)) return "record-taken";
      return { record: place.record, kind: kindOf(fields.get("kind")) };
    }
    const record = this.#objects.get(place.object);
    const known = record && this.#records.get(record);
    // Its record's first act may be in what is not here.
    if (record === undefined || !known) return WAITS;
    return this.#actKeys.has(record + place.actKey) ? "act-taken" : { record, kind: known.kind };
  }

  #admit(change: ParsedChange, kind: Kind, act: JudgedAct): void {
    this.#positions.set(act.hash, this.#acts.length);
    this.#acts.push(act);
    const known = this.#records.get(act.act.record);
    if (known) known.acts.push(act);
    else {
      this.#records.set(act.act.record, { kind, acts: [act] });
      this.#objects.set(objectOf(change), act.act.record);
    }
    const to = act.act.isFirst ? kind.refersTo?.(act.act.fields) : undefined;
    if (to !== undefined) pushTo(this.#referring, to, act);
  }
}
