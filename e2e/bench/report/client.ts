import type { BooksPart } from "../books/worker.ts";
import type { ClientPart } from "../client/worker.ts";
import { figure, ratio, table } from "./table.ts";

/** What one thread of a client takes, beside the bare thing. */
export function clientSection({ rates, sizes }: ClientPart): string[] {
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

/** A month of messages, loose and bundled. */
export function booksSection(b: BooksPart): string[] {
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
