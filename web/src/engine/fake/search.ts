import { foldText } from "@countersign/shared/base/fold-text";
import type { SearchAsked } from "@countersign/shared/replica/api";
import { excerpt, marked } from "@countersign/shared/replica/search/excerpt";
import { fits, wordsOf, type Words } from "@countersign/shared/replica/search/query";
import type { ExpenseView, MessageView } from "@countersign/shared/views/record";
import type { SearchHit, SearchPage } from "@countersign/shared/views/search";
import type { World } from "./world.ts";

const nameIn = (world: World, author: string): string =>
  world.households.flatMap((h) => h.people).find((p) => p.member === author)?.name ?? "";

const own = (...texts: readonly (string | undefined)[]): string => foldText(texts.join("\0"));

/** The search of the made-up replica: everything at once. */
export function search(world: World, { logs, text, kind }: SearchAsked, offset: number, limit: number): SearchPage {
  const words = wordsOf(text);
  const subjects = new Map(world.messages.flatMap((m) => (m.subject === undefined ? [] : [[m.thread as string, m.subject]])));
  const who = (author: string): string => foldText(nameIn(world, author));
  const isFound = (hit: { readonly log: SearchAsked["logs"][number]; readonly author: string }, mine: string, around: string): boolean =>
    words.length > 0 && logs.includes(hit.log) && fits({ own: mine, who: who(hit.author), around: foldText(around) }, words);
  const messages = world.messages
    .filter((m) => isFound(m, own(m.subject, m.text, ...m.files.map((f) => f.name)), subjects.get(m.thread) ?? ""))
    .map((m) => ofMessage(m, subjects.get(m.thread) ?? "", words));
  const expenses = world.expenses
    .filter((e) => isFound(e, own(e.title, e.note, e.category, ...e.steps.map((s) => s.reason)), ""))
    .map((e) => ofExpense(e, words));
  const hits = (kind === "message" ? messages : expenses).sort((a, b) => b.at - a.at);
  return {
    rows: hits.slice(offset, offset + limit),
    total: hits.length,
    counts: { message: messages.length, expense: expenses.length },
    done: true,
  };
}

function ofMessage({ id, log, thread, author, proof, text, files }: MessageView, subject: string, words: Words): SearchHit {
  const line = excerpt(text, words);
  const file = files.map((f) => marked(f.name, words)).find((pieces) => pieces.some((piece) => piece.hit));
  const isFile = file !== undefined && !line.some((piece) => piece.hit);
  const title = marked(subject, words);
  return {
    id,
    log,
    kind: "message",
    thread,
    author,
    at: proof.claimed,
    title,
    field: isFile ? "file" : "text",
    line: isFile ? file : line,
  };
}

function ofExpense({ id, log, author, proof, title, note, category, amount, currency }: ExpenseView, words: Words): SearchHit {
  const base = { id, log, kind: "expense", author, at: proof.claimed, title: marked(title, words), amount, currency } as const;
  return note === undefined
    ? { ...base, field: "category", line: marked(category, words) }
    : { ...base, field: "note", line: excerpt(note, words) };
}
