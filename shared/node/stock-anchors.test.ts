import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { initCrypto } from "../src/crypto/init.ts";
import { signKeyPair } from "../src/crypto/sign.ts";
import { timestampRequest } from "../src/crypto/timestamp.ts";
import { stampedText } from "../src/entry/anchor.ts";
import { sourceOf } from "../src/sample/source.ts";
import { decodeAnchorRow, encodeAnchorRow } from "../src/snapshot/anchors.ts";
import { PATH } from "../src/snapshot/paths.ts";
import { readRows, writeRows } from "../src/snapshot/rows.ts";
import type { SnapshotSource } from "../src/snapshot/source.ts";
import { writeSnapshot } from "../src/snapshot/write.ts";
import { anchored } from "../test/anchored.ts";
import { pack, resign, unpack, type Bundle } from "../test/bundle.ts";
import { makeHousehold, type Household } from "../test/household.ts";
import { makeAuthority, type Authority } from "../test/time-stamp-authority.ts";
import { initAutomergeNode } from "./automerge.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const witness = () => signKeyPair(new Uint8Array(32).fill(5));
let folder = "";
let house: Household;
let authority: Authority;
let token: Uint8Array;
let good: Bundle;
let next = 0;

beforeAll(async () => {
  await initCrypto();
  await initAutomergeNode();
  folder = await mkdtemp(join(tmpdir(), "stock-anchors-"));
  house = makeHousehold();
  authority = await makeAuthority(join(folder, "authority"));
  token = await authority.answer(timestampRequest(stampedText(sourceOf(house).note) ?? new Uint8Array(), new Uint8Array(8)));
  good = await written(anchored(house, witness(), { token }));
  await writeFile(join(folder, "verify.py"), good.get(PATH.verifyPy) ?? "");
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function written(source: SnapshotSource): Promise<Bundle> {
  const made = await writeSnapshot(source, { threads: "all", expenses: "all", settlement: "include", files: false });
  if (!made.ok) throw new Error(made.error.code);
  return unpack(made.value.bytes);
}

const tool = (cwd: string, program: string, args: readonly string[]): Promise<{ readonly code: number; readonly out: string }> =>
  new Promise((done) => {
    execFile(program, [...args], { cwd }, (error, stdout, stderr) => {
      done({ code: error ? (typeof error.code === "number" ? error.code : 99) : 0, out: stdout + stderr });
    });
  });

async function python(bundle: Bundle, ...more: readonly string[]): Promise<{ readonly code: number; readonly out: string }> {
  const file = join(folder, `${String(next++)}.zip`);
  await writeFile(file, await pack(bundle));
  return tool(folder, "/usr/bin/python3", [join(folder, "verify.py"), ...more, file]);
}

describe("anchors, by the reader in Python and openssl", () => {
  it("[L11][S18] the reader binds them to their entries, names the witness, and hands out the time stamps, which openssl ts -verify takes", async () => {
    const plain = await python(good);
    expect(plain).toMatchObject({ code: 0, out: expect.stringContaining("all 1 anchors are bound to their entries") as string });
    expect(plain.out).toContain("w.example/witness");
    expect(plain.out).toContain("1 time stamps name checkpoints of this log");
    const { code, out } = await python(good, "--stamps", "stamps");
    expect(code).toBe(0);
    const entry = String(house.builder.size);
    expect((await readdir(join(folder, "stamps"))).sort()).toEqual([`${entry}.tsr`, `${entry}.txt`]);
    // The command that it prints, as it stands there.
    const command = /openssl ts -verify -data \S+ -in \S+ -CAfile AUTHORITY.pem/.exec(out)?.[0] ?? "";
    const [program = "", ...args] = command.replace("AUTHORITY.pem", authority.root).split(" ");
    expect(await tool(join(folder, "stamps"), program, args)).toMatchObject({ code: 0, out: expect.stringContaining("OK") as string });
    await writeFile(join(folder, "stamps", `${entry}.txt`), "another text\n");
    expect((await tool(join(folder, "stamps"), program, args)).code).not.toBe(0);
    // It overwrites nothing.
    expect(await python(good, "--stamps", "stamps")).toMatchObject({ code: 2, out: expect.stringContaining("there already") as string });
  });

  it("[L11][S18] a row that is not its entry's fails; what a device pushed and does not hold is remarked", async () => {
    const rows = readRows(good.get(PATH.anchors) ?? new Uint8Array(), 1e5, 10) ?? [];
    const row = decodeAnchorRow(rows[0] ?? new Uint8Array());
    if (!row) throw new Error("a row");
    const false_ = { ...row, body: row.body.map((b, i) => (i === 200 ? b ^ 1 : b)) };
    const forged = resign(new Map([...good, [PATH.anchors, writeRows([encodeAnchorRow(false_)])]]), house.me.device.sign);
    expect(await python(forged)).toMatchObject({ code: 1, out: expect.stringContaining("not what the entry is bound to") as string });
    const junk = await python(await written(anchored(house, witness(), { spoil: () => new Uint8Array([1, 2, 3]) })));
    expect(junk).toMatchObject({ code: 0, out: expect.stringContaining("does not hold: it bounds nothing") as string });
    const other = await authority.answer(timestampRequest(new Uint8Array([1]), new Uint8Array(8)));
    const wrong = await python(await written(anchored(house, witness(), { token: other })));
    expect(wrong).toMatchObject({ code: 0, out: expect.stringContaining("is of something else: it bounds nothing") as string });
  });
});
