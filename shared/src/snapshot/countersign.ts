import { toHex } from "../base/bytes.ts";
import { coded, err, ok, type Coded, type Result } from "../base/result.ts";
import { memberById, memberOf } from "../charter/people.ts";
import { headerBytes } from "../entry/header.ts";
import { CompactRange } from "../log/compact.ts";
import { leafHash } from "../log/merkle.ts";
import { hashOf } from "./bag.ts";
import type { ByteSink, ByteSource } from "./bytes-io.ts";
import type { SnapshotCode } from "./codes.ts";
import { countersignaturePath, makeCountersignature, SAME_ENTRIES, type Countersignature } from "./countersignature.ts";
import { PATH } from "./paths.ts";
import type { Job, SnapshotSource } from "./source.ts";
import { inspectSnapshot, type Inspected } from "./verify.ts";
import { appendToZip } from "./zip-append.ts";

/** Why a device will not countersign; nothing is written then. */
export type CountersignCode =
  | SnapshotCode
  /** A check of the snapshot failed; `detail` names it. */
  | "countersign-failed"
  /** It is of a record that this device does not have. */
  | "countersign-other-record"
  /** It was exported by the same person. */
  | "countersign-own"
  /** This device's copy of the log is another, ends earlier, or lacks the contents of an entry that is shown. */
  | "countersign-not-held"
  /** This device has countersigned it. */
  | "countersign-twice";

/**
 * Checks a snapshot that somebody else exported and, only where this device really holds the same entries up to X, writes a copy with this device's
 * countersignature added (rule S10). No earlier file changes.
 * @param own what this device would export from: its own headers and opened entries are what the snapshot is compared with
 */
export async function countersignSnapshot(
  file: ByteSource,
  own: SnapshotSource,
  sink: ByteSink,
  job: Job = {},
): Promise<Result<number, Coded<CountersignCode>>> {
  const looked = await inspectSnapshot(file, job);
  if (!looked.ok) return looked;
  const { summary, zip } = looked.value;
  const { unchanged, complete, keys } = summary.verdict;
  const failed = [unchanged, complete, keys].flatMap((p) => p.checks).find((c) => c.state === "failed");
  if (failed) return err(coded("countersign-failed", failed.key));
  const said = await statementOf(looked.value, own, hashOf((await zip.read(PATH.manifest)) ?? new Uint8Array()));
  if (!said.ok) return said;
  const path = countersignaturePath(own.exporter.device);
  if (zip.has(path)) return err(coded("countersign-twice"));
  return appendToZip(file, path, makeCountersignature(said.value, own.exporter.secretKey), sink);
}

async function statementOf(
  { derived }: Inspected,
  own: SnapshotSource,
  manifest: string,
): Promise<Result<Countersignature, Coded<CountersignCode>>> {
  if (!derived) return err(coded("countersign-failed"));
  const { replayed, statement, rows } = derived;
  if (statement.log !== own.log) return err(coded("countersign-other-record"));
  const me = memberOf(replayed.charter, own.exporter.device);
  if (me === undefined) return err(coded("countersign-other-record"));
  if (me === memberOf(replayed.charter, statement.exporter)) return err(coded("countersign-own"));
  const { size, root } = replayed.checkpoint;
  const range = CompactRange.empty();
  for await (const h of own.headers)
    if (range.size < size) range.append(h instanceof Uint8Array ? h : leafHash(headerBytes(h.authorBytes, h.relayBytes)));
  if (range.size < size) return err(coded("countersign-not-held", "size"));
  if (toHex(range.root()) !== toHex(root)) return err(coded("countersign-not-held", "root"));
  // A header commits to its contents, so one that this device opened under the same header has the contents that are shown.
  const opened = new Set<number>();
  for await (const { seq } of own.entries) opened.add(seq);
  for (const { seq } of replayed.entries) if (rows.shows(seq) && !opened.has(seq)) return err(coded("countersign-not-held", "entry"));
  return ok({
    manifest: manifest as Countersignature["manifest"],
    code: SAME_ENTRIES,
    log: statement.log,
    size,
    root: toHex(root) as Countersignature["root"],
    role: memberById(replayed.charter, me)?.role ?? "parent",
    device: own.exporter.device,
    time: own.exported,
  });
}
