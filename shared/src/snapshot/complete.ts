import type { BookId, RecordId } from "../base/ids.ts";
import { bookId } from "../books/names.ts";
import { changeHash } from "../books/chunk.ts";
import { shapeIn } from "../books/shape.ts";
import { memberOf } from "../charter/query.ts";
import { hasOwnHead } from "../entry/chunk-parts.ts";
import { commitLeaf, commitmentOf, contentHash } from "../entry/commitment.ts";
import { ENTRY_KIND } from "../entry/header.ts";
import { pusherOf } from "./again.ts";
import { tagHashOf, type ChangeItem, type ChangeRow } from "./change-rows.ts";
import { NamedCheck } from "./check-named.ts";
import type { Checks } from "./checks.ts";
import { BlindCheck, checkOrder, isBeyond, whereOf } from "./exporter-word.ts";
import { countUp, gathered } from "./gathered.ts";
import type { BookEntries, EntryChanges } from "./judge.ts";
import { PATH } from "./paths.ts";
import type { Proof } from "./proof.ts";
import { RedactionCheck, type Redacted } from "./redaction.ts";
import type { Replayed } from "./replay.ts";
import { Roots } from "./roots.ts";
import { RowIndex } from "./row-index.ts";
import { ScopeFilter } from "./scope.ts";
import { ShownNotes } from "./shown-notes.ts";
import type { Steps } from "./source.ts";
import { checkUnopened } from "./unopened.ts";

/** What is disclosed, once it is tied to the log, and how much is not. */
export interface Contents {
  /** The disclosed changes, book by book, each as soon as its last row was read. */
  readonly books: () => AsyncIterable<BookEntries>;
  readonly isWhole: (book: BookId) => boolean;
  /** How many entries of changes each channel has; empty where the channel of some entry is not shown. */
  readonly channels: ReadonlyMap<string, number>;
  /** Withheld changes by tag kind, settlement talk by member. */
  readonly leftOut: ReadonlyMap<string, number>;
  readonly settlement: ReadonlyMap<string, number>;
  /** Of a scope by child: messages and expenses that name none, and would be covered else. */
  readonly unnamed: number;
  /** What the exporter left out one by one. */
  readonly redacted: readonly Redacted[];
  readonly rows: RowIndex;
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
      return commitLeaf(content, tagHashOf(item));
    }
    case "tagged":
      return commitLeaf(item.content, tagHashOf(item));
    case "blind":
      return item.leaf;
  }
}

/**
 * Ties every row to its entry (rule L1) and judges what was left out against the stated scope (rules S2, S3). Goes through the rows once where all is shown and
 * claimed by nobody's word alone, and again only for what has to be looked up.
 * @param each is given every row once it is tied
 */
export async function checkContents(
  proof: Proof,
  replayed: Replayed,
  checks: Checks,
  steps: Steps,
  each: (row: ChangeRow) => void = () => undefined,
): Promise<Contents | "cancelled" | undefined> {
  const { scope, zone } = proof.statement;
  const rows = new RowIndex(replayed.entries.length);
  const counts = new Map<BookId, number>();
  const roots = new Roots(scope);
  const notes = new ShownNotes(replayed.notes);
  const named = new NamedCheck(proof, replayed, notes);
  const blind = new BlindCheck(new ScopeFilter(scope, zone, roots, new Set()));
  const has = { tagged: false, views: false, orders: false };
  for await (const row of proof.rows) {
    const header = replayed.headerOf(row.seq);
    if (!notes.has(row)) {
      checks.failed("note-missing", whereOf(row));
      return undefined;
    }
    const leaves = row.items.flatMap((item) => leafOf(item, notes) ?? []);
    const isTied =
      header !== undefined &&
      rows.isNext(row.seq) &&
      header.author.kind === ENTRY_KIND.changes &&
      header.author.channel === row.book.channel &&
      bookId(proof.statement.log, row.book) === header.author.book &&
      leaves.length === row.items.length &&
      notes.fit(row) &&
      commitmentOf(leaves) === replayed.entries.commitmentAt(row.seq);
    if (!isTied) {
      checks.failed("contents-false", whereOf(row));
      return undefined;
    }
    rows.add(row);
    countUp(counts, header.author.book);
    named.take(row);
    blind.take(row);
    each(row);
    for (const item of row.items) {
      if (item.form === "blind") continue;
      has.tagged ||= item.form === "tagged";
      has.views ||= item.form === "tagged" && item.tag.kind === "view-receipt";
      has.orders ||= item.form === "disclosed" && item.unaware.length > 0;
      roots.take(item.tag, header.relay.time);
    }
    if (await steps.step(row.items.length)) return "cancelled";
  }
  checks.add("contents", "good", { count: rows.disclosed });
  const { partial, channels } = countChannels(replayed, rows, checks);
  const isWhole = (book: BookId): boolean => !partial.has(book);
  await checkUnopened(proof, replayed, rows, counts, checks);
  // Only a view receipt that was left out, and a list of single records, ask which messages are disclosed.
  const isListed = scope.redact !== undefined && scope.redact.records.length > 0;
  const messages = has.views || isListed ? await disclosedMessages(proof) : new Set<RecordId>();
  const filter = new ScopeFilter(scope, zone, roots, messages);
  const redactions = new RedactionCheck(proof, replayed, filter);
  const left = await judgeLeftOut(proof, replayed, filter, has.tagged, redactions, checks);
  blind.finish(checks);
  const redacted = redactions.finish(messages, checks);
  if (has.orders) await checkOrder(proof, replayed, isWhole, checks);
  named.finish(checks);
  return { books: () => booksOf(proof, replayed, notes, counts), isWhole, channels, ...left, redacted, rows };
}

async function* booksOf(
  proof: Proof,
  replayed: Replayed,
  notes: ShownNotes,
  counts: ReadonlyMap<BookId, number>,
): AsyncGenerator<BookEntries, void, undefined> {
  for await (const { key, at, items } of gathered(proof.rows, (row) => replayed.headerOf(row.seq)?.author.book, counts)) {
    const entries = items.map((row): EntryChanges => ({
      seq: row.seq,
      book: row.book,
      hasNote: notes.broughtWith(row),
      changes: row.items.flatMap((i) =>
        i.form === "disclosed" ? [{ bytes: i.change, signature: i.signature, tag: i.tag, unaware: i.unaware }] : [],
      ),
    }));
    yield { book: key, at, entries: entries.filter((e) => e.changes.length > 0) };
  }
}

/** Says for each channel that every entry is there. Gives the books of which something is missing. */
function countChannels(
  replayed: Replayed,
  rows: RowIndex,
  checks: Checks,
): Pick<Contents, "channels"> & { readonly partial: ReadonlySet<BookId> } {
  const partial = new Set<BookId>();
  const channels = new Map<string, number>();
  let unread = 0;
  for (const { seq, header } of replayed.entries) {
    if (!header) unread += 1;
    if (header?.author.kind !== ENTRY_KIND.changes) continue;
    countUp(channels, header.author.channel);
    if (!rows.isWhole(seq)) partial.add(header.author.book);
  }
  const { size } = replayed.checkpoint;
  checks.add("charterWhole", "good", { count: replayed.charter.count, size });
  for (const [channel, entries] of channels) checks.add("channel", "good", { channel, entries, size });
  // In this version every member reads every channel. Behind a bare hash the end of any channel could hide, so nothing is shown to be whole.
  if (unread > 0) checks.failed("unread", PATH.headers, { count: unread });
  return { partial, channels: unread > 0 ? new Map() : channels };
}

/** Whether the stated scope really leaves out what was left out, and shows no more than it covers. */
async function judgeLeftOut(
  proof: Proof,
  replayed: Replayed,
  filter: ScopeFilter,
  hasTagged: boolean,
  redactions: RedactionCheck,
  checks: Checks,
): Promise<Pick<Contents, "leftOut" | "settlement" | "unnamed">> {
  const leftOut = new Map<string, number>();
  const settlement = new Map<string, number>();
  const beyond: string[] = [];
  const unnamed = { messages: 0, expenses: new Set<string>() };
  for await (const row of hasTagged || !filter.isWhole ? proof.rows : []) {
    const header = replayed.headerOf(row.seq);
    for (const item of row.items) {
      if (item.form !== "tagged" || !header) continue;
      const of = { channel: row.book.channel, tag: item.tag, time: header.relay.time };
      const isCovered = filter.covers(of);
      if (filter.isUnnamed(of)) {
        if (item.tag.kind === "message") unnamed.messages += 1;
        else unnamed.expenses.add(item.tag.root);
      }
      const isTalk = item.why === "settlement" && proof.statement.scope.settlement === "leave-out" && item.tag.kind === "message";
      const isRedacted = redactions.isFounded(item);
      if (isCovered && !isTalk && !isRedacted) checks.failed("left-out-unfounded", whereOf(row));
      if (isCovered && isRedacted) continue;
      if (isCovered) countUp(settlement, memberOf(replayed.charter, pusherOf(replayed.again, header)) ?? "");
      else countUp(leftOut, item.tag.kind);
    }
    redactions.take(row);
    if (isBeyond(row, replayed, filter)) beyond.push(whereOf(row));
  }
  for (const [kind, count] of leftOut) checks.add("left-out", "remarks", { kind, count });
  for (const where of beyond) checks.failed("shown-unfounded", where);
  return { leftOut, settlement, unnamed: unnamed.messages + unnamed.expenses.size };
}

async function disclosedMessages(proof: Proof): Promise<ReadonlySet<RecordId>> {
  const records = new Set<RecordId>();
  for await (const row of proof.rows) {
    for (const item of row.items) {
      if (item.form !== "disclosed" || item.tag.kind !== "message") continue;
      const place = shapeIn(item.change)?.place;
      if (place?.type === "record") records.add(place.record);
    }
  }
  return records;
}
