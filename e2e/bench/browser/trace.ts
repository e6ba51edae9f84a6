/** What the interface thread of a page does, from the browser's own trace. */
import type { CDPSession, Page } from "@playwright/test";

export const FRAME_MS = 1_000 / 60;

/** One task of the interface thread: elapsed, and its own processor time. */
export interface MainTask {
  readonly ms: number;
  readonly cpuMs: number;
}

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  readonly dur?: number;
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}

export interface Traced {
  readonly tasks: readonly MainTask[];
  /** Process of the page. */
  readonly pid: number;
}

/** The tasks that the interface thread ran while `act` was under way and half a second after. */
export async function traced(cdp: CDPSession, page: Page, act: () => Promise<void>): Promise<Traced> {
  const events: TraceEvent[] = [];
  const collect = (chunk: { readonly value: readonly unknown[] }): void => {
    events.push(...(chunk.value as TraceEvent[]));
  };
  cdp.on("Tracing.dataCollected", collect);
  const traceConfig = { includedCategories: ["toplevel", "__metadata"], recordMode: "recordAsMuchAsPossible" as const };
  await cdp.send("Tracing.start", { transferMode: "ReportEvents", traceConfig });
  await act();
  await page.waitForTimeout(500);
  const done = new Promise<void>((resolve) => cdp.once("Tracing.tracingComplete", () => resolve()));
  await cdp.send("Tracing.end");
  await done;
  cdp.off("Tracing.dataCollected", collect);
  const mains = events.filter((e) => e.name === "thread_name" && e.args?.name === "CrRendererMain").map((e) => `${e.pid}/${e.tid}`);
  const tasks = events.filter((e) => e.ph === "X" && e.name.endsWith("RunTask") && mains.includes(`${e.pid}/${e.tid}`));
  // A browser has a spare process for the next page: the busy one is ours.
  const work = (main: string): number => tasks.reduce((sum, e) => sum + (`${e.pid}/${e.tid}` === main ? (e.tdur ?? 0) : 0), 0);
  const ours = [...new Set(mains)].sort((a, b) => work(b) - work(a))[0];
  const own = tasks.filter((e) => `${e.pid}/${e.tid}` === ours);
  const pid = own[0]?.pid;
  if (pid === undefined) throw new Error("the trace has no task of the interface thread");
  return { tasks: own.map((e) => ({ ms: (e.dur ?? 0) / 1_000, cpuMs: (e.tdur ?? 0) / 1_000 })), pid };
}

/** What a table says of them. */
export interface Busy {
  readonly longestCpuMs: number;
  readonly longestMs: number;
  /** Tasks with more than a frame's processor time. */
  readonly overFrame: number;
}

export const busyOf = (tasks: readonly MainTask[]): Busy => ({
  longestCpuMs: Math.max(...tasks.map((t) => t.cpuMs)),
  longestMs: Math.max(...tasks.map((t) => t.ms)),
  overFrame: tasks.filter((t) => t.cpuMs > FRAME_MS).length,
});
