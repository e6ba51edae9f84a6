import { beforeAll, describe, expect, it, vi } from "vitest";
import { initAutomergeNode } from "../../node/automerge.ts";
import { nodePages, nodePdfPorts } from "../../node/pdf-ports.ts";
import { pack, resign, unpack, type Bundle } from "../../test/bundle.ts";
import { makeHousehold, type Household } from "../../test/household.ts";
import { initCrypto } from "../crypto/init.ts";
import type { CheckView, SnapshotReport, SnapshotScope } from "../views/snapshot.ts";
import { sourceOf } from "../sample/source.ts";
import { PATH } from "./paths.ts";
import { renderPdfs } from "./pdf/render.ts";
import type { Job } from "./source.ts";
import { verifySnapshot } from "./verify.ts";
import { writeSnapshot } from "./write.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const SCOPE: SnapshotScope = {
  threads: "all",
  expenses: "all",
  settlement: "include",
  files: true,
  pages: { style: "serial", prefix: "CS-", from: 1 },
};
const JOB: Job = { pdf: nodePages };
const PDFS = [PATH.startPdf, PATH.messagesPdf, PATH.expensesPdf, PATH.history, PATH.certificate];
let house: Household;
let good: Bundle;

async function written(scope: SnapshotScope): Promise<Bundle> {
  const made = await writeSnapshot(sourceOf(house), scope, JOB);
  if (!made.ok) throw new Error(made.error.code);
  return unpack(made.value.bytes);
}

beforeAll(async () => {
  await initCrypto();
  await initAutomergeNode();
  house = makeHousehold();
  good = await written(SCOPE);
});

async function checked(bundle: Bundle, job: Job = JOB): Promise<SnapshotReport> {
  const read = await verifySnapshot(await pack(bundle), job);
  if (!read.ok) throw new Error(read.error.code);
  return read.value;
}

const byExporter = (bundle: Bundle): Bundle => resign(bundle, house.me.device.sign);
const failed = ({ verdict }: SnapshotReport): CheckView[] => verdict.unchanged.checks.filter((c) => c.state === "failed");

describe("the pages in a snapshot", () => {
  it("[S1][S6] are there in the chosen style, and are made again and found the same", async () => {
    for (const path of PDFS) expect(good.get(path)?.length, path).toBeGreaterThan(5_000);
    const report = await checked(good);
    expect(report.verdict.unchanged.state).toBe("good");
    expect(report.verdict.unchanged.checks.map((c) => c.key)).toContain("pages");
  });

  it("[S1] say nothing that a reader without letters would take on trust: it says that it did not look", async () => {
    const report = await checked(good, {});
    expect(report.verdict.unchanged.state).toBe("remarks");
    expect(report.verdict.unchanged.checks.find((c) => c.key === "pages-unmade")?.state).toBe("remarks");
    const none = { ...nodePdfPorts, font: () => Promise.resolve(undefined) };
    const offline: Job = { pdf: (d, style, job) => renderPdfs(d, style, none, job) };
    expect((await checked(good, offline)).verdict.unchanged.checks.map((c) => c.key)).toContain("pages-unmade");
  });

  it("[S8] are found out where anybody changed them, and also where the exporter did and signed again", async () => {
    for (const path of PDFS) {
      const bytes = good.get(path)?.slice() ?? new Uint8Array();
      const middle = Math.floor(bytes.length / 2);
      bytes[middle] = (bytes[middle] ?? 0) ^ 1;
      const spoilt = new Map([...good, [path, bytes]]);
      expect(failed(await checked(spoilt, {})).map((c) => [c.key, c.where])).toEqual([["file-changed", path]]);
    }
    const bytes = good.get(PATH.expensesPdf)?.slice() ?? new Uint8Array();
    bytes[bytes.length - 40] = (bytes.at(-40) ?? 0) ^ 1;
    const resigned = byExporter(new Map([...good, [PATH.expensesPdf, bytes]]));
    expect(failed(await checked(resigned)).map((c) => [c.key, c.where])).toEqual([["pages-differ", PATH.expensesPdf]]);
  });

  it("[S1] can't be left out or put in behind the statement's back", async () => {
    const without = new Map(good);
    without.delete(PATH.messagesPdf);
    expect(failed(await checked(byExporter(without), {})).map((c) => [c.key, c.where])).toEqual([["pages-absent", PATH.messagesPdf]]);
    const { pages, ...rest } = SCOPE;
    expect(pages).toBeDefined();
    const plain = await written(rest);
    expect(PDFS.some((path) => plain.has(path))).toBe(false);
    const added = byExporter(new Map([...plain, [PATH.startPdf, good.get(PATH.startPdf) ?? new Uint8Array()]]));
    expect(failed(await checked(added)).map((c) => [c.key, c.where])).toEqual([["file-unnamed", PATH.startPdf]]);
  });

  it("[S6] can be stopped at any place of writing and of checking, and then there is neither a snapshot nor a verdict", async () => {
    // Every step asks, since the clock has moved on each time.
    let now = 0;
    const clock = vi.spyOn(Date, "now").mockImplementation(() => (now += 50));
    const bytes = await pack(good);
    const stoppedAfter = async (
      run: (job: Job) => Promise<{ readonly ok: boolean }>,
      most: number,
    ): Promise<[asked: number, done: unknown]> => {
      let asked = 0;
      const done = await run({ ...JOB, cancelled: () => ++asked > most });
      return [asked, done];
    };
    for (const run of [(job: Job) => writeSnapshot(sourceOf(house), SCOPE, job), (job: Job) => verifySnapshot(bytes, job)]) {
      const [all, done] = await stoppedAfter(run, Infinity);
      expect(done).toMatchObject({ ok: true });
      for (const part of [0, 0.3, 0.6, 0.8, 0.95]) {
        const [asked, stopped] = await stoppedAfter(run, Math.floor(all * part));
        expect(stopped, String(part)).toMatchObject({ ok: false, error: { code: "cancelled" } });
        expect(asked).toBeLessThan(all);
      }
    }
    clock.mockRestore();
  });

  it("[S6] are refused by their letters' name where those are not on this device", async () => {
    const none = await writeSnapshot(sourceOf(house), SCOPE, {});
    expect(none).toMatchObject({ ok: false, error: { code: "fonts-missing" } });
  });
});
