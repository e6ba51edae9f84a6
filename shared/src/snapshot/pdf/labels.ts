import type { PageStyle } from "../../views/snapshot.ts";

/** What a prefix may be: plain, short, and no part of it taken for the number. */
export const PREFIX = /^(?:[A-Z][A-Z0-9-]{0,10}[A-Z-])?$/;
/** Serial numbers have six digits, and more once those are used up. */
const DIGITS = 6;
export const MAX_SERIAL = 999_999;
export const SECTION = /^[A-Z]$/;

/** The labels of one report's pages, as they are printed and as a program that shows the file calls them. */
export interface PageLabels {
  /** Of page `index`, from 0. */
  label(index: number): string;
  /** For the file's own list (ISO 32000, 12.4.2); empty where pages are simply counted. */
  numbers(count: number): string;
}

/**
 * @param section which report of the bundle this is, from 0
 * @param before pages of the reports before it
 */
export function labelsOf(style: PageStyle, section: number, before: number): PageLabels {
  switch (style.style) {
    case "none":
      return { label: (i) => String(i + 1), numbers: () => "" };
    case "sections": {
      const letter = letterOf(style.from, section);
      return { label: (i) => `${letter}${String(i + 1)}`, numbers: () => `0<</P(${letter})/S/D>>` };
    }
    case "serial": {
      const first = style.from + before;
      const numbers = (count: number): string => {
        const parts: string[] = [];
        // A program counts without leading zeros: they go into the prefix, anew for each length of the number.
        for (let i = 0; i < count;) {
          const n = first + i;
          const length = String(n).length;
          parts.push(`${String(i)}<</P(${style.prefix}${"0".repeat(Math.max(0, DIGITS - length))})/S/D/St ${String(n)}>>`);
          i += 10 ** length - n;
        }
        return parts.join("");
      };
      return { label: (i) => `${style.prefix}${String(first + i).padStart(DIGITS, "0")}`, numbers };
    }
  }
}

/** A, B, … Z, AA, AB … */
function letterOf(from: string, section: number): string {
  let n = from.charCodeAt(0) - 65 + section;
  let out = "";
  for (;;) {
    out = String.fromCharCode(65 + (n % 26)) + out;
    n = Math.floor(n / 26) - 1;
    if (n < 0) return out;
  }
}
