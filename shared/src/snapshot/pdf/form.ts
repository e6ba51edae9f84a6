import type { Field } from "./canvas.ts";
import type { FontBook } from "./font-book.ts";
import { boxOf, letters } from "./font-embed.ts";
import { num, pdfText, ref, type PdfWriter } from "./writer.ts";

/** Fields to fill in (ISO 32000, 12.7). Their font is in the file like all others. */

const appearance = (size: number): string => `(/Fill ${num(size)} Tf 0 g)`;
const MULTILINE = 1 << 12;

export function writeField(pdf: PdfWriter, field: Field, page: number, size: number): number {
  const [x0, y0, x1, y1] = field.rect;
  const empty = pdf.stream(`/Type/XObject/Subtype/Form/BBox[0 0 ${num(x1 - x0)} ${num(y1 - y0)}]/Resources<<>>`, new Uint8Array(0));
  return pdf.object(
    `<</Type/Annot/Subtype/Widget/FT/Tx/T${pdfText(field.name)}/TU${pdfText(field.label)}/F 4/P ${ref(page)}` +
      `/Rect[${field.rect.map(num).join(" ")}]/DA${appearance(size)}/Ff ${String(field.isLong ? MULTILINE : 0)}/V()/AP<</N ${ref(empty)}>>>>`,
  );
}

/** What every byte of Windows code page 1252 from 0x80 to 0x9f stands for. */
const HIGH = "€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ";

export function writeForm(pdf: PdfWriter, book: FontBook, fields: readonly number[], size: number): number {
  const face = book.latin(400);
  const characters = Array.from({ length: 224 }, (_, i) => (i + 32 < 0x80 || i + 32 > 0x9f ? i + 32 : (HIGH.codePointAt(i - 96) ?? 0)));
  const program = book.cut(face, { characters });
  const file = pdf.stream(`/Length1 ${String(program.length)}`, program);
  const name = `${letters("fill")}+noto-sans-fill`;
  const box = boxOf(program).map(num).join(" ");
  const descriptor = pdf.object(
    `<</Type/FontDescriptor/FontName/${name}/Flags 32/FontBBox[${box}]/ItalicAngle 0/Ascent 1069/Descent -293/CapHeight 714/StemV 80/FontFile2 ${ref(file)}>>`,
  );
  const widths = characters.map((c) => {
    const text = String.fromCodePoint(c);
    return String(face.shaping.unicodes.has(c) ? (face.shaping.shape(text, 0, text.length, false)[0]?.advance ?? 0) : 0);
  });
  const font = pdf.object(
    `<</Type/Font/Subtype/TrueType/BaseFont/${name}/Encoding/WinAnsiEncoding/FirstChar 32/LastChar 255/Widths[${widths.join(" ")}]/FontDescriptor ${ref(descriptor)}>>`,
  );
  return pdf.object(`<</Fields[${fields.map(ref).join(" ")}]/DR<</Font<</Fill ${ref(font)}>>>>/DA${appearance(size)}>>`);
}
