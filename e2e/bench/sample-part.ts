/** The generated household: made, taken in, opened, exported and verified. */
import { rmSync } from "node:fs";
import path from "node:path";
import { tempFolder } from "../src/paths.ts";
import { startWorker } from "./processes.ts";
import { others, type Other } from "./sample/others.ts";
import type { Alive, SampleAnswer, SampleTask, Step } from "./sample/worker.ts";
import { sayWhy } from "./why.ts";

export interface SampleYears {
  readonly years: number;
  readonly steps: readonly Step[];
  readonly counts: Readonly<Record<string, number>>;
  readonly alive: readonly Alive[];
  /** Other programs on the same snapshot. */
  readonly others: readonly Other[];
  /** A step that gave no result, with why; the steps after it were not tried. */
  readonly failure?: string;
}

const LIMIT_MS = 1_200_000;

/** Room in which the longest steps are done once more: by itself Node takes what it can get before it collects garbage, and a peak says little of what a step needs. */
const HEAP_MB = 128;
const HEAP_LIMIT_MS = 300_000;
/** How such a step is told from the others. */
export const IN_SMALL_HEAP = `, in a heap of ${HEAP_MB} MB`;

/** As many records as many busy years would make. */
const LARGE = 100_000;

export async function samplePart(years: readonly number[], say: (line: string) => void): Promise<SampleYears[]> {
  const parts: SampleYears[] = [];
  for (const n of years) {
    const folder = tempFolder("bench-sample");
    const file = path.join(folder, "sample.zip");
    const at = (name: string): string => path.join(folder, name);
    const [own, large, vault] = [at("own.db"), at("large.db"), at("exported.db")];
    const isLast = n === years.at(-1);
    const steps: Step[] = [];
    const counts: Record<string, number> = {};
    const alive: Alive[] = [];
    let failure: string | undefined;
    const tasks: readonly SampleTask[] = [
      { t: "open", years: n },
      { t: "grow", years: n, grown: { records: 0 }, file: vault },
      { t: "export", vault, file },
      { t: "verify", file },
      { t: "compare", file },
      { t: "alive", vault, file },
      { t: "export-pages", vault, file },
      { t: "verify-pages", file },
      { t: "grow", years: n, grown: { records: 0 }, file: own },
      { t: "unlock", what: "from rows", file: own },
      { t: "unlock", what: "from pages", file: own },
      ...(isLast
        ? ([
            { t: "grow", years: n, grown: { records: LARGE }, file: large },
            { t: "unlock", what: `${LARGE} records, from rows`, file: large },
            { t: "unlock", what: `${LARGE} records, from pages`, file: large },
          ] as const)
        : []),
    ];
    /** Its steps by their names, with `named` behind each. */
    const run = async (task: SampleTask, named = "", heapMb?: number, limitMs = LIMIT_MS): Promise<void> => {
      const worker = startWorker<SampleTask, SampleAnswer>("sample/worker.ts", heapMb);
      try {
        const answer = await worker.ask(task, limitMs);
        steps.push(...answer.steps.map((s) => ({ ...s, what: s.what + named })));
        alive.push(...(answer.alive ?? []));
        Object.assign(counts, answer.counts);
        for (const s of answer.steps) say(`${n} sample years, ${s.what}${named}: ${Math.round(s.wallMs)} ms`);
      } finally {
        await worker.stop();
      }
    };
    for (const task of tasks) {
      try {
        await run(task);
        if (task.t !== "export-pages" && task.t !== "verify-pages") continue;
        // Where it has not room enough the table has no number, and the steps after it need nothing of it.
        await run(task, IN_SMALL_HEAP, HEAP_MB, HEAP_LIMIT_MS).catch((problem: unknown) =>
          say(`${n} sample years, ${task.t}${IN_SMALL_HEAP}: no result (${sayWhy(problem)})`),
        );
      } catch (problem) {
        failure = `${task.t}: ${sayWhy(problem)}`;
        say(`${n} sample years, no result (${failure})`);
        break;
      }
    }
    if (failure === undefined) say(`${n} sample years, other programs`);
    const beside = failure === undefined ? others(file) : [];
    rmSync(folder, { recursive: true, force: true });
    parts.push({ years: n, steps, counts, alive, others: beside, ...(failure === undefined ? {} : { failure }) });
  }
  return parts;
}
