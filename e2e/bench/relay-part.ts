/** Our relay and the servers beside it: rounds of every shape, server after server, so that a slow spell of the machine hits all alike. */
import { shapeName, type BenchOptions, type Shape } from "./options.ts";
import { startServer, startWorker } from "./processes.ts";
import { SERVERS, serverNamed, type ServerEntry } from "./servers/table.ts";
import { spreadOf, type Spread } from "./stats.ts";
import type { LoopResult } from "./load/closed-loop.ts";
import type { GeneratorTask } from "./load/generator.ts";
import { sayWhy } from "./why.ts";

export interface RelayRow {
  readonly shape: string;
  readonly server: string;
  readonly rate: Spread;
  readonly fanOutP50: Spread;
  readonly fanOutP99: Spread;
  readonly ackP50: Spread | null;
  readonly serverCpuPer1k: Spread;
  readonly serverUse: Spread;
  readonly generatorUse: Spread;
  readonly serverBytes: Spread;
  /** Runs whose prepared messages ran out before the window did. */
  readonly ranOut: number;
  /** Runs that gave no result, with why. */
  readonly failures: readonly string[];
}

export interface IdleRow {
  readonly server: string;
  readonly connections: number;
  readonly emptyBytes: number;
  readonly fullBytes: number;
  /** Between the first tenth and all of them, so that what the first connections load once does not count. */
  readonly bytesPerConnection: number;
}

export interface RelayPart {
  readonly servers: readonly { readonly name: string; readonly what: string; readonly version: string }[];
  readonly rows: readonly RelayRow[];
  readonly idle: readonly IdleRow[];
}

/** Messages of one room to have ready for each second: more than any server here managed, and few enough to sign in a few seconds. */
const READY_PER_SECOND: Readonly<Record<ServerEntry["driver"], { readonly alone: number; readonly all: number }>> = {
  countersign: { alone: 1_500, all: 4_000 },
  plain: { alone: 8_000, all: 80_000 },
  "y-websocket": { alone: 4_000, all: 16_000 },
  hocuspocus: { alone: 4_000, all: 16_000 },
};

function readyFor(entry: ServerEntry, shape: Shape, options: BenchOptions): number {
  const rate = READY_PER_SECOND[entry.driver];
  const perRoom = shape.rooms === 1 ? rate.alone * Math.min(4, shape.outstanding) : rate.all / shape.rooms;
  return Math.ceil((perRoom * (options.warmUpMs + options.windowMs)) / 1_000) + 2 * shape.outstanding;
}

async function measure(entry: ServerEntry, shape: Shape, options: BenchOptions): Promise<LoopResult> {
  const server = await startServer(entry);
  const generator = startWorker<GeneratorTask, LoopResult>("load/generator.ts");
  try {
    const { warmUpMs, windowMs } = options;
    const common = { driver: entry.driver, acknowledges: entry.acknowledges, port: server.port, serverPid: server.pid, warmUpMs, windowMs };
    return await generator.ask({ t: "load", ...shape, ...common, messages: readyFor(entry, shape, options) }, 120_000);
  } finally {
    await generator.stop();
    await server.stop();
  }
}

function rowOf(shape: Shape, entry: ServerEntry, results: readonly LoopResult[], failures: readonly string[]): RelayRow {
  const of = (value: (r: LoopResult) => number): Spread => spreadOf(results.map(value));
  return {
    ...{ shape: shapeName(shape), server: entry.name, failures },
    rate: of((r) => r.messages / r.seconds),
    fanOutP50: of((r) => r.fanOutP50),
    fanOutP99: of((r) => r.fanOutP99),
    ackP50: entry.acknowledges ? of((r) => r.ackP50 ?? Number.NaN) : null,
    serverCpuPer1k: of((r) => (r.serverCpuSeconds / r.messages) * 1_000),
    serverUse: of((r) => r.serverCpuSeconds / r.seconds),
    generatorUse: of((r) => r.generatorCpuSeconds / r.seconds),
    serverBytes: of((r) => r.serverBytes),
    ranOut: results.filter((r) => r.ranOut).length,
  };
}

const IDLE_DEVICES = 3;

async function weighIdle(entry: ServerEntry, rooms: number): Promise<IdleRow> {
  let server = await startServer(entry);
  const generator = startWorker<GeneratorTask, { ok: true }>("load/generator.ts");
  try {
    const few = Math.max(1, Math.round(rooms / 10));
    await generator.ask({ t: "prepare-idle", driver: entry.driver, port: server.port, rooms, devices: IDLE_DEVICES }, 120_000);
    // Founding leaves its own memory behind, so what is weighed is a relay that was started on logs that exist.
    if (entry.founds) server = await server.restart();
    const connect = async (from: number, to: number): Promise<number> => {
      await generator.ask({ t: "connect-idle", port: server.port, from, to, devices: IDLE_DEVICES }, 120_000);
      return server.memory();
    };
    const emptyBytes = await server.memory();
    const fewBytes = await connect(0, few);
    const fullBytes = await connect(few, rooms);
    const bytesPerConnection = (fullBytes - fewBytes) / ((rooms - few) * IDLE_DEVICES);
    return { server: entry.name, connections: rooms * IDLE_DEVICES, emptyBytes, fullBytes, bytesPerConnection };
  } finally {
    await generator.stop();
    await server.stop();
  }
}

export async function relayPart(options: BenchOptions, say: (line: string) => void): Promise<RelayPart> {
  const entries = options.servers.length === 0 ? SERVERS : options.servers.map(serverNamed);
  const rows: RelayRow[] = [];
  for (const shape of options.shapes) {
    const results = new Map(entries.map((e) => [e, { good: [] as LoopResult[], bad: [] as string[] }]));
    for (let round = 0; round < options.rounds; round++) {
      // Each round begins with another server: whoever comes first would otherwise always meet the same moment.
      const order = [...entries.slice(round % entries.length), ...entries.slice(0, round % entries.length)];
      for (const entry of order) {
        const into = results.get(entry);
        try {
          const result = await measure(entry, shape, options);
          into?.good.push(result);
          say(`${shapeName(shape)} round ${round + 1} ${entry.name}: ${Math.round(result.messages / result.seconds)} messages/s`);
        } catch (problem) {
          into?.bad.push(sayWhy(problem));
          say(`${shapeName(shape)} round ${round + 1} ${entry.name}: no result (${into?.bad.at(-1) ?? ""})`);
        }
      }
    }
    for (const [entry, { good, bad }] of results) rows.push(rowOf(shape, entry, good, bad));
  }
  const idle: IdleRow[] = [];
  for (const entry of entries) {
    try {
      const row = await weighIdle(entry, options.idleRooms);
      idle.push(row);
      say(`idle ${entry.name}: ${Math.round(row.bytesPerConnection)} bytes for each connection`);
    } catch (problem) {
      say(`idle ${entry.name}: no result (${sayWhy(problem)})`);
    }
  }
  return { servers: entries.map(({ name, what, version }) => ({ name, what, version })), rows, idle };
}
