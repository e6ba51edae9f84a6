import { setImmediate as nextTurn } from "node:timers/promises";
import { initCrypto } from "../../src/crypto/init.ts";
import { generateSample } from "../../src/sample/sample.ts";
import { sourceOf } from "../../src/sample/source.ts";
import type { SnapshotScope } from "../../src/views/snapshot.ts";
import type { Job, SnapshotSource } from "../../src/snapshot/source.ts";
import { streamSnapshot, type WrittenSnapshot } from "../../src/snapshot/write.ts";
import { coded, err, ok, type Coded, type Result } from "../../src/base/result.ts";
import { readViewer } from "../viewer.ts";
import { FileSink } from "../file-io.ts";
import { withScratch } from "../scratch.ts";
import { initAutomergeNode } from "../automerge.ts";
import { nodePages } from "../pdf-ports.ts";
import { endProgress, EXIT, progressOn, type Io } from "./io.ts";

const EVERYTHING: SnapshotScope = { threads: "all", expenses: "all", settlement: "include", files: true, pages: { style: "none" } };

/** `countersign sample`: the snapshot of a generated household; the same years and seed give the same bytes. */
export async function sampleCommand(
  options: { readonly years: number; readonly seed: number; readonly out: string },
  io: Io,
): Promise<number> {
  await initCrypto();
  await initAutomergeNode();
  const viewer = await readViewer();
  const pause = (): Promise<void> => nextTurn();
  const sample = await generateSample({
    years: options.years,
    seed: options.seed,
    progress: progressOn(io, "Making the household"),
    pause,
  });
  endProgress(io);
  if (!sample.ok) throw new Error("nobody cancelled it");
  const written = await saveSnapshot(viewer ? { ...sourceOf(sample.value), viewer } : sourceOf(sample.value), EVERYTHING, options.out, {
    progress: progressOn(io, "Writing the snapshot"),
    pause,
    pdf: nodePages,
  });
  endProgress(io);
  if (!written.ok) {
    io.err(`The file cannot be written (${written.error.detail ?? "unknown"}).\n`);
    return EXIT.unreadable;
  }
  const { messages, expenses, files } = written.value.derived;
  io.err(`Wrote ${String(messages.length)} messages, ${String(expenses.length)} expenses and ${String(files.length)} attachments.\n`);
  return EXIT.good;
}

/** Writes it to the disk as it is made; nothing half-written is left behind. `detail` is the system's own code. */
async function saveSnapshot(
  source: SnapshotSource,
  scope: SnapshotScope,
  path: string,
  job: Job,
): Promise<Result<WrittenSnapshot, Coded<"not-written">>> {
  try {
    const file = await FileSink.create(path);
    const made = await withScratch((scratch) => streamSnapshot(source, scope, file.sink, { ...job, ...scratch }));
    if (!made.ok) {
      await file.drop();
      throw new Error(`a generated household must hold: ${made.error.detail ?? made.error.code}`);
    }
    await file.close();
    return ok(made.value);
  } catch (e) {
    if (!(e instanceof Error && "code" in e)) throw e;
    return err(coded("not-written", String(e.code)));
  }
}
