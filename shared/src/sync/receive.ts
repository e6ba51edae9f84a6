import { idBytes, toHex } from "../base/bytes.ts";
import type { BookId, ChangeHash, ChannelKey, DeviceId, FileKey, LogId, Millis, RecordId } from "../base/ids.ts";
import { parseCheckpointField } from "../books/checkpoint-field.ts";
import { parseChange } from "../books/chunk.ts";
import type { LoadedBook } from "../books/book.ts";
import type { Verdict } from "../books/judge.ts";
import type { Charter } from "../charter/state.ts";
import { currentEpoch, logKeyAt, memberOf, relayNameAt } from "../charter/query.ts";
import type { StatementType } from "../charter/types.ts";
import { openBody, type ChangesBody } from "../entry/body.ts";
import type { RecordAct } from "../kinds/kind.ts";
import { kindOf } from "../kinds/registry.ts";
import { parseFiles } from "../kinds/files.ts";
import { openCheckpoint } from "../log/checkpoint.ts";
import type { RowStore, Write } from "../vault/row-store.ts";
import type { ArrivedEntry, BookDesk, OpenBook } from "./desk.ts";
import { noteFile } from "./files.ts";
import { builtOnFirst, Knowledge, type Witness } from "./knowledge.ts";
import { keyName, type Step } from "./log-state.ts";
import type { ActPlace, RecordIndex } from "./record-index.ts";
import {
  changeRowCodec,
  entryRowCodec,
  historyRowCodec,
  keys,
  logged,
  provisional,
  statementRowCodec,
  type HistoryRowStored,
  type RecordRow,
} from "./rows.ts";
import { originOf } from "./tail.ts";

/** A fault in one entry with which syncing goes on (rule L2): kept and named. It is the device's, or the relay's where there is none. */
export interface EntryFault {
  readonly code: "device-body" | "device-commitment" | "device-change" | "relay-stale-epoch";
  readonly device: DeviceId | null;
  readonly seq: number;
  readonly evidence: readonly Uint8Array[];
}

/** What a run of verified entries means, before any of it is kept. */
export interface Received {
  readonly writes: readonly Write[];
  readonly faults: readonly EntryFault[];
  /** To be swapped in when the writes are durable. */
  readonly books: readonly { readonly book: OpenBook; readonly loaded: LoadedBook }[];
  readonly records: ReadonlyMap<RecordId, RecordRow | undefined>;
  /** Notes of checkpoints that others verified: compared with this device's own log (rule L6). */
  readonly notes: readonly { readonly note: string; readonly size: number; readonly root: Uint8Array; readonly seq: number }[];
}

export interface ReceiveContext {
  readonly log: LogId;
  readonly charter: Charter;
  readonly keyring: ReadonlyMap<string, ChannelKey>;
  readonly rows: RowStore;
  readonly desk: BookDesk;
  readonly index: RecordIndex;
  readonly now: Millis;
  /** Files of this device's own records are here already. */
  readonly ownDevice: (device: DeviceId) => boolean;
  /** The outbox number of an own change that an entry now carries. */
  readonly provisionalNumber: (hash: ChangeHash) => number | undefined;
}

/** Judges a run of verified entries (design, 'How a change travels', step 5). Nothing of this device changes; the caller commits, then swaps. */
export async function receive(steps: readonly Step[], context: ReceiveContext): Promise<Received> {
  const writes: Write[] = [];
  const faults: EntryFault[] = [];
  const notes: Received["notes"][number][] = [];
  const byBook = new Map<BookId, ArrivedEntry[]>();
  for (const step of steps) {
    writes.push(entryWrite(context.log, step));
    if (step.taken) writes.push(...charterWrites(context, step.taken, step.before.charter));
    const { entry } = step;
    if (!entry.header || step.taken || !entry.body) continue;
    const { author } = entry.header;
    faults.push(...staleEpoch(context.charter, step));
    const key = author.channel === "charter" ? undefined : context.keyring.get(keyName(author.channel, author.epoch));
    // An epoch from before this device could read: its entries stay sealed and are nobody's fault.
    if (!key) continue;
    const body = openBody(author, entry.body, key);
    if (!body.ok) {
      const code = body.error.code === "body-commitment" ? "device-commitment" : "device-body";
      faults.push({
        code,
        device: author.device,
        seq: entry.seq,
        evidence: [entry.header.authorBytes, entry.header.relayBytes, entry.body],
      });
      continue;
    }
    const named = openNotes(context, body.value, entry.seq);
    notes.push(...named.opened);
    const list = byBook.get(author.book) ?? [];
    list.push({ header: entry.header, body: body.value, notes: named.names });
    byBook.set(author.book, list);
  }
  const books: { book: OpenBook; loaded: LoadedBook }[] = [];
  const records = new Map<RecordId, RecordRow | undefined>();
  const knowledge = new Knowledge(context.index.knowledge);
  for (const entries of byBook.values()) {
    const [first] = entries;
    if (!first) continue;
    const book = await context.desk.open(first.body.book, context.charter, context.now);
    const taken = context.desk.judge(book, entries, context.charter, context.now);
    books.push({ book, loaded: taken.book });
    const places = await releasedPlaces(context, book, entries, taken.verdicts);
    const result = bookWrites({ ...context, knowledge }, book, taken.book, entries, taken.verdicts, places);
    writes.push(...result.writes);
    for (const [id, row] of result.records) {
      records.set(id, row);
      writes.push(context.index.writeOf(id, row));
    }
  }
  return { writes, faults, books, records, notes };
}

/** The relay must refuse an entry under another epoch than the current one; what it let in is read all the same (rule L7). */
function staleEpoch(charter: Charter, { entry }: Step): readonly EntryFault[] {
  if (!entry.header || entry.header.author.channel === "charter") return [];
  const { author, relay, authorBytes, relayBytes } = entry.header;
  if (currentEpoch(charter, entry.header.author.channel, relay)?.epoch === author.epoch) return [];
  return [{ code: "relay-stale-epoch", device: null, seq: entry.seq, evidence: [authorBytes, relayBytes] }];
}

function entryWrite(log: LogId, { entry }: Step): Write {
  const row = entry.header
    ? { leaf: entry.leaf, root: entry.root, a: entry.header.authorBytes, r: entry.header.relayBytes, b: entry.body }
    : { leaf: entry.leaf, root: entry.root, a: null, r: null, b: null };
  return { table: "entry", key: keys.entry(log, entry.seq), value: entryRowCodec.encode(row) };
}

/** Statements that a parent would call something that happened; epochs, levels and consents are housekeeping. */
const TOLD: ReadonlySet<StatementType> = new Set<StatementType>([
  "found",
  "invite",
  "void",
  "join",
  "confirm",
  "attest",
  "link",
  "revoke",
  "set-recovery",
  "recover",
  "refuse",
  "move-log",
  "close",
  "leave",
]);

function charterWrites(context: ReceiveContext, taken: NonNullable<Step["taken"]>, before: Charter | undefined): Write[] {
  const { log } = context;
  const { signed, seq, time } = taken;
  const writes: Write[] = [
    {
      table: "statement",
      key: keys.statement(log, before?.count ?? 0),
      value: statementRowCodec.encode({ seq, time, bytes: signed.bytes }),
    },
  ];
  if (TOLD.has(signed.statement.type)) {
    const device = signed.statement.by as string as DeviceId;
    const member = memberOf(context.charter, device);
    const row: HistoryRowStored = {
      type: "charter",
      what: `charter.${signed.statement.type}`,
      ...(member ? { member, device } : {}),
      notAfter: time,
      notBefore: signed.statement.checkpoint?.time ?? time,
      seq,
    };
    writes.push({ table: "history", key: keys.history(log, logged(seq, 0)), value: historyRowCodec.encode(row) });
  }
  return writes;
}

/** The notes of a body that the log key signed; another signature is the pushing device's matter and accuses nobody (rule L6). */
function openNotes(context: ReceiveContext, body: ChangesBody, seq: number): { names: ReadonlySet<string>; opened: Received["notes"] } {
  const names = new Set<string>();
  const opened: Received["notes"][number][] = [];
  const origin = originOf(relayNameAt(context.charter, seq), context.log);
  const logKey = idBytes(logKeyAt(context.charter, seq));
  for (const note of body.notes) {
    const checkpoint = openCheckpoint(note, origin, logKey);
    if (!checkpoint.ok) continue;
    const { size, root, time } = checkpoint.value;
    names.add(`${String(size)}/${toHex(root)}/${String(time)}`);
    opened.push({ note, size, root, seq });
  }
  return { names, opened };
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
        ...checkpointPlace(field),
        logged: stored.value.carrier,
        pusher: stored.value.carrier.pusher,
      });
  }
  return places;
}

const checkpointPlace = (field: ReturnType<typeof parseCheckpointField> | undefined): Pick<ActPlace, "notBefore" | "size"> =>
  field?.ok ? { notBefore: field.value.time, size: field.value.size } : { notBefore: 0 };

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
): { readonly writes: readonly Write[]; readonly records: ReadonlyMap<RecordId, RecordRow | undefined> } {
  const { log } = context;
  const writes: Write[] = [];
  const verdictOf = new Map(verdicts.map((v) => [`${String(v.seq)}/${String(v.index)}`, v]));
  const touched = new Set<RecordId>();
  const fileKeys = new Map<string, FileKey>(entries.flatMap((e) => e.body.fileKeys.map((f) => [f.file, f.key] as const)));
  for (const entry of entries) {
    entry.body.changes.forEach((change, index) => {
      const { relay, author } = entry.header;
      const parsed = parseChange(change.bytes);
      const verdict = verdictOf.get(`${String(relay.seq)}/${String(index)}`);
      if (!verdict) throw new Error("a verdict for each change");
      const field = parsed.ok ? parseCheckpointField(parsed.value.message) : undefined;
      const place: ActPlace = {
        ...checkpointPlace(field),
        logged: { seq: relay.seq, channelSeq: relay.channelSeq, time: relay.time },
      };
      if (!verdict.again || verdict.state === "admitted") if (!places.has(verdict.hash)) places.set(verdict.hash, place);
      const noted = field?.ok === true && entry.notes.has(`${String(field.value.size)}/${field.value.root}/${String(field.value.time)}`);
      if (!verdict.again) {
        writes.push({
          table: "change",
          key: keys.change(log, book.id, logged(relay.seq, index)),
          value: changeRowCodec.encode({
            hash: verdict.hash,
            bytes: change.bytes,
            signature: change.signature,
            tag: [change.tag.kind, change.tag.root],
            note: noted,
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
    const row = historyOf(context, loaded, verdict, entries, places.get(verdict.hash), judged.get(verdict));
    if (row)
      writes.push({ table: "history", key: keys.history(log, logged(verdict.seq, verdict.index)), value: historyRowCodec.encode(row) });
    const admitted = loaded.state.get(verdict.hash);
    if (admitted) touched.add(admitted.act.record);
    if (verdict.state === "admitted" && !verdict.again && admitted)
      writes.push(...fileWrites(context, admitted.act.fields.get("files"), fileKeys, admitted.act.author));
  }
  // An own change that the log came to hold against this device leaves its record.
  for (const before of book.loaded.state.admitted) if (!loaded.state.get(before.hash)) touched.add(before.act.record);
  const records = new Map([...touched].map((id) => [id, context.index.rowOf(id, loaded.state, places)] as const));
  return { writes, records };
}

function fileWrites(context: ReceiveContext, field: unknown, fileKeys: ReadonlyMap<string, FileKey>, author: DeviceId): Write[] {
  const files = typeof field === "string" ? parseFiles(field) : undefined;
  if (!files || context.ownDevice(author)) return [];
  return files.map((f) => noteFile(context.log, f, fileKeys.get(f.id)));
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
    notBefore: place?.notBefore ?? 0,
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
