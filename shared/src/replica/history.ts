import type { MemberId } from "../base/ids.ts";
import { keys, historyRowCodec, type FaultRow } from "../sync/rows.ts";
import { prefix } from "../vault/row-store.ts";
import type { FaultCode, FaultView, HistoryRow, Page } from "./api.ts";
import type { OpenLog, ReplicaCore } from "./core.ts";

export interface HistoryFilter {
  readonly types?: readonly HistoryRow["type"][];
  readonly member?: MemberId;
  readonly text?: string;
}

/** What happened in a log, newest first. Rows are read a stretch at a time where nothing filters them. */
export async function history(
  core: ReplicaCore,
  open: OpenLog,
  filter: HistoryFilter,
  offset: number,
  limit: number,
): Promise<Page<HistoryRow>> {
  const rows = core.rows;
  if (!rows) return { rows: [], total: 0 };
  const { log } = open.session;
  const text = filter.text?.toLowerCase();
  const all: HistoryRow[] = [];
  for (const row of await rows.scan("history", { ...prefix(keys.histories(log)), reverse: true })) {
    const stored = historyRowCodec.decode(row.value);
    if (!stored.ok) continue;
    const r = stored.value;
    if (filter.types && !filter.types.includes(r.type)) continue;
    if (filter.member && r.member !== filter.member) continue;
    if (text && !(r.title ?? "").toLowerCase().includes(text)) continue;
    const { seq, member, device, record, title, reason, claimed, notBefore, notAfter } = r;
    all.push({
      id: row.key.slice(log.length + 1),
      log,
      type: r.type,
      what: r.what,
      ...(seq === undefined ? {} : { seq }),
      ...(member === undefined ? {} : { member }),
      ...(device === undefined ? {} : { device }),
      ...(record === undefined ? {} : { record }),
      ...(title === undefined ? {} : { title }),
      ...(reason === undefined ? {} : { reason }),
      ...(claimed === undefined ? {} : { claimed }),
      ...(notBefore === undefined ? {} : { notBefore }),
      ...(notAfter === undefined ? {} : { notAfter }),
    });
  }
  return { rows: all.slice(offset, offset + limit), total: all.length };
}

/** Others can check what the relay did: it signed it. The proof of an entry under a replaced key is made when it is asked for. */
export const isPortable = (f: FaultRow): boolean => f.proof !== undefined || f.code === "relay-stale-epoch";

export const faultViews = (open: OpenLog): FaultView[] =>
  open.session.faults.all.map((f) => ({
    id: f.id,
    log: open.session.log,
    at: f.at,
    who: f.device ?? "relay",
    code: f.code as FaultCode,
    ...(f.seq === null ? {} : { seq: f.seq }),
    proof: true,
    portable: isPortable(f),
  }));
