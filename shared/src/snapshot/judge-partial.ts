import type { ChangeHash, DeviceId, MemberId, RecordId } from "../base/ids.ts";
import { parseCheckpointField } from "../books/checkpoint-field.ts";
import { parseChange, type ParsedChange } from "../books/chunk.ts";
import type { SignedChange } from "../books/judge.ts";
import { recordPrefix } from "../books/record-id.ts";
import { objectOf, parseShape, type Shape } from "../books/shape.ts";
import { levelAt } from "../charter/query.ts";
import { devicesOf } from "../charter/people.ts";
import { KIND_VERSION } from "../kinds/fields.ts";
import type { Judging, Kind, RecordAct } from "../kinds/kind.ts";
import { kindOf } from "../kinds/registry.ts";
import { describe, type EntryChanges, type FoldedAct, type JudgeContext, type JudgedBook, type SetAside } from "./judge.ts";
import type { Steps } from "./source.ts";

interface Known {
  readonly kind: Kind;
  readonly acts: FoldedAct[];
}

/**
 * A book of which only some records are disclosed. Signature, authority, checkpoint and the rules of the kind are judged as in a whole book; the
 * chain of ancestors is broken by what is withheld, so an act's past is taken to be the disclosed acts before it in the log, without
 * those that the exporter says it did not know (`unaware`). Actor and sequence rules are not judged.
 */
export async function judgePartial(
  context: JudgeContext,
  entries: readonly EntryChanges[],
  steps: Steps,
): Promise<JudgedBook | "cancelled"> {
  const book = new Partial(context);
  for (const entry of entries) {
    entry.changes.forEach((change, index) => {
      book.take(entry.seq, index, change, new Set(change.unaware ?? []));
    });
    if (await steps.step(entry.changes.length)) return "cancelled";
  }
  return { acts: book.acts, setAside: book.setAside, precedes: book.precedes };
}

class Partial {
  readonly acts: FoldedAct[] = [];
  readonly setAside: SetAside[] = [];
  readonly #context: JudgeContext;
  readonly #records = new Map<RecordId, Known>();
  readonly #objects = new Map<string, RecordId>();
  readonly #positions = new Map<ChangeHash, number>();
  readonly #unaware = new Map<ChangeHash, ReadonlySet<ChangeHash>>();

  constructor(context: JudgeContext) {
    this.#context = context;
  }

  precedes = (a: ChangeHash, b: ChangeHash): boolean => {
    const [before, after] = [this.#positions.get(a), this.#positions.get(b)];
    return before !== undefined && after !== undefined && before < after && !this.#unaware.get(b)?.has(a);
  };

  take(seq: number, index: number, signed: SignedChange, unaware: ReadonlySet<ChangeHash>): void {
    const parsed = parseChange(signed.bytes);
    if (parsed.ok && this.#positions.has(parsed.value.hash)) return;
    const reason = parsed.ok ? this.#judge(seq, parsed.value, signed, unaware) : parsed.error.code;
    if (reason === undefined) return;
    const hash = parsed.ok ? parsed.value.hash : ("" as ChangeHash);
    this.setAside.push(describe(this.#context, { hash, seq, index, reason }, signed.bytes));
  }

  #judge(seq: number, change: ParsedChange, { signature, tag }: SignedChange, unaware: ReadonlySet<ChangeHash>): string | undefined {
    const { facts, replayed, headerOf } = this.#context;
    const { author: carrier, relay } = headerOf(seq);
    const author = this.#authorOf(change, signature, carrier.device);
    const member = author && facts.memberOf(author);
    if (author === undefined || member === undefined) return "change-signature";
    if (!facts.mayCarry(author, carrier.device, seq)) return "change-not-authorised";
    const field = parseCheckpointField(change.message);
    if (!field.ok) return "change-checkpoint";
    if (!replayed.hasNote(field.value)) return "change-checkpoint-missing";
    const shape = parseShape(change);
    if (!shape.ok) return shape.error.code;
    const version = shape.value.fields.get("v");
    if (typeof version !== "number" || version < 1) return "kind-fields";
    if (version > KIND_VERSION || version > levelAt(replayed.charter, { seq, time: relay.time })) return "change-level";
    this.#unaware.set(change.hash, unaware);
    const found = this.#placeOf(shape.value, author);
    if (typeof found === "string") return found;
    const { record, kind } = found;
    if (kind.channel !== facts.book.channel) return "kind-channel";
    const isFirst = shape.value.place.type === "record";
    const act: RecordAct = { hash: change.hash, record, isFirst, fields: shape.value.fields, author, member, clock: change.time };
    const judging = this.#judging(act, member, relay.channelSeq);
    const unlawful = isFirst ? kind.judgeFirst(judging) : kind.judgeLater(judging);
    if (unlawful) return unlawful;
    const first = isFirst ? act.fields : this.#records.get(record)?.acts[0]?.act.fields;
    if (tag && first && (tag.kind !== kind.name || tag.root !== kind.root(record, first))) return "change-tag";
    this.#admit(change, kind, { kind: kind.name, act, hash: change.hash, seq, channelSeq: relay.channelSeq, checkpoint: field.value });
    return undefined;
  }

  /** The device of the pusher's member whose key signed. An actor's first change, which names it, may be withheld. */
  #authorOf(change: ParsedChange, signature: Uint8Array, pusher: DeviceId): DeviceId | undefined {
    const { facts, replayed } = this.#context;
    const signed = (d: DeviceId): boolean => facts.verify(change.hash, signature, d);
    if (change.author !== undefined) return signed(change.author) ? change.author : undefined;
    if (signed(pusher)) return pusher;
    const member = facts.memberOf(pusher);
    return member && devicesOf(replayed.charter, member).find((d) => signed(d.id))?.id;
  }

  #placeOf({ place, fields }: Shape, author: DeviceId): { readonly record: RecordId; readonly kind: Kind } | string {
    if (place.type === "record") {
      if (!place.record.startsWith(recordPrefix(author))) return "record-id";
      if (this.#records.has(place.record)) return "record-taken";
      const kind = kindOf(fields.get("kind"));
      return kind ? { record: place.record, kind } : "kind-unknown";
    }
    const record = this.#objects.get(place.object);
    const known = record && this.#records.get(record);
    return record !== undefined && known ? { record, kind: known.kind } : "record-unknown";
  }

  #judging(act: RecordAct, member: MemberId, channelSeq: number): Judging {
    const inPast = (a: FoldedAct): boolean => !this.#unaware.get(act.hash)?.has(a.hash);
    const actsOf = (record: RecordId): readonly RecordAct[] => (this.#records.get(record)?.acts ?? []).filter(inPast).map((a) => a.act);
    return {
      act,
      earlier: act.isFirst ? [] : actsOf(act.record),
      precedes: this.precedes,
      recordInPast: (record) => actsOf(record)[0],
      referring: (record) =>
        this.acts
          .filter((a) => a.act.isFirst && inPast(a) && a.act.member === member && kindOf(a.kind)?.refersTo?.(a.act.fields) === record)
          .map((a) => a.act),
      channelSeq,
      originHolds: (origin, of) => this.#context.facts.originHolds?.(origin, of.fields) ?? true,
    };
  }

  #admit(change: ParsedChange, kind: Kind, act: FoldedAct): void {
    this.#positions.set(act.hash, this.acts.length);
    this.acts.push(act);
    const known = this.#records.get(act.act.record);
    if (known) known.acts.push(act);
    else {
      this.#records.set(act.act.record, { kind, acts: [act] });
      this.#objects.set(objectOf(change), act.act.record);
    }
  }
}
