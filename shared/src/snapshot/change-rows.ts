import { z } from "zod";
import type { ChangeHash, Signature } from "../base/ids.ts";
import type { BookName } from "../books/names.ts";
import type { CborValue } from "../cbor/cbor.ts";
import { isBytesOf, isBytesUpTo, isUint, mapFrom, mapOf } from "../cbor/quick.ts";
import { aboutHash, tagHash } from "../entry/commitment.ts";
import { structCodec, zBytes, zExact, zId, zSignature, zText, zUint, type Codec } from "../cbor/struct.ts";
import { ALL_CHANNELS, type Channel } from "../base/channels.ts";
import type { Tag } from "../books/tag.ts";
import { LIMITS } from "../base/limits.ts";
import { MAX_CHILDREN_TEXT } from "../kinds/children.ts";

/** Why a change is withheld: the scope leaves its thread, record or day out, its author called it settlement talk, or the exporter left it out by itself. */
export const WITHHELD = ["scope", "settlement", "redacted"] as const;
export type WithheldWhy = (typeof WITHHELD)[number];

/** Which children a first act names, as its tag is bound to it (rule L1c): opened, or only by its hash, so that the names stay behind it. */
export interface OpenAbout {
  readonly salt: Uint8Array;
  readonly children: string;
}
export type About = OpenAbout | { readonly hash: Uint8Array };

/** One change of an entry, disclosed or in one of the two forms in which it can be withheld (rule S2). */
export type ChangeItem =
  | {
      readonly form: "disclosed";
      readonly change: Uint8Array;
      readonly signature: Signature;
      readonly salt: Uint8Array;
      readonly tagSalt: Uint8Array;
      readonly tag: Tag;
      readonly about?: OpenAbout;
      /** Earlier acts of the same record that this one did not know of, where only the exporter can say so (docs/snapshot-format.md). */
      readonly unaware: readonly ChangeHash[];
      /** Place in notes.rows of the note that the body brought for it (rules L1b, S25); none where it brought none. The entry is bound to it. */
      readonly note?: number;
    }
  | {
      readonly form: "tagged";
      readonly content: Uint8Array;
      readonly tagSalt: Uint8Array;
      readonly tag: Tag;
      readonly about?: About;
      readonly why: WithheldWhy;
    }
  | { readonly form: "blind"; readonly leaf: Uint8Array };

/** A changes entry: the book that its header names by hash, and its changes in order. */
export interface ChangeRow {
  readonly seq: number;
  readonly book: BookName;
  readonly items: readonly ChangeItem[];
}

export const MAX_CHANGE_ROW = LIMITS.body + 65_536;

const bytes32 = zExact<Uint8Array>(32);
const opened = z.tuple([bytes32, zText(MAX_CHILDREN_TEXT)]);
const disclosed = z.strictObject({
  c: zBytes(LIMITS.change),
  s: zSignature(),
  x: bytes32,
  y: bytes32,
  k: zText(100),
  r: zText(100),
  o: z.array(zId<ChangeHash>()).min(1).max(1_000).optional(),
  m: zUint().optional(),
  a: opened.optional(),
});
const tagged = z.strictObject({
  h: bytes32,
  y: bytes32,
  k: zText(100),
  r: zText(100),
  w: z.enum(WITHHELD),
  a: z.union([bytes32, opened]).optional(),
});
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
  const map = mapFrom(value, 5, 8);
  if (!map) return undefined;
  const { c, k, r, y, a } = map;
  const about = a === undefined ? undefined : quickAbout(a);
  const more = (a === undefined ? 0 : 1) + (map["m"] === undefined ? 0 : 1);
  const keys = Object.keys(map).length - more;
  if (a !== undefined && about === undefined) return undefined;
  if (c !== undefined) {
    const { s, x, m } = map;
    if (keys !== 6 || (m !== undefined && !isUint(m)) || about instanceof Uint8Array) return undefined;
    if (!isBytesUpTo(c, LIMITS.change) || !isBytesOf(s, 64) || !isBytesOf(x, 32) || !isBytesOf(y, 32)) return undefined;
    if (!isText(k, 100) || !isText(r, 100)) return undefined;
    return { c, s: s as Signature, x, y, k, r, ...(isUint(m) ? { m } : {}), ...(about ? { a: about } : {}) };
  }
  const { h, w } = map;
  if (keys !== 5 || map["m"] !== undefined || !isBytesOf(h, 32) || !isBytesOf(y, 32) || !isText(k, 100) || !isText(r, 100))
    return undefined;
  const why = WITHHELD.find((known) => known === w);
  return why && { h, y, k, r, w: why, ...(about ? { a: about } : {}) };
}

function quickAbout(a: CborValue): Uint8Array | [Uint8Array, string] | undefined {
  if (isBytesOf(a, 32)) return a;
  if (!Array.isArray(a) || a.length !== 2) return undefined;
  const [salt, text] = a as readonly CborValue[];
  return isBytesOf(salt, 32) && isText(text, MAX_CHILDREN_TEXT) ? [salt, text] : undefined;
}

/** The hash of an item's tag (rules L1, L1c). */
export function tagHashOf({ tagSalt, tag, about }: Exclude<ChangeItem, { form: "blind" }>): Uint8Array {
  return tagHash(tagSalt, tag, about && ("hash" in about ? about.hash : aboutHash(about.salt, about.children)));
}

function itemOut(item: ChangeItem): Wire["i"][number] {
  switch (item.form) {
    case "disclosed": {
      const row = { c: item.change, s: item.signature, x: item.salt, y: item.tagSalt, k: item.tag.kind, r: item.tag.root };
      const about: { a?: [Uint8Array, string] } = item.about ? { a: [item.about.salt, item.about.children] } : {};
      const more = { ...(item.unaware.length > 0 ? { o: [...item.unaware] } : {}), ...(item.note === undefined ? {} : { m: item.note }) };
      return { ...row, ...more, ...about };
    }
    case "tagged": {
      const { content: h, tagSalt: y, tag, why: w, about } = item;
      const row = { h, y, k: tag.kind, r: tag.root, w };
      if (!about) return row;
      return { ...row, a: "hash" in about ? about.hash : ([about.salt, about.children] as [Uint8Array, string]) };
    }
    case "blind":
      return { l: item.leaf };
  }
}

/** What is opened of which children it names is part of the tag. */
const openedIn = ([salt, children]: [Uint8Array, string]): { readonly children: string; readonly about: OpenAbout } => ({
  children,
  about: { salt, children },
});

function itemIn(w: Wire["i"][number]): ChangeItem {
  if ("l" in w) return { form: "blind", leaf: w.l };
  const tag = { kind: w.k, root: w.r };
  if ("c" in w) {
    const item = { form: "disclosed", change: w.c, signature: w.s, salt: w.x, tagSalt: w.y, tag, unaware: w.o ?? [] } as const;
    const noted = w.m === undefined ? item : { ...item, note: w.m };
    if (!w.a) return noted;
    const { children, about } = openedIn(w.a);
    return { ...noted, tag: { ...tag, children }, about };
  }
  const item = { form: "tagged", content: w.h, tagSalt: w.y, tag, why: w.w } as const;
  if (!w.a) return item;
  if (w.a instanceof Uint8Array) return { ...item, about: { hash: w.a } };
  const { children, about } = openedIn(w.a);
  return { ...item, tag: { ...tag, children }, about };
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
