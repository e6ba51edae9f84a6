import type { ExpenseStep, ExpenseView, MessageView, ProofView } from "../views/record.ts";
import { fileAt, type Derived } from "./derive.ts";
import { mappedRows, textPieces, type Pieces } from "./pieces.ts";

const iso = (t: number | undefined): string | null => (t === undefined ? null : new Date(t).toISOString());

function proofJson(p: ProofView): Record<string, unknown> {
  return {
    claimed: iso(p.claimed),
    notBefore: iso(p.notBefore),
    notAfter: iso(p.notAfter),
    stampedBy: p.stampedBy,
    others: (p.bounds ?? []).map((b) => ({
      side: b.side,
      kind: b.kind,
      by: b.by,
      key: b.key ?? null,
      at: iso(b.at),
      entry: b.seq ?? null,
    })),
    had: p.had
      ? {
          how: p.had.how,
          member: p.had.member,
          device: p.had.device,
          by: iso(p.had.by),
          entry: p.had.seq,
          change: p.had.hash,
          size: p.had.size,
        }
      : null,
    entry: p.seq ?? null,
    device: p.device,
    change: p.hash,
  };
}

function filesJson(d: Derived, hash: string): unknown[] {
  return (d.filesOf.get(hash) ?? []).map((f) => ({
    name: f.name,
    type: f.type,
    size: f.size,
    sha256: f.hash,
    original: f.original ?? null,
    path: fileAt(d, f)?.state === "here" ? (fileAt(d, f)?.path ?? null) : null,
  }));
}

const messageJson = (d: Derived, m: MessageView): unknown => ({
  record: "message",
  id: m.id,
  thread: m.thread,
  subject: m.subject ?? null,
  children: m.children ?? [],
  reply: m.reply ?? null,
  author: m.author,
  authorName: d.nameOf(m.author),
  text: m.text,
  settlement: m.settlement,
  files: filesJson(d, m.proof.hash),
  ...proofJson(m.proof),
  delivered: iso(m.proof.deliveredBy),
  viewed: iso(m.proof.viewedAt),
});

const stepJson = (d: Derived, s: ExpenseStep): unknown => ({
  act: s.act,
  by: s.member,
  byName: d.nameOf(s.member),
  reason: s.reason ?? null,
  amount: s.amount ?? null,
  method: s.method ?? null,
  files: s.act === "submit" ? [] : filesJson(d, s.hash),
  ...proofJson(s.proof),
});

const expenseJson = (d: Derived, e: ExpenseView): unknown => ({
  record: "expense",
  id: e.id,
  author: e.author,
  authorName: d.nameOf(e.author),
  title: e.title,
  category: e.category,
  children: e.children ?? [],
  spent: e.spent,
  amountMinor: e.amount,
  currency: e.currency,
  shareHundredths: e.share,
  askedMinor: e.asked,
  note: e.note ?? null,
  state: e.state,
  crossed: e.crossed,
  files: filesJson(d, e.proof.hash),
  ...proofJson(e.proof),
  steps: e.steps.map((s) => stepJson(d, s)),
});

/** data/records.jsonl: one JSON object a line (docs/snapshot-format.md, 'Lines for programs'). */
export function recordLines(d: Derived): Pieces {
  return textPieces(mappedRows(recordsOf(d), (line) => `${JSON.stringify(line)}\n`));
}

async function* recordsOf(d: Derived): AsyncGenerator<unknown, void, undefined> {
  yield* mappedRows(d.messages, (m) => messageJson(d, m));
  yield* mappedRows(d.expenses, (e) => expenseJson(d, e));
  for (const s of d.setAside)
    yield {
      record: "set-aside",
      entry: s.seq ?? null,
      member: s.member ?? null,
      device: s.device ?? null,
      reason: s.reason ?? null,
      claimed: iso(s.claimed),
      notBefore: iso(s.notBefore),
      notAfter: iso(s.notAfter),
    };
}
