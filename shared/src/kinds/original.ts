import { z } from "zod";
import { toId } from "../base/bytes.ts";
import type { Hex32 } from "../base/ids.ts";
import type { ReasonCode } from "../base/reasons.ts";
import { hash, sha256 } from "../crypto/hash.ts";
import type { Fields } from "./fields.ts";
import { KIND_VERSION, parseFields, zHex, zMillis } from "./fields.ts";
import { zFiles } from "./files.ts";
import type { Judging, Kind } from "./kind.ts";

const zHash = zHex.transform((hex) => hex as Hex32);

const schema = z.strictObject({
  kind: z.literal("original"),
  v: z.literal(KIND_VERSION),
  at: zMillis,
  /** What the shared file record says of it: `H("file-original", salt || SHA-256 of the original)`. */
  commitment: zHash,
  salt: zHash,
  files: zFiles.refine((files) => files.length === 1),
});
export type OriginalFields = z.output<typeof schema>;
export const parseOriginal = (fields: Fields): OriginalFields | undefined => parseFields(schema, fields);

/**
 * What a shared record says of a photo's original. The salt keeps it from being found by trying: the other parent has the picture, and could
 * try every place and time that a camera may have written beside it.
 */
export const originalCommitment = (salt: Uint8Array, original: Uint8Array): Hex32 => toId(hash("file-original", salt, sha256(original)));

const judgeFirst = (j: Judging): ReasonCode | undefined => (parseOriginal(j.act.fields) ? undefined : "kind-fields");

/**
 * A photo as the camera made it, with the place and the time that the shared one lost (rule R12). It stands in the channel `journal`, which
 * only a personal log has: on all devices of its sender, given back with the recovery sheet, and never on anybody else's.
 */
export const original: Kind = {
  name: "original",
  channel: "journal",
  booksByClock: true,
  judgeFirst,
  judgeLater: () => "kind-act",
  root: (record) => record,
  wording: () => "original",
};
