import { z } from "zod";
import type { Hex32 } from "../base/ids.ts";
import type { ReasonCode } from "../base/reasons.ts";
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
