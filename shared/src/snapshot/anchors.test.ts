import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { initAutomergeNode } from "../../node/automerge.ts";
import { anchored, seenIn } from "../../test/anchored.ts";
import { pack, resign, unpack, type Bundle } from "../../test/bundle.ts";
import { makeHousehold, type Household } from "../../test/household.ts";
import { makeAuthority, type Authority } from "../../test/time-stamp-authority.ts";
import { initCrypto } from "../crypto/init.ts";
import { signKeyPair, type SignKeyPair } from "../crypto/sign.ts";
import { stampedText } from "../entry/anchor.ts";
import { parseHeader } from "../entry/header.ts";
import { timestampRequest } from "../crypto/timestamp.ts";
import type { CheckView } from "../views/snapshot.ts";
import { sourceOf } from "../sample/source.ts";
import { decodeAnchorRow, encodeAnchorRow } from "./anchors.ts";
import { PATH } from "./paths.ts";
import { readRows, writeRows } from "./rows.ts";
import type { SnapshotSource } from "./source.ts";
import { verifySnapshot } from "./verify.ts";
import { writeSnapshot } from "./write.ts";

const ALL = { threads: "all", expenses: "all", settlement: "include", files: false } as const;
const MINUTE = 60_000;
let house: Household;
let witness: SignKeyPair;
let bundle: Bundle;
let folder: string;
let authority: Authority;
let withToken: Bundle;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "countersign-anchors-"));
  authority = await makeAuthority(join(folder, "authority"));
  await Promise.all([initCrypto(), initAutomergeNode()]);
  house = makeHousehold();
  witness = signKeyPair(new Uint8Array(32).fill(5));
  bundle = await written(anchored(house, witness));
  const token = await authority.answer(timestampRequest(stampedText(sourceOf(house).note) ?? new Uint8Array(), new Uint8Array(8)));
  withToken = await written(anchored(house, witness, { token }));
}, 60_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

async function written(source: SnapshotSource): Promise<Bundle> {
  const made = await writeSnapshot(source, ALL);
  if (!made.ok) throw new Error(made.error.detail ?? made.error.code);
  return unpack(made.value.bytes);
}

async function checked(of: Bundle): Promise<{ readonly checks: readonly CheckView[]; readonly bounds: unknown }> {
  const report = await verifySnapshot(await pack(of));
  if (!report.ok) throw new Error(report.error.code);
  return { checks: report.value.verdict.unchanged.checks, bounds: report.value.messages[0]?.proof.bounds };
}

describe("a snapshot of a log with anchors", () => {
  it("[L11] carries them, checks each witness's lines, and bounds every record below by the witness's clock", async () => {
    const { checks, bounds } = await checked(bundle);
    expect(checks.filter((c) => c.state === "failed")).toEqual([]);
    expect(checks.find((c) => c.key === "anchors")?.values).toMatchObject({
      witness: "w.example/witness",
      count: 1,
      size: house.builder.size,
    });
    const by = { kind: "cosignature", by: "w.example/witness", key: expect.stringMatching(/^w\.example/) as string };
    expect(bounds).toEqual([{ side: "not-after", ...by, at: seenIn(house), seq: house.builder.size }]);
  });

  it("[L11] an anchor that is not its entry's, or stands at another place, fails with its place, also when the exporter signs anew", async () => {
    const rows = readRows(bundle.get(PATH.anchors) ?? new Uint8Array(), 1e5, 10) ?? [];
    const row = decodeAnchorRow(rows[0] ?? new Uint8Array());
    if (!row) throw new Error("a row");
    const flipped = { ...row, body: row.body.map((b, i) => (i === 200 ? b ^ 1 : b)) };
    for (const false_ of [flipped, { ...row, seq: 3 }, { ...row, seq: 9_999 }]) {
      const forged = resign(new Map([...bundle, [PATH.anchors, writeRows([encodeAnchorRow(false_)])]]), house.me.device.sign);
      const { checks, bounds } = await checked(forged);
      expect(checks.find((c) => c.key === "anchor-false")?.where).toContain(`entry ${String(false_.seq)}`);
      expect(bounds).toBeUndefined();
    }
  });

  it("[L11] a time stamp in an anchor is checked, named by its certificate, and bounds beside the witness", async () => {
    const { checks, bounds } = await checked(withToken);
    expect(checks.filter((c) => c.state === "failed")).toEqual([]);
    const key = expect.stringMatching(/^sha256:[0-9a-f]{64}$/) as string;
    expect(checks.find((c) => c.key === "anchor-stamps")?.values).toMatchObject({ authority: "Test TSA", count: 1, key });
    expect(bounds).toMatchObject([
      { side: "not-after", kind: "cosignature", by: "w.example/witness" },
      { side: "not-after", kind: "timestamp", by: "Test TSA", key, seq: house.builder.size },
    ]);
  });

  it("[S4][L11b] pages and tables say who bounds a time, by whose clock, or that it is the relay's word alone", () => {
    const text = (path: string): string => new TextDecoder().decode(withToken.get(path) ?? new Uint8Array());
    expect(text(PATH.messages)).toMatch(/in the log by [^<]*: time stamp of .*Test TSA/);
    expect(text(PATH.messages)).toMatch(/in the log by [^<]*: witness .*w\.example\/witness signed it then/);
    expect(text(PATH.messages)).toContain("nobody but the relay vouches");
    const [head = "", row = ""] = text(PATH.csvMessages).split("\r\n");
    expect(head).toContain("not_before_others,not_after_others");
    expect(row).toMatch(/witness w\.example\/witness; \S+ time stamp Test TSA/);
    expect(text(PATH.records)).toContain('"kind":"timestamp","by":"Test TSA"');
  });

  it("[L11] what a device pushed in an anchor's place and does not hold is set aside with its reason, and spoils nobody's snapshot", async () => {
    const other = await authority.answer(timestampRequest(new Uint8Array([1]), new Uint8Array(8)));
    const wrong = await checked(await written(anchored(house, witness, { token: other })));
    expect(wrong.checks.filter((c) => c.state === "failed")).toEqual([]);
    expect(wrong.checks.find((c) => c.key === "anchor-aside")?.values).toEqual({ code: "stamp-imprint" });
    expect(wrong.bounds).toMatchObject([{ kind: "cosignature" }]);
    const junk = await checked(await written(anchored(house, witness, { spoil: () => new Uint8Array([1, 2, 3]) })));
    expect(junk.checks.filter((c) => c.state === "failed")).toEqual([]);
    expect(junk.checks.find((c) => c.key === "anchor-aside")?.values).toEqual({ code: "form" });
    expect(junk.bounds).toBeUndefined();
  });

  it("[S40][S24] keys beyond the eight that are shown are counted: somebody could crowd an honest one out", async () => {
    const others = Array.from({ length: 7 }, (_, i) => signKeyPair(new Uint8Array(32).fill(20 + i)));
    const eight = await checked(await written(anchored(house, witness, { more: others })));
    expect([eight.checks.find((c) => c.key === "anchors-more"), (eight.bounds as unknown[]).length]).toEqual([undefined, 8]);
    const token = await authority.answer(timestampRequest(stampedText(sourceOf(house).note) ?? new Uint8Array(), new Uint8Array(8)));
    const nine = await checked(await written(anchored(house, witness, { token, more: others })));
    expect(nine.checks.find((c) => c.key === "anchors-more")).toMatchObject({ state: "remarks", values: { count: 1 } });
    expect((nine.bounds as unknown[]).length).toBe(8);
  });

  it("[S46] a relay whose clock an anchor contradicts is told apart, ahead and behind, on page one too", async () => {
    const apart = async (seen: number): Promise<readonly (CheckView | undefined)[]> => {
      const of = await written(anchored(house, witness, { seen }));
      const report = await verifySnapshot(await pack(of));
      if (!report.ok) throw new Error(report.error.code);
      const { verdict } = report.value;
      const all = [verdict.unchanged, verdict.complete, verdict.keys].flatMap((p) => p.checks);
      expect(all.filter((c) => c.state === "failed")).toEqual([]);
      const told = new TextDecoder().decode(of.get(PATH.start) ?? new Uint8Array()).includes("cannot both be right");
      const found = all.filter((c) => c.key === "clocks-apart");
      expect(told).toBe(found.length > 0);
      return found;
    };
    const end = seenIn(house);
    const last = house.builder.entries.at(-1);
    const header = last && parseHeader(last.authorBytes, last.relayBytes);
    if (header?.ok !== true) throw new Error("a last entry");
    const logged = Math.floor(header.value.relay.time / 1_000) * 1_000;
    // Honest clocks differ by minutes.
    for (const seen of [end, end + 9 * MINUTE, logged - 9 * MINUTE]) expect(await apart(seen)).toEqual([]);
    // The relay says that the anchor was logged before the witness had signed what is in it.
    const values = { name: "w.example/witness", key: expect.stringContaining("w.example/witness+") as string };
    expect(await apart(end + 3 * 24 * 60 * MINUTE)).toMatchObject([
      { state: "remarks", values: { ...values, entry: house.builder.size + 1, minutes: expect.closeTo(3 * 24 * 60, -1) as number } },
    ]);
    // The witness saw the last entry an hour before the relay says that it was logged.
    expect(await apart(logged - 60 * MINUTE)).toMatchObject([
      { state: "remarks", values: { ...values, entry: house.builder.size, minutes: 60 } },
    ]);
  });

  it("[S1] rows that are none are a part that cannot be read", async () => {
    const { checks } = await checked(resign(new Map([...bundle, [PATH.anchors, new Uint8Array([0, 0, 0, 1, 7])]]), house.me.device.sign));
    expect(checks.find((c) => c.state === "failed")).toMatchObject({ key: "part-unreadable", where: PATH.anchors });
  });
});
