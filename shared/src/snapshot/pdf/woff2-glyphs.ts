import { concat } from "../../base/bytes.ts";
import { Reader } from "./woff2-reader.ts";

/** Outlines as a plain font has them: the glyf table, loca with long offsets, and where each glyph begins on the left. */
export interface Outlines {
  readonly glyf: Uint8Array;
  readonly loca: Uint8Array;
  readonly lefts: readonly number[];
}

interface Streams {
  readonly points: Reader;
  readonly flags: Reader;
  readonly glyphs: Reader;
  readonly composites: Reader;
  readonly boxes: Reader;
  readonly instructions: Reader;
}

/** Puts outlines together again from the streams into which WOFF2 takes them apart (section 5.1). */
export function readGlyphs(table: Uint8Array): Outlines {
  const r = new Reader(table);
  r.skip(2);
  const options = r.u16();
  const count = r.u16();
  r.skip(2);
  const sizes = Array.from({ length: 7 }, () => r.u32());
  const [contours, points, flags, glyphs, composites, boxTable, instructions] = sizes.map((n) => r.take(n));
  const overlaps = (options & 1) === 1 ? r.take((count + 7) >> 3) : new Uint8Array();
  const bitmapSize = 4 * ((count + 31) >> 5);
  const bitmap = (boxTable ?? new Uint8Array()).subarray(0, bitmapSize);
  const open = (bytes: Uint8Array | undefined): Reader => new Reader(bytes ?? new Uint8Array());
  const streams: Streams = {
    points: open(points),
    flags: open(flags),
    glyphs: open(glyphs),
    composites: open(composites),
    boxes: open(boxTable?.subarray(bitmapSize)),
    instructions: open(instructions),
  };
  const counts = open(contours);
  const bit = (bits: Uint8Array, i: number): boolean => (((bits[i >> 3] ?? 0) >> (7 - (i & 7))) & 1) === 1;
  const parts: Uint8Array[] = [];
  const offsets = [0];
  const lefts: number[] = [];
  for (let i = 0; i < count; i++) {
    const glyph = readGlyph(counts.i16(), streams, bit(bitmap, i), bit(overlaps, i));
    parts.push(glyph, new Uint8Array(-glyph.length & 3));
    offsets.push((offsets.at(-1) ?? 0) + glyph.length + (-glyph.length & 3));
    lefts.push(glyph.length === 0 ? 0 : new DataView(glyph.buffer).getInt16(2));
  }
  const loca = new DataView(new ArrayBuffer(4 * offsets.length));
  offsets.forEach((at, i) => {
    loca.setUint32(4 * i, at);
  });
  return { glyf: concat(...parts), loca: new Uint8Array(loca.buffer), lefts };
}

function readGlyph(contours: number, s: Streams, hasBox: boolean, overlaps: boolean): Uint8Array {
  if (contours === 0) return new Uint8Array();
  return contours < 0 ? readComposite(s) : readSimple(contours, s, hasBox, overlaps);
}

const box = (s: Streams): readonly number[] => [s.boxes.i16(), s.boxes.i16(), s.boxes.i16(), s.boxes.i16()];
const u16 = (n: number): readonly number[] => [(n >> 8) & 0xff, n & 0xff];

const WORDS = 0x01;
const SCALE = 0x08;
const MORE = 0x20;
const TWO_SCALES = 0x40;
const MATRIX = 0x80;
const INSTRUCTIONS = 0x100;

function readComposite(s: Streams): Uint8Array {
  const out: number[] = [...u16(-1), ...box(s).flatMap(u16)];
  let hasInstructions = false;
  for (let flags = MORE; (flags & MORE) !== 0;) {
    flags = s.composites.u16();
    hasInstructions ||= (flags & INSTRUCTIONS) !== 0;
    const scale = flags & SCALE ? 2 : flags & TWO_SCALES ? 4 : flags & MATRIX ? 8 : 0;
    out.push(...u16(flags), ...s.composites.take(2 + (flags & WORDS ? 4 : 2) + scale));
  }
  if (hasInstructions) {
    const length = s.glyphs.short();
    out.push(...u16(length), ...s.instructions.take(length));
  }
  return new Uint8Array(out);
}

interface Point {
  readonly dx: number;
  readonly dy: number;
  readonly onCurve: boolean;
}

const ON_CURVE = 0x01;
const OVERLAP = 0x40;

function readSimple(contours: number, s: Streams, hasBox: boolean, overlaps: boolean): Uint8Array {
  const ends: number[] = [];
  let total = 0;
  for (let i = 0; i < contours; i++) {
    total += s.points.short();
    ends.push(total - 1);
  }
  const points = Array.from({ length: total }, () => readPoint(s.flags.u8(), s.glyphs));
  const length = s.glyphs.short();
  const instructions = s.instructions.take(length);
  const bounds = hasBox ? box(s) : boundsOf(points);
  const flags: number[] = [];
  const xs: number[] = [];
  const ys: number[] = [];
  points.forEach(({ dx, dy, onCurve }, i) => {
    flags.push((onCurve ? ON_CURVE : 0) | (overlaps && i === 0 ? OVERLAP : 0) | step(dx, xs, 0x02, 0x10) | step(dy, ys, 0x04, 0x20));
  });
  const head = [...u16(contours), ...bounds.flatMap(u16), ...ends.flatMap(u16), ...u16(length)];
  return concat(new Uint8Array(head), instructions, new Uint8Array(repeated(flags)), new Uint8Array(xs), new Uint8Array(ys));
}

const REPEAT = 0x08;

/** Equal flags in a row are written once, with how often they come again. */
function repeated(flags: readonly number[]): readonly number[] {
  const out: number[] = [];
  for (let i = 0; i < flags.length;) {
    const flag = flags[i] ?? 0;
    let again = 0;
    while (again < 255 && flags[i + again + 1] === flag) again += 1;
    if (again === 0) out.push(flag);
    else out.push(flag | REPEAT, again);
    i += again + 1;
  }
  return out;
}

/** Writes one step of a coordinate; gives its flags. */
function step(d: number, out: number[], short: number, same: number): number {
  if (d === 0) return same;
  if (Math.abs(d) < 256) {
    out.push(Math.abs(d));
    return short | (d > 0 ? same : 0);
  }
  out.push(...u16(d));
  return 0;
}

function boundsOf(points: readonly Point[]): readonly number[] {
  let [x, y, left, low, right, high] = [0, 0, Infinity, Infinity, -Infinity, -Infinity];
  for (const { dx, dy } of points) {
    x += dx;
    y += dy;
    [left, low, right, high] = [Math.min(left, x), Math.min(low, y), Math.max(right, x), Math.max(high, y)];
  }
  return points.length === 0 ? [0, 0, 0, 0] : [left, low, right, high];
}

/** A point as one flag and one to four bytes (section 5.2). */
function readPoint(byte: number, r: Reader): Point {
  const onCurve = byte < 0x80;
  const f = byte & 0x7f;
  const signed = (bits: number, n: number): number => ((bits & 1) === 1 ? n : -n);
  if (f < 10) return { onCurve, dx: 0, dy: signed(f, ((f & 14) << 7) + r.u8()) };
  if (f < 20) return { onCurve, dx: signed(f, (((f - 10) & 14) << 7) + r.u8()), dy: 0 };
  if (f < 84) {
    const a = f - 20;
    const b = r.u8();
    return { onCurve, dx: signed(f, 1 + (a & 0x30) + (b >> 4)), dy: signed(f >> 1, 1 + ((a & 0x0c) << 2) + (b & 0x0f)) };
  }
  if (f < 120) {
    const a = f - 84;
    const [b, c] = [r.u8(), r.u8()];
    return { onCurve, dx: signed(f, 1 + (Math.floor(a / 12) << 8) + b), dy: signed(f >> 1, 1 + (((a % 12) >> 2) << 8) + c) };
  }
  if (f < 124) {
    const [b, c, d] = [r.u8(), r.u8(), r.u8()];
    return { onCurve, dx: signed(f, (b << 4) + (c >> 4)), dy: signed(f >> 1, ((c & 0x0f) << 8) + d) };
  }
  return { onCurve, dx: signed(f, r.u16()), dy: signed(f >> 1, r.u16()) };
}
