import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { initAutomergeNode } from "../../node/automerge.ts";
import { pack, unpack } from "../../test/bundle.ts";
import { heldSource } from "../../test/held.ts";
import { makeHousehold, type Household } from "../../test/household.ts";
import { makeAuthority, type Authority } from "../../test/time-stamp-authority.ts";
import { initCrypto } from "../crypto/init.ts";
import type { SnapshotReport, SnapshotScope } from "../views/snapshot.ts";
import { sourceOf } from "../sample/source.ts";
import { Gathered, sourceOfBytes } from "./bytes-io.ts";
import { countersignSnapshot } from "./countersign.ts";
import { PATH } from "./paths.ts";
import type { SnapshotSource } from "./source.ts";
import { verifySnapshot } from "./verify.ts";
import { streamSnapshot, writeSnapshot, type WrittenSnapshot } from "./write.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });
const run = promisify(execFile);

const ALL: SnapshotScope = { threads: "all", expenses: "all", settlement: "include", files: true };
let house: Household;
let zip: Uint8Array;
let authority: Authority;
let folder = "";

beforeAll(async () => {
  await initCrypto();
  await initAutomergeNode();
  folder = await mkdtemp(join(tmpdir(), "signatures-"));
  authority = await makeAuthority(join(folder, "authority"));
  house = makeHousehold();
  const made = await writeSnapshot(sourceOf(house), ALL);
  if (!made.ok) throw new Error(made.error.code);
  zip = made.value.bytes;
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function report(bytes: Uint8Array): Promise<SnapshotReport> {
  const read = await verifySnapshot(bytes);
  if (!read.ok) throw new Error(read.error.code);
  return read.value;
}

const failed = ({ verdict }: SnapshotReport): string[] =>
  [verdict.unchanged, verdict.complete, verdict.keys].flatMap((p) => p.checks.filter((c) => c.state === "failed").map((c) => c.key));

/** What the other parent's device has of the same log. */
function theirs(more: Partial<SnapshotSource> = {}): SnapshotSource {
  const device = house.family.b.devices[0];
  if (!device) throw new Error("there is another parent");
  const exporter = { device: device.id, publicKey: device.sign.publicKey, secretKey: device.sign.secretKey };
  return { ...sourceOf(house, { exported: house.end + 7_200_000 }), exporter, ...more };
}

async function countersigned(file: Uint8Array, own: SnapshotSource): Promise<Uint8Array | string> {
  const gathered = new Gathered();
  const made = await countersignSnapshot(sourceOfBytes(file), own, gathered.sink);
  return made.ok ? gathered.bytes() : `${made.error.code} ${made.error.detail ?? ""}`.trim();
}

describe("the exporter's signature in OpenSSH's form", () => {
  it("[S7][S12][S13] is what ssh-keygen verifies, and not over another manifest", async () => {
    const bundle = await unpack(zip);
    for (const path of [PATH.sshSignature, PATH.sshSigners]) await writeFile(join(folder, path.replace("/", "-")), bundle.get(path) ?? "");
    const check = (list: Uint8Array): Promise<string> =>
      new Promise((done) => {
        const args = ["-Y", "verify", "-f", "signatures-allowed_signers", "-I", "exporter", "-n", "countersign/v1/manifest"];
        const child = execFile("ssh-keygen", [...args, "-s", "signatures-manifest.sshsig"], { cwd: folder }, (error, out) =>
          done(error ? "refused" : out),
        );
        child.stdin?.end(list);
      });
    const list = bundle.get(PATH.manifest) ?? new Uint8Array();
    expect(await check(list)).toContain('Good "countersign/v1/manifest" signature for exporter');
    expect(await check(list.slice(1))).toBe("refused");
  });
});

describe("a time stamp", () => {
  const stamped = async (ask: (request: Uint8Array) => Promise<Uint8Array | undefined>): Promise<[WrittenSnapshot, Uint8Array]> => {
    const gathered = new Gathered();
    const stamp = { authority: "https://stamp.example", nonce: new Uint8Array(8).fill(7), ask };
    const made = await streamSnapshot({ ...sourceOf(house), stamp }, ALL, gathered.sink);
    if (!made.ok) throw new Error(made.error.code);
    return [made.value, gathered.bytes()];
  };

  it("[S7] of an authority that answers is kept, shown with its time, and found where it is changed or taken out", async () => {
    const [made, bytes] = await stamped(authority.answer);
    expect(made.stamp).toMatchObject({ ok: true, value: { authority: "Test TSA" } });
    const good = await report(bytes);
    expect(failed(good)).toEqual([]);
    expect(good.verdict.unchanged.checks.find((c) => c.key === "stamp")?.values).toMatchObject({ authority: "Test TSA" });
    const bundle = await unpack(bytes);
    const token = bundle.get(PATH.stamp) ?? new Uint8Array();
    for (let at = 0; at < token.length; at += 97) {
      const spoilt = token.slice();
      spoilt[at] = (spoilt[at] ?? 0) ^ 1;
      expect(failed(await report(await pack(new Map([...bundle, [PATH.stamp, spoilt]])))), String(at)).not.toEqual([]);
    }
    bundle.delete(PATH.stamp);
    expect(failed(await report(await pack(bundle)))).toContain("tag-file-changed");
  });

  it("[S7] can be checked with openssl against the authority's own certificate", async () => {
    const [, bytes] = await stamped(authority.answer);
    const bundle = await unpack(bytes);
    await writeFile(join(folder, "list"), bundle.get(PATH.manifest) ?? "");
    await writeFile(join(folder, "tsr"), bundle.get(PATH.stamp) ?? "");
    const { stdout, stderr } = await run("openssl", ["ts", "-verify", "-data", "list", "-in", "tsr", "-CAfile", authority.root], {
      cwd: folder,
    });
    expect(stdout + stderr).toContain("Verification: OK");
  });

  it("[S7] that is no good answer leaves a snapshot without one, which says so", async () => {
    const other = (await stamped(authority.answer))[1];
    const foreign = (await unpack(other)).get(PATH.stamp) ?? new Uint8Array();
    const refusal = new Uint8Array([0x30, 0x05, 0x30, 0x03, 0x02, 0x01, 0x02]);
    const bomb = new Uint8Array(60_000).fill(0x30);
    const cases: readonly [string, Uint8Array | undefined][] = [
      ["stamp-unreachable", undefined],
      ["stamp-unreadable", new Uint8Array()],
      ["stamp-unreadable", new TextEncoder().encode("<html>504 Gateway Time-out</html>")],
      ["stamp-unreadable", bomb],
      ["stamp-unreadable", new Uint8Array(70_000)],
      ["stamp-refused", refusal],
    ];
    for (const [code, answer] of cases) {
      const [made, bytes] = await stamped(() => Promise.resolve(answer));
      expect(made.stamp, code).toMatchObject({ ok: false, error: { code } });
      const read = await report(bytes);
      expect(failed(read)).toEqual([]);
      expect(read.verdict.unchanged.checks.map((c) => c.key)).toContain("stamp-none");
      expect((await unpack(bytes)).has(PATH.stamp)).toBe(false);
    }
    // A good stamp of another list, and of this list for another question.
    const later = {
      ...sourceOf(house),
      exported: house.end + 9_000_000,
      stamp: { authority: "x", nonce: new Uint8Array(8).fill(7), ask: () => Promise.resolve(foreign) },
    };
    expect(await streamSnapshot(later, ALL, new Gathered().sink)).toMatchObject({ value: { stamp: { error: { code: "stamp-imprint" } } } });
    const again = await stamped(async (request) => {
      const changed = request.slice();
      const nonce = changed.findIndex((b, i) => b === 0x47 && changed[i + 1] === 7);
      changed[nonce] = 0x48;
      return authority.answer(changed);
    });
    expect(again[0].stamp).toMatchObject({ ok: false, error: { code: "stamp-nonce" } });
  });
});

describe("the other parent's countersignature", () => {
  it("[S10][S15][S17] is added behind what was there, changes no earlier file, and shows in the third part", async () => {
    const signed = await countersigned(zip, theirs());
    if (typeof signed === "string") throw new Error(signed);
    const [before, after] = [await unpack(zip), await unpack(signed)];
    for (const [path, bytes] of before) expect(Buffer.from(after.get(path) ?? []).equals(Buffer.from(bytes)), path).toBe(true);
    expect(after.size).toBe(before.size + 1);
    const read = await report(signed);
    expect(failed(read)).toEqual([]);
    expect(read.verdict.keys.checks.find((c) => c.key === "countersigned")?.values).toMatchObject({
      name: "Ben",
      role: "parent",
      size: 42,
    });
    expect(read.verdict.keys.state).toBe("remarks");
    const file = join(folder, "countersigned.zip");
    await writeFile(file, signed);
    await run("unzip", ["-tqq", file]);
    expect(await countersigned(signed, theirs())).toBe("countersign-twice");
  });

  it("[S10][S16] is refused to the exporter, over another record, and where this device does not hold the same", async () => {
    const held = await heldSource(theirs());
    expect(await countersigned(zip, sourceOf(house))).toBe("countersign-own");
    expect(await countersigned(zip, sourceOf(makeHousehold({ seed: 9 })))).toBe("countersign-other-record");
    expect(await countersigned(zip, theirs({ headers: held.headers.slice(0, -1) }))).toBe("countersign-not-held size");
    const forked = held.headers.map((h, i) => (i === 30 ? new Uint8Array(32) : h));
    expect(await countersigned(zip, theirs({ headers: forked }))).toBe("countersign-not-held root");
    expect(await countersigned(zip, theirs({ entries: held.entries.slice(0, -1) }))).toBe("countersign-not-held entry");
    const spoilt = await unpack(zip);
    spoilt.set(PATH.csvMessages, new Uint8Array([1]));
    expect(await countersigned(await pack(spoilt), theirs())).toMatch(/^countersign-failed/);
    expect(await countersigned(zip.slice(0, -3), theirs())).toBe("snapshot-truncated");
  });

  it("[S8][S10] is found where one bit of it differs, it hangs on another snapshot, or it is the exporter's own", async () => {
    const signed = await countersigned(zip, theirs());
    if (typeof signed === "string") throw new Error(signed);
    const bundle = await unpack(signed);
    const path = [...bundle.keys()].find((p) => p.startsWith("signatures/countersigned-")) ?? "";
    const bytes = bundle.get(path) ?? new Uint8Array();
    for (let at = 0; at < bytes.length; at += 11) {
      const spoilt = bytes.slice();
      spoilt[at] = (spoilt[at] ?? 0) ^ 1;
      expect(failed(await report(await pack(new Map([...bundle, [path, spoilt]])))), String(at)).toEqual(["countersigned-false"]);
    }
    const part = await writeSnapshot(sourceOf(house), { ...ALL, expenses: "none" });
    if (!part.ok) throw new Error(part.error.code);
    const moved = new Map([...(await unpack(part.value.bytes)), [path, bytes] as const]);
    expect(failed(await report(await pack(moved)))).toEqual(["countersigned-false"]);
  });
});
