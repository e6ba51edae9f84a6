import type { ChangeHash, MemberId, Millis, RecordId } from "../base/ids.ts";
import { relayNameAt } from "../charter/query.ts";
import { foldRecord, type ExpenseRecord, type MessageRecord } from "../books/fold.ts";
import { parseFiles, type FileRecord } from "../kinds/files.ts";
import type { OldHeader } from "../entry/again.ts";
import type { BoundView, ExpenseStep, ExpenseView, FileView, MessageView, ProofView, ThreadView } from "../views/record.ts";
import type { Folded, FoldedAct } from "./judge.ts";
import type { Replayed } from "./replay.ts";
import type { Bounds } from "./anchors.ts";
import type { SnapshotStatement } from "./statement.ts";

/** A clock that is further than this outside of what the relay's times allow is marked (rule L6). */
const CLOCK_OFF = 10 * 60_000;
const SNIPPET = 160;

export interface Views {
  readonly messages: readonly MessageView[];
  readonly threads: readonly ThreadView[];
  readonly expenses: readonly ExpenseView[];
  /** File records by the hash of the change that names them. */
  readonly fileRecords: ReadonlyMap<ChangeHash, readonly FileRecord[]>;
}

interface Receipts {
  readonly delivered: readonly { readonly member: MemberId; readonly upto: number; readonly at: Millis }[];
  readonly viewed: ReadonlyMap<RecordId, readonly { readonly member: MemberId; readonly at: Millis }[]>;
}

/** Records as the screens show them, in log order, from folded acts alone. */
export function viewsOf(replayed: Replayed, folded: Folded, statement: SnapshotStatement, bounds: Bounds): Views {
  const receipts = receiptsOf(replayed, folded);
  const fileRecords = new Map<ChangeHash, readonly FileRecord[]>();
  const context: Context = { replayed, folded, statement, receipts, bounds, fileRecords };
  const messages: MessageView[] = [];
  const expenses: ExpenseView[] = [];
  const inOrder = [...folded.records.values()].sort((a, b) => (a[0]?.seq ?? 0) - (b[0]?.seq ?? 0));
  for (const acts of inOrder) {
    const [first] = acts;
    if (!first) continue;
    const record = foldRecord(
      first.kind,
      acts.map((a) => a.act),
      folded.precedes,
    );
    if (record?.kind === "message") messages.push(messageView(context, record, first));
    if (record?.kind === "expense") expenses.push(expenseView(context, record, acts));
  }
  return { messages, threads: threadsOf(messages), expenses, fileRecords };
}

interface Context {
  readonly replayed: Replayed;
  readonly folded: Folded;
  readonly statement: SnapshotStatement;
  readonly receipts: Receipts;
  readonly bounds: Bounds;
  readonly fileRecords: Map<ChangeHash, readonly FileRecord[]>;
}

/** What the relay that had logged it before says of it (protocol C8k). */
export const oldHeaderBound = ({ old, from }: { readonly old: OldHeader; readonly from: number }): BoundView => ({
  ...{ side: "not-after", kind: "old-header", by: old.relay, at: old.time, seq: from },
});

const relayTime = (replayed: Replayed, act: FoldedAct): Millis => replayed.headerOf(act.seq)?.relay.time ?? 0;

function receiptsOf(replayed: Replayed, folded: Folded): Receipts {
  const delivered: { member: MemberId; upto: number; at: Millis }[] = [];
  const viewed = new Map<RecordId, { member: MemberId; at: Millis }[]>();
  for (const acts of folded.records.values()) {
    const [first] = acts;
    const record = first && foldRecord(first.kind, [first.act], folded.precedes);
    if (!record) continue;
    const at = relayTime(replayed, first);
    const { member } = first.act;
    // One that counts the places of a history that was given up says nothing of this one's (protocol C8l).
    const isFar = first.checkpoint !== undefined && replayed.isFar(first.checkpoint, first.seq);
    if (record.kind === "delivery-receipt" && !isFar) delivered.push({ member, upto: record.upto, at });
    if (record.kind === "view-receipt") viewed.set(record.message, [...(viewed.get(record.message) ?? []), { member, at }]);
  }
  return { delivered: delivered.sort((a, b) => a.at - b.at), viewed };
}

/** When each later receipt of the other parent first covered a channel sequence: binary search would not help, receipts may come out of order. */
function deliveredBy(receipts: Receipts, author: MemberId, channelSeq: number): Millis | undefined {
  return receipts.delivered.find((r) => r.member !== author && r.upto >= channelSeq)?.at;
}

function proofView(context: Context, act: FoldedAct, record?: RecordId): ProofView {
  const { replayed, receipts } = context;
  const at = act.act.fields.get("at");
  const claimed = typeof at === "number" ? at : act.act.clock * 1000;
  const notAfter = relayTime(replayed, act);
  const notBefore = act.checkpoint?.time;
  const { member, author: device } = act.act;
  const delivered = record === undefined ? undefined : deliveredBy(receipts, member, act.channelSeq);
  const viewed = record === undefined ? undefined : receipts.viewed.get(record)?.find((v) => v.member !== member)?.at;
  const isFar = act.checkpoint !== undefined && replayed.isFar(act.checkpoint, act.seq);
  const again = replayed.again.get(act.seq);
  const bounds = [...(again ? [oldHeaderBound(again)] : []), ...context.bounds(act.seq, isFar ? 0 : act.checkpoint?.size)];
  const isOff = claimed > notAfter + CLOCK_OFF || (notBefore !== undefined && claimed < notBefore - CLOCK_OFF);
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
    ...(isOff ? { clockOff: true } : {}),
    ...(bounds.length > 0 ? { bounds } : {}),
  };
}

function filesOf(context: Context, act: FoldedAct): readonly FileView[] {
  const text = act.act.fields.get("files");
  const records = typeof text === "string" ? (parseFiles(text) ?? []) : [];
  if (records.length > 0) context.fileRecords.set(act.hash, records);
  const { scope, missing } = context.statement;
  const absent = new Set<string>([...missing, ...(scope.redact?.files ?? [])]);
  return records.map((f) => ({
    id: f.id,
    name: f.name,
    type: f.type,
    size: f.size,
    state: scope.files && !absent.has(f.hash) ? "here" : "to-fetch",
  }));
}

function messageView(context: Context, m: MessageRecord, first: FoldedAct): MessageView {
  return {
    id: m.id,
    thread: m.thread,
    log: context.replayed.charter.log,
    author: m.first.member,
    ...(m.subject === undefined ? {} : { subject: m.subject }),
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
    ...(e.note === undefined ? {} : { note: e.note }),
    files,
    state: context.statement.kind === "personal" && e.stage === "submitted" ? "private" : e.stage,
    crossed: e.crossed,
    steps: [{ act: "submit", hash: first.hash, member: e.author, files: [], proof }, ...later],
    proof,
    can: [],
  };
}

/** Threads in the order of their first disclosed message. */
function threadsOf(messages: readonly MessageView[]): ThreadView[] {
  const threads = new Map<RecordId, MessageView[]>();
  for (const m of messages) threads.set(m.thread, [...(threads.get(m.thread) ?? []), m]);
  return [...threads].map(([id, list]): ThreadView => {
    const [first] = list;
    const last = list.at(-1);
    if (!first || !last) throw new Error("a thread has a message");
    return {
      id,
      log: first.log,
      subject: first.id === id ? (first.subject ?? "") : "",
      count: list.length,
      unread: 0,
      last: last.proof.claimed,
      lastAuthor: last.author,
      snippet: last.text.slice(0, SNIPPET),
    };
  });
}
