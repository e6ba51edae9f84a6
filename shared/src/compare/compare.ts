import { coded, err, ok, type Coded, type Result } from "../base/result.ts";
import { parseSigned } from "../charter/codec.ts";
import { memberOf } from "../charter/query.ts";
import { headerLeaf } from "../entry/header.ts";
import { proveNotes, type ProofSource } from "../fault-proof/make.ts";
import type { CheckView } from "../views/snapshot.ts";
import { sourceOfBytes, type ByteSource } from "../snapshot/bytes-io.ts";
import type { ChangeRow } from "../snapshot/change-rows.ts";
import { Checks } from "../snapshot/checks.ts";
import type { SnapshotCode } from "../snapshot/codes.ts";
import { checkContents } from "../snapshot/complete.ts";
import { PATH } from "../snapshot/paths.ts";
import { mappedRows } from "../snapshot/pieces.ts";
import { openProof } from "../snapshot/proof.ts";
import { replay } from "../snapshot/replay.ts";
import { allOf } from "../snapshot/rows.ts";
import { Steps, stretch, type Job, type SourceHeader } from "../snapshot/source.ts";
import { openZip } from "../snapshot/zip-read.ts";
import { claimsIn, REFUTED, wordsOf, type OrderClaim, type Told } from "./said.ts";
import { ItemForms, type ItemForm } from "./item-forms.ts";
import { CLASSES, MAX_ROWS, type CompareClass, type CompareReport, type CompareRow, type CompareSide } from "./report.ts";

export interface CompareError extends Coded<SnapshotCode | "cancelled" | "compare-other-log" | "compare-broken"> {
  /** Which of the two files. */
  readonly which?: "a" | "b";
  readonly checks?: readonly CheckView[];
}

interface Side extends Told {
  readonly shown: number;
  readonly failed: readonly CheckView[];
}

/**
 * Lays two snapshots of one record side by side. Both are derived from their signed changes and headers; no table, page or manifest is looked at, which
 * `verifySnapshot` does. Either may be hostile: what does not hold in its proof is named, and what cannot be derived ends the comparison.
 */
export async function compareSnapshots(
  a: ByteSource | Uint8Array,
  b: ByteSource | Uint8Array,
  job: Job = {},
): Promise<Result<CompareReport, CompareError>> {
  const left = await load(a, stretch(job, 0, 0.5));
  if (!left.ok) return err({ ...left.error, which: "a" });
  const right = await load(b, stretch(job, 0.5, 1));
  if (!right.ok) return err({ ...right.error, which: "b" });
  const [x, y] = [left.value, right.value];
  if (x.proof.statement.log !== y.proof.statement.log) return err(coded("compare-other-log"));
  return ok(await lay(x, y));
}

async function load(file: ByteSource | Uint8Array, job: Job): Promise<Result<Side, CompareError>> {
  const zip = await openZip(file instanceof Uint8Array ? sourceOfBytes(file) : file);
  if (!zip.ok) return zip;
  if (!zip.value.has(PATH.statement)) return err(coded("snapshot-not-snapshot"));
  const opened = await openProof(zip.value);
  if (!opened.ok) return opened;
  const { proof } = opened.value;
  const checks = new Checks();
  const steps = new Steps(job, zip.value.size(PATH.headers) / 480 + zip.value.size(PATH.changes) / 700);
  const replayed = await replay(proof, checks, steps);
  if (replayed === "cancelled") return err(coded("cancelled"));
  const items = new ItemForms(replayed?.entries.length ?? 0);
  const claims: OrderClaim[] = [];
  const each = (row: ChangeRow): void => {
    items.add(row);
    claims.push(...claimsIn(row));
  };
  const contents = replayed && (await checkContents(proof, replayed, checks, steps, each));
  if (contents === "cancelled") return err(coded("cancelled"));
  const unreadable = await opened.value.fault(contents !== undefined);
  if (unreadable !== undefined) return err(coded("snapshot-part", unreadable));
  const verdict = checks.verdict();
  const failed = [...verdict.unchanged.checks, ...verdict.complete.checks].filter((c) => c.state === "failed");
  if (!replayed || !contents) return err({ ...coded("compare-broken"), checks: failed });
  return ok({ proof, replayed, items, claims, isWhole: contents.isWhole, shown: contents.rows.disclosed, failed });
}

async function lay(a: Side, b: Side): Promise<CompareReport> {
  const common = Math.min(a.replayed.entries.length, b.replayed.entries.length);
  let fork: number | undefined;
  for (let seq = 0; seq < common && fork === undefined; seq++) {
    if (a.replayed.rootOf(seq + 1) !== b.replayed.rootOf(seq + 1)) fork = seq;
  }
  const shared = fork ?? common;
  const counts = Object.fromEntries(CLASSES.map((c) => [c, { a: 0, b: 0 }])) as Record<CompareClass, { a: number; b: number }>;
  const rows: CompareRow[] = [];
  const add = (is: CompareClass, only: "a" | "b", side: Side, seq: number, item: ItemForm): void => {
    counts[is][only]++;
    const header = side.replayed.headerOf(seq);
    if (is === "same" || is === "withheld-both" || rows.length >= MAX_ROWS || !header) return;
    const kind = item.kind === undefined ? {} : { kind: item.kind };
    rows.push({ is, only, seq, channel: header.author.channel, time: header.relay.time, ...kind });
  };
  for (let seq = 0; seq < Math.max(a.replayed.entries.length, b.replayed.entries.length); seq++) {
    const [x, y] = [a.items.of(seq), b.items.of(seq)];
    if (seq < shared) {
      // Both are bound to the same header, so they speak of the same changes in the same order (rule L1).
      for (let i = 0; i < Math.max(x.length, y.length); i++) {
        const [p, q] = [x[i], y[i]];
        if (p?.form === "disclosed" && q?.form === "disclosed") {
          add("same", "a", a, seq, p);
          add("same", "b", b, seq, q);
        } else if (p?.form === "disclosed") add(whyNot(q), "a", a, seq, p);
        else if (q?.form === "disclosed") add(whyNot(p), "b", b, seq, q);
        else if (p ?? q) add("withheld-both", p ? "a" : "b", p ? a : b, seq, (p ?? q) as ItemForm);
      }
      continue;
    }
    const is = fork === undefined ? "later" : "fork";
    for (const item of x) if (item.form === "disclosed") add(is, "a", a, seq, item);
    for (const item of y) if (item.form === "disclosed") add(is, "b", b, seq, item);
  }
  const proof = fork === undefined ? undefined : await proofOf(a, b);
  const words = await wordsOf(a, b, shared, fork !== undefined);
  const unexplained = counts.unexplained.a + counts.unexplained.b;
  return {
    log: a.proof.statement.log,
    relay: a.replayed.relay,
    zone: a.proof.statement.zone,
    a: sideOf(a),
    b: sideOf(b),
    ...(fork === undefined ? {} : { fork: { seq: fork } }),
    ...(proof ? { proof } : {}),
    counts,
    rows,
    words,
    agrees: fork === undefined && unexplained === 0 && a.failed.length + b.failed.length === 0 && !words.some((w) => REFUTED.has(w.is)),
  };
}

const whyNot = (item: ItemForm | undefined): CompareClass =>
  item === undefined || item.form === "disclosed" || item.form === "blind" ? "unexplained" : `withheld-${item.form}`;

function sideOf({ proof, replayed, shown, failed }: Side): CompareSide {
  const { statement } = proof;
  const member = memberOf(replayed.charter, statement.exporter);
  return {
    exporter: statement.names.find((n) => n.member === member)?.name ?? "",
    member,
    exported: statement.exported,
    size: replayed.checkpoint.size,
    time: replayed.checkpoint.time,
    shown,
    failed,
  };
}

/** Two notes of one key over two logs are a proof against the relay: the larger log's leaves show how it began. */
async function proofOf(a: Side, b: Side): Promise<Uint8Array | undefined> {
  for (const side of [a, b]) {
    const proof = await proveNotes(sourceOf(side), a.proof.note, b.proof.note);
    if (proof) return proof;
  }
  return undefined;
}

const leafOf = (h: SourceHeader): Uint8Array => (h instanceof Uint8Array ? h : headerLeaf(h.authorBytes, h.relayBytes));

function sourceOf({ proof, replayed }: Side): ProofSource {
  const carriers = [...replayed.entries.wholeHeaders].filter((h) => h.author.channel === "charter");
  return {
    log: proof.statement.log,
    charter: replayed.charter,
    statements: () =>
      Promise.resolve(
        proof.statements.flatMap((bytes, i) => {
          const relay = carriers[i]?.relay;
          return relay && parseSigned(bytes).ok ? [{ seq: relay.seq, time: relay.time, bytes }] : [];
        }),
      ),
    leaves: async (size) => (await allOf(mappedRows(proof.headers, leafOf))).slice(0, size),
    entry: () => Promise.resolve(undefined),
  };
}
