/** PDF files as stock tools see them: `qpdf` and `poppler-utils`. */
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { nodePdfPorts } from "../node/pdf-ports.ts";
import type { Derived } from "../src/snapshot/derive.ts";
import { renderPdfs } from "../src/snapshot/pdf/render.ts";
import { gather } from "../src/snapshot/pieces.ts";
import type { PageStyle } from "../src/views/snapshot.ts";

/** Writes all reports into a folder, as `<name>-<report>.pdf`. Gives their paths. */
export async function writePdfs(folder: string, name: string, style: PageStyle, model: Derived): Promise<readonly string[]> {
  const paths: string[] = [];
  for await (const file of renderPdfs(model, style, nodePdfPorts)) {
    if (!file.ok) throw new Error(file.error.code);
    const at = path.join(folder, `${name}-${path.basename(file.value[0])}`);
    writeFileSync(at, await gather(file.value[1]));
    paths.push(at);
  }
  return paths;
}

/** What a program prints. Throws with what it complains of. */
export function tool(name: string, ...args: string[]): string {
  const done = spawnSync(name, args, { encoding: "utf8", maxBuffer: 64 * 1024 * 1024 });
  if (done.status !== 0) throw new Error(`${name} ${args.join(" ")}: ${done.error?.message ?? done.stderr}`);
  return done.stdout;
}

interface QpdfJson {
  readonly pages: readonly { readonly label: unknown }[];
  readonly outlines: readonly Outline[];
  readonly pagelabels: readonly { readonly index: number; readonly label: Readonly<Record<string, unknown>> }[];
}
export interface Outline {
  readonly title: string;
  /** Page, kind, and the place on it, points from the lower left. */
  readonly dest: readonly unknown[];
  readonly destpageposfrom1: number;
  readonly kids: readonly Outline[];
}
export const json = (file: string): QpdfJson =>
  JSON.parse(tool("qpdf", "--json=2", "--json-key=pages", "--json-key=outlines", "--json-key=pagelabels", file)) as QpdfJson;

const bare = (text: string): string => text.replace(/[\u202a-\u202e\u2066-\u2069\u200e\u200f]/g, "");

/** Without the marks that pdftotext puts round what goes from right to left; of one page or of all. */
export const textOf = (file: string, page?: number): string =>
  bare(tool("pdftotext", ...(page === undefined ? [] : ["-f", String(page), "-l", String(page)]), file, "-"));

export type Rect = readonly [left: number, low: number, right: number, high: number];

/** What is printed in a part of a page, in one line; points from the lower left. */
export function textIn(file: string, page: number, [left, low, right, high]: Rect): string {
  const height = Number(/Page +\d+ size: +[\d.]+ x ([\d.]+)/.exec(tool("pdfinfo", "-f", String(page), "-l", String(page), file))?.[1]);
  const box = { "-x": left, "-y": height - high, "-W": right - left, "-H": high - low };
  const where = Object.entries(box).flatMap(([flag, points]) => [flag, String(Math.max(0, Math.round(points)))]);
  return bare(tool("pdftotext", "-r", "72", "-layout", "-f", String(page), "-l", String(page), ...where, file, "-"))
    .replace(/\s*\n\s*/g, " ")
    .trim();
}

export interface Linked {
  /** Page on which the link stands, from 1, and where. */
  readonly page: number;
  readonly rect: Rect;
  /** Object of the page to which it leads, and the place there. */
  readonly to: string;
  readonly y: number;
}

/** All links of a file: those into itself, and the files to whose first page the others lead. */
export function linksOf(file: string): {
  readonly pages: readonly string[];
  readonly links: readonly Linked[];
  readonly files: readonly string[];
} {
  const read = JSON.parse(tool("qpdf", "--json=2", "--json-key=pages", "--json-key=qpdf", file)) as {
    readonly pages: readonly { readonly object: string }[];
    readonly qpdf: readonly [unknown, Readonly<Record<string, { readonly value?: Readonly<Record<string, unknown>> }>>];
  };
  const of = (name: unknown): Readonly<Record<string, unknown>> => read.qpdf[1][`obj:${String(name)}`]?.value ?? {};
  const pages = read.pages.map((p) => p.object);
  const links: Linked[] = [];
  const files: string[] = [];
  pages.forEach((object, i) => {
    for (const name of (of(object)["/Annots"] ?? []) as readonly string[]) {
      const { "/Subtype": kind, "/Rect": rect, "/Dest": dest, "/A": action } = of(name);
      if (kind !== "/Link") continue;
      const [to, , , y] = (dest ?? []) as readonly unknown[];
      if (dest !== undefined) links.push({ page: i + 1, rect: rect as Rect, to: String(to), y: Number(y) });
      else {
        const { "/S": how, "/F": name, "/D": at } = action as Readonly<Record<string, unknown>>;
        if (how !== "/GoToR" || JSON.stringify(at) !== '[0,"/Fit"]') throw new Error("a link that is none into a report");
        files.push(String(name).replace(/^u:/, ""));
      }
    }
  });
  return { pages, links, files };
}
