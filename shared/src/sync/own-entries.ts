import type { LogId } from "../base/ids.ts";
import { ENTRY_KIND, readAuthorPart } from "../entry/header.ts";
import { LIMITS } from "../base/limits.ts";
import { MerkleTree } from "../log/tree.ts";
import type { RowStore } from "../vault/row-store.ts";
import type { EntriesItem, RestoreMessage } from "../wire/messages.ts";
import { entryRowCodec, keys, type EntryRow } from "./rows.ts";

/** Rows that are read at a time. */
const RUN = 256;
/** What the entries of one message may have together: a frame, without a note, a proof and the lengths in it. */
const ROOM = LIMITS.frame - LIMITS.note - 8_192;

/** The tree over the leaves of this device's own rows; undefined where one is missing. */
export async function ownTree(rows: RowStore, log: LogId, size: number, pause: () => Promise<void>): Promise<MerkleTree | undefined> {
  const tree = MerkleTree.of();
  for (let from = 0; from < size; from += RUN) {
    for (const row of await ownRows(rows, log, from, Math.min(from + RUN, size))) tree.append(row.leaf);
    await pause();
  }
  return tree.size === size ? tree : undefined;
}

/** Entries of this device from `from` on as they were logged, as many as a message holds; fewer than there are where a part of one is not here. */
export async function ownEntries(
  rows: RowStore,
  log: LogId,
  from: number,
  end: number,
  mayLack: boolean,
): Promise<RestoreMessage["entries"]> {
  return whole(await ownRows(rows, log, from, Math.min(from + LIMITS.entriesInPush, end)), mayLack);
}

/** What this device has of an entry; undefined where it has no such row. */
export async function ownRow(rows: RowStore, log: LogId, seq: number): Promise<EntryRow | undefined> {
  const row = await rows.get("entry", keys.entry(log, seq));
  const entry = row && entryRowCodec.decode(row);
  return entry?.ok ? entry.value : undefined;
}

/** Rows of entries from `from` up to and without `to`; fewer where one is missing. */
export async function ownRows(rows: RowStore, log: LogId, from: number, to: number): Promise<readonly EntryRow[]> {
  const found: EntryRow[] = [];
  for (const row of await rows.scan("entry", { from: keys.entry(log, from), to: keys.entry(log, to) })) {
    const entry = entryRowCodec.decode(row.value);
    if (entry.ok) found.push(entry.value);
  }
  return found;
}

/** An entry as a relay sends it: of one that this device may not read the hash alone. */
export const itemOf = ({ a, r, b, leaf }: EntryRow): EntriesItem => (a && r ? { a, r, b } : leaf);

/** The entries of a run up to the first of which this device lacks a part, as many as a frame holds. */
function whole(rows: readonly EntryRow[], mayLack: boolean): RestoreMessage["entries"] {
  const entries: RestoreMessage["entries"] = [];
  let bytes = 0;
  for (const { a, r, b, p } of rows) {
    // Where the old relay had dropped a body a bundle stands for it, here and there (rule L8f).
    if (a === null || r === null || (b === null && !(mayLack && p !== undefined))) break;
    bytes += a.length + r.length + (b?.length ?? 0) + 32;
    // The bundle that an acknowledgement is of has to stand in the relay's store before it.
    if (entries.length > 0 && (bytes > ROOM || isAck(a))) break;
    entries.push({ a, r, b });
  }
  return entries;
}

function isAck(author: Uint8Array): boolean {
  const read = readAuthorPart(author);
  return read.ok && read.value.author.kind === ENTRY_KIND.ack;
}
