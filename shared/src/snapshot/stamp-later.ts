import { coded, err, ok, type Coded, type Result } from "../base/result.ts";
import { checkTimestamp, timestampRequest, type Timestamp } from "../crypto/timestamp.ts";
import type { StampCode } from "./bag-write.ts";
import type { ByteSink, ByteSource } from "./bytes-io.ts";
import type { SnapshotCode } from "./codes.ts";
import { PATH } from "./paths.ts";
import type { SnapshotSource } from "./source.ts";
import { appendToZip } from "./zip-append.ts";
import { openZip } from "./zip-read.ts";

/** `stamp-there`: it has one; a second would replace it. */
export type StampLaterCode = SnapshotCode | StampCode | "stamp-there";

/** Asks an authority to stamp the manifest of a snapshot that exists, and writes a copy with the answer added. No earlier file changes. */
export async function stampSnapshot(
  file: ByteSource,
  stamp: NonNullable<SnapshotSource["stamp"]>,
  sink: ByteSink,
): Promise<Result<Timestamp, Coded<StampLaterCode>>> {
  const zip = await openZip(file);
  if (!zip.ok) return zip;
  const list = await zip.value.read(PATH.manifest);
  if (!list || !zip.value.has(PATH.statement)) return err(coded("snapshot-not-snapshot"));
  if (zip.value.has(PATH.stamp)) return err(coded("stamp-there"));
  const answer = await stamp.ask(timestampRequest(list, stamp.nonce));
  if (!answer) return err(coded("stamp-unreachable"));
  const checked = await checkTimestamp(answer, list, stamp.nonce);
  if (!checked.ok) return checked;
  const added = await appendToZip(file, PATH.stamp, answer, sink);
  return added.ok ? ok(checked.value) : added;
}

/** One sentence each, for people; the snapshot itself is none the worse for it. */
export const STAMP_SENTENCES: Readonly<Record<StampCode | "stamp-there", string>> = {
  "stamp-unreachable": "The time-stamp authority could not be reached.",
  "stamp-unreadable": "What the time-stamp authority answered is no time stamp.",
  "stamp-refused": "The time-stamp authority refused.",
  "stamp-imprint": "The time-stamp authority stamped something else.",
  "stamp-nonce": "The time-stamp authority answered another question.",
  "stamp-signature": "The signature on the time stamp does not hold.",
  "stamp-there": "The snapshot has a time stamp already.",
};
