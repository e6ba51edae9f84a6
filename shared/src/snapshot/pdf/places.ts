import type { Link } from "./canvas.ts";
import { num, pdfText, ref, type PdfWriter } from "./writer.ts";

/** Where a link leads to in its document. */
interface Place {
  /** The page by its object, and by how many are before it. */
  readonly page: number;
  readonly index: number;
  /** Points from the lower edge. */
  readonly y: number;
}

interface Owed {
  readonly object: number;
  readonly link: Link;
}

/** The places of a document that links lead to, and the links. One that leads to a place that is not laid out yet is written once it is. */
export class Places {
  readonly #pdf: PdfWriter;
  readonly #known = new Map<string, Place>();
  #owed: Owed[] = [];

  constructor(pdf: PdfWriter) {
    this.#pdf = pdf;
  }

  mark(name: string, place: Place): void {
    this.#known.set(name, place);
  }

  /** How many pages are before the one with this place; undefined for one that is not laid out yet. */
  indexOf(name: string): number | undefined {
    return this.#known.get(name)?.index;
  }

  /** The object that the link will be. */
  link(link: Link): number {
    const object = this.#pdf.promise();
    this.#owed.push({ object, link });
    return object;
  }

  /** Writes the links whose ends are known; at the end of the document all. */
  settle(isEnd = false): void {
    this.#owed = this.#owed.filter(({ object, link: { target, rect } }) => {
      const at = "place" in target ? this.#known.get(target.place) : undefined;
      if ("place" in target && !at && !isEnd) return true;
      const action =
        "file" in target ? `/A<</S/GoToR/F${pdfText(target.file)}/D[0/Fit]>>` : at ? `/Dest[${ref(at.page)}/XYZ 0 ${num(at.y)} null]` : "";
      this.#pdf.object(`<</Type/Annot/Subtype/Link/Border[0 0 0]/Rect[${rect.map(num).join(" ")}]${action}>>`, object);
      return false;
    });
  }
}
