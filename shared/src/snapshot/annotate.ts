import { toId } from "../base/bytes.ts";
import type { ChangeHash } from "../base/ids.ts";
import { noteName } from "../books/checkpoint-field.ts";
import { changeHash } from "../books/chunk.ts";
import { parseCheckpoint } from "../log/checkpoint.ts";
import type { ChangeRow } from "./change-rows.ts";
import { bookKeyOf, type Chosen } from "./choose.ts";
import { judgeBooks, type EntryChanges } from "./judge.ts";
import type { Replayed } from "./replay.ts";
import type { SnapshotSource, Steps } from "./source.ts";

/** What the exporter adds to the rows by their word, since no reader can see it there: `o` (rule S23). */
export async function annotate(
  source: SnapshotSource,
  chosen: Chosen,
  replayed: Replayed,
  steps: Steps,
): Promise<readonly ChangeRow[] | "cancelled"> {
  return chosen.partial.size === 0 ? chosen.rows : withOrder(source, chosen, replayed, steps);
}

/** The notes of an entry by what they say. Nobody's signature is looked at: only an order of acts is read from what is judged with them. */
function saidIn(notes: readonly string[]): EntryChanges["hasNote"] {
  const names = new Set(
    notes.flatMap((note) => {
      const said = parseCheckpoint(note.slice(0, note.indexOf("\n\n") + 1));
      return said ? [noteName({ ...said, root: toId(said.root) })] : [];
    }),
  );
  return (checkpoint) => names.has(noteName(checkpoint));
}

/** Says of acts in partly withheld books which acts before them, as a reader of this snapshot judges them, they did not know of. */
async function withOrder(
  source: SnapshotSource,
  chosen: Chosen,
  replayed: Replayed,
  steps: Steps,
): Promise<readonly ChangeRow[] | "cancelled"> {
  const opened = source.entries.filter((e) => chosen.partial.has(bookKeyOf(e)));
  const entries = opened.map((e): EntryChanges => ({
    seq: e.seq,
    book: e.body.book,
    changes: e.body.changes,
    hasNote: saidIn(e.body.notes),
  }));
  const rows = new Map(chosen.rows.map((row) => [row.seq, row]));
  const shown = entries.map((e): EntryChanges => ({
    ...e,
    changes: e.changes.filter((_, i) => rows.get(e.seq)?.items[i]?.form === "disclosed"),
  }));
  const whole = await judgeBooks(replayed, entries, () => true, steps);
  if (whole === "cancelled") return whole;
  const partial = await judgeBooks(replayed, shown, () => false, steps);
  if (partial === "cancelled") return partial;
  const unaware = new Map<ChangeHash, readonly ChangeHash[]>();
  for (const [record, acts] of partial.records) {
    const admitted = new Set(whole.records.get(record)?.map((a) => a.hash));
    const known = acts.filter((a) => admitted.has(a.hash));
    known.forEach((b, i) => {
      const unknown = known.slice(0, i).filter((a) => !whole.precedes(a.hash, b.hash));
      const hashes = unknown.map((a) => a.hash);
      if (hashes.length > 0) unaware.set(b.hash, hashes);
    });
  }
  if (unaware.size === 0) return chosen.rows;
  return chosen.rows.map((row) => ({
    ...row,
    items: row.items.map((item) => (item.form === "disclosed" ? { ...item, unaware: unaware.get(changeHash(item.change)) ?? [] } : item)),
  }));
}
