import { unpackWoff2 } from "./woff2.ts";
import { HarfBuzz, ShapingFont, subset, type Kept } from "./harfbuzz.ts";
import { FAMILIES, fontFile, type FontFamily, type PdfPorts } from "./ports.ts";
import { isMark, linesOf } from "./unseen.ts";

export type Weight = 400 | 700;

/** One file of a family at one weight. */
export interface Face {
  readonly name: string;
  readonly family: FontFamily;
  readonly weight: Weight;
  readonly shaping: ShapingFont;
  readonly sfnt: Uint8Array;
}

/** A font file that this device has not got; the text cannot be laid out without it. */
export interface MissingFont {
  readonly family: FontFamily;
  readonly file: string;
}

interface File {
  readonly family: FontFamily;
  readonly key: string;
}

const HAN: readonly FontFamily[] = ["noto-sans-sc", "noto-sans-tc", "noto-sans-jp", "noto-sans-kr"];
/** Latin letters that other families have too are always taken from the first. */
const ONLY_FIRST = /^(?:latin|latin-ext|cyrillic|cyrillic-ext|greek|greek-ext|vietnamese)$/;

const isKana = (c: number): boolean => c >= 0x3040 && c <= 0x30ff;
const isHangul = (c: number): boolean => (c >= 0xac00 && c <= 0xd7af) || (c >= 0x1100 && c <= 0x11ff) || (c >= 0x3130 && c <= 0x318f);

/**
 * Which of the four families draws Han characters that several languages share: a line with kana is Japanese, one with hangul Korean, others
 * are taken for Chinese.
 */
export function hanOrder(text: string): readonly FontFamily[] {
  let turn = 0;
  for (const char of text) {
    const c = char.codePointAt(0) ?? 0;
    if (isKana(c)) return hanFrom(HAN.indexOf("noto-sans-jp"));
    if (isHangul(c)) turn = HAN.indexOf("noto-sans-kr");
  }
  return hanFrom(turn);
}

const TURNS = HAN.length;
const turnOf = (han: readonly FontFamily[]): number => Math.max(0, HAN.indexOf(han[0] ?? "noto-sans-sc"));
const ORDERS = HAN.map((first): readonly FontFamily[] => [first, ...HAN.filter((f) => f !== first)]);
const hanFrom = (turn: number): readonly FontFamily[] => ORDERS[turn] ?? HAN;

/**
 * The fonts of one document. First every text that it will show is announced (`want`), then the files that it needs are loaded, then all else
 * runs without waiting.
 */
export class FontBook {
  readonly hb: HarfBuzz;
  readonly #ports: PdfPorts;
  /** Files in the order in which they are asked, by code point. */
  readonly #index = new Map<number, File[]>();
  readonly #faces = new Map<string, Face>();
  readonly #sfnt = new Map<string, Uint8Array>();
  /** Code points with the turn of the four families in which they are wanted: `codePoint * 4 + turn`. */
  readonly #wanted = new Set<number>();
  readonly #drawn = new Map<number, boolean>();
  readonly #picked = new Map<number, Face>();

  private constructor(ports: PdfPorts, hb: HarfBuzz) {
    this.#ports = ports;
    this.hb = hb;
  }

  static async open(ports: PdfPorts): Promise<FontBook> {
    const book = new FontBook(ports, await HarfBuzz.start(ports));
    for (const family of FAMILIES) {
      for (const [key, ranges] of Object.entries(await ports.ranges(family))) {
        if (family !== "noto-sans" && ONLY_FIRST.test(key)) continue;
        const file: File = { family, key };
        for (const c of codePoints(ranges)) {
          const files = book.#index.get(c);
          if (files) files.push(file);
          else book.#index.set(c, [file]);
        }
      }
    }
    return book;
  }

  /** Announces a text that will be laid out. */
  want(text: string): void {
    for (const line of linesOf(text)) {
      const turn = turnOf(hanOrder(line));
      for (const char of line) this.#wanted.add((char.codePointAt(0) ?? 0) * TURNS + turn);
    }
  }

  /** Loads what the announced texts need, and nothing else. Gives the first file that could not be had. */
  async load(pause: () => Promise<boolean> = () => Promise.resolve(false)): Promise<MissingFont | "cancelled" | undefined> {
    this.#drawn.clear();
    this.#picked.clear();
    for (let c = 0x20; c < 0x7f; c++) this.#wanted.add(c * TURNS);
    for (const wanted of [...this.#wanted].sort((a, b) => a - b)) {
      const codePoint = Math.floor(wanted / TURNS);
      for (const file of this.#ordered(codePoint, hanFrom(wanted % TURNS))) {
        const missing = await this.#loadFile(file);
        if (missing) return missing;
        if (this.#face(file, 400)?.shaping.unicodes.has(codePoint) === true) break;
      }
      if (await pause()) return "cancelled";
    }
    this.#wanted.clear();
    return undefined;
  }

  async #loadFile({ family, key }: File): Promise<MissingFont | undefined> {
    const name = `${family}/${key}`;
    if (this.#sfnt.has(name)) return undefined;
    const file = fontFile(family, key);
    const packed = await this.#ports.font(family, file);
    if (!packed) return { family, file };
    this.#sfnt.set(name, unpackWoff2(packed));
    return undefined;
  }

  /** Whether any loaded font has a character. */
  has(codePoint: number): boolean {
    let drawn = this.#drawn.get(codePoint);
    if (drawn === undefined) {
      drawn = this.#filesOf(codePoint).some((f) => this.#face(f, 400)?.shaping.unicodes.has(codePoint) === true);
      this.#drawn.set(codePoint, drawn);
    }
    return drawn;
  }

  /**
   * The font for a character, with the one before it at hand: marks and joiners stay with their base where its font can draw both.
   * @param han the order of the four families for Han characters
   */
  pick(codePoint: number, weight: Weight, han: readonly FontFamily[], before?: { readonly face: Face; readonly codePoint: number }): Face {
    if (before && before.face.weight === weight && (isMark(codePoint) || isJoiner(codePoint)) && draws(before, codePoint))
      return before.face;
    const key = (codePoint * TURNS + turnOf(han)) * 2 + (weight === 700 ? 1 : 0);
    let face = this.#picked.get(key);
    if (!face) {
      face = this.#choose(codePoint, weight, han);
      this.#picked.set(key, face);
    }
    return face;
  }

  #choose(codePoint: number, weight: Weight, han: readonly FontFamily[]): Face {
    for (const f of this.#ordered(codePoint, han)) {
      const face = this.#face(f, weight);
      if (face?.shaping.unicodes.has(codePoint) === true) return face;
    }
    return this.latin(weight);
  }

  /** The face of Latin letters, in which everything of our own is set. */
  latin(weight: Weight): Face {
    const face = this.#face({ family: "noto-sans", key: "latin" }, weight);
    if (!face) throw new Error("the fonts are loaded before a text is laid out");
    return face;
  }

  /** The part of a face that a document uses, as a font file. */
  cut(face: Face, kept: Kept): Uint8Array {
    return subset(this.hb.subsetter, face.sfnt, kept, face.weight);
  }

  #ordered(codePoint: number, han: readonly FontFamily[]): readonly File[] {
    const files = this.#filesOf(codePoint);
    return files.length < 2 ? files : [...files].sort((a, b) => rank(a, han) - rank(b, han));
  }

  #filesOf(codePoint: number): readonly File[] {
    return this.#index.get(codePoint) ?? [];
  }

  #face({ family, key }: File, weight: Weight): Face | undefined {
    const name = `${family}/${key}`;
    const id = `${name}/${String(weight)}`;
    const known = this.#faces.get(id);
    if (known) return known;
    const sfnt = this.#sfnt.get(name);
    if (!sfnt) return undefined;
    const face: Face = { name: id, family, weight, sfnt, shaping: new ShapingFont(this.hb.shaper, sfnt, weight) };
    this.#faces.set(id, face);
    return face;
  }
}

const isJoiner = (c: number): boolean => c === 0x200c || c === 0x200d || c === 0xfe0e || c === 0xfe0f || (c >= 0xe0000 && c <= 0xe007f);

/** Whether a face draws a mark on the character before, by itself or as one composed letter. */
function draws({ face, codePoint }: { readonly face: Face; readonly codePoint: number }, mark: number): boolean {
  const { unicodes } = face.shaping;
  if (isJoiner(mark) || unicodes.has(mark)) return true;
  const composed = Array.from(String.fromCodePoint(codePoint, mark).normalize("NFC"), (c) => c.codePointAt(0) ?? 0);
  return composed.length === 1 && unicodes.has(composed[0] ?? -1);
}

function rank({ family }: File, han: readonly FontFamily[]): number {
  const turn = han.indexOf(family);
  // The four stand together, after the emoji.
  return turn < 0 ? FAMILIES.indexOf(family) * 10 : FAMILIES.indexOf("noto-sans-sc") * 10 + turn;
}

function* codePoints(ranges: string): Generator<number> {
  for (const range of ranges.split(",")) {
    const [, first = "", last] = /^U\+([0-9a-f]+)(?:-([0-9a-f]+))?$/i.exec(range.trim()) ?? [];
    const from = parseInt(first, 16);
    for (let c = from; c <= (last === undefined ? from : parseInt(last, 16)); c++) yield c;
  }
}
