import { zlibSync } from "fflate";
import { concat, utf8 } from "../base/bytes.ts";
import { crc32 } from "../base/crc32.ts";
import type { Dice } from "./seeded.ts";

/** Small pictures and papers for generated records: real PNG and PDF files that ordinary programs open. */

function u32(n: number): Uint8Array {
  const out = new Uint8Array(4);
  new DataView(out.buffer).setUint32(0, n);
  return out;
}

const PNG = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
/** The header always stands first: length, type, 13 bytes, checksum. */
const AFTER_HEADER = PNG.length + 25;

function pngChunk(type: string, data: Uint8Array): Uint8Array {
  const body = concat(utf8(type), data);
  return concat(u32(data.length), body, u32(crc32(body)));
}

/** A grey picture of a till receipt: lines of 'print' on paper. */
export function receiptPng(dice: Dice): Uint8Array {
  const width = 48;
  const height = 72;
  const rows = new Uint8Array((width + 1) * height).fill(245);
  for (let y = 0; y < height; y++) {
    rows[y * (width + 1)] = 0;
    if (y % 4 !== 2 || y < 6 || y > height - 6) continue;
    const length = dice.between(12, width - 10);
    for (let x = 4; x < 4 + length; x++) if (dice.chance(0.7)) rows[y * (width + 1) + 1 + x] = dice.between(20, 110);
  }
  const header = concat(u32(width), u32(height), Uint8Array.of(8, 0, 0, 0, 0));
  return concat(PNG, pngChunk("IHDR", header), pngChunk("IDAT", zlibSync(rows)), pngChunk("IEND", new Uint8Array(0)));
}

/** The same picture with a text of the camera's behind its header, as it was before it was shared. */
export function withText(png: Uint8Array, key: string, text: string): Uint8Array {
  return concat(png.subarray(0, AFTER_HEADER), pngChunk("tEXt", utf8(`${key}\0${text}`)), png.subarray(AFTER_HEADER));
}

const pdfText = (text: string): string => text.replace(/[^\x20-\x7e]/g, "?").replace(/[\\()]/g, (c) => `\\${c}`);

/** A one-page PDF with a few lines of plain text (ASCII; anything else prints as `?`). */
export function invoicePdf(lines: readonly string[]): Uint8Array {
  const text = lines.map((line, i) => `BT /F1 11 Tf 40 ${String(360 - 18 * i)} Td (${pdfText(line)}) Tj ET`).join("\n");
  const objects = [
    "<< /Type /Catalog /Pages 2 0 R >>",
    "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 400] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
    `<< /Length ${String(text.length)} >>\nstream\n${text}\nendstream`,
    "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
  ];
  let out = "%PDF-1.4\n";
  const offsets = objects.map((object, i) => {
    const at = out.length;
    out += `${String(i + 1)} 0 obj\n${object}\nendobj\n`;
    return at;
  });
  const xref = out.length;
  out += `xref\n0 ${String(objects.length + 1)}\n0000000000 65535 f \n`;
  out += offsets.map((at) => `${String(at).padStart(10, "0")} 00000 n \n`).join("");
  out += `trailer\n<< /Size ${String(objects.length + 1)} /Root 1 0 R >>\nstartxref\n${String(xref)}\n%%EOF\n`;
  return utf8(out);
}
