import type { Millis } from "../base/ids.ts";
import { parseChange } from "../books/chunk.ts";
import type { ExpenseRecord } from "../books/fold.ts";
import { parseShape } from "../books/shape.ts";
import { parseHeader } from "../entry/header.ts";
import { filesIn } from "../kinds/files.ts";
import { changeRowCodec, entryRowCodec, keys } from "../sync/rows.ts";
import type { PlacedAct } from "../sync/record-act.ts";
import type { IndexedRecord } from "../sync/indexed-record.ts";
import type { ExpenseFacts, HistoryDetail, HistoryRow } from "../views/history.ts";
import type { OpenLog, ReplicaCore } from "./core.ts";
import { ofOwnId } from "./history.ts";
import { proofOf, receiptsOf } from "./proofs.ts";
import { expenseState } from "./views.ts";

/** Letters of a field of a change that was set aside: enough to recognise it, whatever a hostile device put there. */
const MAX_SAID = 2_000;

/** One line in whole: its proof, what it said, and for an expense how it stood before and after. */
export async function historyDetail(core: ReplicaCore, open: OpenLog, row: HistoryRow, at: Millis | undefined): Promise<HistoryDetail> {
  switch (row.type) {
    case "act":
      return { row, ...actDetail(open, row, at) };
    case "set-aside":
      return { row, said: await saidOf(core, open, row) };
    case "own":
      return { row, ...ownDetail(core, row) };
    case "charter":
    case "fault":
      return { row };
  }
}

function actDetail(open: OpenLog, row: HistoryRow, at: Millis | undefined): Omit<HistoryDetail, "row"> {
  const { index } = open.session;
  const record = row.record && index.getAt(row.record, at);
  if (!record) return {};
  // Rows written before lines named their change have only their entry.
  const position = record.acts.findIndex(({ act, place }) => (row.hash ? act.hash === row.hash : place.logged?.seq === row.seq));
  const placed = record.acts[position];
  if (!placed) return {};
  const receipts = record.book.channel === "messages" ? receiptsOf(open, at) : undefined;
  const proof = proofOf(open, placed, record.id, receipts, at);
  const { folded } = record;
  if (folded.kind === "message") {
    const { text, subject, children, settlement } = folded;
    return {
      proof,
      message: {
        text,
        files: fileNames(placed),
        settlement: settlement === true,
        ...(subject === undefined ? {} : { subject }),
        ...(children ? { children } : {}),
      },
    };
  }
  if (folded.kind !== "expense") return { proof };
  const before = position === 0 ? undefined : factsOf(open, index.first(record.id, position));
  const after = factsOf(open, index.first(record.id, position + 1));
  return after ? { proof, expense: { ...(before ? { before } : {}), after, act: stepOf(folded, placed) } } : { proof };
}

function factsOf(open: OpenLog, record: IndexedRecord | undefined): ExpenseFacts | undefined {
  if (record?.folded.kind !== "expense") return undefined;
  const { crossed, title, category, amount, currency, share, asked, spent, children, note, paid, confirmed } = record.folded;
  return {
    state: expenseState(open, record.folded),
    crossed,
    title,
    category,
    amount,
    currency,
    share,
    asked,
    spent,
    paid,
    confirmed,
    ...(children ? { children } : {}),
    ...(note === undefined ? {} : { note }),
  };
}

function stepOf(expense: ExpenseRecord, placed: PlacedAct): NonNullable<HistoryDetail["expense"]>["act"] {
  const fields = expense.steps.find((s) => s.act.hash === placed.act.hash)?.fields;
  return {
    files: fileNames(placed),
    ...(fields && "reason" in fields ? { reason: fields.reason } : {}),
    ...(fields && "amount" in fields ? { amount: fields.amount } : {}),
    ...(fields && "method" in fields && fields.method !== undefined ? { method: fields.method } : {}),
  };
}

const fileNames = ({ act }: PlacedAct): string[] => filesIn(act.fields).map((f) => f.name);

/** What a change that was set aside said, read from its bytes; nothing where they are no change of our shape. */
async function saidOf(core: ReplicaCore, open: OpenLog, row: HistoryRow): Promise<NonNullable<HistoryDetail["said"]>> {
  const { log } = open.session;
  const entry = row.seq === undefined ? undefined : await core.rows?.get("entry", keys.entry(log, row.seq));
  const stored = entry && entryRowCodec.decode(entry);
  const header = stored?.ok && stored.value.a && stored.value.r ? parseHeader(stored.value.a, stored.value.r) : undefined;
  if (!header?.ok) return [];
  const kept = await core.rows?.get("change", keys.change(log, header.value.author.book, row.id));
  const change = kept && changeRowCodec.decode(kept);
  const parsed = change?.ok ? parseChange(change.value.bytes) : undefined;
  const shape = parsed?.ok ? parseShape(parsed.value) : undefined;
  if (!shape?.ok) return [];
  return [...shape.value.fields].map(([field, value]) => ({ field, value: String(value).slice(0, MAX_SAID) }));
}

function ownDetail(core: ReplicaCore, row: HistoryRow): Omit<HistoryDetail, "row"> {
  const { personal } = core;
  const record = personal?.session.index.get(row.record ?? ofOwnId(row.id));
  if (!personal || record?.folded.kind !== "access") return {};
  const { size, hash, scope } = record.folded;
  const own = {
    ...(size === undefined ? {} : { size }),
    ...(hash === undefined ? {} : { hash }),
    ...(scope === undefined ? {} : { scope }),
  };
  const [first] = record.acts;
  return first ? { own, proof: proofOf(personal, first, record.id, undefined) } : { own };
}
