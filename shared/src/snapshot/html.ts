import { toBase64, utf8 } from "../base/bytes.ts";
import { showUnseen } from "../base/unseen.ts";
import { sha256 } from "../crypto/hash.ts";
import { mappedRows, textPieces, type Pieces } from "./pieces.ts";
import type { Rows } from "./rows.ts";

/** Text that is HTML already. Only this file makes it; everything else is escaped on its way in. */
export class Html {
  readonly #text: string;
  constructor(text: string) {
    this.#text = text;
  }
  toString(): string {
    return this.#text;
  }
}

type Part = string | number | Html | readonly Html[];

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
const escape = (text: string): string => showUnseen(text).replace(/[&<>"']/g, (c) => ENTITIES[c] ?? c);

/**
 * A template whose holes are escaped, unless they hold `Html`. Not named `html`: a formatter would lay out such templates anew, and with them
 * the bytes of every page.
 */
export function markup(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  const text = (p: Part): string => (p instanceof Html ? p.toString() : typeof p === "object" ? p.map(String).join("") : escape(String(p)));
  return new Html(strings.reduce((out, s, i) => out + text(parts[i - 1] ?? "") + s));
}

/** What a person wrote: its direction is its own and does not leak into the page, line breaks stay. */
export const written = (text: string): Html => markup`<bdi class="w">${text}</bdi>`;

const STYLE = `
:root{color-scheme:light}
body{font:16px/1.5 system-ui,sans-serif;color:#1c1b19;background:#fff;max-width:72rem;margin:0 auto;padding:1.5rem}
h1{font-size:1.6rem;margin:0 0 .5rem}h2{font-size:1.2rem;margin:2rem 0 .5rem}h3{font-size:1rem;margin:1.25rem 0 .25rem}
table{border-collapse:collapse;width:100%;font-size:.875rem}
th,td{border-bottom:1px solid #d8d5cf;text-align:start;vertical-align:top;padding:.35rem .5rem}
th{font-weight:600;background:#f5f3ef}
.w{white-space:pre-wrap;overflow-wrap:anywhere;unicode-bidi:isolate}
.n{font-variant-numeric:tabular-nums;white-space:nowrap}
.id{font:.75rem ui-monospace,monospace;color:#5b5751;overflow-wrap:anywhere}
.t{min-width:16rem}
.zone{color:#5b5751}
.mark{border-inline-start:3px solid #b97b10;padding-inline-start:.5rem}
pre{background:#f5f3ef;padding:.75rem;overflow-x:auto;white-space:pre-wrap;overflow-wrap:anywhere}
@media print{body{max-width:none;padding:0;font-size:12pt}a{color:inherit;text-decoration:none}tr,h2,h3{break-inside:avoid}h2,h3{break-after:avoid}thead{display:table-header-group}}
@page{margin:18mm 14mm}
`;

const POLICY = `default-src 'none'; style-src 'sha256-`;

/** A page that runs nothing and loads nothing: its policy allows this one style and refuses the rest. */
export const page = (title: string, ...body: readonly Html[]): Uint8Array =>
  utf8([pageHead(title), ...body, PAGE_END].map(String).join(""));

/** The same, part by part. */
export const pagePieces = (title: string, body: Rows<Html>): Pieces => textPieces(pageParts(title, body));

async function* pageParts(title: string, body: Rows<Html>): AsyncGenerator<Html, void, undefined> {
  yield pageHead(title);
  yield* body;
  yield PAGE_END;
}

function pageHead(title: string): Html {
  const policy = `${POLICY}${toBase64(sha256(utf8(STYLE)))}'; base-uri 'none'; form-action 'none'`;
  return markup`<!doctype html>
<html lang="en" dir="ltr">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${new Html(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${new Html(STYLE)}</style>
</head>
<body>
`;
}

const PAGE_END = markup`
</body>
</html>
`;

/** A table with a head that repeats on each printed page. */
export const table = (head: readonly string[], rows: readonly (readonly Part[])[]): Html =>
  markup`${[tableHead(head), ...rows.map(tableRow), TABLE_END]}`;

/** The same, row by row. */
export async function* tableParts(head: readonly string[], rows: Rows<readonly Part[]>): AsyncGenerator<Html, void, undefined> {
  yield tableHead(head);
  yield* mappedRows(rows, tableRow);
  yield TABLE_END;
}

const tableHead = (head: readonly string[]): Html =>
  markup`<table>\n<thead><tr>${head.map((h) => markup`<th scope="col">${h}</th>`)}</tr></thead>\n<tbody>\n`;
const tableRow = (row: readonly Part[]): Html => markup`<tr>${row.map((c) => markup`<td>${c}</td>`)}</tr>\n`;
const TABLE_END = markup`</tbody>\n</table>`;
