/** The numbers as a page: tables with ratios to the baselines of the same run. */
import os from "node:os";
import type { BooksPart } from "../books/worker.ts";
import type { BrowserPart } from "../browser-part.ts";
import type { ClientPart } from "../client/worker.ts";
import type { HistoryPart } from "../history-part.ts";
import type { Move } from "../move-part.ts";
import type { BenchOptions, Part } from "../options.ts";
import type { RelayPart } from "../relay-part.ts";
import type { SampleYears } from "../sample-part.ts";
import type { SnapshotYears } from "../snapshots-part.ts";
import { browserSection, historySection, snapshotsSection } from "./browser.ts";
import { booksSection, clientSection } from "./client.ts";
import { relaySection } from "./relay.ts";
import { moveSection } from "./move.ts";
import { sampleSection } from "./sample.ts";
import { figure } from "./table.ts";

/** What each part gives. */
export interface Measured {
  readonly relay: RelayPart;
  readonly client: ClientPart;
  readonly books: BooksPart;
  readonly sample: readonly SampleYears[];
  readonly history: HistoryPart;
  readonly browser: BrowserPart;
  readonly snapshots: readonly SnapshotYears[];
  readonly move: readonly Move[];
}

/** How a part went. */
export interface Ran {
  readonly part: Part;
  readonly seconds: number;
  /** Load average over a minute before it: anything well above 0 before the first part means that others used the machine. */
  readonly loadBefore: number;
  /** Why it gave nothing. */
  readonly failure?: string;
}

/** What was measured so far: it is kept as each part ends. */
export interface Results {
  readonly date: string;
  readonly machine: string;
  readonly command: string;
  readonly options: BenchOptions;
  readonly ran: readonly Ran[];
  readonly measured: Partial<Measured>;
}

/** Says what matters of the machine and nothing that names it. */
export const machine = (): string => `${os.cpus().length} shared cores, Node ${process.versions.node.split(".")[0] ?? ""}`;

/** The whole page as Markdown. */
export function report({ date, machine, command, options, ran, measured }: Results): string {
  const seconds = ran.reduce((sum, r) => sum + r.seconds, 0);
  const first = [
    `Measured ${date} on ${machine}; \`${command}\`, ${Math.round(seconds)} s.`,
    `${options.rounds} rounds, windows of ${options.windowMs} ms after ${options.warmUpMs} ms of warm-up. Medians; in parentheses the least and the most.`,
    `Parts, with the load average before each: ${ran.map((r) => `${r.part} ${Math.round(r.seconds)} s (${figure(r.loadBefore)})`).join(", ")}.`,
  ].join(" ");
  const parts = [
    ...["# Measured", first],
    ...ran.flatMap((r) => (r.failure === undefined ? [] : [`No result of ${r.part}: ${r.failure}`])),
    ...(measured.relay ? relaySection(measured.relay) : []),
    ...(measured.client ? clientSection(measured.client) : []),
    ...(measured.books ? booksSection(measured.books) : []),
    ...(measured.sample ? sampleSection(measured.sample) : []),
    ...(measured.snapshots ? snapshotsSection(measured.snapshots) : []),
    ...(measured.move ? moveSection(measured.move) : []),
    ...(measured.history ? historySection(measured.history) : []),
    ...(measured.browser ? browserSection(measured.browser) : []),
  ];
  return `${parts.join("\n\n")}\n`;
}
