import { readFileSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { unzlibSync } from "fflate";
import { beforeAll, describe, expect, it } from "vitest";
import { nodePdfPorts } from "../../../node/pdf-ports.ts";
import { HarfBuzz, subset } from "./harfbuzz.ts";
import { Reader } from "./woff2-reader.ts";
import { sfnt, unpackWoff2 } from "./woff2.ts";

// This family's package has each font in both forms; the older one holds its tables as they are.
const folder = path.join(path.dirname(createRequire(import.meta.url).resolve("@fontsource/noto-sans-symbols-2/unicode.json")), "files");
const names = readdirSync(folder).filter((f) => f.endsWith(".woff"));
const read = (name: string): Uint8Array => new Uint8Array(readFileSync(path.join(folder, name)));

type Tables = ReadonlyMap<string, Uint8Array>;
const tagOf = (bytes: Uint8Array, at: number): string => String.fromCharCode(...bytes.subarray(at, at + 4));

function ofSfnt(bytes: Uint8Array): Tables {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const at = (i: number): number => 12 + 16 * i;
  return new Map(
    Array.from({ length: view.getUint16(4) }, (_, i) => {
      const from = view.getUint32(at(i) + 8);
      return [tagOf(bytes, at(i)), bytes.subarray(from, from + view.getUint32(at(i) + 12))];
    }),
  );
}

function ofWoff(bytes: Uint8Array): Tables {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const at = (i: number): number => 44 + 20 * i;
  return new Map(
    Array.from({ length: view.getUint16(12) }, (_, i) => {
      const [from, packed, whole] = [4, 8, 12].map((o) => view.getUint32(at(i) + o)) as [number, number, number];
      const part = bytes.subarray(from, from + packed);
      return [tagOf(bytes, at(i)), packed === whole ? part : unzlibSync(part)];
    }),
  );
}

let hb: HarfBuzz;
beforeAll(async () => {
  hb = await HarfBuzz.start(nodePdfPorts);
});

/** The points of all glyphs, whichever way their flags are written; hints left out, since the two forms do not share them. */
function outlines(font: Uint8Array, glyphs: number): readonly string[] {
  const all = Array.from({ length: glyphs }, (_, i) => i);
  const tables = ofSfnt(subset(hb.subsetter, font, { glyphs: all }, 400));
  const isLong = tables.get("head")?.[51] === 1;
  const glyf = tables.get("glyf") ?? new Uint8Array();
  const loca = tables.get("loca") ?? new Uint8Array();
  const view = new DataView(loca.buffer, loca.byteOffset, loca.length);
  const at = (i: number): number => (isLong ? view.getUint32(4 * i) : 2 * view.getUint16(2 * i));
  return all.map((i) => pointsOf(glyf.subarray(at(i), at(i + 1))));
}

function pointsOf(glyph: Uint8Array): string {
  if (glyph.length === 0) return "";
  const r = new Reader(glyph);
  const contours = r.i16();
  const box = [r.i16(), r.i16(), r.i16(), r.i16()];
  if (contours < 0) return `${String(box)} ${Buffer.from(r.take(6)).toString("hex")}`;
  const ends = Array.from({ length: contours }, () => r.u16());
  r.skip(r.u16());
  const count = (ends.at(-1) ?? -1) + 1;
  const flags: number[] = [];
  while (flags.length < count) {
    const flag = r.u8();
    const times = (flag & 0x08) === 0 ? 0 : r.u8();
    for (let i = 0; i <= times; i++) flags.push(flag);
  }
  const axis = (short: number, same: number): readonly number[] =>
    flags.map((f) => ((f & short) !== 0 ? r.u8() * ((f & same) !== 0 ? 1 : -1) : (f & same) !== 0 ? 0 : r.i16()));
  return JSON.stringify([box, ends, flags.map((f) => f & 1), axis(0x02, 0x10), axis(0x04, 0x20)]);
}

describe("unpacking WOFF2", () => {
  it.each(names)("gives the outlines and measures that the same font has without it: %s", (name) => {
    const font = unpackWoff2(read(`${name}2`));
    const mine = ofSfnt(font);
    const plain = ofWoff(read(name));
    for (const tag of ["cmap", "hmtx", "GSUB", "GPOS"])
      expect(Buffer.from(mine.get(tag) ?? []).equals(Buffer.from(plain.get(tag) ?? [])), tag).toBe(true);
    const glyphs = (mine.get("hmtx")?.length ?? 0) / 4;
    const drawn = outlines(font, glyphs);
    expect(drawn.some((d) => d.length > 100)).toBe(true);
    expect(drawn).toEqual(outlines(sfnt(0x00010000, plain), glyphs));
  });

  it("says that a font is damaged instead of making something of it", () => {
    const bytes = read(`${names[0] ?? ""}2`);
    expect(() => unpackWoff2(bytes.subarray(0, 200))).toThrow();
    expect(() => unpackWoff2(new Uint8Array(100))).toThrow("damaged");
  });
});
