import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { initAutomergeNode } from "../../node/automerge.ts";
import { nodePages } from "../../node/pdf-ports.ts";
import { nodePorts } from "../../node/ports.ts";
import { initCrypto } from "../crypto/init.ts";
import { generateSample } from "../sample/sample.ts";
import { prefix } from "../vault/row-store.ts";
import type { SnapshotScope } from "../views/snapshot.ts";
import type { Replica } from "./replica.ts";
import { openSampleReplica } from "./sample-mode.ts";

vi.setConfig({ testTimeout: 120_000 });

beforeAll(async () => {
  await Promise.all([initAutomergeNode(), initCrypto()]);
});

afterEach(() => {
  vi.restoreAllMocks();
});

const ALL: SnapshotScope = { threads: "all", expenses: "all", settlement: "include", files: true };

/** Stops the job when it has told of its progress so many times; 0 is before it could. */
function stopAfter(replica: Replica, job: string, times: number): { readonly told: readonly number[]; readonly stop: () => void } {
  const told: number[] = [];
  const stop = replica.watch((patch) => {
    if (patch.topic !== "progress" || patch.job !== job) return;
    told.push(patch.done / patch.of);
    if (told.length === times) void replica.cancel(job);
  });
  if (times === 0) void Promise.resolve().then(() => replica.cancel(job));
  return { told, stop };
}

/** A bar that a person watches: it begins at its beginning, never falls back, and is near its end when the work is. */
function expectRising(told: readonly number[]): void {
  expect(told).toEqual([...told].sort((a, b) => a - b));
  expect(told[0]).toBeLessThan(0.1);
  expect(told.at(-1)).toBeGreaterThan(0.9);
  expect(told.at(-1)).toBeLessThanOrEqual(1);
}

/** The beginning, the end, and some between. */
const stages = (steps: number): readonly number[] => [0, 1, ...[0.5, 0.8].map((part) => Math.round(steps * part)), steps - 1];

describe("making and checking a snapshot", () => {
  it("can be stopped at every stage, leaves nothing behind, and works the next time", async () => {
    const made = await generateSample({ years: 0.05, seed: 4 });
    if (!made.ok) throw new Error(made.error.code);
    const opened = await openSampleReplica(made.value, { ...nodePorts, pdf: nodePages, pause: () => Promise.resolve() });
    if (!opened.ok) throw new Error(opened.error.code);
    const replica = opened.value;
    const { log } = made.value;
    // A clock that runs ahead at every look: so each step of the work rests, and the steps are as many each time.
    let now = Date.now();
    vi.spyOn(Date, "now").mockImplementation(() => (now += 50));
    const outbox = (): unknown => replica.core.deps.rows.scan("outbox", prefix(""));
    const before = await outbox();

    const counted = stopAfter(replica, "count", Infinity);
    const counting = replica.previewSnapshot(log, ALL, "count");
    // Nobody pressed for it: it keeps no vault from being locked.
    expect((await replica.vault()).working).toBe(false);
    expect(await counting).toMatchObject({ ok: true, value: { leftOut: 0 } });
    counted.stop();
    expectRising(counted.told);
    for (const times of stages(counted.told.length)) {
      const stopped = stopAfter(replica, "count", times);
      const got = await replica.previewSnapshot(log, ALL, "count");
      stopped.stop();
      expect({ times, got }).toEqual({ times, got: { ok: false, error: { code: "cancelled" } } });
    }

    const whole = stopAfter(replica, "whole", Infinity);
    const making = replica.exportSnapshot(log, ALL, "", "whole");
    // No lock that comes by itself cuts it, and the idle time counts from its end.
    expect((await replica.vault()).working).toBe(true);
    const snapshot = await making;
    const done = Date.now();
    expect(await replica.vault()).toMatchObject({ working: false, activeAt: expect.closeTo(done, -3) as number });
    whole.stop();
    if (!snapshot.ok) throw new Error(snapshot.error.code);
    expectRising(whole.told);
    // Reading the log's rows is part of it: told of, and stopped, row by row.
    expect(whole.told[0]).toBeLessThan(0.001);
    const steps = whole.told.length;
    expect(steps).toBeGreaterThan(4);
    for (const times of stages(steps)) {
      const stopped = stopAfter(replica, "export", times);
      const got = await replica.exportSnapshot(log, ALL, "", "export");
      stopped.stop();
      expect({ times, got }).toEqual({ times, got: { ok: false, error: { code: "cancelled" } } });
    }

    const looked = stopAfter(replica, "look", Infinity);
    const report = await replica.verifySnapshot(snapshot.value.file, "look");
    looked.stop();
    if (!report.ok) throw new Error(report.error.code);
    expect(report.value.verdict.unchanged.state).not.toBe("failed");
    expectRising(looked.told);
    const looks = looked.told.length;
    for (const times of stages(looks)) {
      const stopped = stopAfter(replica, "verify", times);
      const got = await replica.verifySnapshot(snapshot.value.file, "verify");
      stopped.stop();
      expect({ times, got }).toEqual({ times, got: { ok: false, error: { code: "cancelled" } } });
    }
    expect(await outbox()).toEqual(before);
    // With printed pages there are more stretches of it.
    const again = stopAfter(replica, "again", Infinity);
    const printed = await replica.exportSnapshot(log, { ...ALL, pages: { style: "none" } }, "", "again");
    if (!printed.ok) throw new Error(printed.error.code);
    expectRising(again.told);
    const checked = stopAfter(replica, "checked", Infinity);
    expect((await replica.verifySnapshot(printed.value.file, "checked")).ok).toBe(true);
    expectRising(checked.told);
    await replica.close();
  });

  it("[S9][S11] two that are sealed, each in another way, are laid side by side; what does not open asks again", async () => {
    const made = await generateSample({ years: 0.02, seed: 4 });
    if (!made.ok) throw new Error(made.error.code);
    const opened = await openSampleReplica(made.value, { ...nodePorts, pdf: nodePages, pause: () => Promise.resolve() });
    if (!opened.ok) throw new Error(opened.error.code);
    const replica = opened.value;
    const sealed = async (passphrase: string): Promise<Blob> => {
      const file = await replica.exportSnapshot(made.value.log, ALL, "", passphrase, { passphrase });
      if (!file.ok) throw new Error(file.error.code);
      return file.value.file;
    };
    const [a, b] = [await sealed("for the one lawyer"), await sealed("for the other one")];
    expect(await replica.compareSnapshots(a, b, "compare", ["for the one lawyer", undefined])).toMatchObject({
      error: { code: "snapshot-sealed" },
    });
    expect(await replica.compareSnapshots(a, b, "compare", ["for the one lawyer", "for the one lawyer"])).toMatchObject({
      error: { code: "seal-wrong" },
    });
    expect(await replica.compareSnapshots(a, b, "compare", ["for the one lawyer", "for the other one"])).toMatchObject({
      ok: true,
      value: { agrees: true },
    });
    await replica.close();
  });
});
