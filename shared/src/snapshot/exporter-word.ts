import type { BookId, ChangeHash } from "../base/ids.ts";
import { changeHash } from "../books/chunk.ts";
import type { ChangeRow } from "./change-rows.ts";
import type { Checks } from "./checks.ts";
import { PATH } from "./paths.ts";
import type { Proof } from "./proof.ts";
import type { Replayed } from "./replay.ts";
import type { ScopeFilter } from "./scope.ts";

/**
 * The exporter is an adversary too: what only their word says is held against what the log shows (rules S22 and S23; S21 is in unopened.ts). What contradicts it fails; what cannot
 * be decided is counted in the verdict.
 */

/** Channels whose changes a scope takes or leaves by their tags. */
const SCOPED: ReadonlySet<string> = new Set(["household", "messages", "expenses"]);

/** The place of a row, for a check that failed. */
export const whereOf = (row: ChangeRow): string => `${PATH.changes}, entry ${String(row.seq)}`;

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
