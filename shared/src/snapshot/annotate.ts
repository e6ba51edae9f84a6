import type { ChangeHash } from "../base/ids.ts";
import { pushTo } from "../base/push-to.ts";
import { changeHash } from "../books/chunk.ts";
import { BodyNotes } from "../entry/body-notes.ts";
import type { ChangeRow } from "./change-rows.ts";
import { bookKeyOf, type Chosen } from "./choose.ts";
import { gathered } from "./gathered.ts";
import { judgeBook, type BookEntries, type EntryChanges, type FoldedAct, type JudgedBook } from "./judge.ts";
import { PackedRows } from "./packed-rows.ts";
import type { Replayed } from "./replay.ts";
import { CHANGE_ROW } from "./row-codecs.ts";
import type { OpenedEntry, SnapshotSource, Steps } from "./source.ts";

/** The rows of a proof, with what the exporter adds by their word, since no reader can see it there: `o` (rule S23). */
export async function annotate(
  source: SnapshotSource,
  chosen: Chosen,
  replayed: Replayed,
  steps: Steps,
): Promise<PackedRows<ChangeRow> | "cancelled"> {
  const unaware = await unawareIn(source, chosen, replayed, steps);
  if (unaware === "cancelled" || unaware.size === 0) return unaware === "cancelled" ? unaware : chosen.rows;
  const rows = new PackedRows(CHANGE_ROW, steps.scratch);
  for await (const row of chosen.rows) await rows.push(withOrder(row, unaware));
  return rows;
}

function withOrder(row: ChangeRow, unaware: ReadonlyMap<ChangeHash, readonly ChangeHash[]>): ChangeRow {
  const items = row.items.map((item) =>
    item.form === "disclosed" ? { ...item, unaware: unaware.get(changeHash(item.change)) ?? [] } : item,
  );
  return { ...row, items };
}

/** Of acts in partly withheld books: which acts before them, as a reader of this snapshot judges them, they did not know of. */
async function unawareIn(
  source: SnapshotSource,
  { partial, why }: Chosen,
  replayed: Replayed,
  steps: Steps,
): Promise<ReadonlyMap<ChangeHash, readonly ChangeHash[]> | "cancelled"> {
  const unaware = new Map<ChangeHash, readonly ChangeHash[]>();
  if (partial.size === 0) return unaware;
  const keyOf = (entry: OpenedEntry): string | undefined => {
    const key = bookKeyOf(entry);
    return partial.has(key) ? key : undefined;
  };
  for await (const { at, items } of gathered(source.entries, keyOf, partial)) {
    const all = items.map(({ seq, body }): EntryChanges => {
      // Nobody's signature is looked at: only an order of acts is read from what is judged with them.
      const brought = new BodyNotes(body.notes);
      return { seq, book: body.book, changes: body.changes, hasNote: (checkpoint) => brought.say(checkpoint) };
    });
    const shown = all.map((e, n): EntryChanges => {
      const entry = items[n];
      return { ...e, changes: e.changes.filter((_, i) => entry && why(entry, i) === undefined) };
    });
    const book = replayed.headerOf(all[0]?.seq ?? 0)?.author.book;
    if (book === undefined) throw new Error("an entry that was opened has a header");
    const of = (entries: readonly EntryChanges[]): BookEntries => ({ book, at, entries });
    const whole = await judgeBook(replayed, of(all), true, steps);
    if (whole === "cancelled") return whole;
    const part = await judgeBook(replayed, of(shown), false, steps);
    if (part === "cancelled") return part;
    for (const [hash, hashes] of unknownTo(whole, part)) unaware.set(hash, hashes);
  }
  return unaware;
}

/** For each act that a reader admits, the earlier ones of its record that it did not know. */
function unknownTo(whole: JudgedBook, part: JudgedBook): readonly (readonly [ChangeHash, readonly ChangeHash[]])[] {
  const admitted = new Set(whole.acts.map((a) => a.hash));
  const records = new Map<string, FoldedAct[]>();
  for (const act of part.acts) if (admitted.has(act.hash)) pushTo(records, act.act.record, act);
  return [...records.values()].flatMap((known) =>
    known.flatMap((b, i) => {
      const hashes = known.slice(0, i).flatMap((a) => (whole.precedes(a.hash, b.hash) ? [] : [a.hash]));
      return hashes.length > 0 ? [[b.hash, hashes] as const] : [];
    }),
  );
}
