import { concat, idBytes, toId } from "../base/bytes.ts";
import type { FileId, FileKey } from "../base/ids.ts";
import { hash, sha256 } from "../crypto/hash.ts";
import type { RandomBytes } from "../crypto/random.ts";
import { STREAM_HEADER, sealStream } from "../crypto/stream.ts";
import type { FileRecord } from "../kinds/files.ts";

/** A generated attachment: what the record says of it, its key, and its bytes, plain and sealed as the relay has them. */
export interface SampleFile {
  readonly record: FileRecord;
  readonly key: FileKey;
  readonly plain: Uint8Array;
  readonly sealed: Uint8Array;
}

export function makeFile(name: string, type: string, plain: Uint8Array, random: RandomBytes): SampleFile {
  const id = toId<FileId>(random(32));
  const key = random(32) as FileKey;
  const sealed = concat(...sealStream(plain, key, random(STREAM_HEADER)));
  const record: FileRecord = {
    id,
    name,
    type,
    size: plain.length,
    hash: toId(sha256(plain)),
    sealedSize: sealed.length,
    sealedHash: toId(sha256(sealed)),
    keyCommitment: toId(hash("file-key", idBytes(id), key)),
  };
  return { record, key, plain, sealed };
}
