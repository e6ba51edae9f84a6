import { decompress } from "brotli/decompress";
import { readGlyphs, type Outlines } from "./woff2-glyphs.ts";
import { Reader } from "./woff2-reader.ts";

/**
 * Unpacks WOFF2 (W3C, 2022) to a plain font file. The libraries that do it build functions from text, which the pages' policy forbids, so the
 * container is read here; what is packed in it by Brotli is not. Its input is only ever a font of ours.
 */
export function unpackWoff2(woff2: Uint8Array): Uint8Array {
  const r = new Reader(woff2);
  if (r.u32() !== WOFF2) throw new Error("a font of ours is damaged");
  const flavour = r.u32();
  r.skip(4);
  const count = r.u16();
  r.skip(6);
  const packed = r.u32();
  r.skip(24);
  const entries = Array.from({ length: count }, () => readEntry(r));
  const stream = new Reader(
    decompress(
      r.take(packed),
      entries.reduce((n, e) => n + e.stored, 0),
    ),
  );
  const tables = new Map<string, Uint8Array>();
  const transformed = new Set<string>();
  for (const e of entries) {
    tables.set(e.tag, stream.take(e.stored));
    if (e.isTransformed) transformed.add(e.tag);
  }
  if (transformed.has("glyf")) restoreGlyphs(tables, transformed.has("hmtx"));
  return sfnt(flavour, tables);
}

const WOFF2 = 0x774f4632;
const TAGS =
  "cmap head hhea hmtx maxp name OS/2 post cvt_ fpgm glyf loca prep CFF_ VORG EBDT EBLC gasp hdmx kern LTSH PCLT VDMX vhea vmtx BASE GDEF GPOS GSUB EBSC JSTF MATH CBDT CBLC COLR CPAL SVG_ sbix acnt avar bdat bloc bsln cvar fdsc feat fmtx fvar gvar hsty just lcar mort morx opbd prop trak Zapf Silf Glat Gloc Feat Sill"
    .split(" ")
    .map((t) => t.replace("_", " "));
const OTHER = 63;

interface Entry {
  readonly tag: string;
  readonly isTransformed: boolean;
  /** Bytes in the stream. */
  readonly stored: number;
}

function readEntry(r: Reader): Entry {
  const flags = r.u8();
  const known = flags & 0x3f;
  const tag = known === OTHER ? r.text(4) : (TAGS[known] ?? "");
  const version = flags >> 6;
  // For these two version 0 is the transformed one, for all others the plain one.
  const isTransformed = tag === "glyf" || tag === "loca" ? version === 0 : version !== 0;
  const length = r.base128();
  return { tag, isTransformed, stored: isTransformed ? r.base128() : length };
}

function restoreGlyphs(tables: Map<string, Uint8Array>, withMetrics: boolean): void {
  const outlines = readGlyphs(tables.get("glyf") ?? new Uint8Array());
  tables.set("glyf", outlines.glyf);
  tables.set("loca", outlines.loca);
  // Long offsets are always right.
  const head = (tables.get("head") ?? new Uint8Array()).slice();
  head[50] = 0;
  head[51] = 1;
  tables.set("head", head);
  if (withMetrics) tables.set("hmtx", metrics(tables, outlines));
}

/** Horizontal metrics whose left side bearings are left out because they are where the outlines begin. */
function metrics(tables: ReadonlyMap<string, Uint8Array>, { lefts }: Outlines): Uint8Array {
  const r = new Reader(tables.get("hmtx") ?? new Uint8Array());
  const full = new Reader((tables.get("hhea") ?? new Uint8Array()).subarray(34)).u16();
  const flags = r.u8();
  const advances = Array.from({ length: full }, () => r.u16());
  const bearings = lefts.map((left, i) => (flags & (i < full ? 1 : 2) ? left : undefined));
  const out = new DataView(new ArrayBuffer(4 * full + 2 * (lefts.length - full)));
  lefts.forEach((_, i) => {
    const bearing = bearings[i] ?? r.i16();
    if (i < full) out.setUint16(4 * i, advances[i] ?? 0);
    out.setInt16(i < full ? 4 * i + 2 : 4 * full + 2 * (i - full), bearing);
  });
  return new Uint8Array(out.buffer);
}

/** A plain font file of these tables. */
export function sfnt(flavour: number, tables: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const sorted = [...tables].sort(([a], [b]) => (a < b ? -1 : 1));
  const padded = (n: number): number => (n + 3) & ~3;
  const size = sorted.reduce((n, [, bytes]) => n + 16 + padded(bytes.length), 12);
  const out = new Uint8Array(size);
  const view = new DataView(out.buffer);
  const log = Math.floor(Math.log2(sorted.length));
  view.setUint32(0, flavour);
  view.setUint16(4, sorted.length);
  view.setUint16(6, 16 << log);
  view.setUint16(8, log);
  view.setUint16(10, 16 * sorted.length - (16 << log));
  let at = 12 + 16 * sorted.length;
  sorted.forEach(([tag, bytes], i) => {
    for (let c = 0; c < 4; c++) out[12 + 16 * i + c] = tag.charCodeAt(c);
    view.setUint32(12 + 16 * i + 8, at);
    view.setUint32(12 + 16 * i + 12, bytes.length);
    out.set(bytes, at);
    at += padded(bytes.length);
  });
  return out;
}
