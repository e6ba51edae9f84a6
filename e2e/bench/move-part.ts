/** A log of many years is brought to a new relay: what that takes on the device that brings it, and on the relay. */
import { rmSync } from "node:fs";
import path from "node:path";
import { tempFolder } from "../src/paths.ts";
import { startRelay } from "../src/relay.ts";
import type { MoveAnswer, MoveTask } from "./move/worker.ts";
import { cpuSeconds, peakBytes } from "./proc.ts";
import { startWorker } from "./processes.ts";

export interface Move {
  readonly entries: number;
  readonly bytes: number;
  readonly wallMs: number;
  readonly deviceCpuMs: number;
  readonly devicePeakBytes: number;
  readonly relayCpuMs: number;
  readonly relayPeakBytes: number;
}

const LIMIT_MS = 3_600_000;
/** By default a relay takes 64 entries a second of one member once 4,096 came at once, so that a move of many takes minutes, whatever it costs: here it takes what comes. */
const UNHURRIED = { "member-rate": "1000000", "member-burst": "1000000", "frame-rate": "100000", "frame-burst": "100000" };

/** One size after another, each at a relay of its own. */
export async function movePart(sizes: readonly number[], say: (line: string) => void): Promise<Move[]> {
  const moves: Move[] = [];
  for (const entries of sizes) {
    const folder = tempFolder("bench-move");
    const file = path.join(folder, "device.db");
    const relay = await startRelay({ dataDir: path.join(folder, "relay"), web: false, settings: { name: "next.test", ...UNHURRIED } });
    const pid = relay.pid() ?? 0;
    try {
      const made = await ask({ t: "make", entries, file });
      const began = cpuSeconds(pid);
      const moved = made.t === "made" ? await ask({ t: "move", head: made.head, file, address: relay.url }) : made;
      if (made.t !== "made" || moved.t !== "moved") throw new Error("made, then moved");
      const { wallMs, cpuMs: deviceCpuMs, peakBytes: devicePeakBytes } = moved;
      const relayCpuMs = (cpuSeconds(pid) - began) * 1_000;
      const move = { entries, bytes: made.bytes, wallMs, deviceCpuMs, devicePeakBytes, relayCpuMs, relayPeakBytes: peakBytes(pid) };
      moves.push(move);
      say(`${entries.toLocaleString("en-US")} entries: ${Math.round(wallMs / 1_000)} s`);
    } finally {
      await relay.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  }
  return moves;
}

async function ask(task: MoveTask): Promise<MoveAnswer> {
  const worker = startWorker<MoveTask, MoveAnswer>("move/worker.ts");
  try {
    return await worker.ask(task, LIMIT_MS);
  } finally {
    await worker.stop();
  }
}
