import { describe, expect, it } from "vitest";
import { fromUtf8 } from "../base/bytes.ts";
import { csvRows } from "./csv.ts";

const rowOf = (...cells: readonly string[]): string => fromUtf8(csvRows([cells])) ?? "";

/** The cells that a program sees which parts rows at line ends and cells at this sign, and knows quotes only where a cell begins. */
function seenWith(separator: string, row: string): readonly string[] {
  const cells: string[] = [];
  for (let at = 0; at < row.length;) {
    let cell = "";
    if (row[at] === '"') {
      for (at += 1; at < row.length && (row[at] !== '"' || row[at + 1] === '"'); at += row[at] === '"' ? 2 : 1) cell += row[at] ?? "";
      at += 1;
    }
    while (at < row.length && row[at] !== separator && row[at] !== "\r" && row[at] !== "\n") cell += row[at++] ?? "";
    at += 1;
    cells.push(cell);
  }
  return cells;
}

const CALLS = ["=1+1", '=HYPERLINK("http://x.example","y")', "+1", "-1+cmd|' /C calc'!A0", "@SUM(1)"];
const LEADS = ["", " ", "\u00a0", "\ufeff", "\u200b", "\t", "\r", "\n", '"', ";"];
const SEPARATORS = [",", ";", "\t"];

describe("a table", () => {
  it("[S33] is joined by commas, with quotes where they are needed and lines as they are", () => {
    expect(rowOf("a", "", 'say "no"', "one\ntwo", "x,y")).toBe('a,,"say ""no""","one\ntwo","x,y"\r\n');
    expect(rowOf("a - b", "2026-03-02", "two; three", "e@mail.example", "a\nb=c")).toBe(
      'a - b,2026-03-02,two; three,e@mail.example,"a\nb=c"\r\n',
    );
  });

  it("[S33] begins no formula, at whatever sign a country's spreadsheet parts cells", () => {
    for (const call of CALLS)
      for (const lead of LEADS)
        for (const before of ["", "Hello", "Hello;", "Hello\t", "Hello\n", "Hello\r\n", "Hello;\n", 'Hello\n"'])
          for (const separator of SEPARATORS)
            for (const cell of seenWith(separator, rowOf("1", `${before}${lead}${call}`, "end"))) {
              // What follows a word in its own cell is text.
              expect(cell.replace(/^[\s\u200b-\u200f\ufeff]+/, ""), JSON.stringify([before, lead, call, separator])).not.toMatch(/^[=+@-]/);
            }
  });

  it("[S33] puts one apostrophe before each sign, and leaves the rest as it is", () => {
    expect(rowOf("=1")).toBe("'=1\r\n");
    expect(rowOf("Bring;=1;  -2; three")).toBe("Bring;'=1;  '-2; three\r\n");
    expect(rowOf("\n\n=1")).toBe(`"'\n\n'=1"\r\n`);
    expect(rowOf("list:\n- boots\n- coat")).toBe(`"list:\n'- boots\n'- coat"\r\n`);
  });

  it("[S33] takes a text of nothing but line ends in one go", () => {
    const ends = "\n".repeat(2_000_000);
    expect(rowOf(`${ends}x`)).toBe(`"${ends}x"\r\n`);
  });
});
