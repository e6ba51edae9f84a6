import type { BookId } from "../base/ids.ts";
import { changeHash } from "../books/chunk.ts";
import { GENESIS_HASH } from "../books/genesis.ts";
import { namedDeps } from "../books/named.ts";
import { memberOf } from "../charter/query.ts";
import { ENTRY_KIND } from "../entry/header.ts";
import type { ChangeRow } from "./change-rows.ts";
import type { Checks } from "./checks.ts";
import { whereOf } from "./exporter-word.ts";
import { countUp, gathered } from "./gathered.ts";
import type { LogPlace } from "./log-index.ts";
import { PATH } from "./paths.ts";
import type { Proof } from "./proof.ts";
import type { Replayed } from "./replay.ts";
import type { RowIndex } from "./row-index.ts";
import { namesIn } from "./statement.ts";

/** S21: entries without a row. The exporter says that they did not open; not of what their own device sent, or built on. */
export async function checkUnopened(
  proof: Proof,
  replayed: Replayed,
  rows: RowIndex,
  counts: ReadonlyMap<BookId, number>,
  checks: Checks,
): Promise<void> {
  const missing: LogPlace[] = [];
  for (const place of replayed.entries) if (place.header?.author.kind === ENTRY_KIND.changes && !rows.has(place.seq)) missing.push(place);
  if (missing.length === 0) return;
  const { exporter } = proof.statement;
  for (const { seq, header } of missing)
    if (header?.author.device === exporter) checks.failed("unopened-own", `${PATH.headers}, entry ${String(seq)}`);
  const books = new Map<BookId, ChangeRow | undefined>(missing.flatMap((e) => (e.header ? [[e.header.author.book, undefined]] : [])));
  const bookOf = (row: ChangeRow): BookId | undefined => {
    const book = replayed.headerOf(row.seq)?.author.book;
    return book !== undefined && books.has(book) ? book : undefined;
  };
  for await (const { key, items } of gathered(proof.rows, bookOf, counts)) books.set(key, buildsOnMissing(proof, replayed, items));
  for (const builder of books.values()) if (builder) checks.failed("unopened-known", whereOf(builder));
  const nameOf = namesIn(proof.statement);
  const byName = new Map<string, number>();
  for (const { header } of missing) countUp(byName, nameOf(header ? memberOf(replayed.charter, header.author.device) : undefined));
  for (const [name, count] of byName) checks.add("unopened", "remarks", { count, name });
}

/**
 * The first entry of the exporter's device with which it is shown that a change was built, by however many steps, on one that can only be in an entry without a row: what is
 * built on up to there and not shown is more than what is withheld up to there. Behind a change that is not shown nobody sees on what it is built.
 */
function buildsOnMissing(proof: Proof, replayed: Replayed, inBook: readonly ChangeRow[]): ChangeRow | undefined {
  const deps = new Map<string, readonly string[]>([[GENESIS_HASH, []]]);
  for (const { items } of inBook)
    for (const item of items) if (item.form === "disclosed") deps.set(changeHash(item.change), namedDeps(item.change));
  const seen = new Set<string>();
  let [unseen, withheld] = [0, 0];
  for (const row of inBook) {
    withheld += row.items.filter((i) => i.form !== "disclosed").length;
    // What it only pushed again (rule C8k) may be built on what it never had.
    if (replayed.headerOf(row.seq)?.author.device !== proof.statement.exporter || replayed.again.has(row.seq)) continue;
    const open: string[] = row.items.flatMap((i) => (i.form === "disclosed" ? [changeHash(i.change)] : []));
    for (let hash = open.pop(); hash !== undefined; hash = open.pop()) {
      if (seen.has(hash)) continue;
      seen.add(hash);
      const before = deps.get(hash);
      if (before) open.push(...before);
      else unseen += 1;
    }
    if (unseen > withheld) return row;
  }
  return undefined;
}
