import type { IdleRow, RelayPart, RelayRow } from "../relay-part.ts";
import { figure, megabytes, ratio, spread, table } from "./table.ts";

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

/** Our relay beside other servers. */
export function relaySection({ servers, rows, idle }: RelayPart): string[] {
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
