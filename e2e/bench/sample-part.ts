/** The generated household: made, taken in, opened, exported and verified. */
import { rmSync } from "node:fs";
import path from "node:path";
import { tempFolder } from "../src/paths.ts";
import { startWorker } from "./processes.ts";
import type { SampleAnswer, SampleTask, Step } from "./sample/worker.ts";

export interface SampleYears {
  readonly years: number;
  readonly steps: readonly Step[];
  readonly counts: Readonly<Record<string, number>>;
  /** A step that gave no result, with why; the steps after it were not tried. */
  readonly failure?: string;
}

const LIMIT_MS = 1_200_000;

export async function samplePart(years: readonly number[], say: (line: string) => void): Promise<SampleYears[]> {
  const parts: SampleYears[] = [];
  for (const n of years) {
    const folder = tempFolder("bench-sample");
    const file = path.join(folder, "sample.zip");
    const steps: Step[] = [];
    const counts: Record<string, number> = {};
    let failure: string | undefined;
    for (const t of ["open", "export", "verify"] as const) {
      const worker = startWorker<SampleTask, SampleAnswer>("sample/worker.ts");
      try {
        const answer = await worker.ask({ t, years: n, file }, LIMIT_MS);
        steps.push(...answer.steps);
        Object.assign(counts, answer.counts);
        for (const s of answer.steps) say(`${n} sample years, ${s.what}: ${Math.round(s.wallMs)} ms`);
      } catch (problem) {
        failure = `${t}: ${problem instanceof Error ? problem.message : "unknown"}`;
        say(`${n} sample years, no result (${failure})`);
        break;
      } finally {
        await worker.stop();
      }
    }
    rmSync(folder, { recursive: true, force: true });
    parts.push({ years: n, steps, counts, ...(failure === undefined ? {} : { failure }) });
  }
  return parts;
}
