/** Numbers as people read them, and tables of them. */
import type { Spread } from "../stats.ts";

/** Three figures that count, no more. */
export function figure(n: number): string {
  if (!Number.isFinite(n)) return "–";
  if (Math.abs(n) >= 100) return Math.round(n).toLocaleString("en-US");
  return String(Number(n.toPrecision(3)));
}

export const megabytes = (bytes: number): string => figure(bytes / 1e6);
export const ratio = (a: number | undefined, b: number | undefined): string =>
  a === undefined || b === undefined ? "–" : `${figure(a / b)}×`;
export const spread = (s: Spread): string => (s.runs > 1 ? `${figure(s.median)} (${figure(s.min)}–${figure(s.max)})` : figure(s.median));

/** A table in Markdown; the first column is text, the others are numbers. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map((_, i) => (i === 0 ? "---" : "---:"))), ...rows.map(line)].join("\n");
}

/** Says why a part has no further rows, where it has none. */
export const noMore = (failure: string | undefined): readonly string[] => (failure === undefined ? [] : [`No further result: ${failure}`]);
