import { z } from "zod";
import type { ReasonCode } from "../base/reasons.ts";
import type { Fields } from "./fields.ts";
import { KIND_VERSION, parseFields, zCharacters, zHex, zLog, zMillis } from "./fields.ts";
import type { Judging, Kind } from "./kind.ts";

/** What a person gives names to: the household itself, a member, a device. */
export const NAMED = ["household", "member", "device"] as const;
export type Named = (typeof NAMED)[number];

const schema = z
  .strictObject({
    kind: z.literal("name"),
    v: z.literal(KIND_VERSION),
    at: zMillis,
    /** The log in which the named one is. */
    log: zLog,
    of: z.enum(NAMED),
    /** Of the member or device; a household has none beside its log. */
    who: zHex.optional(),
    name: zCharacters(0, 200),
  })
  .refine(({ of, who }) => (of === "household") === (who === undefined));
export type NameFields = z.output<typeof schema>;
export const parseName = (fields: Fields): NameFields | undefined => parseFields(schema, fields);

const judgeFirst = (j: Judging): ReasonCode | undefined => (parseName(j.act.fields) ? undefined : "kind-fields");

/**
 * A name as this person gave it (rule R8): to the household, to a parent, to a device. It stands in the channel `settings`, which only a
 * personal log has: on all devices of this person, given back with the recovery sheet, and never on anybody else's.
 */
export const name: Kind = {
  name: "name",
  channel: "settings",
  booksByClock: true,
  judgeFirst,
  judgeLater: () => "kind-act",
  root: (record) => record,
  wording: () => "name",
};
