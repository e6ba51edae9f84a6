import type { BookId, ChangeHash, Hex32 } from "../base/ids.ts";
import { changeHash } from "../books/chunk.ts";
import { namedDeps } from "../books/named.ts";
import { Ancestry } from "../snapshot/ancestry.ts";
import { shapeIn } from "../books/shape.ts";
import { filesIn } from "../kinds/files.ts";
import type { ChangeRow } from "../snapshot/change-rows.ts";
import type { Proof } from "../snapshot/proof.ts";
import type { Replayed } from "../snapshot/replay.ts";
import { CLOCK_OFF } from "../views/clock.ts";
import type { ItemForms } from "./item-forms.ts";
import { MAX_ROWS, type CompareWord, type WordClass } from "./report.ts";

/** That an act did not know of earlier ones, as an exporter says (rule S23). */
export interface OrderClaim {
  readonly seq: number;
  readonly hash: ChangeHash;
  readonly unaware: readonly ChangeHash[];
}

/** One of the two snapshots, after its log and contents were checked. Its rows are gone through again only where there is something to hold against them. */
export interface Told {
  readonly proof: Proof;
  readonly replayed: Replayed;
  readonly items: ItemForms;
  readonly claims: readonly OrderClaim[];
  readonly isWhole: (book: BookId) => boolean;
}

export const claimsIn = ({ seq, items }: ChangeRow): readonly OrderClaim[] =>
  items.flatMap((item) =>
    item.form === "disclosed" && item.unaware.length > 0 ? [{ seq, hash: changeHash(item.change), unaware: item.unaware }] : [],
  );

type Letter = "a" | "b";

/**
 * What rests on an exporter's word alone, held against what the other snapshot shows (rule S11a). Only entries before `shared` are laid side by side: from
 * there on the logs are two, or one of them has ended.
 */
export async function wordsOf(a: Told, b: Told, shared: number, isFork: boolean): Promise<readonly CompareWord[]> {
  const each = [
    ["a", a, b],
    ["b", b, a],
  ] as const;
  const words: CompareWord[] = [];
  for (const [of, mine, other] of each) words.push(...(await settlementWords(of, mine, other, shared)));
  for (const [of, mine, other] of each) words.push(...(await orderWords(of, mine, other, shared)));
  for (const [of, mine, other] of isFork ? [] : each) words.push(...endWords(of, mine, other));
  for (const [of, mine, other] of each) words.push(...(await fileWords(of, mine, other)));
  return [...words, ...statementWords(a, b)].slice(0, MAX_ROWS);
}

/** Words that what the other snapshot shows contradicts; of the others nobody can say who is right. */
export const REFUTED: ReadonlySet<WordClass> = new Set<WordClass>(["settlement-false", "order-false"]);

/** A message withheld as settlement talk is shown by the other, and its author did not mark it. */
async function settlementWords(of: Letter, mine: Told, other: Told, shared: number): Promise<CompareWord[]> {
  const words: CompareWord[] = [];
  for await (const { seq, items } of mine.items.has("settlement") ? other.proof.rows : []) {
    const withheld = seq < shared ? mine.items.of(seq) : [];
    withheld.forEach(({ form }, i) => {
      const shown = items[i];
      if (form === "settlement" && shown?.form === "disclosed" && shapeIn(shown.change)?.fields.get("settlement") !== true)
        words.push({ is: "settlement-false", of, seq });
    });
  }
  return words;
}

/** It is said of an act that it did not know of an earlier one (rule S23); the other snapshot may show that it did. */
async function orderWords(of: Letter, mine: Told, other: Told, shared: number): Promise<CompareWord[]> {
  const claims = mine.claims.filter(({ seq }) => seq < shared);
  if (claims.length === 0) return [];
  /** Of each act that the other snapshot shows, what it is said there not to have known. */
  const acts = new Map<ChangeHash, readonly ChangeHash[]>();
  const ancestry = new Ancestry();
  for await (const { items } of other.proof.rows) {
    for (const i of items) {
      const hash = i.form === "disclosed" ? changeHash(i.change) : undefined;
      if (i.form !== "disclosed" || hash === undefined || acts.has(hash)) continue;
      acts.set(hash, i.unaware);
      ancestry.add(hash, namedDeps(i.change), []);
    }
  }
  return claims.flatMap(({ seq, hash, unaware }): CompareWord[] => {
    const same = acts.get(hash);
    const book = other.replayed.headerOf(seq)?.author.book;
    if (!same || book === undefined) return [];
    const past = ancestry.pastOf(hash);
    const known = unaware.filter((u) => acts.has(u));
    if (known.some((u) => past.has(u))) return [{ is: "order-false", of, seq }];
    const isUnsaid = !other.isWhole(book) && known.some((u) => !same.includes(u));
    return isUnsaid ? [{ is: "order-other", of, seq }] : [];
  });
}

/** A snapshot says that its checkpoint was the newest; the other shows entries that were logged well before it was exported. */
function endWords(of: Letter, mine: Told, other: Told): CompareWord[] {
  // Clocks differ by minutes; what was logged earlier than that before an export should have been in it.
  const until = mine.proof.statement.exported - CLOCK_OFF;
  let count = 0;
  for (let seq = mine.replayed.entries.length; seq < other.replayed.entries.length; seq++)
    if ((other.replayed.headerOf(seq)?.relay.time ?? Infinity) <= until) count += 1;
  return count > 0 ? [{ is: "ended-early", of, count }] : [];
}

/** Attachments that one exporter's device did not have, and the other's snapshot says that it has. */
async function fileWords(of: Letter, mine: Told, other: Told): Promise<CompareWord[]> {
  const { missing } = mine.proof.statement;
  const { scope, missing: lacking } = other.proof.statement;
  if (missing.length === 0 || !scope.files) return [];
  const named = new Set<Hex32>();
  for await (const { items } of other.proof.rows)
    for (const i of items) {
      const shape = i.form === "disclosed" ? shapeIn(i.change) : undefined;
      for (const { hash } of shape ? filesIn(shape.fields) : []) named.add(hash);
    }
  const absent = new Set([...lacking, ...(scope.redact?.files ?? [])]);
  const count = missing.filter((hash) => named.has(hash) && !absent.has(hash)).length;
  return count > 0 ? [{ is: "files-lacking", of, count }] : [];
}

/** Names and zone are each exporter's own. */
function statementWords(a: Told, b: Told): CompareWord[] {
  const [x, y] = [a.proof.statement, b.proof.statement];
  const names = x.names.flatMap(({ member, name }): CompareWord[] => {
    const also = y.names.find((n) => n.member === member)?.name;
    return also === undefined || also === name ? [] : [{ is: "name-other", of: "a", said: [name, also] }];
  });
  return x.zone === y.zone ? names : [...names, { is: "zone-other", of: "a", said: [x.zone, y.zone] }];
}
