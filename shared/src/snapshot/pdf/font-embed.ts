import { utf8 } from "../../base/bytes.ts";
import type { Face, FontBook } from "./font-book.ts";
import { num, ref, type PdfWriter } from "./writer.ts";

/** The fonts of one PDF file: which glyphs it uses, and what text each stands for. Written at the end, cut down to those glyphs. */
export class EmbeddedFonts {
  readonly #book: FontBook;
  readonly #fonts = new Map<Face, EmbeddedFont>();

  constructor(book: FontBook) {
    this.#book = book;
  }

  of(face: Face): EmbeddedFont {
    let font = this.#fonts.get(face);
    if (!font) {
      font = new EmbeddedFont(face, `F${String(this.#fonts.size + 1)}`);
      this.#fonts.set(face, font);
    }
    return font;
  }

  /** Writes all of them; gives the entries of a page's font resources. */
  write(pdf: PdfWriter): string {
    return [...this.#fonts.values()].map((f) => `/${f.name} ${ref(f.write(pdf, this.#book))}`).join("");
  }
}

/**
 * One face in a file. A glyph that stands for different texts in different places has a number (CID) for each, so that searching and copying find
 * what was written, whatever the script does to its letters.
 */
export class EmbeddedFont {
  readonly name: string;
  readonly face: Face;
  readonly #numbers = new Map<number, Map<string, number>>();
  readonly #glyphs: { readonly glyph: number; readonly text: string }[] = [{ glyph: 0, text: "" }];

  constructor(face: Face, name: string) {
    this.face = face;
    this.name = name;
  }

  /** The number of a glyph that stands for a text; for none (`""`) where another glyph of its cluster speaks for all. */
  number(glyph: number, text: string): number {
    let texts = this.#numbers.get(glyph);
    if (!texts) this.#numbers.set(glyph, (texts = new Map<string, number>()));
    let number = texts.get(text);
    if (number === undefined) {
      number = this.#glyphs.push({ glyph, text }) - 1;
      texts.set(text, number);
    }
    return number;
  }

  write(pdf: PdfWriter, book: FontBook): number {
    const { shaping, name } = this.face;
    const glyphs = [...new Set(this.#glyphs.map((g) => g.glyph))].sort((a, b) => a - b);
    const program = book.cut(this.face, { glyphs });
    const file = pdf.stream(`/Length1 ${String(program.length)}`, program);
    // Six letters and a plus say that this is a part of the font; they come from its name and not from chance.
    const base = `${letters(name)}+${name.replace(/[^A-Za-z0-9]+/g, "-")}`;
    const box = boxOf(program);
    const descriptor = pdf.object(
      `<</Type/FontDescriptor/FontName/${base}/Flags 4/FontBBox[${box.map(num).join(" ")}]/ItalicAngle 0/Ascent 1069/Descent -293/CapHeight 714/StemV ${this.face.weight === 700 ? "140" : "80"}/FontFile2 ${ref(file)}>>`,
    );
    const widths = this.#glyphs.map((g) => String(shaping.width(g.glyph))).join(" ");
    const map = new Uint8Array(2 * this.#glyphs.length);
    this.#glyphs.forEach(({ glyph }, i) => {
      map[2 * i] = glyph >> 8;
      map[2 * i + 1] = glyph & 0xff;
    });
    const descendant = pdf.object(
      `<</Type/Font/Subtype/CIDFontType2/BaseFont/${base}/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/FontDescriptor ${ref(descriptor)}/DW 1000/W[0[${widths}]]/CIDToGIDMap ${ref(pdf.stream("", map))}>>`,
    );
    const unicode = pdf.stream("", utf8(toUnicode(this.#glyphs.map((g) => g.text))));
    return pdf.object(
      `<</Type/Font/Subtype/Type0/BaseFont/${base}/Encoding/Identity-H/DescendantFonts[${ref(descendant)}]/ToUnicode ${ref(unicode)}>>`,
    );
  }
}

/** Six capital letters from a name. */
export function letters(name: string): string {
  let n = 5381;
  for (let i = 0; i < name.length; i++) n = (Math.imul(n, 33) ^ name.charCodeAt(i)) >>> 0;
  let out = "";
  for (let i = 0; i < 6; i++) {
    out += String.fromCharCode(65 + (n % 26));
    n = Math.floor(n / 26) + 7 * (i + 1);
  }
  return out;
}

/** The bounding box in a font's head table, in thousandths. */
export function boxOf(sfnt: Uint8Array): readonly number[] {
  const view = new DataView(sfnt.buffer, sfnt.byteOffset, sfnt.byteLength);
  for (let i = 0; i < view.getUint16(4); i++) {
    const at = 12 + 16 * i;
    if (view.getUint32(at) !== 0x68656164) continue;
    const head = view.getUint32(at + 8);
    const upem = view.getUint16(head + 18);
    return [36, 38, 40, 42].map((o) => (view.getInt16(head + o) * 1000) / upem);
  }
  return [0, -300, 1000, 1100];
}

const hex = (text: string): string => {
  let out = "";
  for (let i = 0; i < text.length; i++) out += text.charCodeAt(i).toString(16).padStart(4, "0");
  return out;
};

/** What the numbers stand for (ISO 32000, 9.10.3), for searching and copying. */
function toUnicode(texts: readonly string[]): string {
  const lines = texts.flatMap((text, i) => (text === "" ? [] : [`<${i.toString(16).padStart(4, "0")}> <${hex(text)}>`]));
  const blocks: string[] = [];
  for (let i = 0; i < lines.length; i += 100) {
    const part = lines.slice(i, i + 100);
    blocks.push(`${String(part.length)} beginbfchar\n${part.join("\n")}\nendbfchar`);
  }
  return `/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<0000> <ffff>
endcodespacerange
${blocks.join("\n")}
endcmap
CMapName currentdict /CMap defineresource pop
end
end
`;
}
