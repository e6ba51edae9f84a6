/** What was measured in a real browser. */
import type { BrowserPart } from "../browser-part.ts";
import type { HistoryPart } from "../history-part.ts";
import type { SnapshotYears } from "../snapshots-part.ts";
import { figure, megabytes, noMore, table } from "./table.ts";

/** The history screen over a very long history. */
export function historySection({ lines, phases }: HistoryPart): string[] {
  return [
    "## History screen",
    `${lines.toLocaleString("en-US")} lines in a real Chromium, the engine in its worker; from the browser's own trace. A frame is 16.7 ms.`,
    table(
      [
        "what the person does",
        "lines found",
        "longest task on the interface thread, CPU ms",
        "by the clock ms",
        "tasks over a frame (CPU)",
        "until the list shows it, ms",
      ],
      phases.map((p) => [
        p.what,
        p.found.toLocaleString("en-US"),
        figure(p.longestCpuMs),
        figure(p.longestMs),
        String(p.overFrame),
        p.shownMs === undefined ? "–" : figure(p.shownMs),
      ]),
    ),
  ];
}

/** A large vault on a phone. */
export function browserSection({ records, inOneThread, phases, failure }: BrowserPart): string[] {
  return [
    "## A large vault in a browser",
    `${records.toLocaleString("en-US")} records, ${inOneThread.toLocaleString("en-US")} or more of them messages of one thread, in the database of a real Chromium of 360 × 740 pixels; the interface thread slowed down as said. Unlocking includes the passphrase's own price.`,
    table(
      [
        "slowed",
        "what the person does",
        "until it shows, ms",
        "longest task on the interface thread, CPU ms",
        "by the clock ms",
        "tasks over a frame (CPU)",
        "memory of page and worker MB",
      ],
      phases.map((p) => [
        `${String(p.slowed)}×`,
        p.what,
        figure(p.shownMs),
        figure(p.longestCpuMs),
        figure(p.longestMs),
        String(p.overFrame),
        megabytes(p.memoryBytes),
      ]),
    ),
    ...noMore(failure),
  ];
}

const percent = (part: number): string => `${figure(100 * part)} %`;

/** Snapshots of all of a record, made and checked in the app. */
export function snapshotsSection(parts: readonly SnapshotYears[]): string[] {
  return [
    "## Snapshots in the app",
    "The generated household in the database of a real Chromium, all of it exported and the file checked; from the press to the result on the screen, the passphrase's own price included. Processor time and memory are those of the page's process, its worker in it.",
    table(
      [
        "years",
        "what",
        "by the clock ms",
        "CPU ms",
        "memory before MB",
        "peak MB",
        "file MB",
        "longest task on the interface thread, CPU ms",
        "by the clock ms",
        "tasks over a frame (CPU)",
        "bar moved",
        "stood still at most, ms",
        "fell back by",
      ],
      parts.flatMap(({ years, phases, sizes }) =>
        phases.map((p, i) => [
          ...[String(years), p.what, figure(p.wallMs), figure(p.cpuMs), megabytes(p.beforeBytes), megabytes(p.peakBytes)],
          ...[megabytes(sizes[Math.floor(i / 2)] ?? NaN), figure(p.longestCpuMs), figure(p.longestMs), String(p.overFrame)],
          ...[String(p.bar.moves), figure(p.bar.longestStillMs), percent(p.bar.fellBack)],
        ]),
      ),
    ),
    "Stopped at random times: where the bar stood, and how long until the screen said that it has stopped.",
    table(
      ["years", "what", "at", "stopped after ms"],
      parts.flatMap(({ years, stops }) => stops.map((s) => [String(years), s.what, percent(s.at), figure(s.ms)])),
    ),
    "The file's `verify.html`, opened from a folder in a browser without a network.",
    table(
      [
        "years",
        "what the person does",
        "until it shows, ms",
        "longest task on the interface thread, CPU ms",
        "by the clock ms",
        "tasks over a frame (CPU)",
        "peak MB so far",
      ],
      parts.flatMap(({ years, viewer }) =>
        viewer.map((p) => [
          ...[String(years), p.what, figure(p.shownMs), figure(p.longestCpuMs), figure(p.longestMs)],
          ...[String(p.overFrame), megabytes(p.peakBytes)],
        ]),
      ),
    ),
    ...parts.flatMap(({ failure }) => noMore(failure)),
  ];
}
