import type { Millis, RecordId } from "../base/ids.ts";
import { wasThere } from "../sync/record-digest.ts";
import type { RecordIndex } from "../sync/record-index.ts";

const NONE: readonly string[] = [];

/** What a record names is fixed with it, so each is opened once for it. */
const known = new WeakMap<RecordIndex, Map<RecordId, readonly string[]>>();

/** The children that a thread (by its first message) or an expense names. */
export function namedBy(index: RecordIndex, record: RecordId): readonly string[] {
  let named = known.get(index);
  if (!named) {
    named = new Map<RecordId, readonly string[]>();
    known.set(index, named);
  }
  const before = named.get(record);
  if (before) return before;
  const folded = index.get(record)?.folded;
  if (!folded) return NONE;
  const labels = (folded.kind === "message" || folded.kind === "expense" ? folded.children : undefined) ?? NONE;
  named.set(record, labels);
  return labels;
}

/** The children that a message (by its thread) or an expense is about; of other records none. */
export function aboutOf(index: RecordIndex, record: RecordId): readonly string[] {
  const folded = index.get(record)?.folded;
  return namedBy(index, folded?.kind === "message" ? folded.thread : record);
}

/** All labels that were used by a moment of the relay's clock, in the order of the alphabet; undefined is now. */
export function childrenUsed(index: RecordIndex, at?: Millis): readonly string[] {
  const used = new Set<string>();
  for (const digest of index.digests()) {
    const canName = digest.kind === "expense" || (digest.kind === "message" && digest.thread === digest.id);
    if (canName && wasThere(digest, at)) for (const label of namedBy(index, digest.id)) used.add(label);
  }
  return [...used].sort((a, b) => a.localeCompare(b));
}
