import { z } from "zod";
import { fromBase64url, toBase64url, toHex, idBytes } from "../base/bytes.ts";
import type { ChangeHash, LogId, RecordId } from "../base/ids.ts";
import { MAX_TIME } from "../base/time.ts";

// Zod would otherwise try to compile validators with eval, which the pages' policy forbids.
z.config({ jitless: true });

/** The version of every kind's fields in this protocol (rule C7). */
export const KIND_VERSION = 1;

/** An act's fields as its change writes them (rule X8). */
export type FieldValue = string | number | boolean;
export type Fields = ReadonlyMap<string, FieldValue>;

export const RECORD_ID = /^[0-9a-f]{32}$/;

/** Characters are counted as Unicode code points, so that no platform's string length leaks into a rule. */
export const characters = (text: string): number => Array.from(text).length;

export const hasCharacters = (s: string, min: number, max: number): boolean =>
  s.length <= 2 * max && characters(s) >= min && characters(s) <= max;

export const zCharacters = (min: number, max: number): z.ZodType<string> => z.string().refine((s) => hasCharacters(s, min, max));

export const zHex = z.string().regex(/^[0-9a-f]{64}$/);
export const zLog = zHex.transform((hex) => hex as LogId);
export const zRecordId = z.custom<RecordId>((x) => typeof x === "string" && RECORD_ID.test(x));
export const zMillis = z.number().int().min(0).max(MAX_TIME);

/** A change hash as a field: base64url text of 32 bytes (rule X8); in memory lower-case hex. */
export const zHashText = z.string().transform((text, ctx): ChangeHash => {
  const bytes = fromBase64url(text);
  if (bytes?.length === 32) return toHex(bytes) as ChangeHash;
  ctx.addIssue({ code: "custom" });
  return z.NEVER;
});

/** The text of a change hash in a field. */
export const hashText = (hash: ChangeHash): string => toBase64url(idBytes(hash));

const MAX_ORIGIN = 60_000;

/** An `origin` (section 9) as a field: base64url text; in memory bytes. */
export const zOrigin = z
  .string()
  .min(1)
  .max(MAX_ORIGIN)
  .transform((text, ctx): Uint8Array => {
    const bytes = fromBase64url(text);
    if (bytes) return bytes;
    ctx.addIssue({ code: "custom" });
    return z.NEVER;
  });

/** Parses an act's fields; undefined where one is missing, unknown or wrong (rule E3). */
export function parseFields<T>(schema: z.ZodType<T>, fields: Fields): T | undefined {
  const parsed = schema.safeParse(Object.fromEntries(fields));
  return parsed.success ? parsed.data : undefined;
}
