import type { ChangeHash, DeviceId, Millis, RecordId } from "../base/ids.ts";
import { noteName, parseCheckpointField } from "../books/checkpoint-field.ts";
import { parseChange } from "../books/chunk.ts";
import type { LoadedBook } from "../books/book.ts";
import type { Verdict } from "../books/judge.ts";
import { memberOf } from "../charter/query.ts";
import type { RecordAct } from "../kinds/kind.ts";
import { kindOf } from "../kinds/registry.ts";
import { filesIn } from "../kinds/files.ts";
import type { Write } from "../vault/row-store.ts";
import type { BundleLedger } from "./bundle-ledger.ts";
import type { LoggedAnchor } from "./anchor-book.ts";
import type { ArrivedEntry, OpenBook, Through } from "./open-book.ts";
import { droppedEarly, EntryRun, type EntryFault, type OpenedEntry, type OthersNote, type ReceiveContext } from "./entry-run.ts";
import { builtOnFirst, Knowledge } from "./knowledge.ts";
import type { Step } from "./log-state.ts";
import { noteFiles, type NamedFile } from "./note-files.ts";
import type { OldHeaderBook } from "./old-headers.ts";
import type { ActPlace } from "./record-act.ts";
import { changeRowCodec, historyRowCodec, keys, logged, provisional, type HistoryRowStored } from "./rows.ts";
import type { RecordRow } from "./record-row.ts";
import type { Witness } from "./witnesses.ts";

/** What a run of verified entries means, before any of it is kept. */
export interface Received {
  readonly writes: readonly Write[];
  readonly faults: readonly EntryFault[];
  /** To be swapped in when the writes are durable. */
  readonly books: readonly { readonly book: OpenBook; readonly loaded: LoadedBook; readonly through: Through }[];
  readonly records: ReadonlyMap<RecordId, RecordRow | undefined>;
  readonly notes: readonly OthersNote[];
  /** What anchors say of witnesses (rule L11). */
  readonly anchors: readonly LoggedAnchor[];
  /** To take the place of the one before when the writes are durable. */
  readonly ledger: BundleLedger;
  /** Its `kept` is to be called then. */
  readonly old: OldHeaderBook;
  readonly opened: readonly OpenedEntry[];
}

/** Judges a run of verified entries (design, 'How a change travels', step 5). Nothing of this device changes; the caller commits, then swaps. */
export async function receive(steps: readonly Step[], context: ReceiveContext): Promise<Received> {
  const run = new EntryRun(context);
  for (const step of steps) await run.take(step);
  const { writes, faults, notes, anchors, ledger, old, opened } = run;
  if (context.isEnd) faults.push(...droppedEarly(ledger));
  writes.push(...ledger.writes(), ...old.writes());
  const books: Received["books"][number][] = [];
  const records = new Map<RecordId, RecordRow | undefined>();
  const knowledge = new Knowledge(context.index.knowledge);
  const files: NamedFile[] = [];
  for (const entries of run.byBook.values()) {
    const [first] = entries;
    if (!first) continue;
    const book = await context.desk.open(first.body.book, context.charter, context.now);
    const taken = context.desk.judge(book, entries, context.charter, context.now);
    books.push({ book, loaded: taken.book, through: taken.through });
    if (!taken.through.inOrder) writes.push(...(await context.desk.forget(book)));
    const places = await releasedPlaces(context, book, entries, taken.verdicts);
    const result = bookWrites({ ...context, knowledge }, book, taken.book, entries, taken.verdicts, places);
    writes.push(...result.writes);
    for (const [id, row] of result.records) records.set(id, row);
    files.push(...result.files);
  }
  writes.push(...(await noteFiles(context, [...run.byBook.values()].flat(), files)));
  return { writes, faults, books, records, notes, anchors, ledger, old, opened };
}

/** A place, and who pushed the entry. */
interface CarriedPlace extends ActPlace {
  readonly pusher?: DeviceId;
}

/** Places of changes that an earlier entry brought and that were released only now (rule X4). */
async function releasedPlaces(
  context: ReceiveContext,
  book: OpenBook,
  entries: readonly ArrivedEntry[],
  verdicts: readonly Verdict[],
): Promise<Map<ChangeHash, CarriedPlace>> {
  const here = new Set(entries.map((e) => e.header.relay.seq));
  const places = new Map<ChangeHash, CarriedPlace>();
  for (const v of verdicts) {
    if (here.has(v.seq) || places.has(v.hash)) continue;
    const row = await context.rows.get("change", keys.change(context.log, book.id, logged(v.seq, v.index)));
    const stored = row && changeRowCodec.decode(row);
    const parsed = stored?.ok ? parseChange(stored.value.bytes) : undefined;
    const field = parsed?.ok ? parseCheckpointField(parsed.value.message) : undefined;
    if (stored?.ok && stored.value.carrier)
      places.set(v.hash, {
        ...checkpointPlace(stored.value.note ? field : undefined, stored.value.far === true),
        logged: stored.value.carrier,
        pusher: stored.value.carrier.pusher,
      });
  }
  return places;
}

/**
 * @param field what a change names, where the relay's note of it came with the change: else it is a claim, and would stand among the relay's times
 * @param isFar its size counts the entries of another history, maybe, and shows nothing of this log (rule C8l)
 */
const checkpointPlace = (
  field: ReturnType<typeof parseCheckpointField> | undefined,
  isFar: boolean,
): Pick<ActPlace, "notBefore" | "size"> =>
  field?.ok ? { notBefore: field.value.time, size: isFar ? 0 : field.value.size } : { notBefore: 0 };

/** Where changes were judged: with the last entry that had come by then. Verdicts stand in the order of judging. */
function judgedAt(verdicts: readonly Verdict[], entries: readonly ArrivedEntry[]): ReadonlyMap<Verdict, { seq: number; time: Millis }> {
  const times = new Map(entries.map((e) => [e.header.relay.seq, e.header.relay.time]));
  const at = new Map<Verdict, { seq: number; time: Millis }>();
  let seq = -1;
  for (const v of verdicts) {
    seq = Math.max(seq, v.seq);
    at.set(v, { seq, time: times.get(seq) ?? 0 });
  }
  return at;
}

interface BookContext extends ReceiveContext {
  /** What changes show that their devices had, with those of these entries. */
  readonly knowledge: Knowledge;
}

/** Completes the places of what was admitted: with which entry, and what it is the first to show (rule L6a). */
function placeAdmitted(
  context: BookContext,
  loaded: LoadedBook,
  verdicts: readonly Verdict[],
  judged: ReturnType<typeof judgedAt>,
  places: Map<ChangeHash, CarriedPlace>,
): void {
  for (const v of verdicts) {
    const change = v.state === "admitted" && !v.again ? loaded.logged.get(v.hash) : undefined;
    const place = places.get(v.hash);
    const at = judged.get(v);
    if (!change || !place?.logged || !at) continue;
    const late = at.seq > place.logged.seq ? { admitted: at } : {};
    places.set(v.hash, { ...place, ...late });
    if (place.size === undefined) continue;
    const { seq, time } = place.logged;
    const { author, member } = change.act;
    const witness: Witness = { hash: v.hash, device: author, member, size: place.size, seq, time, admitted: at };
    const placeOf = (below: typeof change): { seq: number; admittedSeq: number } | undefined => {
      const here = places.get(below.hash);
      if (here?.logged) return { seq: here.logged.seq, admittedSeq: here.admitted?.seq ?? here.logged.seq };
      return context.index.placeOf(below.act.record, below.hash);
    };
    const builtOn = builtOnFirst({ state: loaded.logged, knowledge: context.knowledge, placeOf }, change, witness);
    context.knowledge.add(witness, builtOn);
    if (builtOn.length > 0) places.set(v.hash, { ...place, ...late, builtOn });
  }
}

function bookWrites(
  context: BookContext,
  book: OpenBook,
  loaded: LoadedBook,
  entries: readonly ArrivedEntry[],
  verdicts: readonly Verdict[],
  places: Map<ChangeHash, CarriedPlace>,
): Pick<Received, "writes" | "records"> & { readonly files: readonly NamedFile[] } {
  const { log } = context;
  const writes: Write[] = [];
  const files: NamedFile[] = [];
  const verdictOf = new Map(verdicts.map((v) => [`${String(v.seq)}/${String(v.index)}`, v]));
  const touched = new Set<RecordId>();
  const occurrences = new Map<string, CarriedPlace>();
  for (const entry of entries) {
    entry.body.changes.forEach((change, index) => {
      const { relay, author } = entry.header;
      const parsed = parseChange(change.bytes);
      const verdict = verdictOf.get(`${String(relay.seq)}/${String(index)}`);
      if (!verdict) throw new Error("a verdict for each change");
      const field = parsed.ok ? parseCheckpointField(parsed.value.message) : undefined;
      const noted = field?.ok === true && entry.notes.has(noteName(field.value));
      const isFar = noted && entry.far.has(noteName(field.value));
      const place: ActPlace = {
        ...checkpointPlace(noted ? field : undefined, isFar),
        logged: { seq: relay.seq, channelSeq: relay.channelSeq, time: relay.time },
      };
      occurrences.set(`${String(relay.seq)}/${String(index)}`, place);
      // A copy that came before without its note has no say in where the one stands that counts.
      const isAdmitted = verdict.state === "admitted";
      if ((isAdmitted && !verdict.again) || ((isAdmitted || !verdict.again) && !places.has(verdict.hash))) places.set(verdict.hash, place);
      if (!verdict.again) {
        writes.push({
          table: "change",
          key: keys.change(log, book.id, logged(relay.seq, index)),
          value: changeRowCodec.encode({
            hash: verdict.hash,
            bytes: change.bytes,
            signature: change.signature,
            tag: change.tag,
            note: noted,
            ...(isFar ? { far: true as const } : {}),
            carrier: { seq: relay.seq, channelSeq: relay.channelSeq, time: relay.time, pusher: author.device, index },
          }),
        });
      }
      const own = context.provisionalNumber(verdict.hash);
      if (own !== undefined) {
        writes.push({ table: "change", key: keys.change(log, book.id, provisional(own)), value: null });
        writes.push({ table: "history", key: keys.history(log, provisional(own)), value: null });
      }
    });
  }
  const judged = judgedAt(verdicts, entries);
  placeAdmitted(context, loaded, verdicts, judged, places);
  for (const verdict of verdicts) {
    const own = verdict.state === "admitted" ? undefined : occurrences.get(`${String(verdict.seq)}/${String(verdict.index)}`);
    const row = historyOf(context, loaded, verdict, entries, own ?? places.get(verdict.hash), judged.get(verdict));
    if (row)
      writes.push({ table: "history", key: keys.history(log, logged(verdict.seq, verdict.index)), value: historyRowCodec.encode(row) });
    const admitted = loaded.state.get(verdict.hash);
    if (admitted) touched.add(admitted.act.record);
    if (verdict.state === "admitted" && !verdict.again && admitted && !context.ownDevice(admitted.act.author)) {
      const { seq, index } = verdict;
      files.push(...filesIn(admitted.act.fields).map((record) => ({ record, seq, index })));
    }
  }
  // An own change that the log came to hold against this device leaves its record.
  for (const before of book.loaded.state.admitted) if (!loaded.state.get(before.hash)) touched.add(before.act.record);
  const records = new Map([...touched].map((id) => [id, context.index.rowOf(id, loaded.state, places)] as const));
  return { writes, records, files };
}

function historyOf(
  context: ReceiveContext,
  loaded: LoadedBook,
  verdict: Verdict,
  entries: readonly ArrivedEntry[],
  place: CarriedPlace | undefined,
  judged: { readonly seq: number; readonly time: Millis } | undefined,
): HistoryRowStored | undefined {
  if (verdict.again) return undefined;
  const entry = entries.find((e) => e.header.relay.seq === verdict.seq);
  const time = entry?.header.relay.time ?? place?.logged?.time;
  const admitted = loaded.state.get(verdict.hash);
  const device = entry?.header.author.device ?? place?.pusher;
  const member = device && memberOf(context.charter, device);
  const waited: HistoryRowStored["waited"] =
    device && judged && judged.seq > verdict.seq ? { device, ...(member ? { member } : {}), until: [judged.seq, judged.time] } : undefined;
  const base = {
    ...(place !== undefined && place.notBefore > 0 ? { notBefore: place.notBefore } : {}),
    ...(time === undefined ? {} : { notAfter: time }),
    seq: verdict.seq,
    hash: verdict.hash,
    ...(waited ? { waited } : {}),
  };
  if (verdict.state === "admitted" && admitted) return { ...actHistory(admitted.kind, admitted.act, loaded), ...base };
  return {
    type: "set-aside",
    what: verdict.state === "waiting" ? "change.waiting" : "change.set-aside",
    ...(device ? { device } : {}),
    ...(member ? { member } : {}),
    ...(verdict.reason ? { reason: verdict.reason } : {}),
    ...base,
  };
}

/** The history line of a lawful act. Its title is the subject or title of the record's first act. */
export function actHistory(kind: string, act: RecordAct, loaded: Pick<LoadedBook, "state">): HistoryRowStored {
  const first = loaded.state.actsOf(act.record)[0];
  const title = first?.fields.get("subject") ?? first?.fields.get("title");
  const at = act.fields.get("at");
  const what = kindOf(kind)?.wording(act) ?? kind;
  return {
    type: "act",
    what,
    member: act.member,
    device: act.author,
    record: act.record,
    hash: act.hash,
    ...(typeof title === "string" ? { title } : {}),
    claimed: typeof at === "number" ? at : act.clock * 1000,
  };
}
