import type { BookId, ChangeHash, Hex32, Millis } from "../base/ids.ts";
import { changeHash, parseChange } from "../books/chunk.ts";
import { namedDeps } from "../books/named.ts";
import { parseShape } from "../books/shape.ts";
import type { Fields } from "../kinds/fields.ts";
import { parseFiles } from "../kinds/files.ts";
import type { ChangeItem, ChangeRow } from "../snapshot/change-rows.ts";
import type { Proof } from "../snapshot/proof.ts";
import type { Replayed } from "../snapshot/replay.ts";
import { MAX_ROWS, type CompareWord, type WordClass } from "./report.ts";

/** One of the two snapshots, after its log and contents were checked. */
export interface Told {
  readonly proof: Proof;
  readonly replayed: Replayed;
  readonly rows: ReadonlyMap<number, ChangeRow>;
  readonly isWhole: (book: BookId) => boolean;
}

type Disclosed = Extract<ChangeItem, { form: "disclosed" }>;
type Letter = "a" | "b";

/** Clocks differ by minutes; what was logged earlier than that before an export should have been in it. */
const CLOCK_OFF: Millis = 600_000;

/**
 * What rests on an exporter's word alone, held against what the other snapshot shows (rule S11a). Only entries before `shared` are laid side by side: from
 * there on the logs are two, or one of them has ended.
 */
export function wordsOf(a: Told, b: Told, shared: number, isFork: boolean): readonly CompareWord[] {
  const each = [
    ["a", a, b],
    ["b", b, a],
  ] as const;
  const words = [
    ...each.flatMap(([of, mine, other]) => settlementWords(of, mine, other, shared)),
    ...each.flatMap(([of, mine, other]) => orderWords(of, mine, other, shared)),
    ...(isFork ? [] : each.flatMap(([of, mine, other]) => endWords(of, mine, other))),
    ...each.flatMap(([of, mine, other]) => fileWords(of, mine, other)),
    ...statementWords(a, b),
  ];
  return words.slice(0, MAX_ROWS);
}

/** Words that what the other snapshot shows contradicts; of the others nobody can say who is right. */
export const REFUTED: ReadonlySet<WordClass> = new Set<WordClass>(["settlement-false", "order-false"]);

/** A message withheld as settlement talk is shown by the other, and its author did not mark it. */
function settlementWords(of: Letter, mine: Told, other: Told, shared: number): CompareWord[] {
  return mine.proof.rows.flatMap(({ seq, items }) =>
    items.flatMap((item, i): CompareWord[] => {
      if (seq >= shared || item.form !== "tagged" || item.why !== "settlement") return [];
      const shown = other.rows.get(seq)?.items[i];
      if (shown?.form !== "disclosed" || fieldsOf(shown)?.get("settlement") === true) return [];
      return [{ is: "settlement-false", of, seq }];
    }),
  );
}

/** It is said of an act that it did not know of an earlier one (rule S23); the other snapshot may show that it did. */
function orderWords(of: Letter, mine: Told, other: Told, shared: number): CompareWord[] {
  const claims = mine.proof.rows.flatMap(({ seq, items }) =>
    items.flatMap((item) => (seq < shared && item.form === "disclosed" && item.unaware.length > 0 ? [{ seq, item }] : [])),
  );
  if (claims.length === 0) return [];
  const acts = new Map<ChangeHash, Disclosed>();
  for (const { items } of other.proof.rows) for (const i of items) if (i.form === "disclosed") acts.set(changeHash(i.change), i);
  return claims.flatMap(({ seq, item }): CompareWord[] => {
    const hash = changeHash(item.change);
    const same = acts.get(hash);
    const book = other.replayed.headerOf(seq)?.author.book;
    if (!same || book === undefined) return [];
    const past = pastOf(hash, acts);
    const known = item.unaware.filter((u) => acts.has(u));
    if (known.some((u) => past.has(u))) return [{ is: "order-false", of, seq }];
    const isUnsaid = !other.isWhole(book) && known.some((u) => !same.unaware.includes(u));
    return isUnsaid ? [{ is: "order-other", of, seq }] : [];
  });
}

/** What is shown to be in an act's past. */
function pastOf(hash: ChangeHash, acts: ReadonlyMap<ChangeHash, Disclosed>): ReadonlySet<ChangeHash> {
  const past = new Set<ChangeHash>();
  const open = [hash];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const act = acts.get(next);
    for (const dep of act ? namedDeps(act.change) : []) {
      if (past.has(dep)) continue;
      past.add(dep);
      open.push(dep);
    }
  }
  return past;
}

/** A snapshot says that its checkpoint was the newest; the other shows entries that were logged well before it was exported. */
function endWords(of: Letter, mine: Told, other: Told): CompareWord[] {
  const until = mine.proof.statement.exported - CLOCK_OFF;
  const later = other.replayed.entries.slice(mine.replayed.entries.length);
  const count = later.filter((e) => e.header && e.header.relay.time <= until).length;
  return count > 0 ? [{ is: "ended-early", of, count }] : [];
}

/** Attachments that one exporter's device did not have, and the other's snapshot says that it has. */
function fileWords(of: Letter, mine: Told, other: Told): CompareWord[] {
  const { missing } = mine.proof.statement;
  const { scope, missing: lacking } = other.proof.statement;
  if (missing.length === 0 || !scope.files) return [];
  const named = new Set<Hex32>();
  for (const { items } of other.proof.rows) for (const i of items) if (i.form === "disclosed") for (const h of filesIn(i)) named.add(h);
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

function fieldsOf({ change }: Disclosed): Fields | undefined {
  const parsed = parseChange(change);
  const shape = parsed.ok ? parseShape(parsed.value) : undefined;
  return shape?.ok ? shape.value.fields : undefined;
}

function filesIn(item: Disclosed): readonly Hex32[] {
  const text = fieldsOf(item)?.get("files");
  return typeof text === "string" ? (parseFiles(text) ?? []).map((f) => f.hash) : [];
}
