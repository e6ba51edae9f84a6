/** The numbers as a page: tables with ratios to the baselines of the same run. */
import os from "node:os";
import type { BooksPart } from "./books/worker.ts";
import type { ClientPart } from "./client/worker.ts";
import type { BrowserPart } from "./browser-part.ts";
import type { HistoryPart } from "./history-part.ts";
import type { BenchOptions } from "./options.ts";
import type { IdleRow, RelayPart, RelayRow } from "./relay-part.ts";
import type { SampleYears } from "./sample-part.ts";
import type { Spread } from "./stats.ts";

export interface Results {
  readonly date: string;
  readonly machine: string;
  readonly command: string;
  /** Load average over a minute before and after: anything well above 0 before means that others used the machine. */
  readonly loadBefore: number;
  readonly loadAfter: number;
  readonly seconds: number;
  readonly options: BenchOptions;
  readonly relay?: RelayPart;
  readonly client?: ClientPart;
  readonly books?: BooksPart;
  readonly sample?: readonly SampleYears[];
  readonly history?: HistoryPart;
  readonly browser?: BrowserPart;
}

/** Says what matters of the machine and nothing that names it. */
export const machine = (): string => `${os.cpus().length} shared cores, Node ${process.versions.node.split(".")[0] ?? ""}`;

/** Three figures that count, no more. */
function figure(n: number): string {
  if (!Number.isFinite(n)) return "–";
  if (Math.abs(n) >= 100) return Math.round(n).toLocaleString("en-US");
  return String(Number(n.toPrecision(3)));
}

const megabytes = (bytes: number): string => figure(bytes / 1e6);
const ratio = (a: number | undefined, b: number | undefined): string => (a === undefined || b === undefined ? "–" : `${figure(a / b)}×`);
const spread = (s: Spread): string => (s.runs > 1 ? `${figure(s.median)} (${figure(s.min)}–${figure(s.max)})` : figure(s.median));

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map((_, i) => (i === 0 ? "---" : "---:"))), ...rows.map(line)].join("\n");
}

const SHAPE_HEAD = [
  ...["server", "messages/s", "to ws", "to sqlite-turn", "fan-out p50 ms", "p99 ms", "acknowledged p50 ms"],
  ...["relay CPU s per 1,000", "to sqlite-turn", "relay busy", "generator busy", "memory MB"],
];

function shapeRow(row: RelayRow, all: readonly RelayRow[]): string[] {
  const beside = (name: string): RelayRow | undefined => all.find((r) => r.server === name && r.shape === row.shape && r.rate.runs > 0);
  if (row.rate.runs === 0) return [row.server, `no result: ${row.failures[0] ?? ""}`, ...SHAPE_HEAD.slice(2).map(() => "–")];
  const missing = row.failures.length > 0 ? ` (${row.failures.length} runs without a result)` : "";
  const short = row.ranOut > 0 ? ` (window cut short ${row.ranOut} times)` : "";
  return [
    ...[`${row.server}${missing}${short}`, spread(row.rate), ratio(row.rate.median, beside("ws")?.rate.median)],
    ratio(row.rate.median, beside("sqlite-turn")?.rate.median),
    ...[figure(row.fanOutP50.median), figure(row.fanOutP99.median), row.ackP50 ? figure(row.ackP50.median) : "–"],
    ...[figure(row.serverCpuPer1k.median), ratio(row.serverCpuPer1k.median, beside("sqlite-turn")?.serverCpuPer1k.median)],
    ...[figure(row.serverUse.median), figure(row.generatorUse.median), megabytes(row.serverBytes.median)],
  ];
}

function idleRow(row: IdleRow, all: readonly IdleRow[]): string[] {
  const bare = all.find((r) => r.server === "ws");
  const each = [figure(row.bytesPerConnection / 1_000), ratio(row.bytesPerConnection, bare?.bytesPerConnection)];
  return [row.server, String(row.connections), megabytes(row.emptyBytes), megabytes(row.fullBytes), ...each];
}

function relaySection({ servers, rows, idle }: RelayPart): string[] {
  const shapes = [...new Set(rows.map((r) => r.shape))];
  return [
    "## Relay",
    servers.map((s) => `- \`${s.name}\` (${s.version}): ${s.what}`).join("\n"),
    ...shapes.flatMap((shape) => [
      `### ${shape}`,
      table(
        SHAPE_HEAD,
        rows.filter((r) => r.shape === shape).map((r) => shapeRow(r, rows)),
      ),
    ]),
    "### Idle connections",
    table(
      ["server", "connections", "empty MB", "with all MB", "kB for each", "to ws"],
      idle.map((r) => idleRow(r, idle)),
    ),
  ];
}

function clientSection({ rates, sizes }: ClientPart): string[] {
  const head = ["operation", "unit", "CPU", "by the clock", "beside", "CPU", "by the clock", "CPU to it"];
  const body = rates.flatMap((r) =>
    r.baselines.map((b, i) => [
      ...(i === 0 ? [r.what, r.unit, figure(r.ours.cpu), figure(r.ours.wall)] : ["", "", "", ""]),
      ...[b.what, figure(b.cpu), figure(b.wall), ratio(r.ours.cpu, b.cpu)],
    ]),
  );
  const bytes = sizes.map((s) => [
    ...[String(s.records), figure(s.signedBytes / s.records), figure(s.automergeBytes / s.records), ratio(s.signedBytes, s.automergeBytes)],
  ]);
  return [
    "## Client, one thread",
    table(head, body),
    table(["records in a book", "bytes of signed changes for each", "bytes saved by Automerge for each", "to it"], bytes),
  ];
}

function booksSection(b: BooksPart): string[] {
  const kb = (bytes: number): string => figure(bytes / 1_000);
  return [
    "## A month of messages",
    `${b.messages.toLocaleString("en-US")} messages, each an entry of its own; ${b.bundles} bundles. Of what a new device is sent ${kb(b.headerBytes)} kB are headers, which stay.`,
    table(
      ["", "loose", "bundled", "to it"],
      [
        ["kB that a new device is sent", kb(b.looseBytes), kb(b.bundledBytes), ratio(b.bundledBytes, b.looseBytes)],
        [
          "kB of it without the first headers",
          kb(b.looseBytes - b.headerBytes),
          kb(b.bundledBytes - b.headerBytes),
          ratio(b.bundledBytes - b.headerBytes, b.looseBytes - b.headerBytes),
        ],
        [
          "catching up, CPU ms",
          figure(b.looseCatchUp.cpuMs),
          figure(b.bundledCatchUp.cpuMs),
          ratio(b.bundledCatchUp.cpuMs, b.looseCatchUp.cpuMs),
        ],
        [
          "catching up, by the clock ms",
          figure(b.looseCatchUp.wallMs),
          figure(b.bundledCatchUp.wallMs),
          ratio(b.bundledCatchUp.wallMs, b.looseCatchUp.wallMs),
        ],
      ],
    ),
    table(
      ["opening the month's book", "from its signed changes", "from what was kept", "to it"],
      [
        ["CPU ms", figure(b.rebuilt.cpuMs), figure(b.kept.cpuMs), ratio(b.kept.cpuMs, b.rebuilt.cpuMs)],
        ["by the clock ms", figure(b.rebuilt.wallMs), figure(b.kept.wallMs), ratio(b.kept.wallMs, b.rebuilt.wallMs)],
      ],
    ),
  ];
}

function sampleSection(parts: readonly SampleYears[]): string[] {
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
      ...(p.failure === undefined ? [] : [`No further result: ${p.failure}`]),
    ]),
    ...againstYears(parts),
  ];
}

/** Whether memory follows the size of the record: the same steps, year under year. */
function againstYears(parts: readonly SampleYears[]): string[] {
  const steps: readonly (readonly [name: string, begins: string])[] = [
    ["export", "export everything as a snapshot"],
    ["verify", "verify that snapshot"],
    ["compare", "compare it"],
    ["export with pages", "export everything as a snapshot, with"],
    ["verify with pages", "verify that snapshot, with"],
  ];
  const peak = (p: SampleYears, begins: string): string => {
    const found = p.steps.find((s) => s.what.startsWith(begins));
    return found ? megabytes(found.peakBytes) : "–";
  };
  const alive = (p: SampleYears, what: string): string => {
    const bytes = p.alive.find((a) => a.what === what)?.bytes ?? NaN;
    return `${megabytes(bytes)} (${figure(bytes / (p.counts["changes"] ?? NaN))})`;
  };
  return [
    "### Memory against years",
    "Peak MB of the whole process during a step; alive: MB of objects and buffers after a collection of garbage, in parentheses bytes for each change.",
    table(
      ["years", "changes", ...steps.map(([name]) => `${name}, peak`), "export, alive", "verify, alive", "compare, alive"],
      parts.map((p) => [
        String(p.years),
        figure(p.counts["changes"] ?? NaN),
        ...steps.map(([, begins]) => peak(p, begins)),
        ...["export", "verify", "compare"].map((what) => alive(p, what)),
      ]),
    ),
  ];
}

function historySection({ lines, phases }: HistoryPart): string[] {
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

function browserSection({ records, inOneThread, phases }: BrowserPart): string[] {
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
  ];
}

/** The whole page as Markdown. */
export function report(results: Results): string {
  const { options } = results;
  const first = [
    `Measured ${results.date} on ${results.machine}; \`${results.command}\`, ${Math.round(results.seconds)} s.`,
    `${options.rounds} rounds, windows of ${options.windowMs} ms after ${options.warmUpMs} ms of warm-up. Medians; in parentheses the least and the most.`,
    `Load average ${figure(results.loadBefore)} before the run and ${figure(results.loadAfter)} after it.`,
  ].join(" ");
  const parts = [
    ...["# Measured", first],
    ...(results.relay ? relaySection(results.relay) : []),
    ...(results.client ? clientSection(results.client) : []),
    ...(results.books ? booksSection(results.books) : []),
    ...(results.sample ? sampleSection(results.sample) : []),
    ...(results.history ? historySection(results.history) : []),
    ...(results.browser ? browserSection(results.browser) : []),
  ];
  return `${parts.join("\n\n")}\n`;
}
