import { concat, utf8 } from "../../base/bytes.ts";
import { sha256 } from "../../crypto/hash.ts";
import { coded, err, ok, type Coded, type Result } from "../../base/result.ts";
import type { Derived } from "../derive.ts";
import { PATH } from "../paths.ts";
import { joinedPieces } from "../pieces.ts";
import type { RenderedFile } from "../render.ts";
import { Steps, type Job } from "../source.ts";
import { encodeStatement } from "../statement.ts";
import { aboutWords } from "../words.ts";
import { dayIn } from "../zone.ts";
import { Setter } from "./blocks.ts";
import { Context } from "./context.ts";
import { PdfDocument, type DocumentSpec } from "./document.ts";
import { pagesOf, type Front } from "./flow.ts";
import { FontBook } from "./font-book.ts";
import { labelsOf, type PageLabels } from "./labels.ts";
import { type PageStyle } from "../../views/snapshot.ts";
import { paperOf, sizesOf, textWidth } from "./paper.ts";
import type { PdfPorts } from "./ports.ts";
import { CertificateReport } from "./report-certificate.ts";
import { ExpensesReport } from "./report-expenses.ts";
import { HistoryReport } from "./report-history.ts";
import { MessagesReport } from "./report-messages.ts";
import { StartReport, type Listed } from "./report-start.ts";

/** `fonts-missing`: letters of this record need a font file that is not on this device; `detail` names it. */
export type PdfCode = "cancelled" | "fonts-missing";

/** Lays out the PDF files of a snapshot with the letters of one platform. */
export type PageMaker = (d: Derived, style: PageStyle, job: Job) => AsyncGenerator<Result<RenderedFile, Coded<PdfCode>>, void, undefined>;

/** Bytes that are handed on at a time. */
const TAKEN = 65_536;

interface Report {
  readonly title: string;
  readonly front: Front;
  /** Adds the body to the document, resting after each record. */
  write?(doc: PdfDocument): Iterator<void> | AsyncIterator<void>;
}

/**
 * Lays out the reports of a snapshot, file after file, each written as far as it is laid out: nothing is kept of a full page. From equal input come
 * equal bytes, on every platform (rule S1). Page one comes last: it lists the pages of the others. A file that is cut short because the job was
 * cancelled is followed by that error.
 */
export async function* renderPdfs(
  d: Derived,
  style: PageStyle,
  ports: PdfPorts,
  job: Job = {},
): AsyncGenerator<Result<RenderedFile, Coded<PdfCode>>, void, undefined> {
  const steps = new Steps(job, d.messages.length + d.expenses.length + d.setAside.length + d.devices.length);
  const book = await FontBook.open(ports);
  await announce(book, d);
  const missing = await book.load(() => steps.step(0));
  if (missing === "cancelled") return yield err(coded("cancelled"));
  if (missing) return yield err(coded("fonts-missing", `${missing.family}/${missing.file}`));
  const paper = paperOf(style);
  const sizes = sizesOf(style);
  const set = new Setter(book, textWidth(paper), sizes);
  const c = new Context(d, set);
  const statement = encodeStatement(d.statement);
  const state = { pages: 0, isCancelled: false };
  const lay = async function* (path: string, report: Report, labels: PageLabels): AsyncGenerator<Uint8Array, void, undefined> {
    const spec: DocumentSpec = {
      title: report.title,
      paper,
      sizes,
      labels,
      head: headOf(set, d),
      foot: `Times in ${d.statement.zone}`,
      at: d.statement.exported,
      app: d.statement.app,
      id: sha256(concat(statement, utf8(path))).subarray(0, 16),
    };
    const chunks: Uint8Array[] = [];
    let waiting = 0;
    const doc = await PdfDocument.begin(spec, book, report.front, (chunk) => {
      chunks.push(chunk);
      waiting += chunk.length;
    });
    const body = report.write?.(doc);
    while (body && (await body.next()).done !== true) {
      state.isCancelled = await steps.step();
      if (state.isCancelled) return;
      if (waiting < TAKEN) continue;
      waiting = 0;
      yield concat(...chunks.splice(0));
    }
    state.pages = await doc.finish();
    yield* joinedPieces(chunks);
  };
  const reports: readonly (readonly [string, Report])[] = [
    [PATH.messagesPdf, await MessagesReport.of(c)],
    [PATH.expensesPdf, new ExpensesReport(c)],
    [PATH.history, new HistoryReport(c)],
    [PATH.certificate, new CertificateReport(c)],
  ];
  const list = (labels: readonly string[]): readonly Listed[] =>
    reports.map(([path, { title }], i) => ({ title, file: path.slice("data/".length), labels: labels[i] ?? "" }));
  // Its length depends on nothing that is found out later.
  const own = new StartReport(c, list([]));
  let before = await pagesOf(own.front, paper);
  const labels: string[] = [];
  for (const [i, [path, report]] of reports.entries()) {
    const l = labelsOf(style, i + 1, before);
    yield ok([path, lay(path, report, l)]);
    if (state.isCancelled) return yield err(coded("cancelled"));
    before += state.pages;
    // Pages without a label of their own are found by their file.
    labels.push(style.style === "none" ? path.slice(path.lastIndexOf("/") + 1) : l.label(0));
  }
  yield ok([PATH.startPdf, lay(PATH.startPdf, new StartReport(c, list(labels)), labelsOf(style, 0, 0))]);
}

/** The running head: when it was exported, by whom, and whose record. Where it is too long it loses the last of these. It claims nothing. */
function headOf(set: Setter, d: Derived): ReturnType<Setter["span"]>[] {
  const style = { size: "small", grey: "soft" } as const;
  const exporter = d.devices.find((v) => v.device === d.statement.exporter);
  const names = d.people.flatMap((p, i) => [...(i === 0 ? [] : [set.span(" and ", style)]), set.written(p.name, style)]);
  return [
    set.span(`Exported ${dayIn(d.statement.exported, d.statement.zone)} by `, style),
    set.written(exporter?.name ?? "a device that is not in it", style),
    set.span(" · record of ", style),
    ...names,
  ];
}

/** Every text of people that the reports show. */
async function announce(book: FontBook, d: Derived): Promise<void> {
  book.want("‘’“”–—·…°é 0123456789");
  book.want(d.relay + (d.statement.authority ?? ""));
  for (const p of d.people) book.want(p.name + p.comparedBy.join(""));
  book.want(aboutWords(d.statement.scope.children ?? []));
  for await (const m of d.messages) book.want(m.text + (m.subject ?? ""));
  for await (const t of d.threads) book.want(t.subject + aboutWords(t.children ?? []));
  for await (const e of d.expenses) {
    book.want(`${e.title}${e.category}${aboutWords(e.children ?? [])}${e.note ?? ""}${e.currency}`);
    for (const s of e.steps) book.want(`${s.reason ?? ""}${s.method ?? ""}`);
  }
  for (const f of d.files) book.want(f.names.join(""));
}
