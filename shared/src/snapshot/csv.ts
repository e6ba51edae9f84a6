import { utf8 } from "../base/bytes.ts";
import { mapped, textPieces } from "./pieces.ts";

/**
 * A table as RFC 4180 has it: CRLF, quotes doubled, UTF-8 with a byte order mark so that spreadsheets read other scripts. A cell that a
 * spreadsheet would run as a formula gets an apostrophe in front; data/records.jsonl has the text as it is.
 */
export function csv(header: readonly string[], rows: readonly (readonly string[])[]): Uint8Array {
  return utf8("\ufeff" + lines([header, ...rows]));
}

/** The same, row by row. */
export function* csvPieces(header: readonly string[], rows: Iterable<readonly string[]>): Generator<Uint8Array, void, undefined> {
  yield csv(header, []);
  yield* textPieces(mapped(rows, (row) => lines([row])));
}

/** Further rows of a table that is made a piece at a time. */
export const csvRows = (rows: readonly (readonly string[])[]): Uint8Array => utf8(lines(rows));

const lines = (rows: readonly (readonly string[])[]): string => rows.map((row) => row.map(cell).join(",") + "\r\n").join("");

function cell(text: string): string {
  const guarded = /^[\s\u200b-\u200f\ufeff]*[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(guarded) ? `"${guarded.replace(/"/g, '""')}"` : guarded;
}
