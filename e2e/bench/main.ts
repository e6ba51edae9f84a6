/** `npm run bench`: measures our relay, client and sample beside others, prints tables, and keeps them. It passes whatever the numbers are. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { ROOT } from "../src/paths.ts";
import type { BooksPart, BooksTask } from "./books/worker.ts";
import type { ClientPart, ClientTask } from "./client/worker.ts";
import { HELP, readOptions, type BenchOptions, type Part } from "./options.ts";
import { startWorker } from "./processes.ts";
import { browserPart } from "./browser-part.ts";
import { movePart } from "./move-part.ts";
import { relayPart } from "./relay-part.ts";
import { historyPart } from "./history-part.ts";
import { machine, report, type Measured, type Results } from "./report/page.ts";
import { samplePart } from "./sample-part.ts";
import { snapshotsPart } from "./snapshots-part.ts";
import { sayWhy } from "./why.ts";

const RESULTS = path.join(ROOT, "e2e", "bench", "results");
const say = (line: string): void => console.log(`  ${line}`);

/** Asks a process of its own one question. */
async function inWorker<In extends object, Out>(script: string, task: In): Promise<Out> {
  const worker = startWorker<In, Out>(script);
  try {
    return await worker.ask(task, 900_000);
  } finally {
    await worker.stop();
  }
}

type Measure<P extends Part> = (options: BenchOptions) => Promise<Measured[P]>;

const MEASURES: { readonly [P in Part]: Measure<P> } = {
  relay: (options) => relayPart(options, say),
  client: ({ clientRounds, bookRecords }) =>
    inWorker<ClientTask, ClientPart>("client/worker.ts", { rounds: clientRounds, records: bookRecords }),
  books: ({ monthMessages }) => inWorker<BooksTask, BooksPart>("books/worker.ts", { messages: monthMessages }),
  sample: ({ sampleYears }) => samplePart(sampleYears, say),
  snapshots: ({ sampleYears }) => snapshotsPart(sampleYears, say),
  move: ({ moved }) => movePart(moved, say),
  history: () => historyPart(say),
  browser: () => browserPart(say),
};

async function measure<P extends Part>(part: P, options: BenchOptions): Promise<Partial<Measured>> {
  const run: Measure<P> = MEASURES[part];
  return { [part]: await run(options) };
}

/** Part after part. What one gave is handed on when it ends, and one that fails takes nothing of the others with it. */
async function bench(options: BenchOptions, command: string, keep: (results: Results) => void): Promise<Results> {
  let results: Results = { date: new Date().toISOString().slice(0, 10), machine: machine(), command, options, ran: [], measured: {} };
  for (const part of options.parts) {
    const [began, loadBefore] = [performance.now(), os.loadavg()[0] ?? Number.NaN];
    console.log(part);
    let measured: Partial<Measured> = {};
    let failure: string | undefined;
    try {
      measured = await measure(part, options);
    } catch (problem) {
      failure = sayWhy(problem);
      console.error(problem);
    }
    const ran = { part, seconds: (performance.now() - began) / 1_000, loadBefore, ...(failure === undefined ? {} : { failure }) };
    results = { ...results, ran: [...results.ran, ran], measured: { ...results.measured, ...measured } };
    keep(results);
  }
  return results;
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
  const isPublished = options.publish;
  // A run of some parts or servers must not take the place of a whole one.
  const name = args.every((a) => a === "--full" || a === "--publish") ? "latest" : "partial";
  mkdirSync(RESULTS, { recursive: true });
  const results = await bench(options, ["npm run bench", ...(args.length > 0 ? ["--", ...args] : [])].join(" "), (so) => {
    writeFileSync(path.join(RESULTS, `${name}.json`), `${JSON.stringify(so, null, 2)}\n`);
    writeFileSync(path.join(RESULTS, `${name}.md`), report(so));
    if (isPublished) publish(report(so));
  });
  console.log(`\n${report(results)}`);
  console.log(`Kept in e2e/bench/results/${name}.md and ${name}.json.`);
  // Whatever a part that failed has left behind must not keep this from ending.
  process.exit(results.ran.some((r) => r.failure !== undefined) ? 1 : 0);
} else console.log(HELP);
