/** Timing of single operations. Nothing is asserted about what comes out. */
import { median } from "../stats.ts";

/** What one operation takes by the clock and of the processor (all threads), in the row's unit: medians over the rounds. */
export interface Cost {
  readonly wall: number;
  readonly cpu: number;
}

/** What an operation costs, and what the bare thing below it costs. */
export interface RateRow {
  readonly what: string;
  readonly unit: "µs" | "ms";
  readonly ours: Cost;
  readonly baselines: readonly ({ readonly what: string } & Cost)[];
}

type Run = () => unknown;

export interface Pair {
  readonly what: string;
  readonly unit: "µs" | "ms";
  /** Operations that one call of a run does. */
  readonly each?: number;
  readonly ours: Run;
  readonly baselines: readonly { readonly what: string; readonly run: Run }[];
}

/** A measurement holds at least this much processor time: ticks of the clock and other programs' turns then weigh little. */
const LEAST_CPU_MS = 60;

async function timed(run: Run): Promise<Cost> {
  // Doubling until it is enough also warms code and caches; only the last go counts.
  for (let calls = 1; ; calls *= 2) {
    const [began, used] = [performance.now(), process.cpuUsage()];
    for (let i = 0; i < calls; i++) {
      const result = run();
      // Awaiting what is no promise would add a turn of the microtask queue to every call.
      if (result instanceof Promise) await result;
    }
    const wall = performance.now() - began;
    const { user, system } = process.cpuUsage(used);
    const cpu = (user + system) / 1_000;
    if (cpu >= LEAST_CPU_MS) return { wall: wall / calls, cpu: cpu / calls };
  }
}

function middle(costs: readonly Cost[], scale: number): Cost {
  return { wall: median(costs.map((c) => c.wall)) * scale, cpu: median(costs.map((c) => c.cpu)) * scale };
}

/** Ours and its baselines in turn, round after round, so that a slow spell meets them all. */
export async function compare(pairs: readonly Pair[], rounds: number): Promise<RateRow[]> {
  const rows: RateRow[] = [];
  for (const pair of pairs) {
    const ours: Cost[] = [];
    const others: Cost[][] = pair.baselines.map(() => []);
    for (let round = 0; round < rounds; round++) {
      ours.push(await timed(pair.ours));
      for (const [i, baseline] of pair.baselines.entries()) others[i]?.push(await timed(baseline.run));
    }
    const scale = (pair.unit === "µs" ? 1_000 : 1) / (pair.each ?? 1);
    const baselines = pair.baselines.map((b, i) => ({ what: b.what, ...middle(others[i] ?? [], scale) }));
    rows.push({ what: pair.what, unit: pair.unit, ours: middle(ours, scale), baselines });
  }
  return rows;
}
