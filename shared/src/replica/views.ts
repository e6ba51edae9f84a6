import type { FileRefusal } from "../base/file-refusals.ts";
import type { LogId, Millis } from "../base/ids.ts";
import type { ExpenseRecord, MessageRecord } from "../books/fold.ts";
import { originOfFields } from "../entry/origin.ts";
import type { RecordAct } from "../kinds/kind.ts";
import { filesIn, type FileRecord } from "../kinds/files.ts";
import { hasFileLength, isOfRecord, type FileMeta } from "../sync/files.ts";
import type { PlacedAct } from "../sync/record-act.ts";
import type { IndexedRecord } from "../sync/indexed-record.ts";
import { allowedActs } from "../kinds/expense-state.ts";
import type { ExpenseAct, ExpenseState, ExpenseStep, ExpenseView, FileView, MessageView } from "../views/record.ts";
import type { OpenLog } from "./core.ts";
import { proofOf, type Receipts } from "./proofs.ts";

/** What this device knows of a file, and why the relay did not take it when it was last sent. */
export interface KnownFile {
  readonly meta: FileMeta;
  readonly refused: FileRefusal | undefined;
}

export type FileLookup = (log: LogId, file: FileRecord) => KnownFile | undefined;

function fileStateOf(file: FileRecord, known: KnownFile | undefined): FileView["state"] {
  const meta = known?.meta;
  if (!hasFileLength(file) || (meta && !isOfRecord(meta, file))) return "unfit";
  if (!meta) return "to-fetch";
  if (meta.key === null) return "withdrawn";
  if (meta.here < meta.sealedSize) return "to-fetch";
  return meta.uploaded ? "here" : (known.refused ?? "uploading");
}

function fileView(file: FileRecord, known: KnownFile | undefined, mine: boolean): FileView {
  const state = fileStateOf(file, known);
  const { id, name, type, size, original: commitment } = file;
  return { id, name, type, size, state, ...(commitment === undefined ? {} : { original: { commitment, mine } }) };
}

export const filesOf = ({ session }: OpenLog, { fields, member }: RecordAct, lookup: FileLookup): readonly FileView[] =>
  filesIn(fields).map((f) => fileView(f, lookup(session.log, f), member === session.identity.member));

export function messageView(
  log: OpenLog,
  record: IndexedRecord,
  receipts: Receipts,
  lookup: FileLookup,
  until?: Millis,
): MessageView | undefined {
  const [first] = record.acts;
  if (record.folded.kind !== "message" || !first) return undefined;
  const m: MessageRecord = record.folded;
  return {
    id: m.id,
    thread: m.thread,
    log: log.session.log,
    author: m.first.member,
    ...(m.subject === undefined ? {} : { subject: m.subject }),
    ...(m.children ? { children: m.children } : {}),
    ...(m.reply === undefined ? {} : { reply: m.reply }),
    text: m.text,
    files: filesOf(log, first.act, lookup),
    settlement: m.settlement === true,
    proof: proofOf(log, first, m.id, receipts, until),
    ...firstLogged(first),
  };
}

/** When a shared record was first logged in its author's own log; its proof was checked when the change was admitted. */
function firstLogged(first: PlacedAct): {
  readonly firstLogged?: { readonly notBefore: Millis; readonly notAfter: Millis; readonly by: string };
} {
  const origin = first.act.fields.has("origin") ? originOfFields(first.act.fields) : undefined;
  return origin ? { firstLogged: { notBefore: origin.notBefore, notAfter: origin.notAfter, by: origin.relay } } : {};
}

/** An expense that only its author knows is not waiting for anybody. */
export const expenseState = (log: OpenLog, e: Pick<ExpenseRecord, "stage">): ExpenseState =>
  log.session.identity.kind === "personal" && e.stage === "submitted" ? "private" : e.stage;

export const isWaitingPayment = (e: ExpenseRecord): boolean => e.paid > e.confirmed;

export function expenseView(log: OpenLog, record: IndexedRecord, lookup: FileLookup, until?: Millis): ExpenseView | undefined {
  const [first, ...later] = record.acts;
  if (record.folded.kind !== "expense" || !first) return undefined;
  const e: ExpenseRecord = record.folded;
  const { identity } = log.session;
  const isPrivate = identity.kind === "personal";
  const byHash = new Map(later.map((l) => [l.act.hash, l]));
  const steps: ExpenseStep[] = [
    { act: "submit", hash: first.act.hash, member: e.author, files: [], proof: proofOf(log, first, e.id, undefined, until) },
    ...e.steps.flatMap((s): ExpenseStep[] => {
      const placed = byHash.get(s.act.hash);
      if (!placed) return [];
      return [
        {
          act: s.fields.act,
          hash: s.act.hash,
          member: s.act.member,
          ...("reason" in s.fields ? { reason: s.fields.reason } : {}),
          ...("amount" in s.fields ? { amount: s.fields.amount } : {}),
          ...("method" in s.fields && s.fields.method !== undefined ? { method: s.fields.method } : {}),
          files: filesOf(log, s.act, lookup),
          proof: proofOf(log, placed, e.id, undefined, until),
        },
      ];
    }),
  ];
  const can: readonly ExpenseAct[] =
    isPrivate || until !== undefined ? [] : allowedActs(e.stage, e.author, identity.member, isWaitingPayment(e));
  return {
    id: e.id,
    log: log.session.log,
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
    files: filesOf(log, first.act, lookup),
    state: expenseState(log, e),
    crossed: e.crossed,
    steps,
    proof: proofOf(log, first, e.id, undefined, until),
    can,
    ...firstLogged(first),
  };
}
