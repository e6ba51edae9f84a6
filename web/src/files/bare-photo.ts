import { concat, utf8 } from "@countersign/shared/base/bytes";

/**
 * Pictures without what a camera or a program wrote beside the picture: place, time, device, owner, thumbnails, a film behind it
 * (design: images are shared without EXIF). The picture itself is not coded anew, not a pixel changes; how it is turned and its colours stay.
 */

const startsWith = (bytes: Uint8Array, at: number, what: ArrayLike<number>): boolean =>
  Array.from(what).every((b, i) => bytes[at + i] === b);
const viewOf = (b: Uint8Array): DataView => new DataView(b.buffer, b.byteOffset, b.byteLength);

/** The bytes without it; undefined where this is no JPEG, PNG or WebP that can be read to its end. */
export function barePhoto(bytes: Uint8Array): Uint8Array | undefined {
  try {
    if (startsWith(bytes, 0, [0xff, 0xd8])) return bareJpeg(bytes);
    if (startsWith(bytes, 0, PNG)) return barePng(bytes);
    if (startsWith(bytes, 0, utf8("RIFF")) && startsWith(bytes, 8, utf8("WEBP"))) return bareWebp(bytes);
  } catch (e) {
    // What is cut short is read beyond its end.
    if (!(e instanceof RangeError)) throw e;
  }
  return undefined;
}

// ------------------------------------------------------------------------------------------------ JPEG (ITU T.81, annex B)

const SOS = 0xda;
const EOI = 0xd9;
const APP0 = 0xe0;
const APP1 = 0xe1;
const COM = 0xfe;
/** Of what programs add only these: density, colour profile, and how the colours are coded. */
const KEPT: Readonly<Record<number, Uint8Array>> = {
  [APP0]: utf8("JFIF\0"),
  0xe2: utf8("ICC_PROFILE\0"),
  0xee: utf8("Adobe"),
};

function bareJpeg(bytes: Uint8Array): Uint8Array | undefined {
  const view = viewOf(bytes);
  const parts: Uint8Array[] = [];
  let turned = 1;
  let at = 2;
  for (;;) {
    if (view.getUint8(at) !== 0xff) return undefined;
    while (view.getUint8(at + 1) === 0xff) at += 1;
    const marker = view.getUint8(at + 1);
    if (marker === EOI) break;
    const end = at + 2 + view.getUint16(at + 2);
    if (end > bytes.length) return undefined;
    if (marker === APP1) turned = orientation(bytes.subarray(at + 4, end)) ?? turned;
    if (isKept(bytes, marker, at + 4)) parts.push(bytes.subarray(at, end));
    at = end;
    if (marker !== SOS) continue;
    // The coded picture: up to the next marker that is neither a stuffed byte nor a restart.
    const begin = at;
    while (view.getUint8(at) !== 0xff || isInScan(view.getUint8(at + 1))) at += 1;
    parts.push(bytes.subarray(begin, at));
  }
  // Nothing behind the end: some phones hang a film or further pictures there.
  const head = [Uint8Array.of(0xff, 0xd8), ...(turned === 1 ? [] : [turnedSegment(turned)])];
  return concat(...head, ...parts, Uint8Array.of(0xff, EOI));
}

const isInScan = (next: number): boolean => next === 0 || (next >= 0xd0 && next <= 0xd7);

function isKept(bytes: Uint8Array, marker: number, at: number): boolean {
  if (marker === COM) return false;
  if (marker < APP0 || marker > 0xef) return true;
  const kept = KEPT[marker];
  return kept !== undefined && startsWith(bytes, at, kept);
}

const EXIF = utf8("Exif\0\0");
const ORIENTATION = 0x0112;

/** How the picture is turned (1 to 8, Exif 2.32, 4.6.4), where an APP1 segment says it. */
function orientation(segment: Uint8Array): number | undefined {
  if (!startsWith(segment, 0, EXIF)) return undefined;
  const view = viewOf(segment.subarray(EXIF.length));
  try {
    const little = view.getUint16(0) === 0x4949;
    const first = view.getUint32(4, little);
    for (let i = 0; i < view.getUint16(first, little); i += 1) {
      const entry = first + 2 + 12 * i;
      if (view.getUint16(entry, little) !== ORIENTATION) continue;
      const value = view.getUint16(entry + 8, little);
      return value >= 1 && value <= 8 ? value : undefined;
    }
  } catch (e) {
    if (!(e instanceof RangeError)) throw e;
  }
  return undefined;
}

/** An APP1 segment that says how the picture is turned and nothing else. */
function turnedSegment(value: number): Uint8Array {
  const tiff = [...utf8("MM"), 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, value, 0, 0, 0, 0, 0, 0];
  const content = [...EXIF, ...tiff];
  return Uint8Array.of(0xff, APP1, 0, content.length + 2, ...content);
}

// ------------------------------------------------------------------------------------------------ PNG (third edition, 5 and 11)

const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const PNG_KEPT = new Set("tRNS cHRM gAMA iCCP sBIT sRGB cICP mDCV cLLI bKGD hIST pHYs acTL fcTL fdAT".split(" "));

function barePng(bytes: Uint8Array): Uint8Array | undefined {
  const view = viewOf(bytes);
  const parts: Uint8Array[] = [bytes.subarray(0, PNG.length)];
  for (let at = PNG.length; ;) {
    const end = at + 12 + view.getUint32(at);
    if (end > bytes.length) return undefined;
    const name = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    // A capital first letter: without it there is no picture.
    if (/^[A-Z]/.test(name) || PNG_KEPT.has(name)) parts.push(bytes.subarray(at, end));
    if (name === "IEND") return concat(...parts);
    at = end;
  }
}

// ------------------------------------------------------------------------------------------------ WebP (RFC 9649, 2)

const WEBP_KEPT = new Set(["VP8 ", "VP8L", "VP8X", "ALPH", "ANIM", "ANMF", "ICCP"]);
const HAS_EXIF_OR_XMP = 0x0c;

function bareWebp(bytes: Uint8Array): Uint8Array | undefined {
  const view = viewOf(bytes);
  const whole = 8 + view.getUint32(4, true);
  if (whole > bytes.length) return undefined;
  const parts: Uint8Array[] = [];
  for (let at = 12; at < whole;) {
    const size = view.getUint32(at + 4, true);
    const end = at + 8 + size + (size % 2);
    if (end > bytes.length) return undefined;
    const name = String.fromCharCode(...bytes.subarray(at, at + 4));
    const chunk = bytes.slice(at, end);
    if (name === "VP8X") chunk[8] = (chunk[8] ?? 0) & ~HAS_EXIF_OR_XMP;
    if (WEBP_KEPT.has(name)) parts.push(chunk);
    at = end;
  }
  const head = new Uint8Array(12);
  head.set([...utf8("RIFF"), 0, 0, 0, 0, ...utf8("WEBP")]);
  viewOf(head).setUint32(4, 4 + parts.reduce((n, p) => n + p.length, 0), true);
  return concat(head, ...parts);
}
