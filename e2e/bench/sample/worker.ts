/** One step of the sample part in a process of its own, so that its peak of memory is nobody else's. */
import { setImmediate as nextTurn } from "node:timers/promises";
import { initCrypto } from "@countersign/shared/crypto/init";
import { compareSnapshots } from "@countersign/shared/compare/compare";
import { initAutomergeNode } from "@countersign/shared/node/automerge";
import { FileSink, openFileSource } from "@countersign/shared/node/file-io";
import { nodePages } from "@countersign/shared/node/pdf-ports";
import { nodePorts } from "@countersign/shared/node/ports";
import { FileScratch, withScratch } from "@countersign/shared/node/scratch";
import { readViewer } from "@countersign/shared/node/viewer";
import { openSampleReplica } from "@countersign/shared/replica/sample-mode";
import type { SnapshotScope } from "@countersign/shared/views/snapshot";
import { generateSample, type Sample } from "@countersign/shared/sample/sample";
import { sourceOf } from "@countersign/shared/sample/source";
import type { ByteSink } from "@countersign/shared/snapshot/bytes-io";
import type { Scratch } from "@countersign/shared/snapshot/scratch";
import type { Job } from "@countersign/shared/snapshot/source";
import { inspectSnapshot, verifySnapshot } from "@countersign/shared/snapshot/verify";
import { streamSnapshot } from "@countersign/shared/snapshot/write";
import { RecordIndex } from "@countersign/shared/sync/record-index";
import { forgetPeak, peakBytes, residentBytes } from "../proc.ts";
import { answerMessages } from "../processes.ts";
import { growVault, unlockVault, vaultSource, type Grown } from "./large.ts";

export type SampleTask =
  | { readonly t: "grow"; readonly years: number; readonly grown: Grown; readonly file: string }
  | { readonly t: "unlock"; readonly what: string; readonly file: string }
  | { readonly t: "open"; readonly years: number }
  | { readonly t: "export"; readonly vault: string; readonly file: string }
  | { readonly t: "verify"; readonly file: string }
  /** The same with printed pages, which take most of the time. */
  | { readonly t: "export-pages"; readonly vault: string; readonly file: string }
  | { readonly t: "verify-pages"; readonly file: string }
  | { readonly t: "compare"; readonly file: string }
  /** The same three again, stopped now and then to see what is alive. */
  | { readonly t: "alive"; readonly vault: string; readonly file: string };

/** It rests as every program of ours does, which is also when buffers are given back that nobody has any more. */
const RESTING: Job = { pause: () => nextTurn() };

/** What a step took, and the most memory that the process held during it, bytes. */
export interface Step {
  readonly what: string;
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly beforeBytes: number;
  readonly peakBytes: number;
}

/** The most that was alive at once of what a step made: objects and buffers after a collection of garbage, bytes. */
export interface Alive {
  readonly what: "export" | "verify" | "compare";
  readonly bytes: number;
}

export interface SampleAnswer {
  readonly alive?: readonly Alive[];
  readonly steps: readonly Step[];
  /** Numbers worth a line: entries, changes, bytes. */
  readonly counts: Readonly<Record<string, number>>;
}

const WHOLE: SnapshotScope = { threads: "all", expenses: "all", settlement: "include", files: true };

async function step<T>(steps: Step[], what: string, run: () => Promise<T>): Promise<T> {
  globalThis.gc?.();
  forgetPeak(process.pid);
  const beforeBytes = residentBytes(process.pid);
  const [began, used] = [performance.now(), process.cpuUsage()];
  const value = await run();
  const wallMs = performance.now() - began;
  const { user, system } = process.cpuUsage(used);
  steps.push({ what, wallMs, cpuMs: (user + system) / 1_000, beforeBytes, peakBytes: peakBytes(process.pid) });
  return value;
}

async function make(years: number): Promise<Sample> {
  const sample = await generateSample({ years, seed: 1 });
  if (!sample.ok) throw new Error(sample.error.code);
  return sample.value;
}

async function open(years: number): Promise<SampleAnswer> {
  const steps: Step[] = [];
  const sample = await step(steps, "generate", () => make(years));
  const opened = await step(steps, "take in the whole log (verify, open, judge, seal rows; in memory)", () =>
    openSampleReplica(sample, nodePorts),
  );
  if (!opened.ok) throw new Error(opened.error.code);
  const { rows } = opened.value.core;
  if (!rows) throw new Error("the sample's vault is open");
  const index = await step(steps, "open the record index", () => RecordIndex.load(sample.log, rows));
  let changes = 0;
  for await (const e of sourceOf(sample).entries) changes += e.body.changes.length;
  const counts = { entries: sample.items.length, changes, records: index.size };
  await opened.value.close();
  return { steps, counts };
}

async function grow(years: number, grown: Grown, file: string): Promise<SampleAnswer> {
  await growVault(await make(years), grown, file);
  return { steps: [], counts: {} };
}

async function unlock(what: string, file: string): Promise<SampleAnswer> {
  const steps: Step[] = [];
  const vault = await step(steps, `unlock and show the first screen, ${what}`, () => unlockVault(file));
  await vault.close();
  return { steps, counts: { "records unlocked": vault.records } };
}

const pagesName = (withPages: boolean): string => (withPages ? ", with printed pages and viewer" : "");

async function exportAll(vault: string, file: string, withPages: boolean): Promise<SampleAnswer> {
  const steps: Step[] = [];
  const viewer = withPages ? await readViewer() : undefined;
  const scratch = await FileScratch.create();
  const opened = await vaultSource(vault, { scratch });
  const source = { ...opened.source, ...(viewer ? { viewer } : {}) };
  const out = await FileSink.create(file);
  const scope: SnapshotScope = withPages ? { ...WHOLE, pages: { style: "none" } } : WHOLE;
  const written = await step(steps, `export everything as a snapshot${pagesName(withPages)}`, () =>
    streamSnapshot(source, scope, out.sink, { ...RESTING, scratch, ...(withPages ? { pdf: nodePages } : {}) }),
  );
  if (!written.ok) throw new Error(`${written.error.code} ${written.error.detail ?? ""}`);
  await out.close();
  await opened.close();
  await scratch.close();
  return { steps, counts: { [`snapshot bytes${pagesName(withPages)}`]: written.value.size } };
}

async function compareAll(file: string): Promise<SampleAnswer> {
  const steps: Step[] = [];
  const [a, b] = [await openFileSource(file), await openFileSource(file)];
  if (!a.ok || !b.ok) throw new Error("the snapshot is not there");
  const report = await step(steps, "compare it with another of the same record", () => compareSnapshots(a.value, b.value, RESTING));
  await Promise.all([a.value.close(), b.value.close()]);
  if (!report.ok || !report.value.agrees) throw new Error("a snapshot does not agree with itself");
  return { steps, counts: {} };
}

async function verifyAll(file: string, withPages: boolean): Promise<SampleAnswer> {
  const steps: Step[] = [];
  const opened = await openFileSource(file);
  if (!opened.ok) throw new Error(opened.error.code);
  const looked = await step(steps, `verify that snapshot${pagesName(withPages)}`, () =>
    withScratch((job) => inspectSnapshot(opened.value, { ...job, ...RESTING, ...(withPages ? { pdf: nodePages } : {}) })),
  );
  await opened.value.close();
  if (!looked.ok) throw new Error(looked.error.code);
  const { unchanged, complete, keys } = looked.value.summary.verdict;
  // A number for a snapshot that does not hold would be a number for something else.
  if ([unchanged, complete, keys].some((v) => v.state === "failed")) throw new Error("the sample's snapshot does not hold");
  const { derived } = looked.value;
  return { steps, counts: { "messages in it": derived?.messages.length ?? 0, "expenses in it": derived?.expenses.length ?? 0 } };
}

/** A collection takes a while, so that there are a few of them, where a step has come about so far. */
const LOOK_EVERY_MS = 300;

async function mostAlive(run: (job: Job) => Promise<unknown>, scratch?: Scratch): Promise<number> {
  const now = async (): Promise<number> => {
    // Buffers that a collection found to be garbage are given back a turn later.
    for (let i = 0; i < 2; i++) {
      globalThis.gc?.();
      await nextTurn();
    }
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  };
  const before = await now();
  let most = before;
  let looked = performance.now();
  const pause = async (): Promise<void> => {
    await nextTurn();
    if (performance.now() - looked < LOOK_EVERY_MS) return;
    most = Math.max(most, await now());
    looked = performance.now();
  };
  // Kept until it was counted.
  const made = await run({ pause, ...(scratch ? { scratch } : {}) });
  most = Math.max(most, await now());
  if (made === undefined) throw new Error("a step gives something");
  return most - before;
}

async function aliveIn(vault: string, file: string): Promise<SampleAnswer> {
  const opened = await openFileSource(file);
  if (!opened.ok) throw new Error(opened.error.code);
  const scratches = [await FileScratch.create(), await FileScratch.create()] as const;
  const [writing, checking] = scratches;
  const { source, close } = await vaultSource(vault, { scratch: writing });
  const nowhere: ByteSink = () => Promise.resolve();
  // The first round loads code, which is alive from then on.
  await verifySnapshot(opened.value);
  const alive: Alive[] = [
    { what: "export", bytes: await mostAlive((job) => streamSnapshot(source, WHOLE, nowhere, job), writing) },
    { what: "verify", bytes: await mostAlive((job) => inspectSnapshot(opened.value, job), checking) },
    { what: "compare", bytes: await mostAlive((job) => compareSnapshots(opened.value, opened.value, job)) },
  ];
  await opened.value.close();
  await close();
  for (const scratch of scratches) await scratch.close();
  return { steps: [], counts: {}, alive };
}

answerMessages<SampleTask, SampleAnswer>(async (task) => {
  await initCrypto();
  await initAutomergeNode();
  switch (task.t) {
    case "grow":
      return grow(task.years, task.grown, task.file);
    case "unlock":
      return unlock(task.what, task.file);
    case "open":
      return open(task.years);
    case "export":
      return exportAll(task.vault, task.file, false);
    case "verify":
      return verifyAll(task.file, false);
    case "export-pages":
      return exportAll(task.vault, task.file, true);
    case "verify-pages":
      return verifyAll(task.file, true);
    case "compare":
      return compareAll(task.file);
    case "alive":
      return aliveIn(task.vault, task.file);
  }
});
