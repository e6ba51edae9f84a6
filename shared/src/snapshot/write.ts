import type { FileId } from "../base/ids.ts";
import { pushTo } from "../base/push-to.ts";
import { coded, err, ok, type Coded, type Result } from "../base/result.ts";
import type { SnapshotPreview, SnapshotScope } from "../views/snapshot.ts";
import { hashOf } from "./bag.ts";
import { BagWriter, type Finished } from "./bag-write.ts";
import { Gathered, type ByteSink } from "./bytes-io.ts";
import { Checks } from "./checks.ts";
import { annotate } from "./annotate.ts";
import { choose } from "./choose.ts";
import { deriveFrom, leftOutOf, type Derived } from "./derive.ts";
import type { ChangeRow } from "./change-rows.ts";
import type { PackedRows } from "./packed-rows.ts";
import { PATH } from "./paths.ts";
import { slices, type Pieces } from "./pieces.ts";
import { proofFiles, type Proof } from "./proof.ts";
import { pages, type PageTrouble } from "./pages.ts";
import { estimatePages } from "./pdf/estimate.ts";
import type { PdfCode } from "./pdf/render.ts";
import { render, type RenderedFile } from "./render.ts";
import { replay } from "./replay.ts";
import { Steps, stretch, type Job, type SnapshotSource } from "./source.ts";
import { RENDER_VERSION } from "./statement.ts";
import { fillViewer, isViewerTemplate } from "./viewer.ts";
import { MAX_ARCHIVE } from "./zip-write.ts";

/**
 * `source-false`: what the device holds does not hold by its own rules, so that every reader would refuse the snapshot; `detail` says which
 * check. `too-large`: the archive would pass 4 GiB, which its plain form cannot say. `fonts-missing`: the pages need letters that are not on
 * this device.
 */
export type WriteSnapshotCode = "cancelled" | "source-false" | "too-large" | PdfCode;

export interface WrittenSnapshot extends Finished {
  readonly derived: Derived;
}

/** How far the whole is when each stretch of it ends, as it was measured: without pages, and with them. The last one packs proof, viewer and attachments. */
const ENDS = {
  plain: { prepared: 0.82, found: 0.84, tables: 0.95, laidOut: 0.95 },
  pages: { prepared: 0.5, found: 0.51, tables: 0.59, laidOut: 0.9 },
} as const;

type Written<T> = Promise<Result<T, Coded<WriteSnapshotCode>>>;

/**
 * Writes the snapshot of a scope into a sink: one ZIP, the same bytes for the same source, scope and time. The whole of it is derived from the
 * proof that goes into it, by the code that a reader runs. Attachments pass through one at a time, so that memory does not grow with them.
 * What was written before an error is no snapshot; the caller drops it.
 */
export async function streamSnapshot(
  source: SnapshotSource,
  scope: SnapshotScope,
  sink: ByteSink,
  job: Job = {},
): Written<WrittenSnapshot> {
  const ends = ENDS[scope.pages ? "pages" : "plain"];
  const made = await prepare(source, scope, stretch(job, 0, ends.prepared));
  if (!made.ok) return made;
  const { derived } = made.value;
  const looking = stretch(job, ends.prepared, ends.found);
  const attachments = scope.files ? await attachmentsOf(source, derived, looking) : new Map<string, FileId>();
  if (attachments === "cancelled") return err(coded("cancelled"));
  const missing = derived.files.filter((f) => f.state === "here" && !attachments.has(f.path)).map((f) => f.hash);
  const statement = { ...made.value.proof.statement, missing };
  const lacking = new Set(missing);
  const final: Derived = { ...derived, statement, files: derived.files.map((f) => (lacking.has(f.hash) ? { ...f, state: "missing" } : f)) };
  const bag = new BagWriter(sink);
  const trouble: PageTrouble = {};
  const rest = async function* (): AsyncGenerator<RenderedFile, void, undefined> {
    const proof = proofFiles({ ...made.value.proof, statement });
    for (const [path, make] of proof) yield [path, make()];
    if (source.viewer && isViewerTemplate(source.viewer)) yield [PATH.viewer, fillViewer(source.viewer, new Map(proof))];
    for (const [path, id] of attachments) {
      const bytes = await source.readFile(id);
      if (bytes) yield [path, slices(bytes)];
    }
  };
  const { progress: _progress, ...quiet } = job;
  const payload = async function* (): AsyncGenerator<readonly [RenderedFile, Steps], void, undefined> {
    const tables = new Steps(stretch(job, ends.found, ends.tables), 2_700 * (derived.messages.length + derived.expenses.length));
    for await (const file of render(final)) yield [file, tables];
    // Laying them out tells how far it is; their bytes need not.
    for await (const file of pages(final, stretch(job, ends.tables, ends.laidOut), trouble)) yield [file, new Steps(quiet, 0)];
    const packing = new Steps(stretch(job, ends.laidOut, 1), proofSize(made.value, source.viewer) + sizeOf(final, attachments));
    for await (const file of rest()) yield [file, packing];
  };
  const state = { isStopped: false };
  const watched = async function* (pieces: Pieces, steps: Steps): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const piece of pieces) {
      state.isStopped = await steps.step(piece.length);
      if (state.isStopped) return;
      yield piece;
    }
  };
  for await (const [[path, pieces], steps] of payload()) {
    await bag.add(path, watched(pieces, steps));
    if (state.isStopped || (await steps.step(0))) return err(coded("cancelled"));
    if (bag.size > MAX_ARCHIVE) return err(coded("too-large"));
  }
  if (trouble.error) return err(trouble.error);
  // An attachment that was there a moment ago is gone, or was damaged in between: every reader would miss it.
  const lost = final.files.find((f) => f.state === "here" && bag.hashes.get(f.path) !== f.hash);
  if (lost) return err(coded("source-false", "attachment"));
  return ok({ ...(await bag.finish(source)), derived: final });
}

/** About what the proof and the viewer take, bytes. */
const proofSize = ({ derived, rows }: Prepared, viewer: Uint8Array | undefined): number =>
  derived.size * 500 + rows.length * 700 + (viewer?.length ?? 0);

const sizeOf = (derived: Derived, attachments: ReadonlyMap<string, FileId>): number =>
  derived.files.reduce((n, f) => n + (attachments.has(f.path) ? f.size : 0), 0);

/** The same in memory, for what is known to be small. */
export async function writeSnapshot(
  source: SnapshotSource,
  scope: SnapshotScope,
  job: Job = {},
): Written<{ readonly bytes: Uint8Array; readonly derived: Derived }> {
  const gathered = new Gathered();
  const made = await streamSnapshot(source, scope, gathered.sink, job);
  return made.ok ? ok({ bytes: gathered.bytes(), derived: made.value.derived }) : made;
}

/** What a snapshot of this scope would hold, without writing it. `bytes` and `pages` are estimates. */
export async function previewSnapshot(
  source: SnapshotSource,
  scope: SnapshotScope,
  job: Job = {},
): Promise<Result<SnapshotPreview, Coded<WriteSnapshotCode>>> {
  const made = await prepare(source, scope, job);
  if (!made.ok) return made;
  const { derived } = made.value;
  const files = derived.files.filter((f) => f.state === "here");
  // The page and its program pack to about two fifths.
  const viewer = Math.round(0.4 * (source.viewer?.length ?? 0));
  const bytes = files.reduce((n, f) => n + f.size, 0) + proofSize(made.value, undefined) + 40_000 + viewer;
  return ok({
    messages: derived.messages.length,
    expenses: derived.expenses.length,
    files: files.length,
    bytes,
    leftOut: leftOutOf(derived),
    ...(scope.children ? { unnamed: derived.unnamed } : {}),
    ...(scope.pages ? { pages: await estimatePages(derived, scope.pages) } : {}),
  });
}

async function prepare(source: SnapshotSource, scope: SnapshotScope, job: Job): Promise<Result<Prepared, Coded<WriteSnapshotCode>>> {
  const chosen = await choose(source, scope, stretch(job, 0, 0.2));
  if (chosen === "cancelled") return err(coded("cancelled"));
  const steps = new Steps(stretch(job, 0.2, 1), chosen.size + 3 * chosen.rows.length);
  const checks = new Checks();
  const bare: Proof = {
    statement: {
      render: RENDER_VERSION,
      app: source.app,
      log: source.log,
      kind: source.kind,
      zone: source.zone,
      exported: source.exported,
      exporter: source.exporter.device,
      names: source.names,
      scope: chosen.scope,
      size: chosen.size,
      missing: [],
      ...(source.stamp ? { authority: source.stamp.authority } : {}),
    },
    statements: source.statements,
    headers: source.headers,
    rows: [],
    notes: chosen.notes,
    anchors: source.anchors ?? [],
    note: source.note,
  };
  const replayed = await replay(bare, checks, steps);
  if (replayed === "cancelled") return err(coded("cancelled"));
  if (!replayed) return fail(checks);
  const rows = await annotate(source, chosen, replayed, steps);
  if (rows === "cancelled") return err(coded("cancelled"));
  const proof = { ...bare, rows };
  const founded = await deriveFrom(proof, replayed, checks, steps);
  if (founded === "cancelled") return err(coded("cancelled"));
  if (!founded) return fail(checks);
  // What it was derived from is not asked for any more.
  const { replayed: _log, rows: _shown, ...derived } = founded;
  return ok({ proof, rows, derived });
}

interface Prepared {
  readonly proof: Proof;
  readonly rows: PackedRows<ChangeRow>;
  readonly derived: Derived;
}

function fail(checks: Checks): Result<never, Coded<WriteSnapshotCode>> {
  const { unchanged, complete } = checks.verdict();
  const failed = [...unchanged.checks, ...complete.checks].find((c) => c.state === "failed");
  return err(coded("source-false", failed?.key));
}

/** Which attachments this device really has, each looked at once and let go. */
async function attachmentsOf(source: SnapshotSource, derived: Derived, job: Job): Promise<Map<string, FileId> | "cancelled"> {
  const ids = new Map<string, FileId[]>();
  for (const list of derived.filesOf.values()) for (const f of list) pushTo(ids, f.hash, f.id);
  const steps = new Steps(job, derived.files.length);
  const found = new Map<string, FileId>();
  for (const named of derived.files) {
    if (named.state !== "here") continue;
    for (const id of ids.get(named.hash) ?? []) {
      const bytes = await source.readFile(id);
      // A device's own copy may be damaged; what does not fit the signed record is not there.
      if (bytes?.length === named.size && hashOf(bytes) === named.hash) found.set(named.path, id);
      if (found.has(named.path)) break;
    }
    if (await steps.step()) return "cancelled";
  }
  return found;
}
