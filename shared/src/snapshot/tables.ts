import type { FileView, ProofView } from "../views/record.ts";
import { fromMinor } from "../kinds/money.ts";
import { csvPieces } from "./csv.ts";
import { fileAt, type Derived, type NamedFile } from "./derive.ts";
import { FILES_FOLDER, PATH } from "./paths.ts";
import { mapped, mappedRows, type Pieces } from "./pieces.ts";
import { recordLines } from "./record-lines.ts";
import { allOf } from "./rows.ts";
import { boundCell } from "./words.ts";
import { isoIn } from "./zone.ts";

/** Tables and lines for programs (docs/snapshot-format.md, 'CSV' and 'JSON Lines'). */
export function tables(d: Derived): readonly (readonly [string, Pieces])[] {
  return [
    [PATH.csvMessages, messagesCsv(d)],
    [PATH.csvExpenses, expensesCsv(d)],
    [PATH.csvSteps, stepsCsv(d)],
    [PATH.csvDevices, devicesCsv(d)],
    [PATH.csvSetAside, setAsideCsv(d)],
    [PATH.records, recordLines(d)],
  ];
}

const PROOF_HEAD = [
  "written_at_author_clock",
  "logged_not_before_relay",
  "logged_not_after_relay",
  "relay",
  "not_before_others",
  "not_after_others",
  "zone",
  "author_clock_off",
  "other_had_by",
  "other_had_proof_entry",
  "other_had_proof_change",
] as const;
const KEY_HEAD = ["entry", "device", "change_sha256"] as const;

const timed = (d: Derived, p: ProofView): string[] => {
  const { zone } = d.statement;
  const at = (t: number | undefined): string => (t === undefined ? "" : isoIn(t, zone));
  const others = [boundCell(p, "not-before", at), boundCell(p, "not-after", at)];
  // No sign, which would be guarded like a formula.
  const off = p.clockBy === undefined ? "" : `${String(Math.trunc(Math.abs(p.clockBy) / 1000))} s ${p.clockBy < 0 ? "earlier" : "later"}`;
  const had = p.had ? [at(p.had.by), String(p.had.seq), p.had.hash] : ["", "", ""];
  return [at(p.claimed), at(p.notBefore), at(p.notAfter), p.stampedBy, ...others, zone, off, ...had];
};
const keyed = (p: ProofView): string[] => [String(p.seq ?? ""), p.device, p.hash];

const ABSENT = { "left-out": "left out", missing: "lacking", redacted: "redacted" } as const;

/** Where a file lies; of one that is not in the snapshot the name that it would have there, and why it is not. */
const placeOf = ({ state, path }: NamedFile): string => (state === "here" ? path : `${ABSENT[state]}: ${path.slice(FILES_FOLDER.length)}`);

const pathsOf = (d: Derived, hash: string, files: readonly FileView[]): string =>
  files
    .map((_, i) => d.filesOf.get(hash)?.[i])
    .map((f) => {
      const file = f && fileAt(d, f);
      return file ? placeOf(file) : "";
    })
    .join("; ");

const named = (of: { readonly children?: readonly string[] } | undefined): string => (of?.children ?? []).join("; ");

async function* messagesCsv(d: Derived): AsyncGenerator<Uint8Array, void, undefined> {
  const at = (t: number | undefined): string => (t === undefined ? "" : isoIn(t, d.statement.zone));
  const threads = new Map((await allOf(d.threads)).map((t) => [t.id, t]));
  const head = [
    "number",
    "thread",
    "thread_subject",
    "thread_children",
    "message",
    "reply_to",
    "author",
    ...PROOF_HEAD,
    "delivered",
    "viewed",
    "settlement_talk",
    "text",
    "files",
    ...KEY_HEAD,
  ];
  const rows = mappedRows(d.messages, (m, i) => [
    String(i + 1),
    m.thread,
    threads.get(m.thread)?.subject ?? "",
    named(threads.get(m.thread)),
    m.id,
    m.reply ?? "",
    d.nameOf(m.author),
    ...timed(d, m.proof),
    at(m.proof.deliveredBy),
    at(m.proof.viewedAt),
    m.settlement ? "yes" : "",
    m.text,
    pathsOf(d, m.proof.hash, m.files),
    ...keyed(m.proof),
  ]);
  yield* csvPieces(head, rows);
}

function expensesCsv(d: Derived): Pieces {
  const head = [
    "number",
    "expense",
    "author",
    "title",
    "category",
    "children",
    "spent",
    "amount",
    "currency",
    "share_percent",
    "asked_of_other",
    "state",
    "crossed",
    "note",
    "files",
    ...PROOF_HEAD,
    ...KEY_HEAD,
  ];
  const rows = mappedRows(d.expenses, (e, i) => [
    String(i + 1),
    e.id,
    d.nameOf(e.author),
    e.title,
    e.category,
    named(e),
    e.spent,
    fromMinor(e.amount, e.currency),
    e.currency,
    (e.share / 100).toFixed(2),
    fromMinor(e.asked, e.currency),
    e.state,
    e.crossed ? "yes" : "",
    e.note ?? "",
    pathsOf(d, e.proof.hash, e.files),
    ...timed(d, e.proof),
    ...keyed(e.proof),
  ]);
  return csvPieces(head, rows);
}

function stepsCsv(d: Derived): Pieces {
  const head = ["expense", "step", "act", "by", "reason", "amount", "currency", "method", "files", ...PROOF_HEAD, ...KEY_HEAD];
  return csvPieces(head, stepRows(d));
}

async function* stepRows(d: Derived): AsyncGenerator<readonly string[], void, undefined> {
  for await (const e of d.expenses)
    yield* mapped(e.steps, (s, i) => [
      e.id,
      String(i + 1),
      s.act,
      d.nameOf(s.member),
      s.reason ?? "",
      s.amount === undefined ? "" : fromMinor(s.amount, e.currency),
      s.amount === undefined ? "" : e.currency,
      s.method ?? "",
      pathsOf(d, s.hash, s.files),
      ...timed(d, s.proof),
      ...keyed(s.proof),
    ]);
}

function devicesCsv(d: Derived): Pieces {
  const { zone } = d.statement;
  const rows = d.devices.map((v) => [
    v.name,
    v.member,
    v.device,
    isoIn(v.linked, zone),
    v.revoked === undefined ? "" : isoIn(v.revoked, zone),
    zone,
  ]);
  return csvPieces(["name", "member", "device_key", "linked_relay_time", "revoked_relay_time", "zone"], rows);
}

function setAsideCsv(d: Derived): Pieces {
  const { zone } = d.statement;
  const at = (t: number | undefined): string => (t === undefined ? "" : isoIn(t, zone));
  const rows = d.setAside.map((s) => [
    String(s.seq ?? ""),
    d.nameOf(s.member),
    s.device ?? "",
    s.reason ?? "",
    at(s.claimed),
    at(s.notBefore),
    at(s.notAfter),
    zone,
  ]);
  return csvPieces(
    ["entry", "member", "device", "reason", "written_at_author_clock", "logged_not_before_relay", "logged_not_after_relay", "zone"],
    rows,
  );
}
