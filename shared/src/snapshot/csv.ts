import { utf8 } from "../base/bytes.ts";
import { mappedRows, textPieces } from "./pieces.ts";
import type { Rows } from "./rows.ts";

/**
 * A table as RFC 4180 has it: CRLF, quotes doubled, UTF-8 with a byte order mark so that spreadsheets read other scripts. What a spreadsheet would run as
 * a formula gets an apostrophe in front; data/records.jsonl has the text as it is.
 */
export function csv(header: readonly string[], rows: readonly (readonly string[])[]): Uint8Array {
  return utf8("\ufeff" + lines([header, ...rows]));
}

/** The same, row by row. */
export async function* csvPieces(header: readonly string[], rows: Rows<readonly string[]>): AsyncGenerator<Uint8Array, void, undefined> {
  yield csv(header, []);
  yield* textPieces(mappedRows(rows, (row) => lines([row])));
}

/** Further rows of a table that is made a piece at a time. */
export const csvRows = (rows: readonly (readonly string[])[]): Uint8Array => utf8(lines(rows));

const lines = (rows: readonly (readonly string[])[]): string => rows.map((row) => row.map(cell).join(",") + "\r\n").join("");

/** A cell that begins as a formula does, or with what some programs pass over. */
const FORMULA = /^[\s\u200b-\u200f\ufeff]*[=+\-@\t\r]/;
/**
 * Where a country's spreadsheets part cells at semicolons or tabs, a text begins a cell behind each of these, and behind each of its line ends, since its quotes do not
 * stand where a cell begins there. One run is taken whole, so that it is looked at once.
 */
const FURTHER = /[\r\n\t;][\s";\u200b-\u200f\ufeff]*[=+\-@]?/g;

function guarded(text: string): string {
  const inside = text.replace(FURTHER, (run) => (/[=+\-@]$/.test(run) ? `${run.slice(0, -1)}'${run.slice(-1)}` : run));
  return FORMULA.test(text) ? `'${inside}` : inside;
}

function cell(text: string): string {
  const safe = guarded(text);
  return /[",\r\n]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe;
}
