import type { Millis, RecordId } from "../base/ids.ts";
import { changeHash, parseChange } from "../books/chunk.ts";
import { parseShape } from "../books/shape.ts";
import { BodyNotes } from "../entry/body-notes.ts";
import { contentHash, contentSalt, tagSalt } from "../entry/commitment.ts";
import { parseRelayPart } from "../entry/header.ts";
import { parseFiles, type FileRecord } from "../kinds/files.ts";
import type { SnapshotScope } from "../views/snapshot.ts";
import type { ChangeItem, ChangeRow, WithheldWhy } from "./change-rows.ts";
import { ScopeFilter } from "./scope.ts";
import type { OpenedEntry, SnapshotSource, Steps } from "./source.ts";

/** What a scope takes from a source. */
export interface Chosen {
  /** The scope with a list of single records and files that is just what was found and left out; no list where that is nothing. */
  readonly scope: SnapshotScope;
  readonly rows: readonly ChangeRow[];
  /** Notes that came with the disclosed changes, each once, in the order of the log; items name them by their place. */
  readonly notes: readonly string[];
  /** Books of which something is withheld. */
  readonly partial: ReadonlySet<string>;
}

interface Facts {
  readonly record: RecordId | undefined;
  readonly settlement: boolean;
  readonly files: readonly FileRecord[];
}

export const bookKeyOf = (entry: Pick<OpenedEntry, "body">): string =>
  `${entry.body.book.channel}/${entry.body.book.period}/${String(entry.body.book.shard)}`;

/** Divides all changes into disclosed and withheld (rules S2, S3). Withheld ones always show their tag. */
export async function choose(source: SnapshotSource, scope: SnapshotScope, steps: Steps): Promise<Chosen | "cancelled"> {
  const times = timesOf(source);
  const facts = new Map<OpenedEntry, readonly Facts[]>();
  const isWhole = new ScopeFilter(scope, source.zone, new Map(), new Set()).isWhole;
  for (const entry of source.entries) {
    // Where everything is disclosed nothing has to be looked up inside the changes.
    if (!isWhole || scope.redact)
      facts.set(
        entry,
        entry.body.changes.map((c) => factsOf(c.bytes)),
      );
    if (await steps.step(entry.body.changes.length)) return "cancelled";
  }
  const made = firstTimes(source, times);
  const bare = new ScopeFilter(scope, source.zone, made, new Set());
  const single = new Set<string>(scope.redact?.records);
  const leavesOut = (entry: OpenedEntry, i: number, filter: ScopeFilter): WithheldWhy | undefined => {
    const change = entry.body.changes[i];
    if (!change) return "scope";
    if (!filter.covers({ channel: entry.body.book.channel, tag: change.tag, time: times[entry.seq] ?? 0 })) return "scope";
    const talk = scope.settlement === "leave-out" && change.tag.kind === "message" && facts.get(entry)?.[i]?.settlement === true;
    if (talk) return "settlement";
    const record =
      change.tag.kind === "expense" ? change.tag.root : change.tag.kind === "message" ? facts.get(entry)?.[i]?.record : undefined;
    return record !== undefined && single.has(record) ? "redacted" : undefined;
  };
  const messages = new Set<RecordId>();
  for (const entry of source.entries) {
    entry.body.changes.forEach((c, i) => {
      const record = facts.get(entry)?.[i]?.record;
      if (c.tag.kind === "message" && record !== undefined && leavesOut(entry, i, bare) === undefined) messages.add(record);
    });
  }
  const filter = new ScopeFilter(scope, source.zone, made, messages);
  const partial = new Set<string>();
  const notes = new NoteList();
  const redacted = new Set<RecordId>();
  const shownFiles: FileRecord[] = [];
  const rows = source.entries.map((entry): ChangeRow => {
    const brought = new BodyNotes(entry.body.notes);
    const items = entry.body.changes.map((change, i): ChangeItem => {
      const why = leavesOut(entry, i, filter);
      const known = facts.get(entry)?.[i];
      if (why === "redacted" && known) redacted.add((change.tag.kind === "expense" ? change.tag.root : known.record) as RecordId);
      if (why !== undefined) partial.add(bookKeyOf(entry));
      else shownFiles.push(...(known?.files ?? []));
      return itemOf(entry, i, why, brought, notes);
    });
    return { seq: entry.seq, book: entry.body.book, items };
  });
  return { rows, notes: notes.all, partial, scope: onlyFound(scope, redacted, shownFiles) };
}

/** The list of single records and files, by what was found: a reader holds it against what was left out (rule S41). */
function onlyFound(scope: SnapshotScope, records: ReadonlySet<RecordId>, shown: readonly FileRecord[]): SnapshotScope {
  const { redact, ...rest } = scope;
  if (!redact) return rest;
  const asked = new Set<string>(redact.files);
  const files = scope.files ? [...new Set(shown.flatMap((f) => (asked.has(f.id) || asked.has(f.hash) ? [f.hash] : [])))] : [];
  return records.size + files.length === 0 ? rest : { ...rest, redact: { reason: redact.reason, records: [...records], files } };
}

/** Relay time of every entry whose header is readable. */
function timesOf(source: SnapshotSource): readonly Millis[] {
  return source.headers.map((h) => {
    const relay = h instanceof Uint8Array ? undefined : parseRelayPart(h.relayBytes);
    return relay?.ok ? relay.value.time : 0;
  });
}

function firstTimes(source: SnapshotSource, times: readonly Millis[]): ReadonlyMap<string, Millis> {
  const made = new Map<string, Millis>();
  for (const entry of source.entries) {
    for (const { tag } of entry.body.changes) if (tag.kind === "expense" && !made.has(tag.root)) made.set(tag.root, times[entry.seq] ?? 0);
  }
  return made;
}

function factsOf(bytes: Uint8Array): Facts {
  const parsed = parseChange(bytes);
  if (!parsed.ok) return { record: undefined, settlement: false, files: [] };
  const shape = parseShape(parsed.value);
  const place = shape.ok ? shape.value.place : undefined;
  const text = shape.ok ? shape.value.fields.get("files") : undefined;
  return {
    record: place?.type === "record" ? place.record : undefined,
    settlement: shape.ok && shape.value.fields.get("settlement") === true,
    files: typeof text === "string" ? (parseFiles(text) ?? []) : [],
  };
}

function itemOf(entry: OpenedEntry, i: number, why: WithheldWhy | undefined, brought: BodyNotes, notes: NoteList): ChangeItem {
  const { secret, changes } = entry.body;
  const change = changes[i];
  if (!change) throw new Error("no such change");
  const { tag, signature, bytes } = change;
  const salt = contentSalt(secret, i);
  if (why !== undefined) {
    const content = contentHash(salt, { hash: changeHash(bytes), signature, note: brought.hashOf(bytes) });
    return { form: "tagged", content, tagSalt: tagSalt(secret, i), tag, why };
  }
  const note = brought.of(bytes);
  const shown = { form: "disclosed", change: bytes, signature, salt, tagSalt: tagSalt(secret, i), tag, unaware: [] } as const;
  return note === undefined ? shown : { ...shown, note: notes.placeOf(note) };
}

/** Each note once, by the place at which it stands first. */
class NoteList {
  readonly #places = new Map<string, number>();

  placeOf(note: string): number {
    const place = this.#places.get(note) ?? this.#places.size;
    this.#places.set(note, place);
    return place;
  }

  get all(): readonly string[] {
    return [...this.#places.keys()];
  }
}
