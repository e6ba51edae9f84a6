import type { HistoryFilter, HistoryKind, HistoryRow } from "@countersign/shared/views/history";
import type { HouseholdView } from "@countersign/shared/replica/people-view";
import type { RecordId } from "@countersign/shared/base/ids";
import { dayBounds } from "../../lib/time.ts";

const KINDS = ["message", "receipt", "expense"] as const satisfies readonly HistoryKind[];
const TYPES = ["charter", "set-aside", "fault", "own"] as const satisfies readonly HistoryRow["type"][];
/** What the first choice of the screen offers: kinds of acts, then the other types of lines. */
export const SHOWN = [...KINDS, ...TYPES] as const;

/** The choice as it stands in the address. */
export function filterOf(params: URLSearchParams, where: HouseholdView): HistoryFilter {
  const shown = params.get("type");
  const kind = KINDS.find((k) => k === shown);
  const type = TYPES.find((name) => name === shown);
  const member = where.people.find((p) => p.member === params.get("by"))?.member;
  const device = where.people.flatMap((p) => p.devices).find((d) => d.device === params.get("device"))?.device;
  const text = (params.get("text") ?? "").trim();
  const record = params.get("record") ?? "";
  const child = params.get("child") ?? "";
  const from = dayBounds(params.get("from") ?? "", where.zone)?.from;
  const to = dayBounds(params.get("to") ?? "", where.zone)?.to;
  return {
    ...(kind === undefined ? {} : { types: ["act"], kinds: [kind] }),
    ...(type === undefined ? {} : { types: [type] }),
    ...(member === undefined ? {} : { member }),
    ...(device === undefined ? {} : { device }),
    ...(/^[0-9a-f]{32}$/.test(record) ? { record: record as RecordId } : {}),
    ...(child === "" ? {} : { child }),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(text === "" ? {} : { text }),
  };
}
