import { beforeAll, describe, expect, it, vi } from "vitest";
import { initAutomergeNode } from "../../node/automerge.ts";
import { pack, resign, unpack, withProof, type Bundle } from "../../test/bundle.ts";
import { makeHousehold, type Household } from "../../test/household.ts";
import { fromUtf8, utf8 } from "../base/bytes.ts";
import { initCrypto } from "../crypto/init.ts";
import type { CheckView, SnapshotScope } from "../views/snapshot.ts";
import { sourceOf } from "../sample/source.ts";
import { hashOf } from "./bag.ts";
import { PATH } from "./paths.ts";
import { inspectProof, verifySnapshot } from "./verify.ts";
import { isViewerTemplate, openFilling } from "./viewer.ts";
import { writeSnapshot } from "./write.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const ALL: SnapshotScope = { threads: "all", expenses: "all", settlement: "include", files: true };
const GAP = '<script type="application/octet-stream" id="bundle"></script>';
const TEMPLATE = utf8(`<!doctype html><body>${GAP}<script>run()</script></body>\n`);
const KNOWN: ReadonlySet<string> = new Set([hashOf(TEMPLATE)]);
let house: Household;
let good: Bundle;

beforeAll(async () => {
  await initCrypto();
  await initAutomergeNode();
  house = makeHousehold();
  const made = await writeSnapshot({ ...sourceOf(house), viewer: TEMPLATE }, ALL);
  if (!made.ok) throw new Error(made.error.code);
  good = await unpack(made.value.bytes);
});

async function checks(bundle: Bundle, known = KNOWN): Promise<readonly CheckView[]> {
  const read = await verifySnapshot(await pack(bundle), {}, known);
  if (!read.ok) throw new Error(read.error.code);
  const { unchanged, complete, keys } = read.value.verdict;
  return [unchanged, complete, keys].flatMap((p) => p.checks);
}

const failed = async (bundle: Bundle): Promise<string[]> => (await checks(bundle)).filter((c) => c.state === "failed").map((c) => c.key);
const page = (): string => fromUtf8(good.get(PATH.viewer) ?? new Uint8Array()) ?? "";
const withPage = (text: string): Bundle => resign(new Map([...good, [PATH.viewer, utf8(text)]]), house.me.device.sign);

describe("the viewer inside a snapshot", () => {
  it("[S19] holds the same proof, and its program is known by its hash", async () => {
    expect(await failed(good)).toEqual([]);
    expect((await checks(good)).map((c) => c.key)).toContain("viewer");
    const unknown = await checks(good, new Set());
    expect(unknown.find((c) => c.key === "viewer-unknown")).toMatchObject({ state: "remarks", values: { hash: hashOf(TEMPLATE) } });
  });

  it("[S19] shows what the whole file would, and remarks what it did not look at", async () => {
    const zip = await openFilling(/id="bundle">([^<]*)</.exec(page())?.[1] ?? "");
    const report = zip && (await inspectProof(zip));
    if (!report?.ok) throw new Error("the page's own proof can be read");
    expect(report.value.messages).toHaveLength(20);
    expect(report.value.verdict.unchanged.state).toBe("remarks");
    expect(report.value.verdict.unchanged.checks.map((c) => c.key)).toContain("not-whole");
    expect(await openFilling("not base64")).toBeUndefined();
    expect(await openFilling("AAAA")).toBeUndefined();
  });

  it("[S19] is found where its program was swapped, even by the exporter, and where it holds another proof", async () => {
    const swapped = withPage(page().replace("run()", "lie()"));
    expect(await failed(swapped)).toEqual([]);
    expect((await checks(swapped)).map((c) => c.key)).toContain("viewer-unknown");
    expect(await failed(withPage(page().replace(/id="bundle">[^<]*</, 'id="bundle"><')))).toEqual(["viewer-false"]);
    expect(await failed(withPage(`${page()}${GAP}`))).toEqual(["viewer-false"]);
    expect(await failed(withPage("<!doctype html>"))).toEqual(["viewer-false"]);
    const other = await withProof(good, (p) => ({ ...p, statement: { ...p.statement, app: "another" } }));
    expect(await failed(resign(other, house.me.device.sign))).toContain("viewer-false");
    expect(await failed(new Map([...good, [PATH.viewer, utf8(page().replace("run()", "lie()"))]]))).toContain("file-changed");
  });

  it("[S19] is left out where the app has no template, or one without a single gap", async () => {
    expect(isViewerTemplate(TEMPLATE)).toBe(true);
    expect(isViewerTemplate(utf8(`${GAP}${GAP}`))).toBe(false);
    const made = await writeSnapshot({ ...sourceOf(house), viewer: utf8("<html>") }, ALL);
    if (!made.ok) throw new Error(made.error.code);
    const bundle = await unpack(made.value.bytes);
    expect(bundle.has(PATH.viewer)).toBe(false);
    expect(await failed(bundle)).toEqual([]);
  });
});
