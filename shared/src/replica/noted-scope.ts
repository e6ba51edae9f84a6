/** Letters of a note of what was chosen (kind `access`, rule R7). */
const MAX = 2_000;
/** Ids of a list, and letters of a text, that are kept where all of it does not fit: the most that does. */
const KEPT = [16, 8, 4, 2, 0];
const TEXT = 40;

/** Lists that were shortened, by their names, with how many there were in all. */
type Of = Record<string, number>;

/**
 * What was chosen, as JSON text that fits into a note. Where it is too long, its lists keep their first ids alone and `of` says how many each had; a text that is too long even then ends
 * in three dots, and `cut` says so. Nothing is cut without being said.
 */
export function notedScope(scope: unknown): string {
  const whole = JSON.stringify(scope);
  if (whole.length <= MAX) return whole;
  for (const isText of [false, true]) {
    for (const kept of KEPT) {
      const of: Of = {};
      const short = shortened(scope, "", kept, isText, of);
      const text = JSON.stringify({ ...(short as object), of, ...(isText ? { cut: true } : {}) });
      if (text.length <= MAX) return text;
    }
  }
  return JSON.stringify({ cut: true });
}

function shortened(value: unknown, name: string, kept: number, isText: boolean, of: Of): unknown {
  if (Array.isArray(value)) {
    if (value.length > kept) of[name] = value.length;
    return value.slice(0, kept) as unknown[];
  }
  if (typeof value === "string") return isText && value.length > TEXT ? `${Array.from(value).slice(0, TEXT).join("")}…` : value;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shortened(inner, key, kept, isText, of)]));
}
