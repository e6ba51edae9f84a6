import type { ChangeHash, FileId } from "../base/ids.ts";
import { toHex } from "../base/bytes.ts";
import { sha256 } from "../crypto/hash.ts";
import { signRaw } from "../crypto/sign.ts";
import { coded, err, ok, type Coded, type Result } from "../base/result.ts";
import type { SnapshotPreview, SnapshotScope } from "../replica/api.ts";
import { BAGIT, bagInfo, hashOf, manifest, TAG_FILES } from "./bag.ts";
import type { ChangeRow } from "./change-rows.ts";
import { Checks } from "./checks.ts";
import { bookKeyOf, choose, type Chosen } from "./choose.ts";
import { deriveFrom, type Derived } from "./derive.ts";
import { judgeBooks } from "./judge.ts";
import { PATH } from "./paths.ts";
import { publicKeyPem } from "./pem.ts";
import { encodeProof, type Proof } from "./proof.ts";
import { render } from "./render.ts";
import { replay, type Replayed } from "./replay.ts";
import { Steps, type Job, type SnapshotSource } from "./source.ts";
import { RENDER_VERSION } from "./statement.ts";
import { ZipWriter } from "./zip-write.ts";
import { dayIn } from "./zone.ts";

/** `source-false`: what the device holds does not hold by its own rules, so that every reader would refuse the snapshot; `detail` says which check. */
export type WriteSnapshotCode = "cancelled" | "source-false";

/** Where the manifest's further signatures go once they exist: the other parent's countersignature, SSHSIG, a time stamp. None changes an earlier file. */
export type MoreSignatures = (manifest: Uint8Array) => Promise<readonly (readonly [path: string, bytes: Uint8Array])[]>;

export interface WrittenSnapshot {
  readonly bytes: Uint8Array;
  readonly derived: Derived;
}

/**
 * Writes the snapshot of a scope: one ZIP, the same bytes for the same source, scope and time. The whole of it is derived from the proof that
 * goes into it, by the code that a reader runs.
 */
export async function writeSnapshot(
  source: SnapshotSource,
  scope: SnapshotScope,
  job: Job = {},
  more?: MoreSignatures,
): Promise<Result<WrittenSnapshot, Coded<WriteSnapshotCode>>> {
  const made = await prepare(source, scope, job);
  if (!made.ok) return made;
  const { proof, derived } = made.value;
  const files = scope.files ? await readFiles(source, derived) : new Map<string, Uint8Array>();
  const missing = scope.files ? derived.files.filter((f) => !files.has(f.path)).map((f) => f.hash) : [];
  const statement = { ...proof.statement, missing };
  const lacking = new Set(missing);
  const final: Derived = { ...derived, statement, files: derived.files.map((f) => (lacking.has(f.hash) ? { ...f, state: "missing" } : f)) };
  const payload = [...render(final), ...encodeProof({ ...proof, statement }), ...files];
  return ok({ bytes: await pack(source, payload, more), derived: final });
}

/** What a snapshot of this scope would hold, without writing it. `bytes` is an estimate. */
export async function previewSnapshot(
  source: SnapshotSource,
  scope: SnapshotScope,
  job: Job = {},
): Promise<Result<SnapshotPreview, Coded<WriteSnapshotCode>>> {
  const made = await prepare(source, scope, job);
  if (!made.ok) return made;
  const { derived, proof } = made.value;
  const files = derived.files.filter((f) => f.state === "here");
  const leftOut = [...derived.leftOut, ...derived.settlement].reduce((n, [, count]) => n + count, 0);
  const bytes = files.reduce((n, f) => n + f.size, 0) + proof.headers.length * 500 + proof.rows.length * 700 + 40_000;
  return ok({ messages: derived.messages.length, expenses: derived.expenses.length, files: files.length, bytes, leftOut });
}

async function prepare(
  source: SnapshotSource,
  scope: SnapshotScope,
  job: Job,
): Promise<Result<{ readonly proof: Proof; readonly derived: Derived }, Coded<WriteSnapshotCode>>> {
  const changes = source.entries.reduce((n, e) => n + e.body.changes.length, 0);
  const steps = new Steps(job, source.headers.length + 3 * changes);
  const chosen = await choose(source, scope, steps);
  if (chosen === "cancelled") return err(coded("cancelled"));
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
      scope,
      size: source.headers.length,
      missing: [],
    },
    statements: source.statements,
    headers: source.headers,
    rows: chosen.rows,
    notes: chosen.notes,
    note: source.note,
  };
  const replayed = await replay(bare, checks, steps);
  if (replayed === "cancelled") return err(coded("cancelled"));
  if (!replayed) return fail(checks);
  const rows = await withOrder(source, chosen, replayed, steps);
  if (rows === "cancelled") return err(coded("cancelled"));
  const proof = { ...bare, rows };
  const derived = await deriveFrom(proof, replayed, checks, steps);
  if (derived === "cancelled") return err(coded("cancelled"));
  return derived ? ok({ proof, derived }) : fail(checks);
}

function fail(checks: Checks): Result<never, Coded<WriteSnapshotCode>> {
  const { unchanged, complete } = checks.verdict();
  const failed = [...unchanged.checks, ...complete.checks].find((c) => c.state === "failed");
  return err(coded("source-false", failed?.key));
}

/** Notes for acts of partly withheld books which earlier acts of their record they did not know of: a reader cannot see it there. */
async function withOrder(
  source: SnapshotSource,
  chosen: Chosen,
  replayed: Replayed,
  steps: Steps,
): Promise<readonly ChangeRow[] | "cancelled"> {
  if (chosen.partial.size === 0) return chosen.rows;
  const entries = source.entries
    .filter((e) => chosen.partial.has(bookKeyOf(e)))
    .map((e) => ({ seq: e.seq, book: e.body.book, changes: e.body.changes }));
  const folded = await judgeBooks(replayed, entries, () => true, steps);
  if (folded === "cancelled") return folded;
  const unaware = new Map<ChangeHash, readonly ChangeHash[]>();
  for (const acts of folded.records.values()) {
    acts.forEach((b, i) => {
      const unknown = acts.slice(0, i).filter((a) => !folded.precedes(a.hash, b.hash));
      if (unknown.length > 0)
        unaware.set(
          b.hash,
          unknown.map((a) => a.hash),
        );
    });
  }
  if (unaware.size === 0) return chosen.rows;
  return chosen.rows.map((row) => ({
    ...row,
    items: row.items.map((item) => (item.form === "disclosed" ? { ...item, unaware: unaware.get(hashOfChange(item.change)) ?? [] } : item)),
  }));
}

const hashOfChange = (bytes: Uint8Array): ChangeHash => toHex(sha256(bytes.subarray(8))) as ChangeHash;

async function readFiles(source: SnapshotSource, derived: Derived): Promise<Map<string, Uint8Array>> {
  const ids = new Map<string, FileId[]>();
  for (const list of derived.filesOf.values()) for (const f of list) ids.set(f.hash, [...(ids.get(f.hash) ?? []), f.id]);
  const files = new Map<string, Uint8Array>();
  for (const named of derived.files) {
    for (const id of ids.get(named.hash) ?? []) {
      const bytes = await source.readFile(id);
      // A device's own copy may be damaged; what does not fit the signed record is not there.
      if (bytes?.length === named.size && hashOf(bytes) === named.hash) files.set(named.path, bytes);
      if (files.has(named.path)) break;
    }
  }
  return files;
}

async function pack(
  source: SnapshotSource,
  payload: readonly (readonly [string, Uint8Array])[],
  more: MoreSignatures | undefined,
): Promise<Uint8Array> {
  const list = manifest(payload.map(([path, bytes]) => ({ path, hash: hashOf(bytes) })));
  const bytes = payload.reduce((n, [, b]) => n + b.length, 0);
  const tags = new Map<string, Uint8Array>([
    [PATH.bagit, BAGIT],
    [PATH.bagInfo, bagInfo(source.app, dayIn(source.exported, source.zone), payload.length, bytes)],
    [PATH.manifest, list],
    [PATH.signature, signRaw(list, source.exporter.secretKey)],
    [PATH.signer, publicKeyPem(source.exporter.publicKey)],
  ]);
  const tagList = manifest(TAG_FILES.map((path) => ({ path, hash: hashOf(tags.get(path) ?? new Uint8Array()) })));
  const zip = new ZipWriter();
  for (const [path, content] of tags) zip.add(path, content);
  zip.add(PATH.tagManifest, tagList);
  for (const [path, content] of more ? await more(list) : []) zip.add(path, content);
  for (const [path, content] of payload) zip.add(path, content);
  return zip.finish();
}
