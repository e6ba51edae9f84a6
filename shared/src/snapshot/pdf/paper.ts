import type { PageStyle } from "../../views/snapshot.ts";

/** Points. */
export interface Paper {
  readonly width: number;
  readonly height: number;
}
export const A4: Paper = { width: 595.28, height: 841.89 };
const LETTER: Paper = { width: 612, height: 792 };

/** The paper of a style: the American one is letter. */
export const paperOf = (style: PageStyle): Paper => (style.style === "serial" ? LETTER : A4);

/** Margins of every page, with its head and foot. */
export const SIDE = 56;
export const HEAD = 62;
const FOOT = 58;

export const textWidth = (paper: Paper): number => paper.width - 2 * SIDE;
export const textHeight = (paper: Paper): number => paper.height - HEAD - FOOT;

/** Sizes of letters in points. Practice Direction 27A asks for 12 at least. */
export interface Sizes {
  readonly title: number;
  readonly heading: number;
  readonly body: number;
  readonly small: number;
}

const SMALL: Sizes = { title: 20, heading: 14, body: 11, small: 9.5 };
const LARGE: Sizes = { title: 21, heading: 15, body: 12, small: 12 };

export const sizesOf = (style: PageStyle): Sizes => (style.style === "sections" ? LARGE : SMALL);
