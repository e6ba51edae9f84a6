import type { BookId, Millis, RecordId } from "../base/ids.ts";
import { bookId } from "../books/names.ts";
import { changeHash, parseChange } from "../books/chunk.ts";
import { parseShape } from "../books/shape.ts";
import { memberOf } from "../charter/query.ts";
import { hasOwnHead } from "../entry/chunk-parts.ts";
import { commitLeaf, commitmentOf, contentHash, tagHash } from "../entry/commitment.ts";
import { ENTRY_KIND } from "../entry/header.ts";
import type { ChangeItem, ChangeRow } from "./change-rows.ts";
import type { Checks } from "./checks.ts";
import { checkBlind, checkOrder, checkShown, checkUnopened, whereOf } from "./exporter-word.ts";
import type { EntryChanges } from "./judge.ts";
import { checkNamed } from "./check-named.ts";
import { PATH } from "./paths.ts";
import type { Proof } from "./proof.ts";
import { checkRedactions, type Redacted } from "./redaction.ts";
import type { Replayed } from "./replay.ts";
import { ScopeFilter } from "./scope.ts";
import { ShownNotes } from "./shown-notes.ts";
import type { Steps } from "./source.ts";

/** What is disclosed, once it is tied to the log, and how much is not. */
export interface Contents {
  readonly entries: readonly EntryChanges[];
  readonly isWhole: (book: BookId) => boolean;
  /** Withheld changes by tag kind, settlement talk by member. */
  readonly leftOut: ReadonlyMap<string, number>;
  readonly settlement: ReadonlyMap<string, number>;
  /** What the exporter left out one by one. */
  readonly redacted: readonly Redacted[];
}

/**
 * Leaf data of one change, from whichever form it is shown in (rule L1). Undefined where it begins otherwise than its hash tells: no commitment
 * covers those bytes (rule X1a), so that nobody can spoil another's change there.
 */
function leafOf(item: ChangeItem, notes: ShownNotes): Uint8Array | undefined {
  switch (item.form) {
    case "disclosed": {
      const hash = changeHash(item.change);
      if (!hasOwnHead(item.change, hash)) return undefined;
      const content = contentHash(item.salt, { hash, signature: item.signature, note: notes.hashOf(item) });
      return commitLeaf(content, tagHash(item.tagSalt, item.tag));
    }
    case "tagged":
      return commitLeaf(item.content, tagHash(item.tagSalt, item.tag));
    case "blind":
      return item.leaf;
  }
}

/** Ties every row to its entry (rule L1) and judges what was left out against the stated scope (rules S2, S3). */
export async function checkContents(
  proof: Proof,
  replayed: Replayed,
  checks: Checks,
  steps: Steps,
): Promise<Contents | "cancelled" | undefined> {
  const rows = new Map<number, ChangeRow>();
  let disclosed = 0;
  const notes = new ShownNotes(proof, replayed);
  for (const row of proof.rows) {
    const header = replayed.headerOf(row.seq);
    if (!notes.has(row)) {
      checks.failed("note-missing", whereOf(row));
      return undefined;
    }
    const leaves = row.items.flatMap((item) => leafOf(item, notes) ?? []);
    const isTied =
      header !== undefined &&
      !rows.has(row.seq) &&
      header.author.kind === ENTRY_KIND.changes &&
      header.author.channel === row.book.channel &&
      bookId(proof.statement.log, row.book) === header.author.book &&
      leaves.length === row.items.length &&
      notes.fit(row) &&
      commitmentOf(leaves) === header.author.commitment;
    if (!isTied) {
      checks.failed("contents-false", `${PATH.changes}, entry ${String(row.seq)}`);
      return undefined;
    }
    rows.set(row.seq, row);
    disclosed += row.items.filter((i) => i.form === "disclosed").length;
    if (await steps.step(row.items.length)) return "cancelled";
  }
  checks.add("contents", "good", { count: disclosed });
  const books = countChannels(replayed, rows, checks);
  checkUnopened(proof, replayed, rows, checks);
  const left = judgeLeftOut(proof, replayed, checks);
  checkOrder(proof, replayed, (book) => !books.has(book), checks);
  checkNamed(proof, replayed, notes, checks);
  const entries = proof.rows.map((row): EntryChanges => ({
    seq: row.seq,
    book: row.book,
    hasNote: notes.broughtWith(row),
    changes: row.items.flatMap((i) =>
      i.form === "disclosed" ? [{ bytes: i.change, signature: i.signature, tag: i.tag, unaware: i.unaware }] : [],
    ),
  }));
  return { entries: entries.filter((e) => e.changes.length > 0), isWhole: (book) => !books.has(book), ...left };
}

/** Says for each channel that every entry is there. Gives the books of which something is missing. */
function countChannels(replayed: Replayed, rows: ReadonlyMap<number, ChangeRow>, checks: Checks): ReadonlySet<BookId> {
  const partial = new Set<BookId>();
  const channels = new Map<string, number>();
  let unread = 0;
  for (const entry of replayed.entries) {
    if (!entry.header) unread += 1;
    if (!entry.header || entry.header.author.kind !== ENTRY_KIND.changes) continue;
    const { channel, book } = entry.header.author;
    channels.set(channel, (channels.get(channel) ?? 0) + 1);
    const row = rows.get(entry.seq);
    if (!row || row.items.some((i) => i.form !== "disclosed")) partial.add(book);
  }
  const { size } = replayed.checkpoint;
  checks.add("charterWhole", "good", { count: replayed.charter.count, size });
  for (const [channel, entries] of channels) checks.add("channel", "good", { channel, entries, size });
  // In this version every member reads every channel. Behind a bare hash the end of any channel could hide, so nothing is shown to be whole.
  if (unread > 0) checks.failed("unread", PATH.headers, { count: unread });
  return partial;
}

/** Whether the stated scope really leaves out what was left out. */
function judgeLeftOut(proof: Proof, replayed: Replayed, checks: Checks): Pick<Contents, "leftOut" | "settlement" | "redacted"> {
  const { scope, zone } = proof.statement;
  // Only a view receipt that was left out, and a list of single records, ask which messages are disclosed.
  const isListed = scope.redact !== undefined && scope.redact.records.length > 0;
  const asks = isListed || proof.rows.some((row) => row.items.some((i) => i.form === "tagged" && i.tag.kind === "view-receipt"));
  const messages = asks ? disclosedMessages(proof) : new Set<RecordId>();
  const filter = new ScopeFilter(scope, zone, firstTimes(proof, replayed), messages);
  const leftOut = new Map<string, number>();
  const settlement = new Map<string, number>();
  for (const row of proof.rows) {
    const header = replayed.headerOf(row.seq);
    for (const item of row.items) {
      if (item.form !== "tagged" || !header) continue;
      const isCovered = filter.covers({ channel: row.book.channel, tag: item.tag, time: header.relay.time });
      const isTalk = item.why === "settlement" && scope.settlement === "leave-out" && item.tag.kind === "message";
      const isRedacted = item.why === "redacted" && isListed && (item.tag.kind === "message" || filter.redacts(item.tag.root as RecordId));
      if (isCovered && !isTalk && !isRedacted) checks.failed("left-out-unfounded", `${PATH.changes}, entry ${String(row.seq)}`);
      if (isCovered && isRedacted) continue;
      const sender = replayed.again.get(row.seq)?.old.device ?? header.author.device;
      const [counts, key] = isCovered ? [settlement, memberOf(replayed.charter, sender) ?? ""] : [leftOut, item.tag.kind];
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
  }
  for (const [kind, count] of leftOut) checks.add("left-out", "remarks", { kind, count });
  checkShown(proof, replayed, filter, checks);
  checkBlind(proof, filter, checks);
  return { leftOut, settlement, redacted: checkRedactions(proof, replayed, filter, messages, checks) };
}

function firstTimes(proof: Proof, replayed: Replayed): ReadonlyMap<string, Millis> {
  const made = new Map<string, Millis>();
  for (const row of proof.rows) {
    for (const item of row.items) {
      if (item.form === "blind" || item.tag.kind !== "expense" || made.has(item.tag.root)) continue;
      made.set(item.tag.root, replayed.headerOf(row.seq)?.relay.time ?? 0);
    }
  }
  return made;
}

function disclosedMessages(proof: Proof): ReadonlySet<RecordId> {
  const records = new Set<RecordId>();
  for (const row of proof.rows) {
    for (const item of row.items) {
      if (item.form !== "disclosed" || item.tag.kind !== "message") continue;
      const parsed = parseChange(item.change);
      const shape = parsed.ok ? parseShape(parsed.value) : undefined;
      if (shape?.ok && shape.value.place.type === "record") records.add(shape.value.place.record);
    }
  }
  return records;
}
