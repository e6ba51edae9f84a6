import { beforeAll, describe, expect, it } from "vitest";
import { initAutomergeNode } from "../../node/automerge.ts";
import { pack, unpack, type Bundle } from "../../test/bundle.ts";
import { HOUSEHOLD_ZONE, makeHousehold, type Household } from "../../test/household.ts";
import { initCrypto } from "../crypto/init.ts";
import { checkProof } from "../fault-proof/check.ts";
import type { SnapshotScope } from "../views/snapshot.ts";
import { sampleOf } from "../sample/sample.ts";
import { sourceOf } from "../sample/source.ts";
import { PATH } from "../snapshot/paths.ts";
import { readRows, writeRows } from "../snapshot/rows.ts";
import type { SnapshotSource } from "../snapshot/source.ts";
import { writeSnapshot } from "../snapshot/write.ts";
import { compareSnapshots } from "./compare.ts";
import type { CompareReport } from "./report.ts";

const ALL: SnapshotScope = { threads: "all", expenses: "all", settlement: "include", files: false };
let house: Household;
let anas: Uint8Array;

beforeAll(async () => {
  await Promise.all([initAutomergeNode(), initCrypto()]);
  house = makeHousehold();
  anas = await written(sourceOf(house), ALL);
}, 60_000);

async function written(source: SnapshotSource, scope: SnapshotScope): Promise<Uint8Array> {
  const made = await writeSnapshot(source, scope);
  if (!made.ok) throw new Error(made.error.code);
  return made.value.bytes;
}

/** The same log as the other parent's device exports it. */
function bens(of: Household = house): SnapshotSource {
  const device = of.family.b.devices[0];
  if (!device) throw new Error("a device");
  return { ...sourceOf(of), exporter: { device: device.id, publicKey: device.sign.publicKey, secretKey: device.sign.secretKey } };
}

async function compared(a: Uint8Array, b: Uint8Array): Promise<CompareReport> {
  const report = await compareSnapshots(a, b);
  if (!report.ok) throw new Error(report.error.code);
  return report.value;
}

/** Another household that is the same up to now, and then goes its own way: what a relay in league with one parent could make. */
function goesOn(texts: readonly string[]): Household {
  const again = makeHousehold();
  const [first] = again.threads;
  if (!first) throw new Error("a thread");
  for (const text of texts) again.family.send(again.family.a, { at: (again.family.now += 1_800_000) - 2_000, text, thread: first.thread });
  return { ...again, ...sampleOf(again.family, HOUSEHOLD_ZONE) };
}

describe("two snapshots side by side", () => {
  it("[S11] of one log by both parents are the same in everything", async () => {
    const report = await compared(anas, await written(bens(), ALL));
    expect(report.agrees).toBe(true);
    expect(report.counts.same.a).toBe(report.a.shown);
    expect(report.counts.same.a).toBe(report.counts.same.b);
    expect(report.rows).toEqual([]);
    expect([report.a.exporter, report.b.exporter]).toEqual(["Ada", "Ben"]);
  });

  it("[S11] what one leaves out by scope, or as settlement talk, is named with its kind, and both agree", async () => {
    const thread = house.threads[0]?.thread;
    const narrow = await written(bens(), { ...ALL, threads: thread ? [thread] : [], expenses: "none" });
    const report = await compared(anas, narrow);
    expect(report.agrees).toBe(true);
    expect(report.counts["withheld-scope"].a).toBeGreaterThan(10);
    expect(report.counts["withheld-scope"].b).toBe(0);
    expect(new Set(report.rows.map((r) => r.kind))).toContain("expense");
    expect(report.counts.same.a + report.counts["withheld-scope"].a).toBe(report.a.shown);
    const quiet = await compared(await written(bens(), { ...ALL, settlement: "leave-out" }), anas);
    expect(quiet.counts["withheld-settlement"]).toEqual({ a: 0, b: 1 });
    expect(quiet.agrees).toBe(true);
    const both = await compared(narrow, narrow);
    expect(both.counts["withheld-both"].a).toBeGreaterThan(10);
  });

  it("[S11] what came after the earlier one ends is later, and no contradiction", async () => {
    const report = await compared(anas, await written(sourceOf(goesOn(["more", "and more"])), ALL));
    expect(report.agrees).toBe(true);
    expect(report.counts.later).toEqual({ a: 0, b: 2 });
    expect(report.rows.map((r) => [r.is, r.only])).toEqual([
      ["later", "b"],
      ["later", "b"],
    ]);
  });

  it.each([
    ["of one length", ["to Ada"], ["to Ben"]],
    ["of two lengths", ["to Ada", "and again"], ["to Ben"]],
  ])("[S11] two histories %s part at a place, and the relay's own notes are the proof", async (_name, left, right) => {
    const report = await compared(await written(sourceOf(goesOn(left)), ALL), await written(sourceOf(goesOn(right)), ALL));
    expect(report.agrees).toBe(false);
    expect(report.fork?.seq).toBe(house.builder.size);
    expect(report.counts.fork).toEqual({ a: left.length, b: right.length });
    const proof = report.proof && checkProof(report.proof);
    expect(proof).toMatchObject({ ok: true, value: { holds: true, proven: "fork", relay: "relay.example", log: house.log } });
  });

  it("[S11] a change that one neither shows nor explains is said so", async () => {
    const bundle = await unpack(anas);
    const rows = readRows(bundle.get(PATH.changes) ?? new Uint8Array(), 1e7, 1e6) ?? [];
    const cut: Bundle = new Map([...bundle, [PATH.changes, writeRows(rows.filter((_, i) => i !== 5))]]);
    const report = await compared(anas, await pack(cut));
    expect(report.agrees).toBe(false);
    expect(report.counts.unexplained.a).toBeGreaterThan(0);
    // A scope that claims more than is shown is that snapshot's own failure.
    const claims = await compared(await pack(cut), anas);
    expect(claims.counts.unexplained.b).toBe(report.counts.unexplained.a);
  });

  it("[S11] a snapshot whose proof does not hold is not compared, and which one is said", async () => {
    const bundle = await unpack(anas);
    const broken = async (path: string): Promise<Uint8Array> => {
      const bytes = bundle.get(path)?.slice() ?? new Uint8Array();
      const at = Math.floor(bytes.length / 2);
      bytes[at] = (bytes[at] ?? 0) ^ 1;
      return pack(new Map([...bundle, [path, bytes]]));
    };
    for (const path of [PATH.headers, PATH.charter, PATH.checkpoint, PATH.changes]) {
      expect(await compareSnapshots(anas, await broken(path)), path).toMatchObject({ ok: false, error: { which: "b" } });
      expect(await compareSnapshots(await broken(path), anas), path).toMatchObject({ ok: false, error: { which: "a" } });
    }
    expect(await compareSnapshots(new Uint8Array(100), anas)).toMatchObject({ ok: false, error: { which: "a", code: "snapshot-not-zip" } });
    expect(await compareSnapshots(anas, await written(sourceOf(makeHousehold({ seed: 2 })), ALL))).toMatchObject({
      error: { code: "compare-other-log" },
    });
    expect(await compareSnapshots(anas, anas, { cancelled: () => true, pause: () => new Promise((r) => setTimeout(r, 60)) })).toMatchObject(
      {
        error: { code: "cancelled" },
      },
    );
  });
});
