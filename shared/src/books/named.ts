import { fromUtf8, toHex } from "../base/bytes.ts";
import type { ChangeHash } from "../base/ids.ts";
import { parseCheckpointField, type CheckpointField } from "./checkpoint-field.ts";
import { Leb128Reader } from "./columns.ts";

/** Magic, checksum and type of a chunk. */
const CHUNK_HEADER = 9;
const HASH = 32;

/** What a change is built on, read without decoding its operations. */
export function namedDeps(bytes: Uint8Array): readonly ChangeHash[] {
  const r = new Leb128Reader(bytes.subarray(CHUNK_HEADER));
  r.unsigned(); // length
  const deps = r.take(r.unsigned() * HASH);
  if (r.failed) return [];
  return Array.from({ length: deps.length / HASH }, (_, i) => toHex(deps.subarray(i * HASH, (i + 1) * HASH)) as ChangeHash);
}

/** The checkpoint that a change names (rule L6), read without decoding its operations; undefined where there is none. */
export function namedCheckpoint(bytes: Uint8Array): CheckpointField | undefined {
  const r = new Leb128Reader(bytes.subarray(CHUNK_HEADER));
  r.unsigned(); // length
  r.take(r.unsigned() * HASH); // dependencies
  r.take(r.unsigned()); // actor
  r.unsigned(); // sequence
  r.unsigned(); // startOp
  r.signed(); // time
  const message = r.take(r.unsigned());
  if (r.failed) return undefined;
  const field = parseCheckpointField(fromUtf8(message) ?? null);
  return field.ok ? field.value : undefined;
}
