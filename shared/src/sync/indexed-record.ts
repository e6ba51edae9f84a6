import type { ChangeHash, RecordId } from "../base/ids.ts";
import { foldRecord, type FoldedRecord } from "../books/fold.ts";
import type { BookName } from "../books/names.ts";
import type { KindName, RecordAct } from "../kinds/kind.ts";
import { toAct, toWitness, type ActPlace, type PlacedAct } from "./record-act.ts";
import { digestOf, type RecordDigest } from "./record-digest.ts";
import type { ActWitness } from "./record-page.ts";
import { recordRowCodec, type ActRow, type RecordRow } from "./record-row.ts";

export interface IndexedRecord {
  readonly id: RecordId;
  readonly kind: KindName;
  readonly book: BookName;
  readonly acts: readonly PlacedAct[];
  readonly folded: FoldedRecord;
}

/** A record that is known to be of this kind. */
export type RecordOf<K extends KindName> = IndexedRecord & { readonly kind: K; readonly folded: Extract<FoldedRecord, { kind: K }> };

/**
 * Folds a record from its row; undefined where its kind makes nothing of it.
 * @param count only its first acts: they stand in the order of admission, so that is the record as it once was
 */
export function toRecord(id: RecordId, row: RecordRow, count = row.acts.length): IndexedRecord | undefined {
  const acts = row.acts.slice(0, count).map((a, i) => toAct(id, a, i));
  const at = new Map(row.acts.map((a, i) => [a.h, i]));
  const precedes = (a: ChangeHash, b: ChangeHash): boolean => {
    const before = at.get(a);
    const after = at.get(b);
    return before !== undefined && after !== undefined && (row.acts[after]?.k.includes(before) ?? false);
  };
  const kind = row.kind as KindName;
  const folded = foldRecord(
    kind,
    acts.map((a) => a.act),
    precedes,
  );
  return folded && { id, kind, book: row.book, acts, folded };
}

/** A stored row. @throws where it does not parse: only this device writes them. */
export function parsedRow(bytes: Uint8Array): RecordRow {
  const row = recordRowCodec.decode(bytes);
  if (!row.ok) throw new Error("a record row of this device does not parse");
  return row.value;
}

/** What a record's acts show of which device had what (rule L6a). */
export const witnessesOf = (acts: readonly ActRow[]): ActWitness[] =>
  acts.flatMap((act) => {
    const witness = toWitness(act);
    return witness ? [{ witness, builtOn: act.w ?? [] }] : [];
  });

/** What lists ask of it. */
export function digestOfRecord({ folded, acts }: IndexedRecord): RecordDigest {
  const [first] = acts;
  if (!first) throw new Error("a record has a first act");
  return digestOf(folded, first);
}

/**
 * An act as the record's row keeps it.
 * @param knew places in the record of the acts that it knew of
 * @param place where it stands, where that is new
 */
export function rowOfAct(act: RecordAct, knew: number[], place: ActPlace | undefined, known: ActRow | undefined): ActRow {
  const logged = place?.logged;
  const size = place?.size ?? known?.n;
  const admitted: ActRow["a"] = place?.admitted ? [place.admitted.seq, place.admitted.time] : known?.a;
  const builtOn = place?.builtOn ?? known?.w;
  return {
    h: act.hash,
    d: act.author,
    m: act.member,
    c: act.clock,
    f: [...act.fields].map(([k, v]) => [k, v]),
    nb: place?.notBefore ?? known?.nb ?? 0,
    l: logged ? [logged.seq, logged.channelSeq, logged.time] : (known?.l ?? null),
    k: knew,
    ...(size === undefined ? {} : { n: size }),
    ...(admitted ? { a: admitted } : {}),
    ...(builtOn && builtOn.length > 0 ? { w: [...builtOn] } : {}),
  };
}
