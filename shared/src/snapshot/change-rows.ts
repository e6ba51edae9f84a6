import { z } from "zod";
import type { ChangeHash, Signature } from "../base/ids.ts";
import type { BookName } from "../books/names.ts";
import type { CborValue } from "../cbor/cbor.ts";
import { isBytesOf, isBytesUpTo, isUint, mapOf } from "../cbor/quick.ts";
import { structCodec, zBytes, zExact, zId, zSignature, zText, zUint, type Codec } from "../cbor/struct.ts";
import { ALL_CHANNELS, type Channel } from "../base/channels.ts";
import type { Tag } from "../books/tag.ts";
import { LIMITS } from "../base/limits.ts";

/** Why a change is withheld: the scope leaves its thread, record or day out, its author called it settlement talk, or the exporter left it out by itself. */
export const WITHHELD = ["scope", "settlement", "redacted"] as const;
export type WithheldWhy = (typeof WITHHELD)[number];

/** One change of an entry, disclosed or in one of the two forms in which it can be withheld (rule S2). */
export type ChangeItem =
  | {
      readonly form: "disclosed";
      readonly change: Uint8Array;
      readonly signature: Signature;
      readonly salt: Uint8Array;
      readonly tagSalt: Uint8Array;
      readonly tag: Tag;
      /** Earlier acts of the same record that this one did not know of, where only the exporter can say so (docs/snapshot-format.md). */
      readonly unaware: readonly ChangeHash[];
      /** Place in notes.rows of the note that the body brought for it (rules L1b, S25); none where it brought none. The entry is bound to it. */
      readonly note?: number;
    }
  | { readonly form: "tagged"; readonly content: Uint8Array; readonly tagSalt: Uint8Array; readonly tag: Tag; readonly why: WithheldWhy }
  | { readonly form: "blind"; readonly leaf: Uint8Array };

/** A changes entry: the book that its header names by hash, and its changes in order. */
export interface ChangeRow {
  readonly seq: number;
  readonly book: BookName;
  readonly items: readonly ChangeItem[];
}

export const MAX_CHANGE_ROW = LIMITS.body + 65_536;

const bytes32 = zExact<Uint8Array>(32);
const disclosed = z.strictObject({
  c: zBytes(LIMITS.change),
  s: zSignature(),
  x: bytes32,
  y: bytes32,
  k: zText(100),
  r: zText(100),
  o: z.array(zId<ChangeHash>()).min(1).max(1_000).optional(),
  m: zUint().optional(),
});
const tagged = z.strictObject({ h: bytes32, y: bytes32, k: zText(100), r: zText(100), w: z.enum(WITHHELD) });
const blind = z.strictObject({ l: bytes32 });
const wire = z.strictObject({
  n: zUint(),
  b: z.tuple([z.enum(ALL_CHANNELS as [Channel, ...Channel[]]), zText(7), zUint().max(255)]),
  i: z
    .array(z.union([disclosed, tagged, blind]))
    .min(1)
    .max(LIMITS.changesInEntry),
});
type Wire = z.output<typeof wire>;
const codec: Codec<Wire> = structCodec<Wire>(wire, MAX_CHANGE_ROW, quickRow);

const CHANNELS: ReadonlySet<unknown> = new Set(ALL_CHANNELS);
const isText = (value: unknown, most: number): value is string => typeof value === "string" && value.length <= most;

/** A row whose changes are all shown or withheld in the usual way, which nearly all are: rows are read several times. */
function quickRow(value: CborValue): Wire | undefined {
  const map = mapOf(value, 3);
  const { n, b, i } = map ?? {};
  if (!isUint(n) || !Array.isArray(b) || b.length !== 3 || !Array.isArray(i) || i.length < 1 || i.length > LIMITS.changesInEntry)
    return undefined;
  const [channel, period, shard] = b as readonly CborValue[];
  if (!CHANNELS.has(channel) || !isText(period, 7) || !isUint(shard) || shard > 255) return undefined;
  const items: Wire["i"] = [];
  for (const one of i as readonly CborValue[]) {
    const item = quickItem(one);
    if (!item) return undefined;
    items.push(item);
  }
  return { n, b: [channel as Channel, period, shard], i: items };
}

function quickItem(value: CborValue): Wire["i"][number] | undefined {
  const noted = mapOf(value, 7);
  const shown = noted ?? mapOf(value, 6);
  if (shown) {
    const { c, s, x, y, k, r, m } = shown;
    if (noted ? !isUint(m) : m !== undefined) return undefined;
    if (!isBytesUpTo(c, LIMITS.change) || !isBytesOf(s, 64) || !isBytesOf(x, 32) || !isBytesOf(y, 32)) return undefined;
    if (!isText(k, 100) || !isText(r, 100)) return undefined;
    return { c, s: s as Signature, x, y, k, r, ...(isUint(m) ? { m } : {}) };
  }
  const { h, y, k, r, w } = mapOf(value, 5) ?? {};
  if (!isBytesOf(h, 32) || !isBytesOf(y, 32) || !isText(k, 100) || !isText(r, 100)) return undefined;
  const why = WITHHELD.find((known) => known === w);
  return why && { h, y, k, r, w: why };
}

function itemOut(item: ChangeItem): Wire["i"][number] {
  switch (item.form) {
    case "disclosed": {
      const row = { c: item.change, s: item.signature, x: item.salt, y: item.tagSalt, k: item.tag.kind, r: item.tag.root };
      return { ...row, ...(item.unaware.length > 0 ? { o: [...item.unaware] } : {}), ...(item.note === undefined ? {} : { m: item.note }) };
    }
    case "tagged":
      return { h: item.content, y: item.tagSalt, k: item.tag.kind, r: item.tag.root, w: item.why };
    case "blind":
      return { l: item.leaf };
  }
}

function itemIn(w: Wire["i"][number]): ChangeItem {
  if ("c" in w) {
    const item = { change: w.c, signature: w.s, salt: w.x, tagSalt: w.y, tag: { kind: w.k, root: w.r }, unaware: w.o ?? [] };
    return { form: "disclosed", ...item, ...(w.m === undefined ? {} : { note: w.m }) };
  }
  if ("h" in w) return { form: "tagged", content: w.h, tagSalt: w.y, tag: { kind: w.k, root: w.r }, why: w.w };
  return { form: "blind", leaf: w.l };
}

export const encodeChangeRow = (row: ChangeRow): Uint8Array =>
  codec.encode({ n: row.seq, b: [row.book.channel, row.book.period, row.book.shard], i: row.items.map(itemOut) });

/** Undefined for bytes that are no row. */
export function decodeChangeRow(bytes: Uint8Array): ChangeRow | undefined {
  const read = codec.decode(bytes);
  if (!read.ok) return undefined;
  const { n, b, i } = read.value;
  return { seq: n, book: { channel: b[0], period: b[1], shard: b[2] }, items: i.map(itemIn) };
}
