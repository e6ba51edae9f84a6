import { z } from "zod";
import { fromBase64url, toBase64url } from "../base/bytes.ts";
import { structCodec } from "../cbor/struct.ts";
import { hasCharacters, type Fields } from "./fields.ts";

/** Children that one record may name, and characters of each name. */
export const MAX_CHILDREN = 12;
export const MAX_CHILD = 60;
const MAX_BYTES = 3_072;
/** Units of a field's text: base64url of so many bytes. */
export const MAX_CHILDREN_TEXT = 4_096;

type Ranges = readonly (readonly [from: number, to: number])[];

/**
 * What no label holds: controls, ends of lines, marks of direction and what nobody sees. Numbers written out, since a verdict may not depend on which
 * Unicode a platform knows. The two joiners stay inside: names in some scripts, and families of emoji, are written with them.
 */
const UNFIT: Ranges = [
  [0x00, 0x1f],
  [0x7f, 0x9f],
  [0xad, 0xad],
  [0x61c, 0x61c],
  [0x180b, 0x180f],
  [0x200b, 0x200b],
  [0x200e, 0x200f],
  [0x2028, 0x202e],
  [0x2060, 0x206f],
  [0x3164, 0x3164],
  [0xfeff, 0xfeff],
  [0xfff9, 0xfffb],
  [0xe0000, 0xe0fff],
];
/** Spaces and joiners, with which none begins or ends. */
const LOOSE: Ranges = [
  [0x20, 0x20],
  [0xa0, 0xa0],
  [0x1680, 0x1680],
  [0x2000, 0x200a],
  [0x200c, 0x200d],
  [0x202f, 0x202f],
  [0x205f, 0x205f],
  [0x3000, 0x3000],
];

const isIn = (ranges: Ranges, c: string | undefined): boolean => {
  const code = c?.codePointAt(0) ?? 0;
  return ranges.some(([from, to]) => code >= from && code <= to);
};

function isLabel(text: string): boolean {
  const letters = Array.from(text);
  return !letters.some((c) => isIn(UNFIT, c)) && !isIn(LOOSE, letters[0]) && !isIn(LOOSE, letters.at(-1));
}

const zLabel = z.string().refine((s) => hasCharacters(s, 1, MAX_CHILD) && isLabel(s));
/** Labels as a field, a scope or a tag holds them: each once, in the order of whoever wrote them. */
export const zLabels = z
  .array(zLabel)
  .min(1)
  .max(MAX_CHILDREN)
  .refine((labels) => new Set(labels).size === labels.length);
const codec = structCodec(zLabels, MAX_BYTES);

/**
 * A label as its author typed it, in the form in which the app writes it: Unicode form NFC, spaces at both ends taken off. Undefined where it is no label
 * (rule R13).
 */
export function labelOf(typed: string): string | undefined {
  const text = typed.normalize("NFC").trim();
  return zLabel.safeParse(text).success ? text : undefined;
}

/** The text of a `children` field: base64url CBOR of 1 to 12 labels. Throws on other lists: callers leave the field out for none. */
export const formatChildren = (labels: readonly string[]): string => toBase64url(codec.encode([...labels]));

/** The labels of a `children` field, else undefined. */
export function parseChildren(text: string): readonly string[] | undefined {
  const bytes = fromBase64url(text);
  const list = bytes && codec.decode(bytes);
  return list?.ok ? list.value : undefined;
}

/** The field as an act has it, whatever stands in it. */
export function childrenText(fields: Fields): string | undefined {
  const text = fields.get("children");
  return typeof text === "string" ? text : undefined;
}

export const zChildren = z.string().transform((text, ctx): readonly string[] => {
  const labels = parseChildren(text);
  if (labels) return labels;
  ctx.addIssue({ code: "custom" });
  return z.NEVER;
});
