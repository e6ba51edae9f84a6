import { z } from "zod";
import { fromBase64url, toBase64url } from "../base/bytes.ts";
import type { FileId, Hex32 } from "../base/ids.ts";
import { structCodec, zId, zUint } from "../cbor/struct.ts";
import type { Fields } from "./fields.ts";
import { MAX_FILES } from "./file-limits.ts";

/** What a record says of one file (rule R6). The key is not in it: it travels beside the change in the sealed entry. */
export interface FileRecord {
  readonly id: FileId;
  readonly name: string;
  readonly type: string;
  /** Bytes of the plaintext. */
  readonly size: number;
  /** SHA-256 of the plaintext. */
  readonly hash: Hex32;
  readonly sealedSize: number;
  /** SHA-256 of the sealed bytes. */
  readonly sealedHash: Hex32;
  /** `H("file-key", file id || key)`. */
  readonly keyCommitment: Hex32;
  /** Of a photo that lost what its camera wrote beside the picture: what its sender keeps, without showing it (rule R12). */
  readonly original?: Hex32;
}

const MAX_NAME = 255;
/** Units of a file's media type. */
export const MAX_TYPE = 127;
const MAX_BYTES = 16_384;

const wire = z.strictObject({
  i: zId<FileId>(),
  n: z.string().min(1).max(MAX_NAME),
  t: z.string().min(1).max(MAX_TYPE),
  z: zUint(),
  h: zId<Hex32>(),
  sz: zUint(),
  sh: zId<Hex32>(),
  kc: zId<Hex32>(),
  oc: zId<Hex32>().optional(),
});
const codec = structCodec(z.array(wire).min(1).max(MAX_FILES), MAX_BYTES);

/** The text of a `files` field: base64url CBOR of 1 to 10 records. Throws on another count: callers leave the field out for none. */
export function formatFiles(files: readonly FileRecord[]): string {
  if (files.length === 0 || files.length > MAX_FILES) throw new Error("1 to 10 files");
  return toBase64url(
    codec.encode(
      files.map((f) => ({
        i: f.id,
        n: f.name,
        t: f.type,
        z: f.size,
        h: f.hash,
        sz: f.sealedSize,
        sh: f.sealedHash,
        kc: f.keyCommitment,
        ...(f.original === undefined ? {} : { oc: f.original }),
      })),
    ),
  );
}

/** The records of a `files` field, else undefined. */
export function parseFiles(text: string): readonly FileRecord[] | undefined {
  const bytes = fromBase64url(text);
  const list = bytes && codec.decode(bytes);
  if (!list?.ok) return undefined;
  return list.value.map((f) => ({
    id: f.i,
    name: f.n,
    type: f.t,
    size: f.z,
    hash: f.h,
    sealedSize: f.sz,
    sealedHash: f.sh,
    keyCommitment: f.kc,
    ...(f.oc === undefined ? {} : { original: f.oc }),
  }));
}

/** The files that an act names; none where its field is not in its form. */
export function filesIn(fields: Fields): readonly FileRecord[] {
  const text = fields.get("files");
  return typeof text === "string" ? (parseFiles(text) ?? []) : [];
}

export const zFiles = z.string().transform((text, ctx): readonly FileRecord[] => {
  const files = parseFiles(text);
  if (files) return files;
  ctx.addIssue({ code: "custom" });
  return z.NEVER;
});
