import type { Move } from "../move-part.ts";
import { figure, megabytes, table } from "./table.ts";

/** Large logs that are brought to a new relay. */
export function moveSection(moves: readonly Move[]): string[] {
  return [
    "## Moving to another relay",
    table(
      ["entries", "MB", "by the clock s", "device, CPU s", "device, peak MB", "relay, CPU s", "relay, peak MB"],
      moves.map((m) => [
        ...[m.entries.toLocaleString("en-US"), megabytes(m.bytes), figure(m.wallMs / 1_000)],
        ...[figure(m.deviceCpuMs / 1_000), megabytes(m.devicePeakBytes), figure(m.relayCpuMs / 1_000), megabytes(m.relayPeakBytes)],
      ]),
    ),
  ];
}
