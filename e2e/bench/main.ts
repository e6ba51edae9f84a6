/** `npm run bench`: measures our relay, client and sample beside others, prints tables, and keeps them. It passes whatever the numbers are. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { ROOT } from "../src/paths.ts";
import type { BooksPart, BooksTask } from "./books/worker.ts";
import type { ClientPart, ClientTask } from "./client/worker.ts";
import { HELP, readOptions, type BenchOptions } from "./options.ts";
import { startWorker } from "./processes.ts";
import { browserPart } from "./browser-part.ts";
import { relayPart } from "./relay-part.ts";
import { historyPart } from "./history-part.ts";
import { machine, report, type Results } from "./report.ts";
import { samplePart } from "./sample-part.ts";

const RESULTS = path.join(ROOT, "e2e", "bench", "results");
const loadAverage = (): number => os.loadavg()[0] ?? Number.NaN;
const say = (line: string): void => console.log(`  ${line}`);

async function clientPart(options: BenchOptions): Promise<ClientPart> {
  const worker = startWorker<ClientTask, ClientPart>("client/worker.ts");
  try {
    return await worker.ask({ rounds: options.clientRounds, records: options.bookRecords }, 900_000);
  } finally {
    await worker.stop();
  }
}

async function booksPart(options: BenchOptions): Promise<BooksPart> {
  const worker = startWorker<BooksTask, BooksPart>("books/worker.ts");
  try {
    return await worker.ask({ messages: options.monthMessages }, 900_000);
  } finally {
    await worker.stop();
  }
}

async function bench(options: BenchOptions, command: string): Promise<Results> {
  const [began, loadBefore] = [performance.now(), loadAverage()];
  const has = (part: BenchOptions["parts"][number]): boolean => options.parts.includes(part);
  const relay = has("relay") ? await relayPart(options, say) : undefined;
  if (has("client")) say("client rates");
  const client = has("client") ? await clientPart(options) : undefined;
  if (has("books")) say("a month of messages, loose and bundled");
  const books = has("books") ? await booksPart(options) : undefined;
  const sample = has("sample") ? await samplePart(options.sampleYears, say) : undefined;
  const history = has("history") ? await historyPart(say) : undefined;
  const browser = has("browser") ? await browserPart(say) : undefined;
  return {
    ...{ date: new Date().toISOString().slice(0, 10), machine: machine(), command, options, loadBefore, loadAfter: loadAverage() },
    seconds: (performance.now() - began) / 1_000,
    ...(relay && { relay }),
    ...(client && { client }),
    ...(books && { books }),
    ...(sample && { sample }),
    ...(history && { history }),
    ...(browser && { browser }),
  };
}

/** Puts the page between the two marks of docs/performance.md, one heading deeper. Throws where the marks are gone. */
function publish(page: string): void {
  const file = path.join(ROOT, "docs", "performance.md");
  const text = readFileSync(file, "utf8");
  const [begin, end] = ["<!-- measured: begin -->\n", "<!-- measured: end -->"];
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error("docs/performance.md has no place for the tables");
  writeFileSync(file, `${text.slice(0, from + begin.length)}\n${page.replaceAll(/^#/gm, "##")}\n${text.slice(to)}`);
}

let options: BenchOptions | undefined;
try {
  options = readOptions(process.argv.slice(2));
} catch (problem) {
  console.error(problem instanceof Error ? problem.message : problem);
  process.exit(1);
}
if (options) {
  const args = process.argv.slice(2);
  const results = await bench(options, ["npm run bench", ...(args.length > 0 ? ["--", ...args] : [])].join(" "));
  const page = report(results);
  console.log(`\n${page}`);
  mkdirSync(RESULTS, { recursive: true });
  // A run of some parts or servers must not take the place of a whole one.
  const name = args.every((a) => a === "--full" || a === "--publish") ? "latest" : "partial";
  writeFileSync(path.join(RESULTS, `${name}.json`), `${JSON.stringify(results, null, 2)}\n`);
  writeFileSync(path.join(RESULTS, `${name}.md`), page);
  if (options.publish) publish(page);
  console.log(`Kept in e2e/bench/results/${name}.md and ${name}.json.`);
} else console.log(HELP);
