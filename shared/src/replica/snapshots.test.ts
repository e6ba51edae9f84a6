import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { initAutomergeNode } from "../../node/automerge.ts";
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
function stopAfter(replica: Replica, job: string, times: number): { readonly told: () => number; readonly stop: () => void } {
  let told = 0;
  const stop = replica.watch((patch) => {
    if (patch.topic === "progress" && patch.job === job && ++told === times) void replica.cancel(job);
  });
  if (times === 0) void Promise.resolve().then(() => replica.cancel(job));
  return { told: () => told, stop };
}

/** The beginning, the end, and some between. */
const stages = (steps: number): readonly number[] => [0, 1, ...[0.5, 0.8].map((part) => Math.round(steps * part)), steps - 1];

describe("making and checking a snapshot", () => {
  it("can be stopped at every stage, leaves nothing behind, and works the next time", async () => {
    const made = await generateSample({ years: 0.05, seed: 4 });
    if (!made.ok) throw new Error(made.error.code);
    const opened = await openSampleReplica(made.value, { ...nodePorts, pause: () => Promise.resolve() });
    if (!opened.ok) throw new Error(opened.error.code);
    const replica = opened.value;
    const { log } = made.value;
    // A clock that runs ahead at every look: so each step of the work rests, and the steps are as many each time.
    let now = Date.now();
    vi.spyOn(Date, "now").mockImplementation(() => (now += 50));
    const outbox = (): unknown => replica.core.deps.rows.scan("outbox", prefix(""));
    const before = await outbox();

    const whole = stopAfter(replica, "whole", Infinity);
    const snapshot = await replica.exportSnapshot(log, ALL, "", "whole");
    whole.stop();
    if (!snapshot.ok) throw new Error(snapshot.error.code);
    const steps = whole.told();
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
    const looks = looked.told();
    for (const times of stages(looks)) {
      const stopped = stopAfter(replica, "verify", times);
      const got = await replica.verifySnapshot(snapshot.value.file, "verify");
      stopped.stop();
      expect({ times, got }).toEqual({ times, got: { ok: false, error: { code: "cancelled" } } });
    }
    expect(await outbox()).toEqual(before);
    const again = await replica.exportSnapshot(log, ALL, "", "again");
    expect(again.ok).toBe(true);
    await replica.close();
  });
});
