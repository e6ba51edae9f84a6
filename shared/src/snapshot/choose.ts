import type { Millis, RecordId } from "../base/ids.ts";
import { changeHash, parseChange } from "../books/chunk.ts";
import { parseShape } from "../books/shape.ts";
import { contentHash, contentSalt, tagSalt } from "../entry/commitment.ts";
import { parseRelayPart } from "../entry/header.ts";
import type { SnapshotScope } from "../views/snapshot.ts";
import type { ChangeItem, ChangeRow } from "./change-rows.ts";
import { namedCheckpoint } from "./named.ts";
import { ScopeFilter } from "./scope.ts";
import type { OpenedEntry, SnapshotSource, Steps } from "./source.ts";

/** What a scope takes from a source. */
export interface Chosen {
  readonly rows: readonly ChangeRow[];
  /** Notes of the checkpoints that the disclosed changes name. */
  readonly notes: readonly string[];
  /** Books of which something is withheld. */
  readonly partial: ReadonlySet<string>;
}

interface Facts {
  readonly record: RecordId | undefined;
  readonly settlement: boolean;
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
    if (!isWhole)
      facts.set(
        entry,
        entry.body.changes.map((c) => factsOf(c.bytes)),
      );
    if (await steps.step(entry.body.changes.length)) return "cancelled";
  }
  const made = firstTimes(source, times);
  const bare = new ScopeFilter(scope, source.zone, made, new Set());
  const leavesOut = (entry: OpenedEntry, i: number, filter: ScopeFilter): "scope" | "settlement" | undefined => {
    const change = entry.body.changes[i];
    if (!change) return "scope";
    if (!filter.covers({ channel: entry.body.book.channel, tag: change.tag, time: times[entry.seq] ?? 0 })) return "scope";
    const talk = scope.settlement === "leave-out" && change.tag.kind === "message" && facts.get(entry)?.[i]?.settlement === true;
    return talk ? "settlement" : undefined;
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
  const named = new Set<number>();
  const rows = source.entries.map((entry): ChangeRow => {
    const items = entry.body.changes.map((change, i): ChangeItem => {
      const why = leavesOut(entry, i, filter);
      if (why !== undefined) partial.add(bookKeyOf(entry));
      else named.add(namedCheckpoint(change.bytes)?.size ?? 0);
      return itemOf(entry, i, why);
    });
    return { seq: entry.seq, book: entry.body.book, items };
  });
  return { rows, notes: notesOf(source, named), partial };
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
  if (!parsed.ok) return { record: undefined, settlement: false };
  const shape = parseShape(parsed.value);
  const place = shape.ok ? shape.value.place : undefined;
  return {
    record: place?.type === "record" ? place.record : undefined,
    settlement: shape.ok && shape.value.fields.get("settlement") === true,
  };
}

function itemOf(entry: OpenedEntry, i: number, why: "scope" | "settlement" | undefined): ChangeItem {
  const { secret, changes } = entry.body;
  const change = changes[i];
  if (!change) throw new Error("no such change");
  const { tag, signature, bytes } = change;
  const salt = contentSalt(secret, i);
  if (why !== undefined)
    return { form: "tagged", content: contentHash(salt, changeHash(bytes), signature), tagSalt: tagSalt(secret, i), tag, why };
  return { form: "disclosed", change: bytes, signature, salt, tagSalt: tagSalt(secret, i), tag, unaware: [] };
}

/** Each note once, in the order of the log. */
function notesOf(source: SnapshotSource, named: ReadonlySet<number>): readonly string[] {
  const notes = new Set<string>();
  for (const entry of source.entries) {
    for (const note of entry.body.notes) {
      const size = Number(/^[^\n]*\n(\d{1,15})\n/.exec(note)?.[1] ?? NaN);
      if (named.has(size)) notes.add(note);
    }
  }
  return [...notes];
}
