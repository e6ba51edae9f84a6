import { concat } from "../base/bytes.ts";
import type { MemberId, Millis } from "../base/ids.ts";
import { err, ok, type Result } from "../base/result.ts";
import { csv, csvRows } from "../snapshot/csv.ts";
import type { Job } from "../snapshot/source.ts";
import { boundCell } from "../snapshot/words.ts";
import { isoIn } from "../snapshot/zone.ts";
import type { ActError } from "./answer.ts";
import type { HistoryFilter, HistoryRow } from "../views/history.ts";
import type { ProofView } from "../views/record.ts";
import type { OpenLog } from "./core.ts";
import { deviceNameOf, nameOf } from "./names.ts";
import type { Histories } from "./history.ts";
import { receiptsOf, proofOf, type Receipts } from "./proofs.ts";

const HEAD = [
  "number",
  "type",
  "act",
  "by",
  "device",
  "title",
  "reason",
  "written_at_author_clock",
  "logged_not_before_relay",
  "logged_not_after_relay",
  "author_clock_off_seconds",
  "relay",
  "not_before_others",
  "not_after_others",
  "zone",
  "delivered",
  "viewed",
  "other_had_by",
  "other_had_proof_entry",
  "other_had_proof_change",
  "entry",
  "record",
  "device_key",
  "change_sha256",
] as const;

const SLICE = 500;

/**
 * The filtered lines as a table, oldest first, a slice at a time. What only this person sees (their openings and exports) is left out unless the
 * filter asks for that type, so that a table that is passed on does not tell of it by accident.
 */
export async function historyCsv(
  histories: Histories,
  open: OpenLog,
  filter: HistoryFilter,
  at: Millis | undefined,
  job: Job,
): Promise<Result<Uint8Array, ActError>> {
  const shown: HistoryFilter = filter.types ? filter : { ...filter, types: ["act", "set-aside", "charter", "fault"] };
  const chosen = [...(await histories.choose(open, shown, at))].reverse();
  const receipts = receiptsOf(open, at);
  const parts = [csv(HEAD, [])];
  for (let from = 0; from < chosen.length; from += SLICE) {
    if (job.cancelled?.() === true) return err({ code: "cancelled" });
    const rows = await Promise.all(chosen.slice(from, from + SLICE).map((line) => histories.rowOf(open, line, at)));
    parts.push(csvRows(rows.flatMap((row, i) => (row ? [cells(open, row, from + i + 1, receipts, at)] : []))));
    job.progress?.(Math.min(from + SLICE, chosen.length), chosen.length);
    await job.pause?.();
  }
  return job.cancelled?.() === true ? err({ code: "cancelled" }) : ok(concat(...parts));
}

function cells(open: OpenLog, row: HistoryRow, number: number, receipts: Receipts, until: Millis | undefined): string[] {
  const { session, names } = open;
  const { zone, member: me } = session.identity;
  const at = (time: Millis | undefined): string => (time === undefined || time === 0 ? "" : isoIn(time, zone));
  const who = (member: MemberId | undefined): string => (member === undefined ? "" : nameOf(names, member, me));
  const proof = proofFor(open, row, receipts, until);
  return [
    String(number),
    row.type,
    row.what,
    who(row.member),
    row.device === undefined ? "" : deviceNameOf(names, row.device),
    row.title ?? "",
    row.reason ?? "",
    at(row.claimed),
    at(row.notBefore),
    at(row.notAfter),
    proof?.clockBy === undefined ? "" : String(Math.round(proof.clockBy / 1000)),
    proof?.stampedBy ?? "",
    boundCell(proof, "not-before", at),
    boundCell(proof, "not-after", at),
    zone,
    at(proof?.deliveredBy),
    at(proof?.viewedAt),
    at(proof?.had?.by),
    proof?.had === undefined ? "" : String(proof.had.seq),
    proof?.had?.hash ?? "",
    row.seq === undefined ? "" : String(row.seq),
    row.record ?? "",
    row.device ?? "",
    row.hash ?? "",
  ];
}

function proofFor(open: OpenLog, row: HistoryRow, receipts: Receipts, until: Millis | undefined): ProofView | undefined {
  const record = row.type === "act" && row.record !== undefined ? open.session.index.getAt(row.record, until) : undefined;
  const placed = record?.acts.find((a) => a.act.hash === row.hash);
  if (!record || !placed) return undefined;
  return proofOf(open, placed, record.id, record.book.channel === "messages" ? receipts : undefined, until);
}
