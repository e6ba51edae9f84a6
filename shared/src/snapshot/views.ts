import type { ChangeHash, Millis, RecordId } from "../base/ids.ts";
import { relayNameAt } from "../charter/query.ts";
import type { ExpenseRecord, MessageRecord } from "../books/fold.ts";
import { filesIn, type FileRecord } from "../kinds/files.ts";
import type { OldHeader } from "../entry/again.ts";
import type { Knowledge } from "../sync/knowledge.ts";
import { clockFacts } from "../views/clock.ts";
import type { BoundView, ExpenseStep, ExpenseView, FileView, MessageView, ProofView } from "../views/record.ts";
import type { Bounds } from "./anchors.ts";
import type { FoldedAct } from "./judge.ts";
import { PackedList, type Listed } from "./packed-list.ts";
import type { Receipts } from "./receipts.ts";
import type { RecordStore } from "./record-store.ts";
import type { Replayed } from "./replay.ts";
import { hadView } from "./shown-had.ts";
import type { Steps } from "./source.ts";
import type { SnapshotStatement } from "./statement.ts";
import { Threads, type ThreadHead } from "./threads.ts";

export interface Views {
  readonly messages: Listed<MessageView>;
  /** In the order of their first disclosed message. */
  readonly threads: Listed<ThreadHead>;
  readonly expenses: Listed<ExpenseView>;
  /** File records by the hash of the change that names them. */
  readonly fileRecords: ReadonlyMap<ChangeHash, readonly FileRecord[]>;
}

/** Records as the screens show them, in log order, from folded acts alone. One after the other, so that none but the last is unpacked. */
export async function viewsOf(
  replayed: Replayed,
  records: RecordStore,
  knowledge: Knowledge,
  statement: SnapshotStatement,
  bounds: Bounds,
  steps: Steps,
): Promise<Views | "cancelled"> {
  const fileRecords = new Map<ChangeHash, readonly FileRecord[]>();
  const absent: ReadonlySet<string> = new Set<string>([...statement.missing, ...(statement.scope.redact?.files ?? [])]);
  const context: Context = { replayed, statement, absent, receipts: records.receipts, knowledge, bounds, fileRecords };
  const messages = new PackedList<MessageView>(steps.scratch);
  const expenses = new PackedList<ExpenseView>(steps.scratch);
  const threads = new Threads(steps.scratch);
  for await (const { acts, record } of records) {
    const [first] = acts;
    if (first && record?.kind === "message") {
      const view = messageView(context, record, first);
      await messages.push(view);
      await threads.add(view);
    }
    if (record?.kind === "expense") await expenses.push(expenseView(context, record, acts));
    if (await steps.step(0)) return "cancelled";
  }
  return { messages, threads, expenses, fileRecords };
}

interface Context {
  readonly replayed: Replayed;
  readonly statement: SnapshotStatement;
  /** Hashes of files that are not in the bundle. */
  readonly absent: ReadonlySet<string>;
  readonly receipts: Receipts;
  /** What later changes show that their authors' devices had (rule S43). */
  readonly knowledge: Knowledge;
  readonly bounds: Bounds;
  readonly fileRecords: Map<ChangeHash, readonly FileRecord[]>;
}

/** What the relay that had logged it before says of it (protocol C8k). */
export const oldHeaderBound = ({ old, from }: { readonly old: OldHeader; readonly from: number }): BoundView => ({
  ...{ side: "not-after", kind: "old-header", by: old.relay, at: old.time, seq: from },
});

function proofView(context: Context, act: FoldedAct, record?: RecordId): ProofView {
  const { replayed, receipts, knowledge } = context;
  const at = act.act.fields.get("at");
  const claimed = typeof at === "number" ? at : act.act.clock * 1000;
  const timeOf = (seq: number): Millis => replayed.headerOf(seq)?.relay.time ?? 0;
  const notAfter = timeOf(act.seq);
  const notBefore = act.checkpoint?.time;
  const { member, author: device } = act.act;
  const delivered = record === undefined ? undefined : receipts.deliveredBy(member, act.channelSeq, timeOf);
  const viewed = record === undefined ? undefined : receipts.viewedAt(member, record, timeOf);
  const isFar = act.checkpoint !== undefined && replayed.isFar(act.checkpoint, act.seq);
  const again = replayed.again.get(act.seq);
  const bounds = [...(again ? [oldHeaderBound(again)] : []), ...context.bounds(act.seq, isFar ? 0 : act.checkpoint?.size)];
  const had = knowledge.first(member, act.hash, act.seq);
  return {
    claimed,
    ...(notBefore === undefined ? {} : { notBefore }),
    notAfter,
    stampedBy: relayNameAt(replayed.charter, act.seq),
    log: replayed.charter.log,
    seq: act.seq,
    hash: act.hash,
    device,
    member,
    state: viewed !== undefined ? "viewed" : delivered !== undefined ? "delivered" : "sent",
    ...(delivered === undefined ? {} : { deliveredBy: delivered }),
    ...(viewed === undefined ? {} : { viewedAt: viewed }),
    ...clockFacts(claimed, notBefore, notAfter),
    ...(act.checkpoint ? { checkpoint: isFar ? 0 : act.checkpoint.size } : {}),
    ...(bounds.length > 0 ? { bounds } : {}),
    ...(had ? { had: hadView(had) } : {}),
  };
}

function filesOf(context: Context, act: FoldedAct): readonly FileView[] {
  const records = filesIn(act.act.fields);
  if (records.length > 0) context.fileRecords.set(act.hash, records);
  const { absent, statement } = context;
  return records.map((f) => ({
    id: f.id,
    name: f.name,
    type: f.type,
    size: f.size,
    state: statement.scope.files && !absent.has(f.hash) ? "here" : "to-fetch",
  }));
}

function messageView(context: Context, m: MessageRecord, first: FoldedAct): MessageView {
  return {
    id: m.id,
    thread: m.thread,
    log: context.replayed.charter.log,
    author: m.first.member,
    ...(m.subject === undefined ? {} : { subject: m.subject }),
    ...(m.children ? { children: m.children } : {}),
    ...(m.reply === undefined ? {} : { reply: m.reply }),
    text: m.text,
    files: filesOf(context, first),
    settlement: m.settlement === true,
    proof: proofView(context, first, m.id),
  };
}

function expenseView(context: Context, e: ExpenseRecord, acts: readonly FoldedAct[]): ExpenseView {
  const byHash = new Map(acts.map((a) => [a.hash, a]));
  const [first] = acts;
  if (!first) throw new Error("a record has a first act");
  const files = filesOf(context, first);
  const later = e.steps.flatMap((s): ExpenseStep[] => {
    const act = byHash.get(s.act.hash);
    if (!act) return [];
    const { fields } = s;
    return [
      {
        act: fields.act,
        hash: s.act.hash,
        member: s.act.member,
        ...("reason" in fields ? { reason: fields.reason } : {}),
        ...("amount" in fields ? { amount: fields.amount } : {}),
        ...("method" in fields && fields.method !== undefined ? { method: fields.method } : {}),
        files: filesOf(context, act),
        proof: proofView(context, act),
      },
    ];
  });
  const proof = proofView(context, first);
  return {
    id: e.id,
    log: context.replayed.charter.log,
    author: e.author,
    title: e.title,
    category: e.category,
    amount: e.amount,
    currency: e.currency,
    share: e.share,
    asked: e.asked,
    spent: e.spent,
    ...(e.children ? { children: e.children } : {}),
    ...(e.note === undefined ? {} : { note: e.note }),
    files,
    state: context.statement.kind === "personal" && e.stage === "submitted" ? "private" : e.stage,
    crossed: e.crossed,
    steps: [{ act: "submit", hash: first.hash, member: e.author, files: [], proof }, ...later],
    proof,
    can: [],
  };
}
