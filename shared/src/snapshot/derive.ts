import type { DeviceId, Hex32, MemberId, Millis } from "../base/ids.ts";
import { pushTo } from "../base/push-to.ts";
import { comparedOf, devicesOf, everyone, isProvisional, memberOf } from "../charter/people.ts";
import { deviceAt } from "../charter/people.ts";
import { relayNames } from "../charter/query.ts";
import { settle } from "../charter/settle.ts";
import type { FileRecord } from "../kinds/files.ts";
import type { ExpenseView, MessageView } from "../views/record.ts";
import { CLOCK_OFF } from "../views/clock.ts";
import type { HistoryRow } from "../views/history.ts";
import { checkAnchors } from "./anchors.ts";
import { sentenceOf, type CheckKey, type Checks } from "./checks.ts";
import { checkContents } from "./complete.ts";
import { judgeBook, type SetAside } from "./judge.ts";
import { WAITS } from "./judge-doubt.ts";
import type { Listed } from "./packed-list.ts";
import { filePath, PATH } from "./paths.ts";
import type { Proof } from "./proof.ts";
import { checkRedactedFiles, tellRedactions, type Redacted } from "./redaction.ts";
import { RecordStore } from "./record-store.ts";
import { replay, type Replayed } from "./replay.ts";
import type { RowIndex } from "./row-index.ts";
import { ShownHad } from "./shown-had.ts";
import type { Steps } from "./source.ts";
import { namesIn, seenName, type SnapshotStatement } from "./statement.ts";
import type { ThreadHead } from "./threads.ts";
import { viewsOf } from "./views.ts";
import { aboutWords } from "./words.ts";
import { plainIn } from "./zone.ts";

/** An attachment that a disclosed record names. */
export interface NamedFile {
  readonly path: string;
  readonly hash: Hex32;
  readonly size: number;
  readonly names: readonly string[];
  readonly state: "here" | "left-out" | "missing" | "redacted";
}

export interface DeviceLine {
  readonly member: MemberId;
  readonly name: string;
  readonly device: DeviceId;
  readonly linked: Millis;
  readonly revoked: Millis | undefined;
}

/** All that a snapshot says, derived from its signed changes: what pages, tables and lines are written from, and compared with. */
export interface Derived {
  readonly statement: SnapshotStatement;
  readonly relay: string;
  readonly size: number;
  readonly checkpointTime: Millis;
  /** Relay time of the log's first entry. */
  readonly beginning: Millis;
  readonly people: readonly { readonly member: MemberId; readonly name: string; readonly comparedBy: readonly string[] }[];
  readonly devices: readonly DeviceLine[];
  readonly messages: Listed<MessageView>;
  readonly threads: Listed<ThreadHead>;
  readonly expenses: Listed<ExpenseView>;
  readonly setAside: readonly HistoryRow[];
  readonly files: readonly NamedFile[];
  /** Channels with how many entries of changes each has up to the checkpoint, in the order of the log. */
  readonly channels: readonly (readonly [string, number])[];
  /** Statements about people, devices and keys up to there. */
  readonly statements: number;
  /** Withheld changes by kind; settlement talk by the author's name. */
  readonly leftOut: readonly (readonly [string, number])[];
  readonly settlement: readonly (readonly [string, number])[];
  /** Of a scope by child: messages and expenses that name none and so are not in it. */
  readonly unnamed: number;
  /** What the exporter left out one by one, in the order of the log. */
  readonly redacted: readonly Redacted[];
  /** What else page one tells a reader of: what is not here, or counts as set aside, or rests on somebody's word, in sentences (section 14). */
  readonly remarks: readonly string[];
  nameOf(member: MemberId | undefined): string;
  /** File records of every act that names some. */
  readonly filesOf: ReadonlyMap<string, readonly FileRecord[]>;
}

/** The same, with the log and charter that it was derived from. */
export interface Founded extends Derived {
  readonly replayed: Replayed;
  readonly rows: RowIndex;
}

/** The attachments of a snapshot by their hash; made once for each list of them. */
const byHash = new WeakMap<readonly NamedFile[], ReadonlyMap<string, NamedFile>>();

/** Where a file of a record lies in the bundle. */
export function fileAt({ files }: Derived, file: FileRecord): NamedFile | undefined {
  let known = byHash.get(files);
  if (!known) {
    known = new Map(files.map((f) => [f.hash, f]));
    byHash.set(files, known);
  }
  return known.get(file.hash);
}

const HOUR = 3_600_000;

/** Remarks that page one tells too: those that follow from the proof alone, so that writer and reader find the same. What was left out by choice stands there in other words. */
const TOLD_FIRST: readonly CheckKey[] = [
  ...(["unopened", "blind", "waits", "order-word", "order-open"] as const),
  ...(["notes-absent", "named-unknown", "named-far", "anchors-absent", "anchors-more", "clocks-apart"] as const),
  ...(["old", "dated-before", "names-alike", "provisional"] as const),
];

/** Derives everything from the proof. Undefined where the log or its contents do not hold: then there is nothing to show. */
export async function derive(proof: Proof, checks: Checks, steps: Steps): Promise<Founded | "cancelled" | undefined> {
  const replayed = await replay(proof, checks, steps);
  return replayed === undefined || replayed === "cancelled" ? replayed : deriveFrom(proof, replayed, checks, steps);
}

/** The same from a log that was replayed before. */
export async function deriveFrom(
  proof: Proof,
  replayed: Replayed,
  checks: Checks,
  steps: Steps,
): Promise<Founded | "cancelled" | undefined> {
  const contents = await checkContents(proof, replayed, checks, steps);
  if (contents === undefined || contents === "cancelled") return contents;
  const records = new RecordStore((checkpoint, seq) => replayed.isFar(checkpoint, seq), steps.scratch);
  const had = new ShownHad(replayed);
  for await (const book of contents.books()) {
    const isWhole = contents.isWhole(book.book);
    const judged = await judgeBook(replayed, book, isWhole, steps);
    if (judged === "cancelled") return judged;
    await records.add(book.at, isWhole, judged);
    had.add(judged.acts);
  }
  const { statement } = proof;
  const { charter } = replayed;
  const nameOf = namesIn(statement);
  const at = { seq: replayed.checkpoint.size, time: replayed.checkpoint.time };
  // What waited its 72 hours by the checkpoint stands, though no statement says so (C9).
  const settled = settle(charter, at);
  const bounds = await checkAnchors(proof.anchors, replayed, statement.zone, checks);
  const views = await viewsOf(replayed, records, had.finish(), statement, bounds, steps);
  if (views === "cancelled") return views;
  const { setAside, doubts, inParts } = records;
  const files = namedFiles(statement, views.fileRecords);
  const settlement = [...contents.settlement].map(([member, count]) => [nameOf(member as MemberId), count] as const);
  for (const [author, count] of settlement) checks.add("settlement", "remarks", { author, count });
  tellRedactions(proof, contents.redacted, checks);
  const { children } = statement.scope;
  if (children) checks.add("by-child", "remarks", { children: aboutWords(children), count: contents.unnamed });
  if (inParts > 0) checks.add("order-word", "remarks", { count: inParts });
  if (doubts.crossed > 0) checks.add("order-open", "remarks", { count: doubts.crossed });
  for (const seq of doubts.falseOrder) checks.failed("order-false", `${PATH.changes}, entry ${String(seq)}`);
  const waiting = setAside.filter((s) => s.reason === WAITS).length;
  if (waiting > 0) checks.add("waits", "remarks", { count: waiting });
  checkFiles(files, checks);
  checkRedactedFiles(proof, files, checks);
  // Whoever runs a relay can say any time; who that is, no signature shows.
  checks.add("times", "good", { relay: relayNames(charter).join(", ") });
  checkAge(statement, replayed, checks);
  checkNames(
    everyone(settled).map((m) => nameOf(m.id)),
    checks,
  );
  checkKeys(statement, replayed, nameOf, checks);
  return {
    statement,
    replayed,
    rows: contents.rows,
    relay: replayed.relay,
    size: at.seq,
    checkpointTime: at.time,
    beginning: replayed.headerOf(0)?.relay.time ?? at.time,
    people: everyone(settled).map((m) => {
      const compared = comparedOf(charter, m.id, at);
      return {
        member: m.id,
        name: nameOf(m.id),
        comparedBy: compared ? [`${nameOf(compared.by)}, ${compared.method}, ${plainIn(compared.since.time, statement.zone)}`] : [],
      };
    }),
    devices: everyone(settled).flatMap((m) =>
      devicesOf(settled, m.id).map((d) => ({
        member: m.id,
        name: nameOf(m.id),
        device: d.id,
        linked: d.linked.time,
        revoked: d.revoked?.time,
      })),
    ),
    messages: views.messages,
    threads: views.threads,
    expenses: views.expenses,
    setAside: setAside.map((s) => historyOf(s, replayed)),
    files,
    channels: [...contents.channels],
    statements: charter.count,
    leftOut: [...contents.leftOut].sort(([a], [b]) => (a < b ? -1 : 1)),
    settlement: settlement.sort(([a], [b]) => (a < b ? -1 : 1)),
    unnamed: contents.unnamed,
    redacted: contents.redacted,
    remarks: checks.of(TOLD_FIRST).map(sentenceOf),
    nameOf,
    filesOf: views.fileRecords,
  };
}

/** How much was left out, for whatever reason: changes by the scope, messages and expenses by themselves. */
export const leftOutOf = (d: Derived): number => [...d.leftOut, ...d.settlement].reduce((n, [, count]) => n + count, d.redacted.length);

function historyOf(s: SetAside, replayed: Replayed): HistoryRow {
  const header = replayed.headerOf(s.seq);
  return {
    id: `${String(s.seq)}.${String(s.index)}`,
    log: replayed.charter.log,
    seq: s.seq,
    type: "set-aside",
    what: s.reason === WAITS ? "change.waiting" : "change.set-aside",
    ...(s.member === undefined ? {} : { member: s.member }),
    device: s.device,
    reason: s.reason,
    ...(s.clock === undefined ? {} : { claimed: s.clock }),
    ...(s.checkpoint ? { notBefore: s.checkpoint.time } : {}),
    ...(header ? { notAfter: header.relay.time } : {}),
  };
}

/** One file for each content; the first name that a record gives it names it in the bundle. */
function namedFiles(statement: SnapshotStatement, records: ReadonlyMap<string, readonly FileRecord[]>): NamedFile[] {
  const byHash = new Map<Hex32, FileRecord[]>();
  for (const list of records.values()) for (const f of list) pushTo(byHash, f.hash, f);
  const missing = new Set(statement.missing);
  const redacted = new Set<string>(statement.scope.redact?.files);
  return [...byHash].map(([hash, list]): NamedFile => {
    const [first] = list;
    const state = !statement.scope.files ? "left-out" : redacted.has(hash) ? "redacted" : missing.has(hash) ? "missing" : "here";
    return {
      path: filePath(hash, first?.name ?? "file"),
      hash,
      size: first?.size ?? 0,
      names: [...new Set(list.map((f) => f.name))],
      state,
    };
  });
}

function checkFiles(files: readonly NamedFile[], checks: Checks): void {
  const count = (state: NamedFile["state"]): number => files.filter((f) => f.state === state).length;
  if (count("left-out") > 0) checks.add("files-left-out", "remarks", { count: count("left-out") });
  if (count("missing") > 0) checks.add("files-lacking", "remarks", { count: count("missing") });
}

function checkAge({ exported }: SnapshotStatement, { checkpoint }: Replayed, checks: Checks): void {
  const hours = Math.floor((exported - checkpoint.time) / HOUR);
  if (hours > 24) checks.add("old", "remarks", { hours });
  // Clocks differ by minutes; an export of what had not happened yet was dated back, or by a clock that is wrong.
  if (checkpoint.time - exported > CLOCK_OFF)
    checks.add("dated-before", "remarks", { minutes: Math.floor((checkpoint.time - exported) / 60_000) });
}

/** Two people whom their names do not tell apart, those without a name among them: who wrote what would be seen by the keys alone. */
function checkNames(names: readonly string[], checks: Checks): void {
  const said = names.map(seenName);
  const alike = names.find((_, i) => said.indexOf(said[i] ?? "") !== i);
  if (alike !== undefined) checks.add("names-alike", "remarks", { name: alike });
}

/** The third part (rule S7): what ties keys to people. Signatures alone never do. */
function checkKeys(statement: SnapshotStatement, replayed: Replayed, nameOf: (m: MemberId | undefined) => string, checks: Checks): void {
  const { charter, checkpoint } = replayed;
  const at = { seq: checkpoint.size, time: checkpoint.time };
  const isDevice = deviceAt(charter, statement.exporter, at) !== undefined;
  if (isDevice) checks.add("exporter", "good", { name: nameOf(memberOf(charter, statement.exporter)) });
  else checks.failed("exporter-unknown", PATH.signer);
  for (const m of everyone(charter)) {
    const name = nameOf(m.id);
    if (isProvisional(charter, m.id, at)) checks.add("provisional", "remarks", { name });
    if (everyone(charter).length < 2) continue;
    const compared = comparedOf(charter, m.id, at);
    if (!compared) checks.add("not-compared", "remarks", { name });
    else {
      const method = compared.method === "words" ? "the safety words" : "key cards";
      checks.add("compared", "good", { name, by: nameOf(compared.by), method, time: plainIn(compared.since.time, statement.zone) });
    }
  }
  checks.add("only-word", "remarks");
}
