import type { Coded } from "../base/result.ts";
import type { Checks } from "./checks.ts";
import type { Derived } from "./derive.ts";
import { hashPieces } from "./hash-file.ts";
import { PATH } from "./paths.ts";
import type { PdfCode } from "./pdf/render.ts";
import type { RenderedFile } from "./render.ts";
import type { Job } from "./source.ts";
import { RENDER_VERSION } from "./statement.ts";
import type { ZipFiles } from "./zip-read.ts";

/** The files that are there only where the statement chooses pages (rule S6). */
const PAGES: ReadonlySet<string> = new Set([PATH.startPdf, PATH.messagesPdf, PATH.expensesPdf, PATH.history, PATH.certificate]);

/** Why the pages could not be made, once `pages` has ended. */
export interface PageTrouble {
  error?: Coded<PdfCode>;
}

/** The PDF files of a snapshot; none where the scope chooses none. */
export async function* pages(d: Derived, job: Job, trouble: PageTrouble): AsyncGenerator<RenderedFile, void, undefined> {
  const style = d.statement.scope.pages;
  if (!style) return;
  if (!job.pdf) {
    trouble.error = { code: "fonts-missing" };
    return;
  }
  for await (const file of job.pdf(d, style, job)) {
    if (!file.ok) {
      trouble.error = file.error;
      return;
    }
    yield file.value;
  }
}

/** Makes the pages again from the signed changes and compares them byte for byte (rule S1); says so where that was not possible here. */
export async function checkPages(
  zip: ZipFiles,
  hashes: ReadonlyMap<string, string>,
  d: Derived,
  checks: Checks,
  job: Job,
): Promise<"cancelled" | undefined> {
  const { statement } = d;
  if (!statement.scope.pages || statement.render !== RENDER_VERSION) return undefined;
  const absent = [...PAGES].filter((path) => !zip.has(path));
  for (const path of absent) checks.failed("pages-absent", path);
  if (!job.pdf) {
    checks.add("pages-unmade", "remarks");
    return undefined;
  }
  const trouble: PageTrouble = {};
  let isGood = absent.length === 0;
  for await (const [path, pieces] of pages(d, job, trouble)) {
    if (hashes.get(path) === (await hashPieces(pieces))) continue;
    isGood = false;
    if (zip.has(path)) checks.failed("pages-differ", path);
  }
  if (trouble.error?.code === "cancelled") return "cancelled";
  if (trouble.error) checks.add("pages-unmade", "remarks");
  else if (isGood) checks.add("pages", "good");
  return undefined;
}

/** A file with the name of a page of which the statement knows nothing. */
export const isStrayPage = (path: string, d: Derived): boolean => PAGES.has(path) && !d.statement.scope.pages;
