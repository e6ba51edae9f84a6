import { IN_SMALL_HEAP, type SampleYears } from "../sample-part.ts";
import { figure, megabytes, noMore, table } from "./table.ts";

/** The generated household on the command line. */
export function sampleSection(parts: readonly SampleYears[]): string[] {
  return [
    "## Sample household",
    ...parts.flatMap((p) => [
      `### ${p.years} ${p.years === 1 ? "year" : "years"}`,
      Object.entries(p.counts)
        .map(([what, n]) => `${what}: ${n.toLocaleString("en-US")}`)
        .join(" · "),
      table(
        ["step", "CPU ms", "by the clock ms", "memory before MB", "peak MB"],
        p.steps.map((s) => [s.what, figure(s.cpuMs), figure(s.wallMs), megabytes(s.beforeBytes), megabytes(s.peakBytes)]),
      ),
      ...(p.others.length === 0
        ? []
        : [
            table(
              ["beside it, on the same snapshot", "does", "CPU ms", "by the clock ms", "peak MB"],
              p.others.map((o) => [o.what, o.beside, figure(o.cpuMs), figure(o.wallMs), megabytes(o.peakBytes)]),
            ),
          ]),
      ...noMore(p.failure),
    ]),
    ...againstYears(parts),
  ];
}

/** Whether memory follows the size of the record: the same steps, year under year. */
function againstYears(parts: readonly SampleYears[]): string[] {
  const steps: readonly (readonly [name: string, begins: string, ends?: string])[] = [
    ["export", "export everything as a snapshot"],
    ["verify", "verify that snapshot"],
    ["compare", "compare it"],
    ["export with pages", "export everything as a snapshot, with"],
    ["verify with pages", "verify that snapshot, with"],
    [`export with pages${IN_SMALL_HEAP}`, "export everything as a snapshot, with", IN_SMALL_HEAP],
    [`verify with pages${IN_SMALL_HEAP}`, "verify that snapshot, with", IN_SMALL_HEAP],
  ];
  const peak = (p: SampleYears, begins: string, ends = ""): string => {
    const found = p.steps.find((s) => s.what.startsWith(begins) && s.what.endsWith(ends));
    return found ? megabytes(found.peakBytes) : "–";
  };
  const alive = (p: SampleYears, what: string): string => {
    const bytes = p.alive.find((a) => a.what === what)?.bytes ?? NaN;
    return `${megabytes(bytes)} (${figure(bytes / (p.counts["changes"] ?? NaN))})`;
  };
  return [
    "### Memory against years",
    "Peak MB of the whole process during a step; in a heap of so many MB: the same step in a process that may hold no more long-lived objects than that; alive: MB of objects and buffers after a collection of garbage, in parentheses bytes for each change.",
    table(
      ["years", "changes", ...steps.map(([name]) => `${name}, peak`), "export, alive", "verify, alive", "compare, alive"],
      parts.map((p) => [
        String(p.years),
        figure(p.counts["changes"] ?? NaN),
        ...steps.map(([, begins, ends]) => peak(p, begins, ends)),
        ...["export", "verify", "compare"].map((what) => alive(p, what)),
      ]),
    ),
  ];
}
