import { beforeAll, describe, expect, it } from "vitest";
import { initAutomergeNode } from "../../node/automerge.ts";
import { tagged } from "../../test/attacks/contents.ts";
import { filesOf, pack, unpack, withProof, type Bundle } from "../../test/bundle.ts";
import { heldProof, type HeldProof } from "../../test/held.ts";
import { HOUSEHOLD_ZONE, makeHousehold, type Household } from "../../test/household.ts";
import type { Hex32 } from "../base/ids.ts";
import { changeHash } from "../books/chunk.ts";
import { shapeIn } from "../books/shape.ts";
import { initCrypto } from "../crypto/init.ts";
import { checkProof } from "../fault-proof/check.ts";
import type { SnapshotScope } from "../views/snapshot.ts";
import { filesIn } from "../kinds/files.ts";
import { sampleOf } from "../sample/sample.ts";
import { sourceOf } from "../sample/source.ts";
import { PATH } from "../snapshot/paths.ts";
import type { Proof } from "../snapshot/proof.ts";
import type { Disclosed } from "../snapshot/shown-notes.ts";
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

describe("what rests on an exporter's word", () => {
  const proofOf = async (bytes: Uint8Array): Promise<HeldProof> => heldProof(filesOf(await unpack(bytes)));
  /** The same file with another proof in it: lists and signatures are not looked at here. */
  const told = async (bytes: Uint8Array, change: (proof: HeldProof) => Proof): Promise<Uint8Array> =>
    pack(await withProof(await unpack(bytes), change));
  const hashesIn = ({ change }: Disclosed): readonly Hex32[] => filesIn(shapeIn(change)?.fields ?? new Map()).map((f) => f.hash);
  const said = (report: CompareReport): readonly unknown[] => report.words.map(({ is, of, said: both, count }) => [is, of, both ?? count]);

  it("[S11a] nothing is listed where the two say the same, though one leaves settlement talk out that was marked so", async () => {
    const quiet = await written(bens(), { ...ALL, settlement: "leave-out" });
    expect((await compared(anas, quiet)).words).toEqual([]);
  });

  it("[S11a] a message that was called settlement talk, and is shown by the other without that mark, makes the two differ", async () => {
    const honest = await proofOf(anas);
    const at = honest.rows.findIndex((r) => r.items.some((i) => i.form === "disclosed" && i.tag.kind === "message"));
    const { notes } = honest;
    const hiding = await told(anas, (p) => ({
      ...p,
      statement: { ...p.statement, scope: { ...p.statement.scope, settlement: "leave-out" } },
      rows: p.rows.map((r, n) =>
        n === at ? { ...r, items: r.items.map((i) => (i.form === "disclosed" ? tagged(i, "settlement", notes) : i)) } : r,
      ),
    }));
    const report = await compared(hiding, await written(bens(), ALL));
    expect(report.words).toEqual([{ is: "settlement-false", of: "a", seq: honest.rows[at]?.seq }]);
    expect([report.agrees, report.a.failed]).toEqual([false, []]);
    expect(said(await compared(await written(bens(), ALL), hiding))).toEqual([["settlement-false", "b", undefined]]);
  });

  it("[S11a] an act that is said not to have known of an earlier one, though the other shows it in its past, makes them differ", async () => {
    const paid = house.expenses.settled.record;
    const part = await written(sourceOf(house), { ...ALL, expenses: [paid] });
    const acts = (await proofOf(part)).rows.flatMap((r) =>
      r.items.flatMap((i) => (i.form === "disclosed" && i.tag.root === paid ? [{ seq: r.seq, hash: changeHash(i.change) }] : [])),
    );
    const [first, second] = acts;
    if (!first || !second) throw new Error("two acts");
    const lying = await told(part, (p) => ({
      ...p,
      rows: p.rows.map((r) =>
        r.seq === second.seq ? { ...r, items: r.items.map((i) => (i.form === "disclosed" ? { ...i, unaware: [first.hash] } : i)) } : r,
      ),
    }));
    const report = await compared(lying, await written(bens(), ALL));
    expect(report.words).toEqual([{ is: "order-false", of: "a", seq: second.seq }]);
    expect(report.agrees).toBe(false);
  });

  it("[S11a] other names, another zone, a lacking file and an end before what had been logged are listed, and blame nobody", async () => {
    const files = await written(sourceOf(house), { ...ALL, files: true });
    const [hash] = (await proofOf(files)).rows.flatMap((r) => r.items.flatMap((i) => (i.form === "disclosed" ? hashesIn(i) : [])));
    if (hash === undefined) throw new Error("a file");
    const other = await told(files, (p) => ({
      ...p,
      statement: {
        ...p.statement,
        zone: "Asia/Tokyo",
        missing: [hash],
        names: p.statement.names.map((n) => (n.name === "Ben" ? { ...n, name: "B." } : n)),
      },
    }));
    const report = await compared(other, files);
    expect(said(report)).toEqual([
      ["files-lacking", "a", 1],
      ["name-other", "a", ["B.", "Ben"]],
      ["zone-other", "a", ["Asia/Tokyo", HOUSEHOLD_ZONE]],
    ]);
    expect(report.agrees).toBe(true);
    const longer = await written(sourceOf(goesOn(["more", "and more"])), ALL);
    const late = await told(anas, (p) => ({ ...p, statement: { ...p.statement, exported: p.statement.exported + 30 * 86_400_000 } }));
    expect(said(await compared(late, longer))).toEqual([["ended-early", "a", 2]]);
  });
});
