import { zlibSync } from "fflate";
import { utf8, concat } from "../../base/bytes.ts";

/**
 * Writes the objects of a PDF file (ISO 32000) one after the other and keeps nothing but where each begins. It knows no clock, no random
 * numbers and one way to compress, so equal calls give equal bytes on every platform: that is what the usual libraries can't promise, and what
 * a verifier that makes the pages again needs.
 */
export class PdfWriter {
  readonly #emit: (chunk: Uint8Array) => void;
  /** Where each object begins; undefined: promised and not yet written. */
  readonly #offsets: (number | undefined)[] = [0];
  #length = 0;

  constructor(emit: (chunk: Uint8Array) => void) {
    this.#emit = emit;
    // The second line tells programs that the file is not text.
    this.#write(concat(utf8("%PDF-1.7\n%"), new Uint8Array([0xe2, 0xe3, 0xcf, 0xd3, 0x0a])));
  }

  /** A number for an object that is written later. */
  promise(): number {
    return this.#offsets.push(undefined) - 1;
  }

  /** Writes an object whose body is given. */
  object(body: string, number = this.promise()): number {
    this.#begin(number);
    this.#write(utf8(`${String(number)} 0 obj\n${body}\nendobj\n`));
    return number;
  }

  /** Writes a stream. What is packed already is stored with its own filter in `dict`. */
  stream(dict: string, bytes: Uint8Array, number = this.promise()): number {
    const packed = zlibSync(bytes, { level: 6 });
    this.#begin(number);
    const head = `${String(number)} 0 obj\n<<${dict}/Filter/FlateDecode/Length ${String(packed.length)}>>\nstream\n`;
    this.#write(concat(utf8(head), packed, utf8("\nendstream\nendobj\n")));
    return number;
  }

  /** Writes the table of objects and the end. `id` is 16 bytes that name the document. */
  finish(root: number, info: number, id: Uint8Array): void {
    const start = this.#length;
    const lines = this.#offsets.map((at, i) => {
      if (at === undefined) throw new Error(`object ${String(i)} was promised and never written`);
      return i === 0 ? "0000000000 65535 f \n" : `${String(at).padStart(10, "0")} 00000 n \n`;
    });
    const size = String(this.#offsets.length);
    const name = `<${Array.from(id, (b) => b.toString(16).padStart(2, "0")).join("")}>`;
    const trailer = `trailer\n<</Size ${size}/Root ${ref(root)}/Info ${ref(info)}/ID[${name}${name}]>>\nstartxref\n${String(start)}\n%%EOF\n`;
    this.#write(utf8(`xref\n0 ${size}\n${lines.join("")}${trailer}`));
  }

  #begin(number: number): void {
    if (this.#offsets[number] !== undefined) throw new Error(`object ${String(number)} is written twice`);
    this.#offsets[number] = this.#length;
  }

  #write(bytes: Uint8Array): void {
    this.#length += bytes.length;
    this.#emit(bytes);
  }
}

export const ref = (object: number): string => `${String(object)} 0 R`;

/** A number as PDF wants it: no exponent, three places. */
export function num(n: number): string {
  if (Number.isInteger(n) && n !== 0) return String(n);
  const text = n.toFixed(3);
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

/** A text string: UTF-16 with its mark, in hex, so that nothing needs an escape. */
export function pdfText(text: string): string {
  let hex = "";
  for (let i = 0; i < text.length; i++) hex += text.charCodeAt(i).toString(16).padStart(4, "0");
  return `<feff${hex}>`;
}

/** A date in UTC. */
export function pdfDate(at: number): string {
  const [date = "", time = ""] = new Date(at).toISOString().split("T");
  return `(D:${date.replaceAll("-", "")}${time.slice(0, 8).replaceAll(":", "")}Z)`;
}
