import type { EmbeddedFonts } from "./font-embed.ts";
import { CODE_ROOM, type Cluster } from "./clusters.ts";
import type { Grey } from "./span.ts";
import type { Line } from "./text.ts";
import { num } from "./writer.ts";

export type Colour = readonly [r: number, g: number, b: number];

const GREYS: Readonly<Record<Grey, Colour>> = { ink: [0.11, 0.106, 0.098], soft: [0.36, 0.34, 0.32] };

/** Where a link leads: a place in this document, known when it is written, or a page of another file of the bundle. */
export type Target = { readonly place: string } | { readonly file: string };

export interface Link {
  readonly rect: readonly [x0: number, y0: number, x1: number, y1: number];
  readonly target: Target;
}

/** A field to fill in. */
export interface Field {
  readonly name: string;
  /** What a screen reader says, and a program shows beside it. */
  readonly label: string;
  readonly rect: Link["rect"];
  readonly isLong: boolean;
}

/** A page's content. Measures are points; `top` counts down from the upper edge of the paper. */
export class Canvas {
  readonly #fonts: EmbeddedFonts;
  readonly #height: number;
  readonly #ops: string[] = [];
  readonly links: Link[] = [];
  readonly fields: Field[] = [];
  #colour = "";

  constructor(fonts: EmbeddedFonts, height: number) {
    this.#fonts = fonts;
    this.#height = height;
  }

  get content(): string {
    return this.#ops.join("\n") + "\n";
  }

  /** Draws a line of text with its baseline at `top`. */
  line(line: Line, x: number, top: number): void {
    const y = this.#height - top;
    let at = x;
    let start = 0;
    const { clusters } = line;
    while (start < clusters.length) {
      const first = clusters[start];
      if (!first) break;
      let end = start + 1;
      while (end < clusters.length && isAlike(first, clusters[end])) end += 1;
      const part = clusters.slice(start, end);
      if (first.isCode) this.#code(first, at, y);
      else this.#run(part, at, y);
      at += part.reduce((n, c) => n + c.width, 0);
      start = end;
    }
  }

  rect(x: number, top: number, width: number, height: number, colour: Colour): void {
    this.#fill(colour);
    this.#ops.push(`${num(x)} ${num(this.#height - top - height)} ${num(width)} ${num(height)} re f`);
  }

  link(x: number, top: number, width: number, height: number, target: Target): void {
    this.links.push({ rect: [x, this.#height - top - height, x + width, this.#height - top], target });
  }

  field(name: string, label: string, x: number, top: number, width: number, height: number, isLong: boolean): void {
    this.fields.push({ name, label, rect: [x, this.#height - top - height, x + width, this.#height - top], isLong });
  }

  /** Draws an object of the page's resources with its origin at a baseline. */
  form(name: string, x: number, top: number): void {
    this.#ops.push(`q 1 0 0 1 ${num(x)} ${num(this.#height - top)} cm /${name} Do Q`);
  }

  #fill(colour: Colour): void {
    const op = `${colour.map(num).join(" ")} rg`;
    if (op !== this.#colour) this.#ops.push(op);
    this.#colour = op;
  }

  #run(clusters: readonly Cluster[], x: number, y: number): void {
    const [first] = clusters;
    if (!first) return;
    this.#fill(GREYS[first.grey]);
    const font = this.#fonts.of(first.face);
    this.#ops.push(`BT /${font.name} ${num(first.size)} Tf 1 0 0 1 ${num(x)} ${num(y)} Tm`);
    const out = new Shown(first.size);
    for (const c of clusters) {
      const texts = c.glyphs.length === 1 ? [c.text] : textsOf(c);
      c.glyphs.forEach((g, i) => {
        out.glyph(font.number(g.id, texts[i] ?? ""), font.face.shaping.width(g.id), g);
      });
    }
    this.#ops.push(out.finish(), "ET");
  }

  /** A code: in a frame, so that it can't be taken for what somebody wrote. */
  #code(c: Cluster, x: number, y: number): void {
    const font = this.#fonts.of(c.face);
    const room = (CODE_ROOM * c.size) / 0.75;
    const line = num(0.5);
    this.#ops.push(`q ${line} w 0.6 G ${num(x + 0.4)} ${num(y - c.size * 0.28)} ${num(c.width - 0.8)} ${num(c.size * 1.2)} re S Q`);
    this.#fill(GREYS.soft);
    this.#ops.push(`BT /${font.name} ${num(c.size)} Tf 1 0 0 1 ${num(x + room)} ${num(y)} Tm`);
    const out = new Shown(c.size);
    c.glyphs.forEach((g, i) => {
      // Brackets for whoever searches or copies, where the frame is not seen.
      const text = `${i === 0 ? "[" : ""}${c.text[g.cluster] ?? ""}${i === c.glyphs.length - 1 ? "]" : ""}`;
      out.glyph(font.number(g.id, text), font.face.shaping.width(g.id), g);
    });
    this.#ops.push(out.finish(), "ET");
  }
}

const isAlike = (a: Cluster, b: Cluster | undefined): boolean =>
  b !== undefined && a.face === b.face && a.size === b.size && a.grey === b.grey && !a.isCode && !b.isCode;

/**
 * Which part of a cluster's text each of its glyphs stands for, so that the parts in reading order give the whole. Only glyphs that take up room
 * get one: programs look for spaces between those that have a text.
 */
function textsOf(c: Cluster): readonly string[] {
  const points = Array.from(c.text);
  const wide = c.glyphs.flatMap((g, i) => (g.advance > 0 ? [i] : []));
  const speakers = wide.length === 0 ? c.glyphs.map((_, i) => i) : wide;
  if ((c.level & 1) === 1) speakers.reverse();
  const texts = c.glyphs.map(() => "");
  speakers.forEach((glyph, i) => {
    texts[glyph] = i === speakers.length - 1 ? points.slice(i).join("") : (points[i] ?? "");
  });
  return texts;
}

/** Gathers glyphs as strings with adjustments between them. */
class Shown {
  readonly #size: number;
  readonly #ops: string[] = [];
  #array: string[] = [];
  #codes = "";
  #shift = 0;
  #rise = 0;

  constructor(size: number) {
    this.#size = size;
  }

  glyph(number: number, width: number, g: { readonly advance: number; readonly x: number; readonly y: number }): void {
    if (g.y !== this.#rise) {
      this.#flush();
      this.#ops.push(`${num((g.y * this.#size) / 1000)} Ts`);
      this.#rise = g.y;
    }
    this.#shift += g.x;
    if (this.#shift !== 0) {
      this.#close();
      this.#array.push(num(-this.#shift));
    }
    this.#codes += number.toString(16).padStart(4, "0");
    this.#shift = g.advance - width - g.x;
  }

  finish(): string {
    this.#flush();
    if (this.#rise !== 0) this.#ops.push("0 Ts");
    return this.#ops.join("\n");
  }

  #close(): void {
    if (this.#codes !== "") this.#array.push(`<${this.#codes}>`);
    this.#codes = "";
  }

  /** A shift that is still owed waits for the next glyph. */
  #flush(): void {
    this.#close();
    if (this.#array.length > 0) this.#ops.push(`[${this.#array.join(" ")}] TJ`);
    this.#array = [];
  }
}
