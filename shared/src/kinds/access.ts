import { z } from "zod";
import type { ReasonCode } from "../base/reasons.ts";
import type { Fields } from "./fields.ts";
import { KIND_VERSION, parseFields, zCharacters, zHex, zLog, zMillis } from "./fields.ts";
import type { Judging, Kind } from "./kind.ts";

/** What a member did with the record that changes nothing in it: opened it on a day, took something out of it, chose a new passphrase on a device. */
export const ACCESSES = ["opened", "snapshot", "history-csv", "passphrase"] as const;
export type Access = (typeof ACCESSES)[number];

const schema = z.strictObject({
  kind: z.literal("access"),
  v: z.literal(KIND_VERSION),
  at: zMillis,
  what: z.enum(ACCESSES),
  /** The log that was opened or taken from; left out where it was all of them. */
  log: zLog.optional(),
  /** Of the file that was made: SHA-256 and length. */
  hash: zHex.optional(),
  size: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER).optional(),
  /** What was chosen, as the app's own JSON text. */
  scope: zCharacters(1, 2_000).optional(),
});
export type AccessFields = z.output<typeof schema>;
export const parseAccess = (fields: Fields): AccessFields | undefined => parseFields(schema, fields);

const judgeFirst = (j: Judging): ReasonCode | undefined => (parseAccess(j.act.fields) ? undefined : "kind-fields");

/**
 * A member's own note that the record was opened or exported, or a device's passphrase changed (rule R7). It stands in the channel `journal`, which only a personal log has, so
 * it never reaches the other parent, and no snapshot holds it.
 */
export const access: Kind = {
  name: "access",
  channel: "journal",
  booksByClock: true,
  judgeFirst,
  judgeLater: () => "kind-act",
  root: (record) => record,
  wording: (act) => {
    const what = act.fields.get("what");
    return typeof what === "string" ? `access.${what}` : "access";
  },
};
