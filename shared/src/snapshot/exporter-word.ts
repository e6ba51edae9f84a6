import type { BookId, ChangeHash } from "../base/ids.ts";
import { changeHash } from "../books/chunk.ts";
import { GENESIS_HASH } from "../books/genesis.ts";
import { namedDeps } from "../books/named.ts";
import { memberOf } from "../charter/query.ts";
import { ENTRY_KIND } from "../entry/header.ts";
import type { ChangeRow } from "./change-rows.ts";
import type { Checks } from "./checks.ts";
import { countUp, gathered } from "./gathered.ts";
import type { LogPlace } from "./log-index.ts";
import { PATH } from "./paths.ts";
import type { Proof } from "./proof.ts";
import type { Replayed } from "./replay.ts";
import type { RowIndex } from "./row-index.ts";
import type { ScopeFilter } from "./scope.ts";
import { namesIn } from "./statement.ts";

/**
 * The exporter is an adversary too: what only their word says is held against what the log shows (rules S21 to S23). What contradicts it fails; what cannot
 * be decided is counted in the verdict.
 */

/** Channels whose changes a scope takes or leaves by their tags. */
const SCOPED: ReadonlySet<string> = new Set(["household", "messages", "expenses"]);

/** The place of a row, for a check that failed. */
export const whereOf = (row: ChangeRow): string => `${PATH.changes}, entry ${String(row.seq)}`;

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

/** The first entry of the exporter's device in which a change is built, by however many steps, on one that can only be in an entry without a row. */
function buildsOnMissing(proof: Proof, replayed: Replayed, inBook: readonly ChangeRow[]): ChangeRow | undefined {
  // A change that is withheld in this book could be the one that it is built on.
  if (inBook.some((row) => row.items.some((i) => i.form !== "disclosed"))) return undefined;
  const deps = new Map<string, readonly string[]>([[GENESIS_HASH, []]]);
  const own: (readonly [string, ChangeRow])[] = [];
  for (const row of inBook) {
    const isOwn = replayed.headerOf(row.seq)?.author.device === proof.statement.exporter;
    for (const item of row.items) {
      if (item.form !== "disclosed") continue;
      const hash = changeHash(item.change);
      deps.set(hash, namedDeps(item.change));
      if (isOwn) own.push([hash, row]);
    }
  }
  const seen = new Set<string>();
  for (const [first, row] of own) {
    const open = [first];
    for (let hash = open.pop(); hash !== undefined; hash = open.pop()) {
      if (seen.has(hash)) continue;
      seen.add(hash);
      const before = deps.get(hash);
      if (!before) return row;
      open.push(...before);
    }
  }
  return undefined;
}

/** S22: what is shown is what the stated scope covers, and no more: a thread of which single messages are shown would look whole. */
export function isBeyond(row: ChangeRow, replayed: Replayed, filter: ScopeFilter): boolean {
  if (filter.isWhole) return false;
  const time = replayed.headerOf(row.seq)?.relay.time ?? 0;
  return row.items.some(
    (i) => i.form === "disclosed" && i.tag.kind !== "view-receipt" && !filter.covers({ channel: row.book.channel, tag: i.tag, time }),
  );
}

/** S22: a change without its tag could belong to anything; where the scope asks for tags, or takes everything, that hides it. */
export class BlindCheck {
  readonly #isWhole: boolean;
  readonly #asksNames: boolean;
  readonly #unfounded: string[] = [];
  #count = 0;

  constructor({ isWhole, asksNames }: ScopeFilter) {
    this.#isWhole = isWhole;
    this.#asksNames = asksNames;
  }

  take(row: ChangeRow): void {
    const blind = row.items.filter((i) => i.form === "blind").length;
    if (blind > 0 && (this.#isWhole || SCOPED.has(row.book.channel))) this.#unfounded.push(whereOf(row));
    else this.#count += blind;
    // Where the scope is by child, whom a record names is what its tag is asked for.
    const isHidden = this.#asksNames && row.items.some((i) => i.form === "tagged" && i.about !== undefined && "hash" in i.about);
    if (isHidden) this.#unfounded.push(whereOf(row));
  }

  finish(checks: Checks): void {
    for (const where of this.#unfounded) checks.failed("blind-unfounded", where);
    if (this.#count > 0) checks.add("blind", "remarks", { count: this.#count });
  }
}

/** S23: that an act did not know of another is only said where something is withheld between them, and of an earlier act of its record. */
export async function checkOrder(proof: Proof, replayed: Replayed, isWhole: (book: BookId) => boolean, checks: Checks): Promise<void> {
  const acts = new Map<ChangeHash, string>();
  for await (const row of proof.rows) {
    const book = replayed.headerOf(row.seq)?.author.book;
    for (const item of row.items) {
      if (item.form !== "disclosed") continue;
      const { root } = item.tag;
      const isUnfounded = item.unaware.length > 0 && book !== undefined && isWhole(book);
      if (isUnfounded || item.unaware.some((hash) => acts.get(hash) !== root)) checks.failed("order-false", whereOf(row));
      acts.set(changeHash(item.change), root);
    }
  }
}
