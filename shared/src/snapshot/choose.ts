import { toId } from "../base/bytes.ts";
import type { Hex32, Millis, RecordId } from "../base/ids.ts";
import { changeHash } from "../books/chunk.ts";
import { shapeIn } from "../books/shape.ts";
import { BodyNotes, noteHash } from "../entry/body-notes.ts";
import type { CarriedChange } from "../entry/body.ts";
import { aboutHash, aboutSalt, contentHash, contentSalt, tagSalt } from "../entry/commitment.ts";
import { parseRelayPart } from "../entry/header.ts";
import { filesIn, type FileRecord } from "../kinds/files.ts";
import type { SnapshotScope } from "../views/snapshot.ts";
import type { About, ChangeItem, OpenAbout, ChangeRow, WithheldWhy } from "./change-rows.ts";
import { countUp } from "./gathered.ts";
import { IdTable } from "./id-table.ts";
import { PackedRows } from "./packed-rows.ts";
import { CHANGE_ROW, NOTE_ROW } from "./row-codecs.ts";
import { Roots } from "./roots.ts";
import { ScopeFilter, type Scoped } from "./scope.ts";
import type { Scratch } from "./scratch.ts";
import { Steps, stretch, type Job, type OpenedEntry, type SnapshotSource } from "./source.ts";

/** What a scope takes from a source, and what it leaves. */
export interface Chosen {
  /** The scope with a list of single records and files that is just what was found and left out; no list where that is nothing. */
  readonly scope: SnapshotScope;
  /** Entries of the log. */
  readonly size: number;
  readonly rows: PackedRows<ChangeRow>;
  /** Notes that came with the disclosed changes, each once, in the order of the log; items name them by their place. */
  readonly notes: PackedRows<string>;
  /** Books of which something is withheld, with the number of their entries. */
  readonly partial: ReadonlyMap<string, number>;
  /** Why a change of an entry is withheld; undefined where it is disclosed. */
  readonly why: (entry: OpenedEntry, index: number) => WithheldWhy | undefined;
}

interface Facts {
  readonly record: RecordId | undefined;
  readonly settlement: boolean;
  readonly files: readonly FileRecord[];
}

export const bookKeyOf = (entry: Pick<OpenedEntry, "body">): string =>
  `${entry.body.book.channel}/${entry.body.book.period}/${String(entry.body.book.shard)}`;

const placeOf = (entry: Pick<OpenedEntry, "seq">, index: number): string => `${String(entry.seq)}.${String(index)}`;

/** Divides all changes into disclosed and withheld (rules S2, S3). Withheld ones always show their tag. */
export async function choose(source: SnapshotSource, scope: SnapshotScope, job: Job): Promise<Chosen | "cancelled"> {
  const times = await timesOf(source);
  const looked = await lookUp(source, scope, times, new Steps(stretch(job, 0, 0.5), times.length));
  if (looked === "cancelled") return looked;
  const { talk, hidden, filter } = looked;
  const why = (entry: OpenedEntry, i: number): WithheldWhy | undefined => {
    const change = entry.body.changes[i];
    if (!change || !filter.covers(scoped(entry, change, times))) return "scope";
    if (talk.has(placeOf(entry, i))) return "settlement";
    return redactedBy(entry, i, filter, hidden) === undefined ? undefined : "redacted";
  };
  const found = new Found(scope);
  const counts = new Map<string, number>();
  const partial = new Set<string>();
  const rows = new PackedRows(CHANGE_ROW, job.scratch);
  const notes = new NoteList(job.scratch);
  const steps = new Steps(stretch(job, 0.5, 1), times.length);
  for await (const entry of source.entries) {
    const key = bookKeyOf(entry);
    const row = rowOf(entry, why, notes, filter.asksNames);
    countUp(counts, key);
    if (row.items.some((item) => item.form !== "disclosed")) partial.add(key);
    row.items.forEach((item, i) => {
      if (item.form === "disclosed") found.shown(item.change);
      else if (item.form === "tagged" && item.why === "redacted") found.redacted(redactedBy(entry, i, filter, hidden));
    });
    await notes.keep();
    await rows.push(row);
    if (await steps.step()) return "cancelled";
  }
  const inParts = new Map([...counts].filter(([key]) => partial.has(key)));
  return { scope: found.scope, size: times.length, rows, notes: notes.all, partial: inParts, why };
}

/** The record of a change that is left out by itself (rule S41). */
function redactedBy({ seq, body }: OpenedEntry, i: number, filter: ScopeFilter, hidden: LookedUp["hidden"]): RecordId | undefined {
  const tag = body.changes[i]?.tag;
  if (tag?.kind === "message") return hidden.get(placeOf({ seq }, i));
  return tag?.kind === "expense" && filter.redacts(tag.root as RecordId) ? (tag.root as RecordId) : undefined;
}

/** The list of single records and files, by what was found: a reader holds it against what was left out (rule S41). */
class Found {
  readonly #scope: SnapshotScope;
  /** Files by id or hash, as they were asked for. */
  readonly #asked: ReadonlySet<string>;
  readonly #records = new Set<RecordId>();
  readonly #files = new Set<Hex32>();

  constructor(scope: SnapshotScope) {
    this.#scope = scope;
    this.#asked = new Set<string>(scope.files ? scope.redact?.files : []);
  }

  redacted(record: RecordId | undefined): void {
    if (record !== undefined) this.#records.add(record);
  }

  shown(change: Uint8Array): void {
    if (this.#asked.size === 0) return;
    for (const f of factsOf(change).files) if (this.#asked.has(f.id) || this.#asked.has(f.hash)) this.#files.add(f.hash);
  }

  get scope(): SnapshotScope {
    const { redact, ...rest } = this.#scope;
    if (!redact || this.#records.size + this.#files.size === 0) return rest;
    return { ...rest, redact: { reason: redact.reason, records: [...this.#records], files: [...this.#files] } };
  }
}

/** Relay time of every entry whose header is readable; 0 for the others. */
async function timesOf(source: SnapshotSource): Promise<readonly Millis[]> {
  const times: Millis[] = [];
  for await (const h of source.headers) {
    const relay = h instanceof Uint8Array ? undefined : parseRelayPart(h.relayBytes);
    times.push(relay?.ok ? relay.value.time : 0);
  }
  return times;
}

interface LookedUp {
  /** Places of what is left out as settlement talk. */
  readonly talk: ReadonlySet<string>;
  /** Messages that are left out by themselves, by the places of their changes. */
  readonly hidden: ReadonlyMap<string, RecordId>;
  readonly filter: ScopeFilter;
}

/** What has to be known of all changes before any can be chosen. Where everything is disclosed that is nothing. */
async function lookUp(
  source: SnapshotSource,
  scope: SnapshotScope,
  times: readonly Millis[],
  steps: Steps,
): Promise<LookedUp | "cancelled"> {
  const talk = new Set<string>();
  // Messages are covered by thread and day, so that those can be told which the receipts and expenses are not asked about.
  const roots = new Roots(scope);
  const bare = new ScopeFilter(scope, source.zone, roots, new Set());
  const hidden = new Map<string, RecordId>();
  if (bare.isWhole) return { talk, hidden, filter: bare };
  const messages = new Set<RecordId>();
  for await (const entry of source.entries) {
    entry.body.changes.forEach((change, i) => {
      // The first of a thread comes before the others of it, so that what it names is known for each of them.
      roots.take(change.tag, times[entry.seq] ?? 0);
      if (change.tag.kind !== "message" || !bare.covers(scoped(entry, change, times))) return;
      const { record, settlement } = factsOf(change.bytes);
      if (scope.settlement === "leave-out" && settlement) talk.add(placeOf(entry, i));
      else if (record !== undefined && bare.redacts(record)) hidden.set(placeOf(entry, i), record);
      else if (record !== undefined) messages.add(record);
    });
    if (await steps.step()) return "cancelled";
  }
  return { talk, hidden, filter: new ScopeFilter(scope, source.zone, roots, messages) };
}

const scoped = (entry: OpenedEntry, { tag }: Pick<CarriedChange, "tag">, times: readonly Millis[]): Scoped => ({
  channel: entry.body.book.channel,
  tag,
  time: times[entry.seq] ?? 0,
});

function factsOf(bytes: Uint8Array): Facts {
  const shape = shapeIn(bytes);
  return {
    record: shape?.place.type === "record" ? shape.place.record : undefined,
    settlement: shape?.fields.get("settlement") === true,
    files: shape ? filesIn(shape.fields) : [],
  };
}

function rowOf(entry: OpenedEntry, why: Chosen["why"], notes: NoteList, opens: boolean): ChangeRow {
  const brought = new BodyNotes(entry.body.notes);
  const items = entry.body.changes.map((change, i) => itemOf(entry.body.secret, i, change, { why: why(entry, i), opens }, brought, notes));
  return { seq: entry.seq, book: entry.body.book, items };
}

function itemOf(
  secret: Uint8Array,
  i: number,
  { tag, signature, bytes }: CarriedChange,
  { why, opens }: { readonly why: WithheldWhy | undefined; readonly opens: boolean },
  brought: BodyNotes,
  notes: NoteList,
): ChangeItem {
  const salt = contentSalt(secret, i);
  const opened = tag.children === undefined ? undefined : { salt: aboutSalt(secret, i), children: tag.children };
  if (why !== undefined) {
    const content = contentHash(salt, { hash: changeHash(bytes), signature, note: brought.hashOf(bytes) });
    return {
      form: "tagged",
      content,
      tagSalt: tagSalt(secret, i),
      tag,
      ...(opened ? { about: opens ? opened : behindHash(opened) } : {}),
      why,
    };
  }
  const note = brought.of(bytes);
  const shown = {
    form: "disclosed",
    change: bytes,
    signature,
    salt,
    tagSalt: tagSalt(secret, i),
    tag,
    ...(opened ? { about: opened } : {}),
    unaware: [],
  } as const;
  return note === undefined ? shown : { ...shown, note: notes.placeOf(note) };
}

/** The names of children stay behind their hash where nothing asks for them (rule L1c). */
const behindHash = ({ salt, children }: OpenAbout): About => ({ hash: aboutHash(salt, children) });

/** Each note once, by the place at which it stands first. */
class NoteList {
  readonly all: PackedRows<string>;
  /** By their hashes, which are shorter. */
  readonly #hashes = new IdTable<Hex32>(32);
  readonly #new: string[] = [];

  constructor(scratch: Scratch | undefined) {
    this.all = new PackedRows(NOTE_ROW, scratch);
  }

  placeOf(note: string): number {
    const known = this.#hashes.length;
    const place = this.#hashes.number(toId(noteHash(note)));
    if (place === known) this.#new.push(note);
    return place;
  }

  /** Puts those that came since the last time to the others. */
  async keep(): Promise<void> {
    for (const note of this.#new.splice(0)) await this.all.push(note);
  }
}
