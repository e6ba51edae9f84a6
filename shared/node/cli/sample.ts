import { writeFile } from "node:fs/promises";
import { setImmediate as nextTurn } from "node:timers/promises";
import { initCrypto } from "../../src/crypto/init.ts";
import { generateSample } from "../../src/sample/sample.ts";
import { sourceOf } from "../../src/sample/source.ts";
import type { SnapshotScope } from "../../src/replica/api.ts";
import { writeSnapshot } from "../../src/snapshot/write.ts";
import { initAutomergeNode } from "../automerge.ts";
import { endProgress, EXIT, progressOn, type Io } from "./io.ts";

const EVERYTHING: SnapshotScope = { threads: "all", expenses: "all", settlement: "include", files: true };

/** `countersign sample`: the snapshot of a generated household; the same years and seed give the same bytes. */
export async function sampleCommand(
  options: { readonly years: number; readonly seed: number; readonly out: string },
  io: Io,
): Promise<number> {
  await initCrypto();
  await initAutomergeNode();
  const pause = (): Promise<void> => nextTurn();
  const sample = await generateSample({
    years: options.years,
    seed: options.seed,
    progress: progressOn(io, "Making the household"),
    pause,
  });
  endProgress(io);
  if (!sample.ok) throw new Error("nobody cancelled it");
  const written = await writeSnapshot(sourceOf(sample.value), EVERYTHING, { progress: progressOn(io, "Writing the snapshot"), pause });
  endProgress(io);
  if (!written.ok) throw new Error(`a generated household must hold: ${written.error.detail ?? written.error.code}`);
  try {
    await writeFile(options.out, written.value.bytes);
  } catch (e) {
    const code = e instanceof Error && "code" in e ? String(e.code) : "unknown";
    io.err(`The file cannot be written (${code}).\n`);
    return EXIT.unreadable;
  }
  const { messages, expenses, files } = written.value.derived;
  io.err(`Wrote ${String(messages.length)} messages, ${String(expenses.length)} expenses and ${String(files.length)} attachments.\n`);
  return EXIT.good;
}
